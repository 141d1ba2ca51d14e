import type {Application, OperationState, ResourceResult} from '@/api/contract'
import type {Look, State} from '@/parts/status'
import {keyOf} from '../sync/choice'

/** How one object or hook of an operation stands. */
export type Standing = 'failed' | 'running' | 'waiting' | 'skipped' | 'done'

export interface Item {
  key: string
  kind: string
  name: string
  namespace: string
  hook?: string
  standing: Standing
  state: State
  message: string
  images: string[]
  phase: string
  wave: number
  /** Whether it was written; `unchanged` of kubectl's words is not. */
  changed: boolean
}

/** What is done at one time: a phase and a wave of it. */
export interface Lane {
  phase: string
  /** Nothing for hooks, whose wave the contract does not tell. */
  wave?: number
  items: Item[]
}

const PHASES = ['PreSync', 'Sync', 'PostSync', 'SyncFail', 'PreDelete', 'PostDelete']
const ORDER: Standing[] = ['failed', 'running', 'waiting', 'skipped', 'done']

const WORDS: Record<string, [Standing, Look, string]> = {
  Synced: ['done', 'ok', 'Synced'],
  SyncFailed: ['failed', 'bad', 'Sync failed'],
  Pruned: ['done', 'delete', 'Pruned'],
  PruneSkipped: ['skipped', 'held', 'Prune skipped'],
  Running: ['running', 'run', 'Running'],
  Terminating: ['running', 'run', 'Terminating'],
  Succeeded: ['done', 'ok', 'Succeeded'],
  Failed: ['failed', 'bad', 'Failed'],
  Error: ['failed', 'bad', 'Error'],
}

/** How an object of an operation stands: a hook by its phase, an object by what became of it, and by its health while that is waited for (`live`). */
export function standingOf(one: ResourceResult, live = true): {standing: Standing; state: State} {
  const applied = one.hookType ? undefined : one.status
  const word = applied === 'SyncFailed' || applied === 'PruneSkipped' || applied === 'Pruned' ? applied : one.hookPhase && one.hookPhase !== 'Succeeded' && !(applied && one.hookPhase === 'Error') ? one.hookPhase : (applied || one.hookPhase || '')
  const [standing, look, shown] = WORDS[word] ?? ['waiting', 'held', word || 'Waiting']
  // An object that is applied and not yet healthy is no hook that runs.
  if (applied === 'Synced' && word === 'Running') {
    // Of the last wave nobody waits for the health: an operation that is over leaves it so.
    if (!live) return {standing: 'done', state: {look: 'ok', word: 'Synced', contract: 'Synced'}}
    return {standing: 'running', state: {look: 'run', word: 'Applied, not healthy yet', contract: 'Synced'}}
  }
  return {standing, state: {look, word: shown, contract: word}}
}

/** The objects and hooks of an operation as they come: those that it has not got to stand as waiting while it runs. */
export function lanesOf(app: Application, state: OperationState): Lane[] {
  const statuses = new Map((app.status?.resources ?? []).map(one => [keyOf(one), one]))
  const running = state.phase === 'Running' || state.phase === 'Terminating'
  const items: Item[] = []
  const seen = new Set<string>()
  for (const one of state.syncResult?.resources ?? []) {
    const key = keyOf(one)
    seen.add(key)
    items.push({
      key, kind: one.kind, name: one.name, namespace: one.namespace, hook: one.hookType || undefined, ...standingOf(one, running), message: one.message ?? '', images: one.images ?? [],
      phase: one.syncPhase || one.hookType || 'Sync', wave: statuses.get(key)?.syncWave ?? 0, changed: (one.hookType ? one.hookPhase === 'Succeeded' : one.status === 'Synced' || one.status === 'Pruned') && !/ unchanged$/.test(one.message ?? ''),
    })
  }
  const chosen = state.operation.sync?.resources
  if (running) {
    for (const [key, one] of statuses) {
      if (seen.has(key) || one.hook || (chosen?.length && !chosen.some(other => keyOf(other) === key))) continue
      items.push({key, kind: one.kind ?? '', name: one.name ?? '', namespace: one.namespace ?? '', standing: 'waiting', state: {look: 'held', word: 'To come', contract: ''}, message: '', images: [], phase: 'Sync', wave: one.syncWave ?? 0, changed: false})
    }
  }
  const lanes = new Map<string, Lane>()
  for (const item of items) {
    const wave = item.phase === 'Sync' ? item.wave : undefined
    const id = `${item.phase} ${wave ?? ''}`
    const lane = lanes.get(id) ?? {phase: item.phase, wave, items: []}
    lane.items.push(item)
    lanes.set(id, lane)
  }
  const rank = (phase: string) => (PHASES.includes(phase) ? PHASES.indexOf(phase) : PHASES.length)
  for (const lane of lanes.values()) lane.items.sort((a, b) => ORDER.indexOf(a.standing) - ORDER.indexOf(b.standing) || a.key.localeCompare(b.key))
  return [...lanes.values()].sort((a, b) => rank(a.phase) - rank(b.phase) || (a.wave ?? 0) - (b.wave ?? 0))
}

