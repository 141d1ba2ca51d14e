/** A repository or a template of credentials as a form edits it: which ways to log in there are, what each needs, and what is sent. */
import type {RepoCreds, Repository} from '@/api/contract'
import {fault as urlFault, wayOf, type Kind} from '@/repository/url'

/** All fields of both; a template's `url` stands in `repo`. */
export type Entry = Omit<Repository, 'connectionState' | 'inheritedCreds'>

/** A way to log in. */
export type Method = 'https' | 'ssh' | 'github' | 'google' | 'azure' | 'azureIdentity'

export const METHODS: Record<Method, string> = {
  https: 'HTTPS: name and password, token, or client certificate',
  ssh: 'SSH: private key',
  github: 'GitHub App',
  google: 'Google Cloud: service account',
  azure: 'Azure: service principal',
  azureIdentity: 'Azure: workload identity',
}

const OF_METHOD: Record<Method, ReadonlyArray<keyof Entry>> = {
  https: ['username', 'password', 'bearerToken', 'tlsClientCertData', 'tlsClientCertKey', 'forceHttpBasicAuth'],
  ssh: ['sshPrivateKey'],
  github: ['githubAppID', 'githubAppInstallationID', 'githubAppPrivateKey', 'githubAppEnterpriseBaseUrl'],
  google: ['gcpServiceAccountKey'],
  azure: ['azureServicePrincipalClientId', 'azureServicePrincipalClientSecret', 'azureServicePrincipalTenantId', 'azureActiveDirectoryEndpoint'],
  azureIdentity: ['useAzureWorkloadIdentity'],
}

/** The ways that mean something for a kind, the usual one first. */
export function methodsOf(kind: Kind): Method[] {
  if (kind === 'git') return ['https', 'ssh', 'github', 'google', 'azure', 'azureIdentity']
  return kind === 'helm' ? ['https', 'azureIdentity', 'google'] : ['https', 'azureIdentity']
}

export function kindOf(entry: Pick<Entry, 'type'>): Kind {
  return entry.type === 'helm' || entry.type === 'oci' ? entry.type : 'git'
}

/** The way that an entry logs in by, from what the server tells of it. */
export function methodOf(entry: Partial<Entry>): Method {
  if (entry.githubAppID || entry.githubAppPrivateKey) return 'github'
  if (entry.useAzureWorkloadIdentity) return 'azureIdentity'
  if (entry.azureServicePrincipalClientId) return 'azure'
  if (entry.gcpServiceAccountKey) return 'google'
  return entry.sshPrivateKey || wayOf(entry.repo ?? '') === 'ssh' ? 'ssh' : 'https'
}

export type Faults = Partial<Record<keyof Entry, string>>

