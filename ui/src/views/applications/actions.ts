import {ask, segment} from '@/api/client'
import {requestOf, type Named, type SyncChoice} from '@/views/application/sync/choice'

export type {Named} from '@/views/application/sync/choice'

const path = (app: Named) => `api/v1/applications/${segment(app.name)}`
const query = (app: Named) => ({appNamespace: app.namespace, project: app.project})

/** Asks for a sync as it is chosen; what is left out each application says itself. */
export function syncApplication(app: Named, choice: SyncChoice): Promise<unknown> {
  return ask(`${path(app)}/sync`, {method: 'POST', body: requestOf(app, choice)})
}

export function refreshApplication(app: Named, hard: boolean): Promise<unknown> {
  return ask(path(app), {query: {...query(app), refresh: hard ? 'hard' : 'normal'}})
}

export type Cascade = 'foreground' | 'background' | 'orphan'

/** Deletes an application: with what it made, in the foreground or background, or alone. */
export function deleteApplication(app: Named, how: Cascade): Promise<unknown> {
  return ask(path(app), {method: 'DELETE', query: {...query(app), cascade: how !== 'orphan', propagationPolicy: how === 'orphan' ? undefined : how}})
}

/** One of many: what became of it. */
export interface Outcome {
  app: Named
  state: 'waiting' | 'running' | 'done' | 'failed'
  error?: unknown
}

const AT_ONCE = 6

/** Does one thing to many applications, a few at a time; each change of an outcome is told. Ends when all have one. */
export async function doToMany(apps: readonly Named[], act: (app: Named) => Promise<unknown>, told: (outcomes: Outcome[]) => void, signal: AbortSignal): Promise<Outcome[]> {
  const outcomes: Outcome[] = apps.map(app => ({app, state: 'waiting'}))
  let next = 0
  const set = (index: number, change: Partial<Outcome>) => {
    outcomes[index] = {...(outcomes[index] as Outcome), ...change}
    told([...outcomes])
  }
  const one = async () => {
    while (next < apps.length && !signal.aborted) {
      const index = next++
      set(index, {state: 'running'})
      try {
        await act(apps[index] as Named)
        set(index, {state: 'done'})
      } catch (error) {
        set(index, {state: 'failed', error})
      }
    }
  }
  await Promise.all(Array.from({length: Math.min(AT_ONCE, apps.length)}, one))
  return outcomes
}

/** `12 of 14 are asked to sync, 2 failed.` */
export function summary(outcomes: readonly Outcome[], verb: string): string {
  const count = (state: Outcome['state']) => outcomes.filter(outcome => outcome.state === state).length
  const [done, failed, waiting, running] = [count('done'), count('failed'), count('waiting'), count('running')]
  const rest = [failed > 0 ? `${failed} failed` : '', running > 0 ? `${running} under way` : '', waiting > 0 ? `${waiting} to go` : ''].filter(Boolean)
  return `${done} of ${outcomes.length} ${verb}${rest.length > 0 ? `, ${rest.join(', ')}` : ''}.`
}
