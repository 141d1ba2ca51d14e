import {useState} from 'react'

import {ApiError, ask, segment} from '@/api/client'
import type {AppProjectList} from '@/api/contract'
import {queries, useAsk} from '@/api/queries'
import {Button} from '@/parts/Button'
import {Combobox} from '@/parts/Combobox'
import {ErrorNote} from '@/parts/ErrorNote'
import {Checkbox, Field, Input, TextArea} from '@/parts/Field'
import {Select} from '@/parts/Select'
import {toast} from '@/parts/Toast'
import type {Kind} from '@/repository/url'
import {FormDrawer} from '../FormDrawer'
import css from '../Settings.module.css'
import {bodyOf, credsOf, faultsOf, kindOf, methodOf, METHODS, methodsOf, testQuery, type Entry, type Method} from './model'
import type {Place} from './places'

/** Connects a repository, or changes one that is there. */
export default function RepoForm({place, given, onClose}: {place: Place; given?: Entry; onClose(): void}) {
  const [entry, setEntry] = useState<Entry>(given ?? {repo: '', type: 'git'})
  const [method, setMethod] = useState<Method>(given ? methodOf(given) : 'https')
  const [tried, setTried] = useState(false)
  const [test, setTest] = useState<{state: 'running' | 'ok' | 'failed'; error?: unknown} | null>(null)
  const projects = useAsk<AppProjectList>('api/v1/projects', {fields: 'items.metadata.name'}, {stale: 30_000})
  const kind = kindOf(entry)
  const {template} = place
  const all = faultsOf(entry, method, template)
  const faults = tried ? all : {}
  const many = Object.keys(all).length
  const set = (change: Partial<Entry>) => {
    setEntry(before => ({...before, ...change}))
    setTest(null)
  }
  const setUrl = (repo: string) => {
    const guess = methodOf({...entry, repo})
    const plain = (one: Method) => one === 'https' || one === 'ssh'
    if (kind === 'git' && plain(method) && plain(guess)) setMethod(guess)
    set({repo})
  }
  const setKind = (next: string) => {
    if (!methodsOf(next as Kind).includes(method)) setMethod('https')
    set({type: next})
  }
  const save = async (upsert: boolean) => {
    setTried(true)
    if (many > 0) throw new Error(many === 1 ? 'One field needs something: see below.' : `${many} fields need something: see below.`)
    const body = bodyOf(entry, method)
    const sent = template ? credsOf(body) : body
    if (given) await ask(`api/v1/${place.path}/${segment(given.repo)}`, {method: 'PUT', body: sent})
    else await ask(`api/v1/${place.path}`, {method: 'POST', query: {upsert: upsert || undefined}, body: sent})
    void queries.invalidateQueries({queryKey: [`api/v1/${place.path}`]})
    toast(given ? `${entry.repo} is changed` : `${entry.repo} is ${template ? 'kept' : 'connected'}`, 'ok')
  }
  const probe = async () => {
    setTried(true)
    if (many > 0) return
    setTest({state: 'running'})
    try {
      const body = bodyOf(entry, method)
      await ask(`api/v1/${place.path}/${segment(body.repo)}/validate`, {method: 'POST', query: testQuery(body), body: body.repo})
      setTest({state: 'ok'})
    } catch (error) {
      setTest({state: 'failed', error})
    }
  }
  const text = (field: keyof Entry, label: string, more: {hint?: string; type?: string; placeholder?: string} = {}) => (
    <Field label={label} error={faults[field]} hint={more.hint}>
      <Input type={more.type} placeholder={more.placeholder} autoComplete={more.type === 'password' ? 'new-password' : 'off'} value={String(entry[field] ?? '')} onChange={event => set({[field]: event.target.value})} />
    </Field>
  )
  const area = (field: keyof Entry, label: string, hint?: string) => (
    <Field label={label} error={faults[field]} hint={hint}>
      <TextArea mono rows={5} value={String(entry[field] ?? '')} onChange={event => set({[field]: event.target.value})} />
    </Field>
  )
  const flag = (field: keyof Entry, label: string) => <Checkbox checked={entry[field] === true} onChange={event => set({[field]: event.target.checked})}>{label}</Checkbox>
  const dirty = JSON.stringify(entry) !== JSON.stringify(given ?? {repo: '', type: 'git'})
  const isThere = (error: unknown) => error instanceof ApiError && !given && (error.status === 409 || /already exists|upsert/i.test(error.message))

  return (
    <FormDrawer
      title={given ? `Change ${given.repo}` : template ? 'New credential template' : 'Connect a repository'}
      verb={given ? 'Save' : template ? 'Keep' : 'Connect'}
      onClose={onClose}
      onSave={() => save(false)}
      dirty={dirty}
      buttons={!template && <Button refused={test?.state === 'running' && 'Under way'} onClick={() => void probe()}>Test the connection</Button>}
      mend={(error, again) => isThere(error) && <span><Button small onClick={() => again(() => save(true))}>Replace what is there</Button></span>}
    >
      {test && (
        <div role="status">
          {test.state === 'running' && <p className={css.note}>Asking {entry.repo}</p>}
          {test.state === 'ok' && <p className={`${css.note} ${css.good}`}>It answers, and takes these credentials. Nothing was saved yet.</p>}
          {test.state === 'failed' && <ErrorNote what="It cannot be reached like this." error={test.error} />}
        </div>
      )}
      {given && <p className={css.note}>The server never tells credentials, and a change replaces all of them: type them again. What stays empty here is taken away.</p>}
      <div className={css.fields}>
        <Field label="Type">
          <Select value={kind} onChange={setKind} options={[{value: 'git', label: 'Git'}, {value: 'helm', label: 'Helm'}, {value: 'oci', label: 'OCI'}]} />
        </Field>
        <Field label="Log in by">
          <Select value={method} onChange={next => { setMethod(next as Method); setTest(null) }} options={methodsOf(kind).map(value => ({value, label: METHODS[value]}))} />
        </Field>
      </div>
      <Field label={template ? 'Addresses that begin with' : 'Address'} error={faults.repo} hint={template ? 'Each repository without credentials of its own, whose address begins like this, logs in with them. The longest beginning counts.' : undefined}>
        <Input mono value={entry.repo} readOnly={given !== undefined} onChange={event => setUrl(event.target.value)} placeholder={kind === 'oci' ? 'oci://registry.example.com/charts' : kind === 'helm' ? 'https://charts.example.com' : 'https://git.example.com/team/deploy.git or git@host:path'} />
      </Field>
      {!template && (
        <div className={css.fields}>
          {text('name', kind === 'helm' ? 'Name' : 'Name, if you like')}
          <Field label="Project" hint="Empty: for all projects. With one, only its applications may use it.">
            <Combobox options={(projects.data?.items ?? []).map(one => one.metadata.name ?? '')} value={entry.project ?? ''} onChange={project => set({project})} />
          </Field>
        </div>
      )}
      {method === 'https' && (
        <>
          <div className={css.fields}>
            {text('username', 'Name of the user', {hint: 'Nothing for public repositories. With an access token many hosts take any name.'})}
            {text('password', 'Password or access token', {type: 'password'})}
            {kind === 'git' && text('bearerToken', 'Bearer token', {type: 'password', hint: 'In place of name and password.'})}
          </div>
          <details>
            <summary>Client certificate</summary>
            <div className={css.form}>
              {area('tlsClientCertData', 'Certificate (PEM)')}
              {area('tlsClientCertKey', 'Its private key (PEM)')}
            </div>
          </details>
        </>
      )}
      {method === 'ssh' && area('sshPrivateKey', 'Private key', 'Without a passphrase. The host must be among the known hosts, see Certificates.')}
      {method === 'github' && (
        <>
          <div className={css.fields}>
            {text('githubAppID', 'App ID')}
            {text('githubAppInstallationID', 'Installation ID', {hint: 'Empty: found by the repository’s owner.'})}
            {text('githubAppEnterpriseBaseUrl', 'API of GitHub Enterprise', {placeholder: 'https://ghe.example.com/api/v3'})}
          </div>
          {area('githubAppPrivateKey', 'Private key of the App (PEM)')}
        </>
      )}
      {method === 'google' && area('gcpServiceAccountKey', 'Key of the service account (JSON)')}
      {method === 'azure' && (
        <div className={css.fields}>
          {text('azureServicePrincipalClientId', 'Client ID')}
          {text('azureServicePrincipalClientSecret', 'Client secret', {type: 'password'})}
          {text('azureServicePrincipalTenantId', 'Tenant ID')}
          {text('azureActiveDirectoryEndpoint', 'Active Directory endpoint', {placeholder: 'https://login.microsoftonline.com'})}
        </div>
      )}
      {method === 'azureIdentity' && <p className={css.small}>The server’s own workload identity logs in; nothing is kept here.</p>}
      <fieldset className={css.section}>
        <legend>How it is reached</legend>
        <div className={css.fields}>
          {text('proxy', 'Proxy', {placeholder: 'http://proxy.example.com:3128'})}
          {text('noProxy', 'Hosts without the proxy', {placeholder: 'git.internal, 10.0.0.0/8'})}
          {!template && kind === 'git' && text('depth', 'Commits to fetch', {hint: 'Nothing: all of them.'})}
        </div>
        <div className={css.checks}>
          {!template && flag('insecure', method === 'ssh' ? 'Take any host key unseen' : 'Take the server’s certificate unseen')}
          {!template && kind === 'git' && flag('enableLfs', 'Fetch large files (Git LFS)')}
          {kind === 'git' && method === 'https' && flag('forceHttpBasicAuth', 'Send the password before it is asked for')}
          {kind === 'helm' && flag('enableOCI', 'It is an OCI registry')}
          {kind !== 'git' && flag('insecureOCIForceHttp', 'Reach the registry without TLS')}
          {!template && kind === 'git' && flag('webhookManifestCacheWarmDisabled', 'Do not render ahead on webhooks')}
        </div>
      </fieldset>
    </FormDrawer>
  )
}
