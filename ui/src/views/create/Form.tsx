import {Plus} from 'lucide-react'

import type {AppProjectList, ClusterList} from '@/api/contract'
import {useAsk, useSettings} from '@/api/queries'
import type {Draft, Path} from '@/draft/draft'
import {Button} from '@/parts/Button'
import {Combobox} from '@/parts/Combobox'
import {Checkbox, Field, Input} from '@/parts/Field'
import {Select} from '@/parts/Select'
import {OPTIONS, VALUED, valueOf} from '@/views/application/sync/choice'
import css from './Create.module.css'
import {addSource, FINALIZER, hasOption, removeSource, sourcePaths, withOption, type Faults} from './model'
import {SourceForm} from './SourceForm'

export interface FormProps {
  draft: Draft
  onChange(draft: Draft): void
  faults: Faults
  /** It is there already: its name and namespace stay. */
  existing?: boolean
}

/** The whole of an application as fields; each is bound to its path in the document. */
export function Form({draft, onChange, faults, existing}: FormProps) {
  const projects = useAsk<AppProjectList>('api/v1/projects', {fields: 'items.metadata.name'}, {stale: 30_000})
  const settings = useSettings()
  const names = (projects.data?.items ?? []).map(project => project.metadata.name ?? '').filter(Boolean).sort()
  const paths = sourcePaths(draft)
  const set = (path: Path, value: unknown) => onChange(draft.set(path, value))
  const automated = draft.get(['spec', 'syncPolicy', 'automated']) !== undefined
  const finalizers = draft.listAt(['metadata', 'finalizers'])
  const options = draft.listAt(['spec', 'syncPolicy', 'syncOptions']).map(String)
  const auto = (name: string, text: string) => <Checkbox checked={draft.flagAt(['spec', 'syncPolicy', 'automated', name])} onChange={event => set(['spec', 'syncPolicy', 'automated', name], event.target.checked ? true : undefined)}>{text}</Checkbox>
  return (
    <>
      <fieldset className={css.section}>
        <legend>General</legend>
        <div className={css.row}>
          {!existing && (
            <Field label="Name" error={faults['metadata.name']}>
              <Input value={draft.textAt(['metadata', 'name'])} onChange={event => set(['metadata', 'name'], event.target.value)} />
            </Field>
          )}
          <Field label="Project" error={faults['spec.project']} hint={projects.isError ? `The projects cannot be listed: ${projects.error.message}` : undefined}>
            <Combobox options={names} value={draft.textAt(['spec', 'project'])} onChange={value => set(['spec', 'project'], value)} empty="No project has this in its name." />
          </Field>
          {settings.data?.appsInAnyNamespaceEnabled && !existing && (
            <Field label="Namespace of the application" hint={`Empty for ${settings.data.controllerNamespace ?? 'the server’s own'}.`}>
              <Input value={draft.textAt(['metadata', 'namespace'])} onChange={event => set(['metadata', 'namespace'], event.target.value || undefined)} />
            </Field>
          )}
        </div>
        <Checkbox checked={finalizers.includes(FINALIZER)} onChange={event => set(['metadata', 'finalizers'], event.target.checked ? [...finalizers, FINALIZER] : finalizers.length > 1 ? finalizers.filter(one => one !== FINALIZER) : undefined)}>
          When it is deleted, delete what it made too
        </Checkbox>
      </fieldset>

      <fieldset className={css.section}>
        <legend>{paths.length > 1 ? `Sources (${paths.length})` : 'Source'}</legend>
        {paths.map((path, index) => (
          <SourceForm key={index} draft={draft} onChange={onChange} faults={faults} path={path} title={paths.length > 1 ? `Source ${index + 1}` : undefined} onRemove={paths.length > 1 ? () => onChange(removeSource(draft, index)) : undefined} />
        ))}
        <span>
          <Button small onClick={() => onChange(addSource(draft))}><Plus size={14} /> Another source</Button>
        </span>
      </fieldset>

      <Destination draft={draft} onChange={onChange} faults={faults} />

      <fieldset className={css.section}>
        <legend>Sync</legend>
        <Field label="Policy">
          <Select
            value={automated ? 'automatic' : 'manual'}
            onChange={value => set(['spec', 'syncPolicy', 'automated'], value === 'automatic' ? {} : undefined)}
            options={[
              {value: 'manual', label: 'Manual: a person or a pipeline asks for each sync'},
              {value: 'automatic', label: 'Automatic: what is in Git is applied'},
            ]}
          />
        </Field>
        {automated && (
          <div className={css.checks}>
            {auto('prune', 'Prune: delete what is no longer in Git')}
            {auto('selfHeal', 'Self-heal: undo changes made in the cluster')}
            {auto('allowEmpty', 'Allow that Git holds nothing')}
          </div>
        )}
        <div className={css.checks}>
          {OPTIONS.filter(({option}) => option !== 'Replace=true').map(({option, label, hint}) => (
            <span key={option} title={hint}><Checkbox checked={hasOption(draft, option)} onChange={event => onChange(withOption(draft, option, event.target.checked))}>{label}</Checkbox></span>
          ))}
          {settings.data?.syncWithReplaceAllowed !== false && <Checkbox checked={hasOption(draft, 'Replace=true')} onChange={event => onChange(withOption(draft, 'Replace=true', event.target.checked))}>Replace in the place of apply</Checkbox>}
        </div>
        <div className={css.row}>
          {VALUED.map(({name, label, values}) => (
            <Field key={name} label={label}>
              <Select value={valueOf(options, name)} onChange={value => onChange(withOption(draft, `${name}=${value}`, value !== ''))} options={values.map(([value, label]) => ({value, label}))} />
            </Field>
          ))}
          <Field label="Deployments to remember" hint="Ten without a number.">
            <Input inputMode="numeric" value={draft.textAt(['spec', 'revisionHistoryLimit'])} onChange={event => set(['spec', 'revisionHistoryLimit'], number(event.target.value))} />
          </Field>
        </div>
        <Retry draft={draft} onChange={onChange} />
      </fieldset>
    </>
  )
}