/** What is wrong with it, by field. Of a template only the beginning of an address is needed. */
export function faultsOf(entry: Entry, method: Method, template: boolean): Faults {
  const found: Faults = {}
  const kind = kindOf(entry)
  const url = (entry.repo ?? '').trim()
  const wrong = template ? (url === '' ? 'Give what the addresses begin with.' : /\s/.test(url) ? 'An address has no blanks.' : undefined) : urlFault(url, kind)
  if (wrong) found.repo = wrong
  else if (kind === 'git' && method === 'ssh' && !['ssh', 'unknown'].includes(wayOf(url))) found.repo = 'A private key is for ssh:// addresses or git@host:path.'
  else if (kind === 'git' && method !== 'ssh' && wayOf(url) === 'ssh') found.repo = 'This is an SSH address: choose SSH as the way to log in.'
  if (!template && kind === 'helm' && !entry.name?.trim()) found.name = 'Helm repositories need a name.'
  const need = (field: keyof Entry, what: string) => {
    if (!String(entry[field] ?? '').trim()) found[field] = what
  }
  if (method === 'ssh' && template) need('sshPrivateKey', 'A private key is needed.')
  if (method === 'https') {
    if (entry.password && entry.bearerToken) found.bearerToken = 'A password or a token, not both.'
    if (entry.username && !entry.password && !entry.bearerToken) found.password = 'The name alone is no login: a password or access token is needed.'
    if (!entry.tlsClientCertData !== !entry.tlsClientCertKey) found[entry.tlsClientCertData ? 'tlsClientCertKey' : 'tlsClientCertData'] = 'Certificate and key go together.'
  }
  if (method === 'github') {
    need('githubAppID', 'The number of the App is needed.')
    need('githubAppPrivateKey', 'The App’s private key is needed.')
    for (const field of ['githubAppID', 'githubAppInstallationID'] as const) {
      const said = entry[field]
      if (said !== undefined && !Number.isSafeInteger(Number(said))) found[field] = 'A number, as GitHub shows it.'
    }
  }
  if (method === 'google') {
    need('gcpServiceAccountKey', 'The service account’s key (JSON) is needed.')
    if (entry.gcpServiceAccountKey && !isJson(entry.gcpServiceAccountKey)) found.gcpServiceAccountKey = 'This is no JSON: paste the whole key file.'
  }
  if (method === 'azure') {
    need('azureServicePrincipalClientId', 'The client’s ID is needed.')
    need('azureServicePrincipalClientSecret', 'The client’s secret is needed.')
    need('azureServicePrincipalTenantId', 'The tenant’s ID is needed.')
  }
  for (const field of ['sshPrivateKey', 'tlsClientCertData', 'tlsClientCertKey', 'githubAppPrivateKey'] as const) {
    const text = entry[field]
    if (text && !text.includes('-----BEGIN')) found[field] = 'This is no PEM: it begins with a line of -----BEGIN.'
  }
  if (entry.depth !== undefined && !(Number(entry.depth) >= 0)) found.depth = 'A number of commits; 0 or nothing is all of them.'
  return found
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object'
  } catch {
    return false
  }
}

/** What is sent: without the fields of other ways to log in, and without what does not fit the kind. */
export function bodyOf(entry: Entry, method: Method): Entry {
  const kind = kindOf(entry)
  const body: Entry = {...entry, repo: entry.repo.trim(), type: kind}
  for (const [other, fields] of Object.entries(OF_METHOD)) if (other !== method) for (const field of fields) delete body[field]
  if (method === 'azureIdentity') body.useAzureWorkloadIdentity = true
  if (kind !== 'git') {
    delete body.enableLfs
    delete body.depth
    delete body.webhookManifestCacheWarmDisabled
  }
  if (kind !== 'helm') delete body.enableOCI
  if (kind === 'git') delete body.insecureOCIForceHttp
  for (const field of ['githubAppID', 'githubAppInstallationID', 'depth'] as const) if (body[field] !== undefined) body[field] = Number(body[field]) || undefined
  for (const [field, value] of Object.entries(body)) if (value === '' || value === undefined || value === false) delete (body as unknown as Record<string, unknown>)[field]
  return body
}

/** The same as a template of credentials. */
export function credsOf(body: Entry): RepoCreds {
  const {repo, name: _name, project: _project, insecure: _insecure, insecureIgnoreHostKey: _old, enableLfs: _lfs, depth: _depth, webhookManifestCacheWarmDisabled: _warm, ...rest} = body
  return {...rest, url: repo}
}

/** A template as an entry. */
export function entryOf(creds: RepoCreds): Entry {
  const {url, ...rest} = creds
  return {...rest, repo: url}
}

/** The query that tests an entry: its names differ from those of the entry in two places. */
export function testQuery(body: Entry): Record<string, string | number | boolean | undefined> {
  const {repo: _repo, enableOCI, insecureOCIForceHttp, noProxy: _noProxy, enableLfs: _lfs, depth: _depth, insecureIgnoreHostKey: _old, webhookManifestCacheWarmDisabled: _warm, ...rest} = body
  return {...rest, enableOci: enableOCI, insecureOciForceHttp: insecureOCIForceHttp}
}
