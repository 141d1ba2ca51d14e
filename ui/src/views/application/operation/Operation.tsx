import {useEffect, useMemo, useState} from 'react'

import {segment} from '@/api/client'
import {useCell, cell} from '@/api/cell'
import type {Application, OperationState} from '@/api/contract'
import {useAsk} from '@/api/queries'
import {readable, waitIn} from '@/explain/message'
import {Age, useNow} from '@/parts/Age'
import {Button} from '@/parts/Button'
import {Confirm} from '@/parts/Confirm'
import {Copy} from '@/parts/Copy'
import {cx} from '@/parts/cx'
import {EmptyNote} from '@/parts/EmptyNote'
import {KeyValue} from '@/parts/KeyValue'
import {StatusGlyph, StatusWord} from '@/parts/StatusGlyph'
import {phaseState, type Look} from '@/parts/status'
import {span} from '@/parts/time'
import {useQueryWords} from '@/shell/address'
import {terminate} from '../acts'
import {useRefusal} from '../rights'
import {partsOf} from '../sync/choice'
import {deadlineOf, lanesOf, nextTry, remembered, starter, waitedFor, worst, type Attempt, type Item, type Lane, type Standing} from './model'
import css from './Operation.module.css'

/** The tries that this page has seen, by application. */
const seen = cell<Record<string, Attempt[]>>({})

const LOOKS: Record<Standing, Look> = {failed: 'bad', running: 'run', waiting: 'held', skipped: 'held', done: 'ok'}
const FACETS: Array<[Standing | 'changed', string]> = [['failed', 'Failed'], ['running', 'Running'], ['waiting', 'To come'], ['skipped', 'Skipped'], ['done', 'Done'], ['changed', 'Changed something']]

/** The running or last operation: what it does, waits for and has done, object by object. */
export default function Operation({application}: {application: Application}) {
  const {metadata, operation, status} = application
  const state = status?.operationState
  const key = `${metadata.namespace}/${metadata.name}`
  useEffect(() => {
    if (state) seen.set({...seen.get(), [key]: remembered(seen.get()[key] ?? [], state)})
  }, [state, key])
  const attempts = useCell(seen)[key] ?? []
  const [tried, setTried] = useState<string | null>(null)
  if (!state && operation) return <EmptyNote title="A sync is asked for.">It begins in a moment; what it does to each object is told here.</EmptyNote>
  if (!state) return <EmptyNote title="Nothing was ever done to it.">The first sync is told here, object by object.</EmptyNote>
  const earlier = attempts.slice(0, -1)
  const shown = earlier.find(one => one.id === tried)?.state ?? state
  return (
    <div className={css.page}>
      {earlier.length > 0 && (
        <div className={css.tries} role="group" aria-label="Tries that this page has seen">
          {attempts.map((one, index) => (
            <Button key={one.id} small aria-pressed={one.state === shown || (index === attempts.length - 1 && shown === state)} onClick={() => setTried(index === attempts.length - 1 ? null : one.id)}>
              <StatusGlyph look={phaseState(lanesOf(application, one.state).some(lane => worst(lane.items) === 'failed') ? 'Failed' : one.state.phase).look} /> {index === attempts.length - 1 ? 'Now' : <Age time={one.state.finishedAt ?? one.state.startedAt} />}
            </Button>
          ))}
        </div>
      )}
      <Head application={application} state={shown} live={shown === state} />
      <Lanes application={application} state={shown} />
    </div>
  )
}

