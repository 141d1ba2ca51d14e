import type {Application} from '@/api/contract'
import {Age} from '@/parts/Age'
import {EmptyNote} from '@/parts/EmptyNote'
import {StatusWord} from '@/parts/StatusGlyph'
import {phaseState, type State} from '@/parts/status'
import css from '../Application.module.css'

const RESULTS: Record<string, State['look']> = {Synced: 'ok', SyncFailed: 'bad', Pruned: 'delete', PruneSkipped: 'held', Succeeded: 'ok', Failed: 'bad', Error: 'bad', Running: 'run'}

/** The running or last operation, with what became of each object. */
export default function Operation({application: app}: {application: Application}) {
  const state = app.status?.operationState
  if (!state) return <EmptyNote title="Nothing was ever done to it." />
  const results = [...(state.syncResult?.resources ?? [])].sort((a, b) => Number(bad(b)) - Number(bad(a)))
  return (
    <div className={css.pad}>
      <section>
        <h2>Last operation</h2>
        <p><StatusWord state={phaseState(state.phase)} /> <Age time={String(state.finishedAt ?? state.startedAt)} /> {state.operation?.initiatedBy?.automated ? 'by auto-sync' : state.operation?.initiatedBy?.username ? `by ${state.operation.initiatedBy.username}` : ''}</p>
        <p className={css.words}>{state.message}</p>
        <ul className={css.results}>
          {results.map((one, index) => {
            // An object that is no hook is done when it was applied; its phase is that of its health then.
            const word = (one.hookType ? one.hookPhase : one.status) || one.hookPhase || ''
            return (
              <li key={index}>
                <StatusWord state={{look: RESULTS[word] ?? 'unknown', word: word || 'Waiting'}} />
                <span><span className={css.dim}>{one.kind}</span> {one.name}{one.hookType ? ` (${one.hookType})` : ''} <span className={css.dim}>{one.message}</span></span>
              </li>
            )
          })}
        </ul>
      </section>
    </div>
  )
}

function bad(one: {status?: string; hookPhase?: string}): boolean {
  return one.status === 'SyncFailed' || one.hookPhase === 'Failed' || one.hookPhase === 'Error'
}
