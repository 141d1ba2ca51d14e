import type {Cluster, ConnectionState} from '@/api/contract'

/** The connection of a cluster: what its cache says where that is known. */
export function stateOf(cluster: Cluster): ConnectionState | undefined {
  return cluster.info?.connectionState?.status ? cluster.info.connectionState : cluster.connectionState
}

/** The connection in a sentence, with what to do. */
export function sayState(cluster: Cluster): string {
  const state = stateOf(cluster)
  const apps = cluster.info?.applicationsCount ?? 0
  if (state?.status === 'Successful') return `It answers${cluster.info?.serverVersion ? `, and runs Kubernetes ${cluster.info.serverVersion}` : ''}.`
  if (state?.status === 'Failed') return `It cannot be reached: ${state.message || 'nobody says why'}. ${apps > 0 ? `The ${apps === 1 ? 'application' : `${apps} applications`} there cannot be compared or synced until it can.` : ''}`
  return apps > 0 ? 'Nobody has tried to reach it yet.' : 'It is reached once an application is deployed into it.'
}

/** The fields of a cluster that may be changed, as the form holds them. */
export interface Editable {
  name: string
  project: string
  namespaces: string[]
  clusterResources: boolean
  shard: string
  labels: Record<string, string>
  annotations: Record<string, string>
}

export function editableOf(cluster: Cluster): Editable {
  return {
    name: cluster.name ?? '',
    project: cluster.project ?? '',
    namespaces: cluster.namespaces ?? [],
    clusterResources: cluster.clusterResources ?? false,
    shard: cluster.shard === undefined || cluster.shard === null ? '' : String(cluster.shard),
    labels: cluster.labels ?? {},
    annotations: cluster.annotations ?? {},
  }
}

/** What differs, by the names that the API wants, and the values. */
export function changesOf(before: Editable, after: Editable): {fields: string[]; cluster: Record<string, unknown>} {
  const fields: string[] = []
  const cluster: Record<string, unknown> = {}
  for (const key of Object.keys(after) as Array<keyof Editable>) {
    if (JSON.stringify(before[key]) === JSON.stringify(after[key])) continue
    fields.push(key)
    cluster[key] = key === 'shard' ? (after.shard.trim() === '' ? undefined : Number(after.shard)) : key === 'namespaces' ? after.namespaces.map(name => name.trim()).filter(Boolean) : after[key]
  }
  return {fields, cluster}
}

/** What a person types of a new cluster. */
export interface NewCluster {
  name: string
  server: string
  login: 'token' | 'certificate' | 'password'
  token: string
  username: string
  password: string
  certificate: string
  key: string
  authority: string
  insecure: boolean
  serverName: string
  proxy: string
  project: string
  namespaces: string[]
}

export type NewFaults = Partial<Record<keyof NewCluster, string>>

export function newFaults(cluster: NewCluster): NewFaults {
  const found: NewFaults = {}
  if (!/^https?:\/\/[^\s/]+/.test(cluster.server.trim())) found.server = 'The address of the API server: https://HOST:PORT.'
  if (cluster.login === 'token' && !cluster.token.trim()) found.token = 'The token of a service account is needed.'
  if (cluster.login === 'password' && !(cluster.username && cluster.password)) found.password = 'Name and password are needed.'
  if (cluster.login === 'certificate') {
    if (!cluster.certificate.includes('-----BEGIN CERTIFICATE')) found.certificate = 'The client’s certificate in PEM is needed.'
    if (!cluster.key.includes('PRIVATE KEY')) found.key = 'Its private key in PEM is needed.'
  }
  if (cluster.authority && !cluster.authority.includes('-----BEGIN CERTIFICATE')) found.authority = 'This is no certificate in PEM.'
  if (cluster.insecure && cluster.authority) found.insecure = 'With an authority the certificate is checked: take one of the two away.'
  return found
}

/** The body that makes it. Bytes travel as base64. */
export function newBody(cluster: NewCluster): Record<string, unknown> {
  const {login, insecure} = cluster
  const or = (text: string) => text.trim() || undefined
  const pem = (text: string) => (text.trim() ? btoa(`${text.trim()}\n`) : undefined)
  return {
    name: or(cluster.name) ?? cluster.server.trim(),
    server: cluster.server.trim().replace(/\/+$/, ''),
    project: or(cluster.project),
    namespaces: cluster.namespaces.map(name => name.trim()).filter(Boolean),
    config: {
      bearerToken: login === 'token' ? cluster.token.trim() : undefined,
      username: login === 'password' ? cluster.username : undefined,
      password: login === 'password' ? cluster.password : undefined,
      proxyUrl: or(cluster.proxy),
      tlsClientConfig: {
        insecure,
        serverName: or(cluster.serverName),
        caData: insecure ? undefined : pem(cluster.authority),
        certData: login === 'certificate' ? pem(cluster.certificate) : undefined,
        keyData: login === 'certificate' ? pem(cluster.key) : undefined,
      },
    },
  }
}