function Head({application, state, live}: {application: Application; state: OperationState; live: boolean}) {
  const name = application.metadata.name ?? ''
  const now = useNow()
  const forbidden = useRefusal(application, 'sync')
  const [ending, setEnding] = useState(false)
  const again = nextTry(state)
  const running = live && (state.phase === 'Running' || state.phase === 'Terminating')
  const ended = state.finishedAt && !running ? Date.parse(state.finishedAt) : now
  const {sync, info, retry} = state.operation
  const result = state.syncResult
  const revisions = result?.revisions?.length ? result.revisions : [result?.revision || sync?.revision || ''].filter(Boolean)
  const limit = retry?.limit ?? 0
  const how = [
    sync?.prune && 'prunes',
    sync?.dryRun && 'dry run',
    sync?.syncStrategy?.apply && 'no hooks',
    (sync?.syncStrategy?.apply?.force || sync?.syncStrategy?.hook?.force) && 'force',
    sync?.resources?.length && `${sync.resources.length} chosen ${sync.resources.length === 1 ? 'object' : 'objects'}`,
    sync?.manifests?.length && 'manifests of a person’s own',
    ...(sync?.syncOptions ?? []),
  ].filter(Boolean)
  const phase = again ? {look: 'warn' as const, word: 'Failed, to be tried again', contract: state.phase} : phaseState(state.phase)
  return (
    <header className={css.head}>
      <div className={css.line}>
        <StatusWord state={phase} className={css.phase} />
        <span className={css.dim}>
          {running ? 'for' : 'in'} {span(ended - Date.parse(state.startedAt)) === 'now' ? 'a moment' : span(ended - Date.parse(state.startedAt))}, begun <Age time={state.startedAt} /> by {starter(state)}
        </span>
        <span className={css.space} />
        {running && (
          <Button look="danger" refused={state.phase === 'Terminating' ? 'It is ending already' : forbidden} onClick={() => setEnding(true)}>
            Terminate
          </Button>
        )}
      </div>
      {state.message && (
        <p className={cx(css.message, phase.look === 'bad' && css.bad)}>
          {readable(state.message, now)} <Copy what="message" text={state.message} />
        </p>
      )}
      {running && !again && <Waits application={application} message={state.message ?? ''} />}
      {again !== undefined && (
        <p className={css.wait}>
          <StatusGlyph look="run" /> Try {(state.retryCount ?? 0) + 1}{limit > 0 ? ` of ${limit + 1}` : ''} {again > now ? <>comes <Age time={again} /></> : 'comes now'}
          {retry?.refresh ? ', with the newest revision' : ''}.
        </p>
      )}
      <KeyValue
        pairs={[
          [revisions.length > 1 ? 'Revisions' : 'Revision', revisions.length > 0 && revisions.map(one => <code key={one} title={one}>{short(one)} </code>)],
          ['How', how.join(', ')],
          ['Tries', (state.retryCount ?? 0) > 0 && !again && `${(state.retryCount ?? 0) + 1}${limit > 0 ? ` of at most ${limit + 1}` : ''}`],
          ['Ended', state.finishedAt && !running && <Age time={state.finishedAt} />],
          ...(info ?? []).map((one): [string, string] => [one.name ?? '', one.value ?? '']),
        ]}
      />
      <Confirm
        open={ending}
        onClose={() => setEnding(false)}
        title={`End the sync of ${name}`}
        verb="Terminate"
        onConfirm={() => terminate(application)}
      >
        <p className={css.words}>What is applied stays applied. Hooks that run are deleted, and nothing further is begun. It is not tried again.</p>
      </Confirm>
    </header>
  )
}

/** What is waited for, since when it stands so, and until when it may. */
function Waits({application, message}: {application: Application; message: string}) {
  const [key] = waitedFor(message)
  const [since, setSince] = useState(() => Date.now())
  const now = useNow()
  useEffect(() => setSince(Date.now()), [key])
  const status = application.status?.resources?.find(one => key?.endsWith(`${one.kind}/${one.name}`))
  const parts = key?.split('/') ?? []
  const [kind = '', name = ''] = parts.slice(-2)
  const group = parts.length > 2 ? parts[0] : (status?.group ?? '')
  const hook = application.status?.operationState?.syncResult?.resources?.find(one => one.kind === kind && one.name === name)
  const live = useAsk<{manifest?: string}>(key && (status ?? hook) ? `api/v1/applications/${segment(application.metadata.name ?? '')}/resource` : null, {appNamespace: application.metadata.namespace, project: application.spec.project, namespace: (status ?? hook)?.namespace, resourceName: name, version: (status ?? hook)?.version, group, kind}, {every: 15_000})
  const until = useMemo(() => {
    try {
      return live.data?.manifest ? deadlineOf(JSON.parse(live.data.manifest)) : undefined
    } catch {
      return undefined
    }
  }, [live.data])
  const told = waitIn(message)
  // Who carries it out knows best; else the object may say.
  const [from, to] = [told?.since ?? since, Math.min(told?.until ?? Infinity, until ?? Infinity)]
  if (!key) return null
  const why = status?.health?.message || (hook?.message ?? '')
  return (
    <p className={css.wait}>
      <StatusGlyph look="run" /> Waits for <b>{kind}/{name}</b>{why ? `: ${why}` : ''}{now - from > 5000 ? `, for ${span(now - from)}${told ? '' : ' at least'}` : ''}{to < Infinity ? (to > now ? `; it has ${span(to - now)} more` : '; its time is over') : ''}.
    </p>
  )
}