/** The worst of some standings: what a lane says of itself. */
export function worst(items: readonly Item[]): Standing {
  return ORDER.find(standing => items.some(item => item.standing === standing)) ?? 'done'
}

/** The keys of what an operation says that it waits for: `waiting for healthy state of apps/Deployment/web and 2 more resources`. */
export function waitedFor(message: string): string[] {
  const found = /waiting for (?:completion of hook|healthy state of|deletion of)\s+(\S+)/.exec(message)?.[1]
  return found ? [found.replace(/[,.]$/, '')] : []
}

const UNITS: Record<string, number> = {ms: 1, s: 1000, m: 60_000, h: 3_600_000}

/** A duration of the contract (`5s`, `1m30s`, seconds without a unit) in ms. */
export function durationOf(text: string | undefined, without: number): number {
  if (!text) return without
  if (/^\d+$/.test(text)) return Number(text) * 1000
  let sum = 0
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) sum += Number(number) * (UNITS[unit ?? 's'] ?? 0)
  return sum || without
}

/** When a failed operation is tried again, where it will be: after the last try the wait grows by a factor. */
export function nextTry(state: OperationState): number | undefined {
  const {retryCount = 0, finishedAt, phase, operation} = state
  if (phase !== 'Running' || !finishedAt || retryCount === 0) return undefined
  const backoff = operation.retry?.backoff
  const wait = durationOf(backoff?.duration, 5000) * (backoff?.factor ?? 2) ** (retryCount - 1)
  return Date.parse(finishedAt) + Math.min(wait, durationOf(backoff?.maxDuration, 180_000))
}

/** Until when an object may take, where it says so itself. */
export function deadlineOf(object: unknown): number | undefined {
  const {kind, spec, status} = object as {kind?: string; spec?: Record<string, number>; status?: {startTime?: string; conditions?: Array<{type?: string; lastUpdateTime?: string}>}}
  if (kind === 'Job' && spec?.activeDeadlineSeconds && status?.startTime) return Date.parse(status.startTime) + spec.activeDeadlineSeconds * 1000
  if (kind === 'Deployment') {
    const moved = status?.conditions?.find(condition => condition.type === 'Progressing')?.lastUpdateTime
    if (moved) return Date.parse(moved) + (spec?.progressDeadlineSeconds ?? 600) * 1000
  }
  return undefined
}

/** Who asked for it. */
export function starter(state: OperationState): string {
  const by = state.operation.initiatedBy
  if (by?.automated) return (state.operation.sync?.autoHealAttemptsCount ?? 0) > 0 ? 'self-heal' : 'auto-sync'
  return by?.username || 'somebody unnamed'
}

/** One try of an operation as this browser saw it: the contract keeps the last one alone. */
export interface Attempt {
  id: string
  state: OperationState
}

const MOST = 8

/** The tries with what was told now: the same try in its newest state, or one more. */
export function remembered(attempts: readonly Attempt[], state: OperationState): Attempt[] {
  const results = state.syncResult?.resources ?? []
  const number = state.retryCount ?? 0
  // Between two tries the count is already that of the next one, and the results are still those of the last.
  const at = number > 0 && state.finishedAt && state.phase === 'Running' ? number - 1 : number
  const id = `${state.startedAt} ${at}`
  const last = attempts[attempts.length - 1]
  if (last?.id === id) {
    // A try that begins anew has nothing to show yet; what it had is not better.
    return results.length === 0 && (last.state.syncResult?.resources?.length ?? 0) > 0 ? [...attempts] : [...attempts.slice(0, -1), {id, state}]
  }
  return [...attempts.filter(one => one.id !== id), {id, state}].slice(-MOST)
}
