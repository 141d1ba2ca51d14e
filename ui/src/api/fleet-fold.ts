import type {Application, ApplicationSource} from './contract'
import type {Facets, Row} from './fleet'

/** The row of an application, made of the contract's own fields as the server makes it: for servers that only speak the contract. */
export function rowOf(app: Application): Row {
  const {metadata, spec, status} = app
  const labels = metadata.labels ?? {}
  const sources = sourcesOf(app)
  const automated = spec.syncPolicy?.automated
  const resources = status?.resources ?? []
  const history = status?.history ?? []
  const newest = history[history.length - 1]
  const state = status?.operationState
  const result = state?.syncResult
  const failed = result?.resources?.find(one => one.status === 'SyncFailed' || one.hookPhase === 'Failed' || one.hookPhase === 'Error')
  const worst = [...resources].sort((a, b) => RANK(b.health?.status) - RANK(a.health?.status))[0]
  const reason = RANK(worst?.health?.status) > 1 && worst?.health?.message ? `${worst.kind}/${worst.name}: ${worst.health.message}` : undefined
  const health = status?.health?.status || 'Unknown'
  const sync = status?.sync?.status || 'Unknown'
  const running = state?.phase === 'Running' || state?.phase === 'Terminating'
  const cluster = spec.destination?.name || (spec.destination?.server === IN_CLUSTER ? 'in-cluster' : spec.destination?.server) || ''
  const refresh = metadata.annotations?.['argocd.argoproj.io/refresh']
  return {
    key: `${metadata.namespace ?? ''}/${metadata.name ?? ''}`,
    name: metadata.name ?? '',
    namespace: metadata.namespace ?? '',
    uid: metadata.uid ?? '',
    project: spec.project ?? '',
    version: metadata.resourceVersion ?? '',
    created: String(metadata.creationTimestamp ?? ''),
    deleting: metadata.deletionTimestamp ? String(metadata.deletionTimestamp) : undefined,
    labels,
    annotations: metadata.annotations,
    owner: metadata.ownerReferences?.find(owner => owner.kind === 'ApplicationSet')?.name,
    severity: severity(health, sync, running || !!app.operation),
    health: {
      status: health,
      // That an object is the cause says less than what the object says.
      message: status?.health?.message && !(status.health.message.startsWith('Caused by ') && reason) ? status.health.message : reason,
      since: status?.health?.lastTransitionTime ? String(status.health.lastTransitionTime) : undefined,
    },
    sync: {status: sync, revisions: status?.sync?.revisions?.length ? status.sync.revisions : status?.sync?.revision ? [status.sync.revision] : []},
    refreshing: refresh === 'hard' ? 'hard' : refresh ? 'normal' : undefined,
    operation: state && {
      phase: state.phase ?? '',
      message: state.message,
      startedAt: state.startedAt ? String(state.startedAt) : undefined,
      finishedAt: state.finishedAt ? String(state.finishedAt) : undefined,
      by: state.operation?.initiatedBy?.username,
      automated: state.operation?.initiatedBy?.automated,
      revision: result?.revision,
      retries: state.retryCount,
      kind: 'sync',
      failed: failed && {object: `${failed.kind}/${failed.name}`, message: failed.message ?? ''},
    },
    pending: !!app.operation && !running,
    sources,
    destination: {...spec.destination, cluster},
    autoSync: automated && (automated as {enabled?: boolean}).enabled !== false ? {prune: !!automated.prune, selfHeal: !!automated.selfHeal} : undefined,
    lastSync: newest?.deployedAt ? String(newest.deployedAt) : state?.phase === 'Succeeded' && state.finishedAt ? String(state.finishedAt) : undefined,
    revisionSince: newest?.deployedAt ? String(newest.deployedAt) : undefined,
    reconciledAt: status?.reconciledAt ? String(status.reconciledAt) : undefined,
    conditions: status?.conditions?.map(one => ({type: one.type, message: one.message, time: one.lastTransitionTime ? String(one.lastTransitionTime) : undefined, level: levelOf(one.type)})),
    images: status?.summary?.images?.length ? {count: status.summary.images.length, first: status.summary.images.slice(0, 3)} : undefined,
    urls: status?.summary?.externalURLs,
    resources: {
      total: resources.length,
      prune: resources.filter(one => one.requiresPruning).length,
      outOfSync: resources.filter(one => one.status === 'OutOfSync').length,
      health: tally(resources.map(one => one.health?.status)),
      sync: tally(resources.map(one => one.status)),
      first: resources
        .filter(one => one.status === 'OutOfSync' || one.requiresPruning || RANK(one.health?.status) > 2)
        .slice(0, 3)
        .map(one => ({
          object: `${one.kind}/${one.name}`,
          why: RANK(one.health?.status) > 2 && one.health?.message ? `${one.health.status}: ${one.health.message}` : one.requiresPruning ? 'Prune' : (one.status ?? ''),
        })),
    },
    apps: resources.some(one => one.kind === 'Application' && one.group === 'argoproj.io'),
  }
}

const IN_CLUSTER = 'https://kubernetes.default.svc'
const ORDER = ['Healthy', 'Suspended', 'Progressing', 'Unknown', 'Missing', 'Degraded']
const RANK = (health: string | undefined) => (health ? ORDER.indexOf(health) : 0)

/** All sources of an application, however many it says it has. */
export function sourcesOf(app: Application): ApplicationSource[] {
  if (app.spec.sources?.length) return app.spec.sources
  return app.spec.source ? [app.spec.source] : []
}

