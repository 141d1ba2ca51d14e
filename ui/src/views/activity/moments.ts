/** What happened to the fleet, gathered from what each application says of itself. */
import type {Application} from '@/api/contract'

export type What = 'running' | 'failed' | 'synced' | 'deployed' | 'health' | 'condition'

export interface Moment {
  key: string
  time: number
  what: What
  app: string
  namespace: string
  project: string
  /** In words. */
  text: string
  /** The server's own words, where there are some. */
  message?: string
  by?: string
  revision?: string
}

export const WHATS: Record<What, string> = {running: 'Syncing', failed: 'Failed syncs', synced: 'Syncs', deployed: 'Deployments', health: 'Health', condition: 'Conditions'}

const who = (by: {username?: string; automated?: boolean} | undefined) => (by?.automated ? 'auto-sync' : by?.username || undefined)

/** Every moment that the applications tell of, the newest first. */
export function momentsOf(apps: readonly Application[]): Moment[] {
  const found: Moment[] = []
  for (const app of apps) {
    const {name = '', namespace = ''} = app.metadata
    const add = (what: What, time: string | undefined | null, text: string, more: Partial<Moment> = {}) => {
      const at = Date.parse(time ?? '')
      if (!Number.isNaN(at)) found.push({key: `${namespace}/${name} ${what} ${at} ${found.length}`, time: at, what, app: name, namespace, project: app.spec?.project ?? '', text, ...more})
    }
    const {operationState: op, history, conditions, health} = app.status ?? {}
    const revision = op?.syncResult?.revision || op?.syncResult?.revisions?.[0] || op?.operation?.sync?.revision || undefined
    if (op) {
      const by = who(op.operation?.initiatedBy)
      const dry = op.operation?.sync?.dryRun ? ' (dry run)' : ''
      if (op.phase === 'Running' || op.phase === 'Terminating') add('running', op.startedAt, op.phase === 'Running' ? `Syncing${dry}` : 'Being terminated', {by, revision, message: op.message})
      else if (op.phase === 'Succeeded') add('synced', op.finishedAt ?? op.startedAt, `Sync succeeded${dry}`, {by, revision, message: op.message})
      else add('failed', op.finishedAt ?? op.startedAt, `Sync failed${dry}`, {by, revision, message: op.message})
    }
    for (const one of history ?? []) {
      // The newest deployment is the last operation: it is told once.
      const isLast = op?.phase === 'Succeeded' && Math.abs(Date.parse(one.deployedAt ?? '') - Date.parse(op.finishedAt ?? '')) < 2000
      if (!isLast) add('deployed', one.deployedAt, 'Deployed', {by: who(one.initiatedBy), revision: one.revision || one.revisions?.[0] || undefined})
    }
    if (health?.status) add('health', health.lastTransitionTime, `Became ${health.status}`, {message: (health as {message?: string}).message})
    for (const one of conditions ?? []) add('condition', one.lastTransitionTime, one.type ?? 'Condition', {message: one.message})
  }
  return found.sort((a, b) => b.time - a.time || a.key.localeCompare(b.key))
}

export interface Range {
  from: number
  to: number
}

const SPANS: Record<string, number> = {m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000}

/** The range that an address says: `range=24h`, or `from=` and `to=` as times or milliseconds. A day without any. */
export function readRange(words: URLSearchParams, now: number): Range {
  const point = (text: string | null) => (text === null ? undefined : /^\d+$/.test(text) ? Number(text) : Number.isNaN(Date.parse(text)) ? undefined : Date.parse(text))
  const [from, to] = [point(words.get('from')), point(words.get('to'))]
  if (from !== undefined && (to === undefined || to > from)) return {from, to: to ?? now}
  const [, count, unit = ''] = /^(\d+)([mhdw])$/.exec(words.get('range') ?? '') ?? []
  return {from: now - (count ? Number(count) * (SPANS[unit] ?? 0) : 86_400_000), to: now}
}

export interface Bucket extends Range {
  good: number
  bad: number
}

/** The moments of a range in so many equal parts: those that went wrong apart. */
export function bucketsOf(moments: readonly Moment[], {from, to}: Range, count: number): Bucket[] {
  const width = Math.max(1, (to - from) / count)
  const buckets = Array.from({length: count}, (_, index): Bucket => ({from: from + index * width, to: from + (index + 1) * width, good: 0, bad: 0}))
  for (const one of moments) {
    const bucket = buckets[Math.min(count - 1, Math.floor((one.time - from) / width))]
    if (one.time < from || one.time > to || !bucket) continue
    if (isBad(one)) bucket.bad++
    else bucket.good++
  }
  return buckets
}

export function isBad(one: Moment): boolean {
  return one.what === 'failed' || one.what === 'condition' && /Error|Invalid/.test(one.text) || one.what === 'health' && /Degraded|Missing/.test(one.text)
}
