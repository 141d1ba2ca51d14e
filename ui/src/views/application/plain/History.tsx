import {useState} from 'react'

import {ask, segment} from '@/api/client'
import type {Application} from '@/api/contract'
import {Age} from '@/parts/Age'
import {Button} from '@/parts/Button'
import {Confirm} from '@/parts/Confirm'
import {StatusWord} from '@/parts/StatusGlyph'
import {phaseState, type State} from '@/parts/status'
import css from './Page.module.css'

const RESULTS: Record<string, State['look']> = {Synced: 'ok', SyncFailed: 'bad', Pruned: 'delete', PruneSkipped: 'held', Succeeded: 'ok', Failed: 'bad', Error: 'bad', Running: 'run'}

/** The last operation with what became of each object, and the deployments before it. */
export default function History({app}: {app: Application}) {
  const [back, setBack] = useState<number | null>(null)
  const state = app.status?.operationState
  const results = [...(state?.syncResult?.resources ?? [])].sort((a, b) => Number(bad(b)) - Number(bad(a)))
  const history = [...(app.status?.history ?? [])].reverse()
  return (
    <div className={css.pad}>
      {state && (
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
      )}
      <section>
        <h2>Deployments</h2>
        {history.length === 0 && <p className={css.dim}>It was never synced.</p>}
        <ul className={css.results}>
          {history.map((one, index) => (
            <li key={one.id}>
              <span className={css.mono}>{(one.revisions?.length ? one.revisions : [one.revision ?? '']).map(text => text?.slice(0, 7)).join(', ')}</span>
              <span><Age time={String(one.deployedAt)} /> {one.initiatedBy?.automated ? 'by auto-sync' : one.initiatedBy?.username ? `by ${one.initiatedBy.username}` : ''}</span>
              <Button small onClick={() => setBack(one.id)}>{index === 0 ? 'Deploy again' : 'Roll back to this'}</Button>
            </li>
          ))}
        </ul>
      </section>
      <Confirm
        open={back !== null}
        onClose={() => setBack(null)}
        title={`Roll ${app.metadata.name} back`}
        verb="Roll back"
        onConfirm={async () => {
          // Otherwise auto-sync would undo it at once, and the server refuses.
          if (app.spec.syncPolicy?.automated) {
            const {automated: _, ...policy} = app.spec.syncPolicy
            await ask(`api/v1/applications/${segment(app.metadata.name ?? '')}/spec`, {method: 'PUT', query: {appNamespace: app.metadata.namespace, project: app.spec.project}, body: {...app.spec, syncPolicy: policy}})
          }
          await ask(`api/v1/applications/${segment(app.metadata.name ?? '')}/rollback`, {method: 'POST', body: {name: app.metadata.name, appNamespace: app.metadata.namespace, project: app.spec.project, id: back}})
        }}
      >
        <p>What was deployed then is deployed again.{app.spec.syncPolicy?.automated ? ' Auto-sync is switched off first, else it would undo this; switch it on again when Git says what you want.' : ''}</p>
      </Confirm>
    </div>
  )
}

function bad(one: {status?: string; hookPhase?: string}): boolean {
  return one.status === 'SyncFailed' || one.hookPhase === 'Failed' || one.hookPhase === 'Error'
}