function severity(health: string, sync: string, busy: boolean): number {
  if (health === 'Degraded') return 6
  if (health === 'Missing') return 5
  if (health === 'Unknown' || sync === 'Unknown') return 4
  if (sync === 'OutOfSync') return 3
  if (health === 'Progressing' || busy) return 2
  return health === 'Suspended' ? 1 : 0
}

function levelOf(type: string): 'error' | 'warning' | 'info' {
  return type.endsWith('Error') ? 'error' : type.endsWith('Warning') ? 'warning' : 'info'
}

function tally(words: Array<string | undefined>): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of words) if (word) counts[word] = (counts[word] ?? 0) + 1
  return counts
}

/** A query of the fleet, as its addresses have it; lists are alternatives, names are those of the server's query. */
export interface FleetQuery {
  search?: string
  name?: string[]
  appNamespace?: string[]
  proj?: string[]
  cluster?: string[]
  namespace?: string[]
  health?: string[]
  sync?: string[]
  autoSync?: string[]
  operation?: string[]
  repo?: string[]
  targetRevision?: string[]
  labels?: string[]
  annotations?: string[]
  owner?: string[]
  sort?: string
  order?: string
}

const plainRepo = (url = '') => url.toLowerCase().replace(/\/+$/, '').replace(/\.git$/, '')

/** What a row says to each facet. */
const VALUES: Record<string, (row: Row) => string[]> = {
  name: row => [row.name],
  appNamespace: row => [row.namespace],
  project: row => [row.project],
  cluster: row => [row.destination.cluster ?? ''],
  namespace: row => [row.destination.namespace ?? ''],
  health: row => [row.health.status],
  sync: row => [row.sync.status],
  autoSync: row => [row.autoSync ? 'enabled' : 'disabled'],
  operation: row => [row.operation?.phase || 'None'],
  repo: row => [...new Set(row.sources.map(source => plainRepo(source.repoURL)))],
  targetRevision: row => [...new Set(row.sources.map(source => source.targetRevision || 'HEAD'))],
  owner: row => [row.owner ?? '-'],
}
const FACETS = ['project', 'cluster', 'namespace', 'health', 'sync', 'autoSync', 'operation', 'repo', 'targetRevision', 'owner', 'appNamespace']
const MOST_VALUES = 200

/** Whether labels fit one term: `a=b`, `a!=b`, `a`, `!a`. */
export function fitsTerm(labels: Record<string, string>, term: string): boolean {
  const [, not, key = '', , value] = /^(!?)([^!=]+)(!?={1,2}(.*))?$/.exec(term) ?? []
  const operator = /^[^!=]+(!?=)/.exec(term)?.[1]
  if (operator === '=') return labels[key.trim()] === value?.trim()
  if (operator === '!=') return labels[key.trim()] !== value?.trim()
  return not ? !(key.trim() in labels) : key.trim() in labels
}

function textOf(row: Row): string {
  return [row.name, row.namespace, row.project, row.destination.cluster, row.destination.server, row.destination.namespace, ...row.sources.flatMap(source => [source.repoURL, source.path, source.chart]), ...Object.values(row.labels)].join(' ').toLowerCase()
}

/** Whether a row fits the query; `except` leaves one facet out of account. */
function fits(row: Row, query: FleetQuery, except?: string): boolean {
  if (query.search && !query.search.toLowerCase().split(/\s+/).every(word => textOf(row).includes(word))) return false
  for (const [facet, values] of Object.entries(VALUES)) {
    if (facet === except) continue
    const wanted = query[(facet === 'project' ? 'proj' : facet) as 'proj']
    if (!wanted?.length) continue
    const own = values(row)
    if (!wanted.some(value => own.includes(facet === 'repo' ? plainRepo(value) : value))) return false
  }
  if (!(query.labels ?? []).every(term => fitsTerm(row.labels, term))) return false
  if (!(query.annotations ?? []).every(term => fitsTerm(row.annotations ?? {}, term))) return false
  return true
}

const SORTS: Record<string, (a: Row, b: Row) => number> = {
  severity: (a, b) => b.severity - a.severity || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  name: (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.key < b.key ? -1 : 1),
  created: (a, b) => (a.created < b.created ? 1 : a.created > b.created ? -1 : 0),
  synced: (a, b) => ((a.lastSync ?? '') < (b.lastSync ?? '') ? 1 : (a.lastSync ?? '') > (b.lastSync ?? '') ? -1 : 0),
}
const DOWN = ['severity', 'created', 'synced']

/** The answer to a query over all rows, as the server's own query gives it. */
export function askRows(rows: Iterable<Row>, query: FleetQuery, withFacets = true): {items: Row[]; facets: Facets} {
  const all = [...rows]
  const items = all.filter(row => fits(row, query))
  const by = query.sort && query.sort in SORTS ? query.sort : 'severity'
  items.sort(SORTS[by])
  if (query.order && (query.order === 'desc') !== DOWN.includes(by)) items.reverse()
  const facets: Facets = {}
  if (withFacets) {
    for (const facet of FACETS) {
      const counts = new Map<string, number>()
      const active = query[(facet === 'project' ? 'proj' : facet) as 'proj']
      for (const row of active?.length ? all.filter(row => fits(row, query, facet)) : items) for (const value of VALUES[facet]?.(row) ?? []) counts.set(value, (counts.get(value) ?? 0) + 1)
      facets[facet] = ranked(counts)
    }
    const labels = new Map<string, number>()
    for (const row of items) for (const [key, value] of Object.entries(row.labels)) labels.set(`${key}=${value}`, (labels.get(`${key}=${value}`) ?? 0) + 1)
    facets.labels = ranked(labels)
  }
  return {items, facets}
}

function ranked(counts: Map<string, number>) {
  return [...counts].map(([value, count]) => ({value, count})).sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1)).slice(0, MOST_VALUES)
}