const short = (revision: string) => (/^[0-9a-f]{40}$/.test(revision) ? revision.slice(0, 8) : revision)

function Lanes({application, state}: {application: Application; state: OperationState}) {
  const lanes = useMemo(() => lanesOf(application, state), [application, state])
  const [facet, setFacet] = useState<Standing | 'changed' | null>(null)
  const [text, setText] = useState('')
  const all = lanes.flatMap(lane => lane.items)
  const fits = (item: Item, by = facet) => by === null || (by === 'changed' ? item.changed : item.standing === by)
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const shown = lanes
    .map(lane => ({...lane, whole: lane.items, items: lane.items.filter(item => fits(item) && words.every(word => `${item.kind} ${item.name} ${item.message} ${item.hook ?? ''}`.toLowerCase().includes(word)))}))
    .filter(lane => lane.items.length > 0)
  if (all.length === 0) return <p className={css.none}>{state.phase === 'Running' ? 'It has not got to any object yet.' : 'It did nothing to any object.'}</p>
  return (
    <section className={css.lanes} aria-label="Objects of the operation">
      <div className={css.tools}>
        <input className={css.filter} type="search" value={text} onChange={event => setText(event.target.value)} placeholder="Filter objects and messages" aria-label="Filter objects and messages" />
        {FACETS.map(([id, label]) => {
          const count = all.filter(item => fits(item, id)).length
          return count > 0 && <Button key={id} small aria-pressed={facet === id} onClick={() => setFacet(facet === id ? null : id)}>{label} {count}</Button>
        })}
      </div>
      {shown.map(lane => <LaneOf key={`${lane.phase} ${lane.wave}`} lane={lane} whole={lane.whole} />)}
      {shown.length === 0 && <p className={css.none}>No object fits the filter.</p>}
    </section>
  )
}

const MOST = 300

function LaneOf({lane, whole}: {lane: Lane; whole: Item[]}) {
  const [more, setMore] = useState(false)
  const state = worst(whole)
  const done = whole.filter(item => item.standing === 'done' || item.standing === 'skipped').length
  const what = lane.wave === undefined ? `${lane.phase}${whole.every(item => item.hook) ? ' hooks' : ''}` : lane.wave === 0 ? 'Sync' : `Sync, wave ${lane.wave}`
  return (
    <details className={css.lane} open>
      <summary>
        <StatusGlyph look={LOOKS[state]} label={state} /> <b>{what}</b>
        <span className={css.dim}>{done === whole.length ? `${whole.length} done` : `${done} of ${whole.length} done`}</span>
        <span className={css.track} aria-hidden="true"><i style={{width: `${(done / whole.length) * 100}%`}} /></span>
      </summary>
      <ul>
        {(more ? lane.items : lane.items.slice(0, MOST)).map(item => <Line key={`${item.key} ${item.hook}`} item={item} />)}
      </ul>
      {lane.items.length > MOST && !more && <Button small className={css.more} onClick={() => setMore(true)}>Show the other {lane.items.length - MOST}</Button>}
    </details>
  )
}

function Line({item}: {item: Item}) {
  const [, change] = useQueryWords()
  const {namespace} = partsOf(item.key)
  return (
    <li className={css.item}>
      <StatusWord state={item.state} className={css.state} />
      <span className={css.object}>
        <button type="button" className={css.open} onClick={() => change({node: `${item.key}/0`}, true)} title={item.key}>
          <span className={css.dim}>{item.kind}</span> {item.name}
        </button>
        {item.hook && <span className={css.tag}>{item.hook} hook</span>}
        {namespace && <span className={css.dim}> in {namespace}</span>}
        {item.message && <span className={cx(css.said, item.standing === 'failed' && css.bad)}>{item.message}</span>}
      </span>
    </li>
  )
}
