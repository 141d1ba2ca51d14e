import type {ApplicationSource, RepositoryRefs} from '@/api/contract'
import {segment} from '@/api/client'
import {useAsk} from '@/api/queries'
import {Combobox} from '@/parts/Combobox'
import {Checkbox, Field, Input} from '@/parts/Field'
import {Select} from '@/parts/Select'
import {OPTIONS, RETRY, VALUED, valueOf, withValue, type SyncChoice} from './choice'
import css from './Sync.module.css'

export interface HowProps {
  choice: SyncChoice
  onChange(changes: Partial<SyncChoice>): void
  faults: Record<string, string>
  replaceAllowed: boolean
  /** Of the one application; without them revisions are not asked for. */
  sources?: ApplicationSource[]
  project?: string
  /** It syncs by itself, which binds it to its own revision. */
  automated?: boolean
}

const NAMES = new Set([...OPTIONS.map(one => one.option.split('=')[0]), ...VALUED.map(one => one.name)])

/** How a sync is done: revisions, what is written, every option, retries. */
export function How({choice, onChange, faults, replaceAllowed, sources = [], project, automated}: HowProps) {
  const flag = (name: 'prune' | 'dryRun' | 'applyOnly' | 'force', text: string, hint: string) => (
    <Checkbox checked={choice[name]} onChange={event => onChange({[name]: event.target.checked})}>
      {text} <span className={css.hint}>{hint}</span>
    </Checkbox>
  )
  const {retry} = choice
  const others = choice.options.filter(option => !NAMES.has(option.split('=')[0] ?? ''))
  const typed = (name: 'limit' | 'duration' | 'factor' | 'maxDuration', label: string) => (
    <Field label={label} error={faults[name]}>
      <Input mono value={retry?.[name] ?? ''} onChange={event => retry && onChange({retry: {...retry, [name]: event.target.value}})} />
    </Field>
  )
  return (
    <>
      {sources.length > 0 && (
        <fieldset className={css.group}>
          <legend>{sources.length > 1 ? 'Revisions' : 'Revision'}</legend>
          {sources.map((source, index) => (
            <Revision key={index} source={source} project={project ?? ''} value={choice.revisions[index] ?? ''} several={sources.length > 1} onChange={value => onChange({revisions: sources.map((_, at) => (at === index ? value : (choice.revisions[at] ?? '')))})} />
          ))}
          {automated && <p className={css.hint}>It syncs by itself, so it stays with its own revision; a dry run may ask for another.</p>}
        </fieldset>
      )}
      <fieldset className={css.group}>
        <legend>How</legend>
        {flag('prune', 'Prune', 'Delete what is no longer in Git.')}
        {flag('dryRun', 'Dry run', 'Ask the API server about everything and change nothing.')}
        {flag('applyOnly', 'Apply only', 'Run no hooks.')}
        {flag('force', 'Force', 'Delete and make anew what cannot be changed.')}
      </fieldset>
      <fieldset className={css.group}>
        <legend>Options</legend>
        {OPTIONS.map(({option, label, hint}) => {
          const refused = option === 'Replace=true' && !replaceAllowed
          const [name = '', value = ''] = option.split('=')
          return (
            <Checkbox key={option} disabled={refused} checked={valueOf(choice.options, name) === value} onChange={event => onChange({options: withValue(choice.options, name, event.target.checked ? value : '')})}>
              {label} <span className={css.hint}>{refused ? 'This server does not let a sync replace.' : hint}</span>
            </Checkbox>
          )
        })}
        {VALUED.map(({name, label, values}) => (
          <Field key={name} label={label}>
            <Select value={valueOf(choice.options, name)} onChange={value => onChange({options: withValue(choice.options, name, value)})} options={values.map(([value, text]) => ({value, label: text}))} />
          </Field>
        ))}
        {others.length > 0 && (
          <p className={css.hint}>
            Also, as the application says: <code>{others.join(', ')}</code>
          </p>
        )}
      </fieldset>
      <fieldset className={css.group}>
        <legend>Where it fails</legend>
        <Checkbox checked={retry !== null} onChange={event => onChange({retry: event.target.checked ? RETRY : null})}>Try again</Checkbox>
        {retry && (
          <>
            <div className={css.row}>
              {typed('limit', 'Times (−1: no end)')}
              {typed('duration', 'First wait')}
              {typed('factor', 'Times longer each')}
              {typed('maxDuration', 'Longest wait')}
            </div>
            <Checkbox checked={retry.refresh} onChange={event => onChange({retry: {...retry, refresh: event.target.checked}})}>With the newest revision each time</Checkbox>
          </>
        )}
      </fieldset>
      <Field label="Reason, for those who look at it later">
        <Input value={choice.note} onChange={event => onChange({note: event.target.value})} />
      </Field>
    </>
  )
}

function Revision({source, project, value, several, onChange}: {source: ApplicationSource; project: string; value: string; several: boolean; onChange(value: string): void}) {
  const git = !source.chart && !source.repoURL.startsWith('oci://')
  const refs = useAsk<RepositoryRefs>(git ? `api/v1/repositories/${segment(source.repoURL)}/refs` : null, {appProject: project}, {stale: 60_000})
  const own = source.targetRevision || 'HEAD'
  const options = [...new Set([own, ...(refs.data?.branches ?? []), ...(refs.data?.tags ?? [])])]
  const name = source.chart || source.ref || source.path || source.repoURL
  return (
    <Field label={several ? `${name} of ${source.repoURL.replace(/^.*\//, '').replace(/\.git$/, '')}` : `${git ? 'Branch, tag or commit' : 'Version'}; its own is ${own}`} hint={refs.isError ? `Branches and tags cannot be listed: ${refs.error.message}` : undefined}>
      <Combobox mono options={git ? options : [own]} value={value} onChange={onChange} placeholder={own} />
    </Field>
  )
}
