import type {Row} from '@/api/fleet'
import {span} from '@/parts/time'
import {readable} from './message'
import type {Look} from '@/parts/status'

/** Why something is as it is: what, because, next. A sentence is `what: because; next`. */
export interface Explained {
  look: Look
  what: string
  because?: string
  next?: string
}

/** The one sentence about an application, the same in row, header, drawer, palette and title. */
export function explain(row: Row, now: number): Explained {
  const {operation, health, sync, resources} = row
  const since = (time?: string) => (time ? span(now - Date.parse(time)) : '')
  if (row.deleting) return {look: 'delete', what: 'Being deleted', because: `asked for ${since(row.deleting)} ago`}
  if (operation?.phase === 'Running' || operation?.phase === 'Terminating') {
    return {
      look: 'run',
      what: operation.phase === 'Terminating' ? 'Terminating the sync' : `Syncing for ${since(operation.startedAt) || 'a moment'}`,
      because: operation.message && readable(operation.message, now),
      next: operation.retries ? `try ${operation.retries + 1}` : undefined,
    }
  }
  if (row.pending) return {look: 'run', what: 'A sync is asked for', next: 'it begins in a moment'}
  const wrong = row.conditions?.find(condition => condition.level === 'error')
  if (wrong) return {look: sync.status === 'Unknown' ? 'unknown' : 'bad', what: `Unknown: ${words(wrong.type)}`, because: wrong.message}
  if (operation && (operation.phase === 'Failed' || operation.phase === 'Error') && sync.status !== 'Synced') {
    const {failed} = operation
    return {
      look: 'bad',
      what: `Sync failed ${since(operation.finishedAt)} ago`.replace('  ', ' '),
      because: failed ? `${failed.object}: ${failed.message}` : operation.message,
      next: operation.retries ? `after ${operation.retries} retries` : undefined,
    }
  }
  const first = resources.first?.[0]
  if (health.status === 'Degraded') return {look: 'bad', what: health.since ? `Degraded for ${since(health.since)}` : 'Degraded', because: health.message ?? (first && `${first.object}`)}
  if (health.status === 'Missing') return {look: 'missing', what: 'Missing', because: health.message ?? (first ? `${first.object} is in Git and not in the cluster` : 'nothing of it is in the cluster'), next: row.autoSync ? 'auto-sync makes it' : 'nobody has asked to sync'}
  if (sync.status === 'OutOfSync') {
    const count = resources.outOfSync ?? 0
    const prune = resources.prune ?? 0
    const what = count === 1 && first ? `${first.object} differs` : count > 1 ? `${count} of ${resources.total} objects differ` : 'Differs from Git'
    return {
      look: 'warn',
      what,
      because: prune > 0 ? `${prune} no longer in Git` : count > 1 && first ? `first ${first.object}` : undefined,
      next: row.autoSync ? (row.autoSync.selfHeal === false ? 'auto-sync waits for a new commit' : 'auto-sync is on') : 'nobody has asked to sync',
    }
  }
  if (health.status === 'Progressing') return {look: 'run', what: health.since ? `Progressing for ${since(health.since)}` : 'Progressing', because: health.message ?? first?.why}
  if (health.status === 'Unknown' || sync.status === 'Unknown') return {look: 'unknown', what: sync.status === 'Unknown' ? 'Not compared yet' : 'Health unknown', because: health.message}
  if (health.status === 'Suspended') return {look: 'held', what: 'Suspended', because: health.message}
  const warning = row.conditions?.find(condition => condition.level === 'warning')
  if (warning) return {look: 'warn', what: `In order, with a warning: ${words(warning.type)}`, because: warning.message}
  return {look: 'ok', what: row.revisionSince ? `In order, the same for ${since(row.revisionSince)}` : 'In order'}
}

/** `comparison error` for `ComparisonError`. */
function words(type: string): string {
  return type.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
}
