import {useState} from 'react'

import {ApiError, ask} from '@/api/client'
import type {AppProject, ClusterList, GnuPGPublicKeyList, RepositoryList} from '@/api/contract'
import {queries, useAsk} from '@/api/queries'
import {Draft, type Path} from '@/draft/draft'
import {Button} from '@/parts/Button'
import {Checkbox, Field, Input, TextArea} from '@/parts/Field'
import {PairsEditor, RowsEditor, TextList, type RowField, type RowValue} from '@/parts/RowsEditor'
import {Select} from '@/parts/Select'
import {toast} from '@/parts/Toast'
import {YamlEditor} from '@/yaml/YamlEditor'
import {FormDrawer} from '../FormDrawer'
import css from '../Settings.module.css'
import {faultsOf, storeProject} from './model'

const CLUSTER_KINDS = ['*', 'Namespace', 'ClusterRole', 'ClusterRoleBinding', 'CustomResourceDefinition', 'PersistentVolume', 'StorageClass', 'PriorityClass', 'MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']
const KINDS = ['*', 'ConfigMap', 'Secret', 'Service', 'ServiceAccount', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Ingress', 'NetworkPolicy', 'ResourceQuota', 'LimitRange', 'Role', 'RoleBinding', 'PersistentVolumeClaim']
const GROUPS = ['*', '', 'apps', 'batch', 'networking.k8s.io', 'rbac.authorization.k8s.io', 'apiextensions.k8s.io', 'autoscaling', 'policy']

/** What a new project begins with: everything is forbidden until it is allowed. */
const FIRST = {apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata: {name: ''}, spec: {description: '', sourceRepos: [], destinations: []}}

/** The rules of a project by form and YAML: two sides of one document, in step. */
export default function RulesForm({project, onClose, onMade}: {project?: AppProject; onClose(): void; onMade?(name: string): void}) {
  const [first] = useState(() => Draft.of(project ? bare(project) : FIRST))
  const [draft, setDraft] = useState(first)
  const [side, setSide] = useState<'form' | 'text'>('form')
  const [tried, setTried] = useState(false)
  const all = faultsOf(draft)
  const faults = tried ? all : {}
  const many = Object.keys(all).length
  const wrong = !draft.readable ? 'The YAML cannot be read' : many > 0 ? `${many === 1 ? 'One field needs' : `${many} fields need`} something` : false
  const save = async () => {
    setTried(true)
    if (wrong) throw new Error(`${wrong}: see below.`)
    const value = draft.value() as AppProject
    const name = value.metadata.name ?? ''
    if (project) await storeProject(value)
    else {
      await ask<AppProject>('api/v1/projects', {method: 'POST', body: {project: value}})
      void queries.invalidateQueries({queryKey: ['api/v1/projects']})
    }
    toast(project ? `${name} is changed` : `${name} is made`, 'ok')
    return onMade && (() => onMade(name))
  }
  return (
    <FormDrawer
      wide
      flush
      title={project ? `Change ${project.metadata.name}` : 'New project'}
      verb={project ? 'Save' : 'Create'}
      onClose={onClose}
      onSave={save}
      dirty={draft.text !== first.text}
      refused={project && draft.text === first.text && 'Nothing is changed'}
      mend={error => error instanceof ApiError && error.status === 409 && <span>Somebody changed it while you did. Copy your YAML, open the form anew, and put your part in again.</span>}
      actions={
        <span className={css.switch} role="group" aria-label="Side">
          <Button small aria-pressed={side === 'form'} onClick={() => setSide('form')}>Form</Button>
          <Button small aria-pressed={side === 'text'} onClick={() => setSide('text')}>YAML</Button>
        </span>
      }
    >
      <div className={css.both} data-side={side}>
        <div className={`${css.side} ${css.left}`}>
          {!draft.readable && <p className={css.bad}>The fields wait until the YAML can be read again.</p>}
          <Fields draft={draft} onChange={setDraft} faults={faults} fresh={!project} />
        </div>
        <div className={`${css.side} ${css.text}`}>
          <YamlEditor label="The project as YAML" kind="AppProject" value={draft.text} onChange={text => setDraft(Draft.parse(text))} />
        </div>
      </div>
    </FormDrawer>
  )
}

/** Without what the server keeps for itself. */
function bare({metadata, status: _status, ...rest}: AppProject): unknown {
  const {managedFields: _fields, ...kept} = metadata as unknown as Record<string, unknown>
  return {...rest, metadata: kept}
}

function Fields({draft, onChange, faults, fresh}: {draft: Draft; onChange(draft: Draft): void; faults: Record<string, string>; fresh: boolean}) {
  const repos = useAsk<RepositoryList>('api/v1/repositories', undefined, {stale: 30_000})
  const clusters = useAsk<ClusterList>('api/v1/clusters', undefined, {stale: 30_000})
  const keys = useAsk<GnuPGPublicKeyList>('api/v1/gpgkeys', undefined, {stale: 30_000})
  const known = clusters.data?.items ?? []
  const keyIds = (keys.data?.items ?? []).map(key => key.keyID)
  const set = (path: Path, value: unknown) => onChange(draft.set(path, value))
  /** A list that is taken away with its last line. */
  const setList = (path: Path, values: readonly unknown[]) => set(path, values.length > 0 ? values : undefined)
  const texts = (path: Path) => draft.listAt(path).map(String)
  const rows = (path: Path) => draft.listAt(path).map(row => (row && typeof row === 'object' ? row : {}) as RowValue)
  const kinds = (path: Path, legend: string, none: string, options: readonly string[], named = false) => {
    const fields: RowField[] = [{key: 'group', label: 'Group', placeholder: 'core group', options: GROUPS}, {key: 'kind', label: 'Kind', options}]
    if (named) fields.push({key: 'name', label: 'Name', placeholder: 'any name'})
    return (
      <RowsEditor
        legend={legend}
        add="Add a kind"
        none={none}
        rows={rows(path)}
        fields={fields}
        onChange={next => setList(path, next.map(row => ({group: row.group ?? '', kind: row.kind ?? '', ...(row.name ? {name: row.name} : {})})))}
        faultOf={row => (row.kind ? undefined : 'A kind is needed; * is every one.')}
      />
    )
  }
  const only = draft.get(['spec', 'namespaceResourceWhitelist']) !== undefined
  const orphans = draft.get(['spec', 'orphanedResources']) !== undefined
  return (
    <>
      <fieldset className={css.section}>
        <legend>General</legend>
        <div className={css.fields}>
          <Field label="Name" error={faults.name}><Input value={draft.textAt(['metadata', 'name'])} readOnly={!fresh} onChange={event => set(['metadata', 'name'], event.target.value)} /></Field>
        </div>
        <Field label="What it is for" error={faults.description}><TextArea rows={2} value={draft.textAt(['spec', 'description'])} onChange={event => set(['spec', 'description'], event.target.value || undefined)} /></Field>
        <PairsEditor legend="Labels" add="Add a label" pairs={(draft.get(['metadata', 'labels']) ?? {}) as Record<string, string>} onChange={labels => set(['metadata', 'labels'], Object.keys(labels).length > 0 ? labels : undefined)} hint="Global projects are chosen by them." />
      </fieldset>
      <fieldset className={css.section}>
        <legend>What may be deployed, and where</legend>
        <TextList legend="Repositories" add="Add a repository" mono options={['*', ...(repos.data?.items ?? []).map(one => one.repo)]} values={texts(['spec', 'sourceRepos'])} onChange={values => set(['spec', 'sourceRepos'], values)} none="None: nothing can be deployed." hint={faults.sourceRepos ?? '* in a step of an address stands for one step, ** for many; ! in front forbids.'} />
        <RowsEditor
          legend="Destinations"
          add="Add a destination"
          none="None: nothing can be deployed."
          rows={rows(['spec', 'destinations'])}
          fields={[{key: 'server', label: 'Address of the cluster', mono: true, options: ['*', ...known.map(one => one.server)]}, {key: 'name', label: 'or its name', options: ['*', ...known.map(one => one.name)]}, {key: 'namespace', label: 'Namespace'}]}
          onChange={next => set(['spec', 'destinations'], next.map(clean))}
          faultOf={row => faults[`destinations.${rows(['spec', 'destinations']).findIndex(one => JSON.stringify(one) === JSON.stringify(row))}`]}
        />
        <Checkbox checked={draft.flagAt(['spec', 'permitOnlyProjectScopedClusters'])} onChange={event => set(['spec', 'permitOnlyProjectScopedClusters'], event.target.checked || undefined)}>Only clusters that belong to this project</Checkbox>
        <RowsEditor
          legend="Service accounts that syncs act as"
          add="Add a service account"
          none="The server’s own, unless the operator has switched impersonation on."
          rows={rows(['spec', 'destinationServiceAccounts'])}
          fields={[{key: 'server', label: 'Address of the cluster', mono: true, options: ['*', ...known.map(one => one.server)]}, {key: 'namespace', label: 'Namespace'}, {key: 'defaultServiceAccount', label: 'Service account', placeholder: 'NAMESPACE:NAME or NAME'}]}
          onChange={next => setList(['spec', 'destinationServiceAccounts'], next.map(row => ({server: row.server ?? '', namespace: row.namespace ?? '', defaultServiceAccount: row.defaultServiceAccount ?? ''})))}
          faultOf={row => (row.server && row.defaultServiceAccount ? undefined : 'A cluster and a service account are needed.')}
        />
        <TextList legend="Namespaces whose applications may be of this project" name="Namespace of applications" add="Add a namespace" values={texts(['spec', 'sourceNamespaces'])} onChange={values => setList(['spec', 'sourceNamespaces'], values)} none="Only that of the server." hint="Globs, or /a regular expression/." />
      </fieldset>
      <fieldset className={css.section}>
        <legend>Which kinds</legend>
        {kinds(['spec', 'clusterResourceWhitelist'], 'Kinds of no namespace that may be deployed', 'None.', CLUSTER_KINDS, true)}
        {kinds(['spec', 'clusterResourceBlacklist'], 'Kinds of no namespace that may not', 'None beyond those that are not allowed.', CLUSTER_KINDS, true)}
        <Checkbox checked={only} onChange={event => set(['spec', 'namespaceResourceWhitelist'], event.target.checked ? [] : undefined)}>Only some kinds inside of namespaces</Checkbox>
        {only && (
          <RowsEditor
            legend="Kinds inside of namespaces that may be deployed"
            add="Add a kind"
            none="None: nothing inside of a namespace can be deployed."
            rows={rows(['spec', 'namespaceResourceWhitelist'])}
            fields={[{key: 'group', label: 'Group', placeholder: 'core group', options: GROUPS}, {key: 'kind', label: 'Kind', options: KINDS}]}
            onChange={next => set(['spec', 'namespaceResourceWhitelist'], next.map(row => ({group: row.group ?? '', kind: row.kind ?? ''})))}
          />
        )}
        {kinds(['spec', 'namespaceResourceBlacklist'], 'Kinds inside of namespaces that may not', 'None.', KINDS)}
      </fieldset>
      <fieldset className={css.section}>
        <legend>Objects that nobody owns</legend>
        <Checkbox checked={orphans} onChange={event => set(['spec', 'orphanedResources'], event.target.checked ? {warn: true} : undefined)}>Look for objects in its namespaces that no application owns</Checkbox>
        {orphans && (
          <>
            <Checkbox checked={draft.get(['spec', 'orphanedResources', 'warn']) !== false} onChange={event => set(['spec', 'orphanedResources', 'warn'], event.target.checked)}>Warn of them at each application</Checkbox>
            <RowsEditor legend="Those that do not count" add="Add a kind" none="All count." rows={rows(['spec', 'orphanedResources', 'ignore'])} fields={[{key: 'group', label: 'Group', options: GROUPS}, {key: 'kind', label: 'Kind', options: KINDS}, {key: 'name', label: 'Name', placeholder: 'any name'}]} onChange={next => setList(['spec', 'orphanedResources', 'ignore'], next.map(clean))} />
          </>
        )}
      </fieldset>
      <fieldset className={css.section}>
        <legend>Signatures</legend>
        <RowsEditor legend="Keys of which one must have signed a commit" name="Key" add="Add a key" none="Commits need no signature." rows={rows(['spec', 'signatureKeys'])} fields={[{key: 'keyID', label: 'Key', mono: true, options: keyIds}]} onChange={next => setList(['spec', 'signatureKeys'], next.map(row => ({keyID: row.keyID ?? ''})))} hint="Each must be among the GnuPG keys of the server." />
        <Integrity draft={draft} onChange={onChange} keyIds={keyIds} />
      </fieldset>
    </>
  )
}

function Integrity({draft, onChange, keyIds}: {draft: Draft; onChange(draft: Draft): void; keyIds: string[]}) {
  const path: Path = ['spec', 'sourceIntegrity', 'git', 'policies']
  const policies = draft.listAt(path)
  return (
    <>
      {policies.map((_, index) => {
        const at: Path = [...path, index]
        const set = (more: Path, value: unknown) => onChange(draft.set([...at, ...more], value))
        const repos = draft.listAt([...at, 'repos']).map(one => String((one as {url?: string} | null)?.url ?? ''))
        return (
          <div key={index} className={css.note}>
            <div className={css.form}>
              <div className={css.fields}>
                <Field label={`Policy ${index + 1}: what must be signed`}>
                  <Select value={draft.textAt([...at, 'gpg', 'mode']) || 'head'} onChange={mode => set(['gpg', 'mode'], mode)} options={[{value: 'none', label: 'Nothing'}, {value: 'head', label: 'The commit or tag itself'}, {value: 'strict', label: 'Every commit behind it too'}]} />
                </Field>
                <span><Button small onClick={() => onChange(policies.length === 1 ? draft.set(['spec', 'sourceIntegrity'], undefined) : draft.set(path, policies.filter((_, other) => other !== index)))}>Remove policy {index + 1}</Button></span>
              </div>
              <TextList legend="Repositories" name={`Repository of policy ${index + 1}`} add="Add a repository" mono values={repos} onChange={urls => set(['repos'], urls.map(url => ({url})))} none="None." />
              <TextList legend="Keys" name={`Key of policy ${index + 1}`} add="Add a key" mono options={keyIds} values={draft.listAt([...at, 'gpg', 'keys']).map(String)} onChange={ids => set(['gpg', 'keys'], ids)} none="None." />
            </div>
          </div>
        )
      })}
      <span><Button small onClick={() => onChange(draft.append(path, {repos: [{url: '*'}], gpg: {mode: 'head', keys: []}}))}>Add a policy by repository</Button></span>
    </>
  )
}

function clean(row: RowValue): Record<string, string> {
  return Object.fromEntries(Object.entries(row).filter((pair): pair is [string, string] => pair[1] !== undefined))
}
