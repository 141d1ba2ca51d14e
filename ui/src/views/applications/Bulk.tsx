import {useEffect, useMemo, useRef, useState} from 'react'

import {queries, useSettings} from '@/api/queries'
import {Button} from '@/parts/Button'
import {Dialog} from '@/parts/Dialog'
import {Checkbox, Field, Input} from '@/parts/Field'
import {StatusWord} from '@/parts/StatusGlyph'
import type {Look} from '@/parts/status'
import {faultsOf, PLAIN, wordFor, type SyncChoice} from '@/views/application/sync/choice'
import {How} from '@/views/application/sync/How'
import {deleteApplication, doToMany, refreshApplication, summary, syncApplication, type Cascade, type Named, type Outcome} from './actions'
import css from './Applications.module.css'
import One from './One'
import {useRefused} from './rights'

export type BulkKind = 'sync' | 'refresh' | 'delete'

const VERBS: Record<BulkKind, {verb: string; did: string}> = {
  sync: {verb: 'Sync', did: 'asked to sync'},
  refresh: {verb: 'Refresh', did: 'refreshed'},
  delete: {verb: 'Delete', did: 'being deleted'},
}
const CASCADES: Array<[Cascade, string]> = [
  ['foreground', 'With everything that it made; done when all of it is gone'],
  ['background', 'With everything that it made; the cluster clears up behind'],
  ['orphan', 'The application alone; what it made keeps running'],
]

/** One thing done to some applications: to one with all that can be said of it, to many with one honest summary of what happened to each. */
export default function Bulk(props: {kind: BulkKind; apps: Named[]; onClose(done: boolean): void}) {
  const [only] = props.apps
  return props.apps.length === 1 && only && props.kind !== 'refresh' ? <One kind={props.kind} app={only} onClose={props.onClose} /> : <Many {...props} />
}

