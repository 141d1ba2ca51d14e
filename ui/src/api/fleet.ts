/** One application as the fleet's list shows it (docs/fleet.md). */
export interface Row {
  key: string
  name: string
  namespace: string
  uid: string
  project: string
  version: string
  created: string
  deleting?: string
  labels: Record<string, string>
  /** Only in rows that were made here; the server knows them without telling. */
  annotations?: Record<string, string>
  owner?: string
  severity: number
  health: {status: string; message?: string; since?: string}
  sync: {status: string; revisions?: string[]}
  refreshing?: 'normal' | 'hard'
  operation?: {
    phase: string
    message?: string
    startedAt?: string
    finishedAt?: string
    by?: string
    automated?: boolean
    revision?: string
    retries?: number
    kind?: string
    failed?: {object: string; message: string}
  }
  pending?: boolean
  sources: Array<{repoURL?: string; path?: string; chart?: string; ref?: string; targetRevision?: string}>
  destination: {server?: string; name?: string; namespace?: string; cluster?: string}
  autoSync?: {prune?: boolean; selfHeal?: boolean}
  lastSync?: string
  revisionSince?: string
  reconciledAt?: string
  conditions?: Array<{type: string; message: string; time?: string; level?: 'error' | 'warning' | 'info'}>
  images?: {count: number; first: string[]}
  urls?: string[]
  resources: {
    total: number
    prune?: number
    outOfSync?: number
    health?: Record<string, number>
    sync?: Record<string, number>
    first?: Array<{object: string; why: string}>
  }
  apps?: boolean
}

export interface FacetValue {
  value: string
  count: number
}

export type Facets = Record<string, FacetValue[]>

/** What one query shows: rows `offset` to `offset + items.length` of `total`. */
export interface FleetWindow {
  revision: string
  visible: number
  total: number
  offset: number
  limit: number
  facets?: Facets
  items: Row[]
}

export type FleetMessage =
  | ({type: 'WINDOW'} & FleetWindow)
  | {type: 'DELTA'; revision: string; visible: number; total: number; order?: string[]; rows?: Row[]; facets?: Facets}
  | {type: 'BEAT'}

/** The window after a message; the same object where nothing changed. Rows that did not change stay the same objects. */
export function foldFleet(before: FleetWindow | undefined, message: FleetMessage): FleetWindow | undefined {
  if (message.type === 'BEAT') return before
  if (message.type === 'WINDOW') {
    const {type: _, ...window} = message
    return {...window, items: window.items ?? []}
  }
  if (!before) return before
  const changed = new Map((message.rows ?? []).map(row => [row.key, row]))
  let items: Row[]
  if (message.order) {
    const known = new Map(before.items.map(row => [row.key, row]))
    items = message.order.flatMap(key => changed.get(key) ?? known.get(key) ?? [])
  } else {
    items = before.items.map(row => changed.get(row.key) ?? row)
  }
  return {
    ...before,
    revision: message.revision,
    visible: message.visible,
    total: message.total,
    facets: message.facets ? {...before.facets, ...message.facets} : before.facets,
    items,
  }
}