function Destination({draft, onChange, faults}: FormProps) {
  const clusters = useAsk<ClusterList>('api/v1/clusters', undefined, {stale: 30_000})
  const list = clusters.data?.items ?? []
  const byName = draft.get(['spec', 'destination', 'name']) !== undefined
  const value = draft.textAt(['spec', 'destination', byName ? 'name' : 'server'])
  const options = list.map(cluster => (byName ? cluster.name : cluster.server) ?? '').filter(Boolean)
  const chosen = list.find(cluster => cluster.server === value || (byName && cluster.name === value))
  const state = chosen?.connectionState ?? chosen?.info?.connectionState
  return (
    <fieldset className={css.section}>
      <legend>Destination</legend>
      <div className={css.row}>
        <Field label={byName ? 'Cluster, by name' : 'Cluster, by URL'} error={faults['spec.destination']} hint={clusters.isError ? `The clusters cannot be listed: ${clusters.error.message}` : state?.status === 'Failed' ? `It cannot be reached now: ${state.message}` : undefined}>
          <Combobox options={options} value={value} onChange={next => onChange(draft.set(['spec', 'destination', byName ? 'name' : 'server'], next))} empty="No cluster has this in its name." />
        </Field>
        <Field label="Namespace">
          <Input value={draft.textAt(['spec', 'destination', 'namespace'])} onChange={event => onChange(draft.set(['spec', 'destination', 'namespace'], event.target.value))} />
        </Field>
      </div>
      <span>
        <Button
          small
          onClick={() => {
            // The same cluster said the other way, where it is known.
            const other = (byName ? chosen?.server : chosen?.name) ?? ''
            onChange(draft.setAll([[['spec', 'destination', byName ? 'name' : 'server'], undefined], [['spec', 'destination', byName ? 'server' : 'name'], other]]))
          }}
        >
          {byName ? 'By URL' : 'By name'}
        </Button>
      </span>
    </fieldset>
  )
}

function Retry({draft, onChange}: Omit<FormProps, 'faults'>) {
  const base: Path = ['spec', 'syncPolicy', 'retry']
  const on = draft.get(base) !== undefined
  const set = (path: Path, value: unknown) => onChange(draft.set(path, value))
  return (
    <>
      <Checkbox checked={on} onChange={event => set(base, event.target.checked ? {limit: 5, backoff: {duration: '5s', factor: 2, maxDuration: '3m'}} : undefined)}>Try again where a sync fails</Checkbox>
      {on && (
        <div className={css.row}>
          <Field label="Tries, -1 for no end"><Input inputMode="numeric" value={draft.textAt([...base, 'limit'])} onChange={event => set([...base, 'limit'], number(event.target.value))} /></Field>
          <Field label="First wait"><Input value={draft.textAt([...base, 'backoff', 'duration'])} onChange={event => set([...base, 'backoff', 'duration'], event.target.value)} /></Field>
          <Field label="Factor"><Input inputMode="numeric" value={draft.textAt([...base, 'backoff', 'factor'])} onChange={event => set([...base, 'backoff', 'factor'], number(event.target.value))} /></Field>
          <Field label="Longest wait"><Input value={draft.textAt([...base, 'backoff', 'maxDuration'])} onChange={event => set([...base, 'backoff', 'maxDuration'], event.target.value)} /></Field>
        </div>
      )}
    </>
  )
}

/** A number where the text is one, the text itself where it is not: the server says what is wrong with it; nothing for nothing. */
function number(text: string): number | string | undefined {
  if (text.trim() === '') return undefined
  return /^-?\d+$/.test(text.trim()) ? Number(text) : text
}