function Many({kind, apps: given, onClose}: {kind: BulkKind; apps: Named[]; onClose(done: boolean): void}) {
  const {verb, did} = VERBS[kind]
  const settings = useSettings()
  const barred = useRefused(given, kind === 'refresh' ? 'get' : kind, settings.data?.controllerNamespace)
  // What is refused beforehand is told, and left out.
  const apps = useMemo(() => given.filter(app => !barred.includes(app)), [given, barred])
  const [choice, setChoice] = useState<SyncChoice>(PLAIN)
  const [hard, setHard] = useState(false)
  const [cascade, setCascade] = useState<Cascade>('foreground')
  const [typed, setTyped] = useState('')
  const [outcomes, setOutcomes] = useState<Outcome[] | null>(null)
  const stop = useRef(new AbortController())
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => () => stop.current.abort(), [])
  const busy = outcomes?.some(outcome => outcome.state === 'running' || (outcome.state === 'waiting' && !stop.current.signal.aborted)) ?? false
  const failed = outcomes?.filter(outcome => outcome.state === 'failed') ?? []
  const what = apps.length === 1 ? (apps[0]?.name ?? '') : `${apps.length} applications`
  // One is named, many are counted: nobody types a hundred names.
  const phrase = kind === 'delete' ? (apps.length === 1 ? what : String(apps.length)) : kind === 'sync' ? (wordFor(null, choice) ?? null) : null
  const faults = kind === 'sync' ? faultsOf(choice) : {}
  const refused = Object.values(faults)[0] ?? (phrase !== null && typed.trim() !== phrase ? `Type ${phrase} first` : false)

  const run = async (some: Named[]) => {
    stop.current = new AbortController()
    const act = (app: Named) => (kind === 'sync' ? syncApplication(app, choice) : kind === 'refresh' ? refreshApplication(app, hard) : deleteApplication(app, cascade))
    const kept = (outcomes ?? []).filter(outcome => outcome.state === 'done')
    await doToMany(some, act, now => setOutcomes([...kept, ...now]), stop.current.signal)
    void queries.invalidateQueries({queryKey: ['api/v1/applications']})
  }

  const buttons = outcomes ? (
    <>
      {busy && <Button onClick={() => { stop.current.abort(); setOutcomes(now => now && [...now]) }}>Stop after those under way</Button>}
      {!busy && failed.length > 0 && <Button onClick={() => void run(failed.map(outcome => outcome.app))}>Try the {failed.length} again</Button>}
      <Button look="primary" onClick={() => onClose(true)}>Close</Button>
    </>
  ) : (
    <>
      <Button onClick={() => onClose(false)}>Cancel</Button>
      <Button look={kind === 'delete' ? 'danger' : 'primary'} refused={refused || (apps.length === 0 && (barred.length > 0 ? 'Your roles allow it for none of them' : 'Nothing is chosen'))} onClick={() => void run(apps)}>
        {verb} {what}
      </Button>
    </>
  )
  return (
    <Dialog open onClose={() => onClose(outcomes !== null)} title={`${verb} ${what}`} foot={buttons} first={phrase === null ? undefined : input}>
      {outcomes ? (
        <Outcomes outcomes={outcomes} says={summary(outcomes, did)} />
      ) : (
        <div className={css.form}>
          <Chosen apps={apps} />
          {barred.length > 0 && <p className={css.dim} role="status">Left out, for your roles do not allow it: {barred.slice(0, 12).map(app => app.name).join(', ')}{barred.length > 12 ? ` and ${barred.length - 12} more` : ''}.</p>}
          {kind === 'sync' && (
            <>
              {apps.length > 1 && <p className={css.words}>Without an option chosen here, each application keeps its own; with one, those chosen here take their place.</p>}
              <How choice={choice} onChange={changes => setChoice(now => ({...now, ...changes}))} faults={faults} replaceAllowed={settings.data?.syncWithReplaceAllowed !== false} />
            </>
          )}
          {kind === 'refresh' && <Checkbox checked={hard} onChange={event => setHard(event.target.checked)}>Hard: render anew too, also where nothing changed in Git</Checkbox>}
          {kind === 'delete' && (
            <fieldset className={css.choices}>
              <legend>What goes</legend>
              {CASCADES.map(([value, text]) => (
                <label key={value} className={css.choice}>
                  <input type="radio" name="cascade" checked={cascade === value} onChange={() => setCascade(value)} />
                  <span>{text}</span>
                </label>
              ))}
            </fieldset>
          )}
          {phrase !== null && (
            <Field label={<>To go on, type <b>{phrase}</b></>}>
              <Input ref={input} mono value={typed} onChange={event => setTyped(event.target.value)} />
            </Field>
          )}
        </div>
      )}
    </Dialog>
  )
}

const MOST_NAMES = 12

function Chosen({apps}: {apps: Named[]}) {
  if (apps.length < 2) return null
  return (
    <details className={css.chosen}>
      <summary>{apps.slice(0, 3).map(app => app.name).join(', ')}{apps.length > 3 ? ` and ${apps.length - 3} more` : ''}</summary>
      <p>{apps.slice(0, MOST_NAMES * 20).map(app => app.name).join(', ')}</p>
    </details>
  )
}

const LOOKS: Record<Outcome['state'], {look: Look; word: string}> = {
  waiting: {look: 'held', word: 'To go'},
  running: {look: 'run', word: 'Under way'},
  done: {look: 'ok', word: 'Done'},
  failed: {look: 'bad', word: 'Failed'},
}
const FIRST: Outcome['state'][] = ['failed', 'running', 'waiting', 'done']

function Outcomes({outcomes, says}: {outcomes: Outcome[]; says: string}) {
  const sorted = useMemo(() => [...outcomes].sort((a, b) => FIRST.indexOf(a.state) - FIRST.indexOf(b.state)).slice(0, 500), [outcomes])
  const over = outcomes.filter(outcome => outcome.state === 'done' || outcome.state === 'failed').length
  return (
    <div className={css.form}>
      <p role="status" className={css.verdict}>{says}</p>
      <progress className={css.progress} max={outcomes.length} value={over} aria-label="Progress" />
      <ul className={css.outcomes}>
        {sorted.map(({app, state, error}) => (
          <li key={`${app.namespace}/${app.name}`}>
            <StatusWord state={LOOKS[state]} /> <b>{app.name}</b>
            {error !== undefined && <span className={css.words}>{error instanceof Error ? error.message : String(error)}</span>}
          </li>
        ))}
      </ul>
    </div>
  )
}
