/** Every object that some application manages, as one table. */
import type {Application} from '@/api/contract'
import {matches} from '@/parts/matches'

export interface Resource {
  key: string
  app: string
  appNamespace: string
  project: string
  cluster: string
  group: string
  kind: string
  namespace: string
  name: string
  sync: string
  health: string
  message: string
  prune: boolean
}

/** The lists that narrow the table, by their words in the address. */
export const LISTS = ['health', 'sync', 'proj', 'cluster', 'namespace', 'apiGroup', 'kind'] as const
export type ListName = (typeof LISTS)[number]
export type Filter = Record<ListName, string[]> & {search: string}

const VALUE: Record<ListName, (one: Resource) => string> = {
  health: one => one.health, sync: one => one.sync, proj: one => one.project, cluster: one => one.cluster, namespace: one => one.namespace, apiGroup: one => one.group, kind: one => one.kind,
}
const WORST = ['Degraded', 'Missing', 'Unknown', 'Progressing', 'Suspended', 'Healthy', '']

export function resourcesOf(apps: readonly Application[], clusterNames: ReadonlyMap<string, string> = new Map()): Resource[] {
  const found: Resource[] = []
  for (const app of apps) {
    const {name = '', namespace = ''} = app.metadata
    const {destination, project = ''} = app.spec ?? {}
    const cluster = destination?.name || clusterNames.get(destination?.server ?? '') || destination?.server || ''
    for (const one of app.status?.resources ?? []) {
      found.push({
        key: [namespace, name, one.group, one.kind, one.namespace, one.name].join('/'),
        app: name, appNamespace: namespace, project, cluster,
        group: one.group ?? '', kind: one.kind ?? '', namespace: one.namespace ?? '', name: one.name ?? '',
        sync: one.status ?? '', health: one.health?.status ?? '', message: one.health?.message ?? '', prune: one.requiresPruning === true,
      })
    }
  }
  return found.sort((a, b) => rank(a) - rank(b) || a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name) || a.app.localeCompare(b.app))
}

/** Worst first: by health, then by whether it differs. */
function rank(one: Resource): number {
  return WORST.indexOf(one.health) * 2 + (one.sync === 'OutOfSync' ? 0 : 1) - (one.sync === 'OutOfSync' && (one.health === 'Healthy' || one.health === '') ? 6 : 0)
}

export function readFilter(words: URLSearchParams): Filter {
  const list = (name: string) => (words.get(name) ?? '').split(',').filter(Boolean)
  return {search: words.get('search') ?? '', ...(Object.fromEntries(LISTS.map(name => [name, list(name)])) as Record<ListName, string[]>)}
}

/** What fits, and for each list how many would fit with each of its values, all other conditions as they are. */
export function filterResources(all: readonly Resource[], filter: Filter): {items: Resource[]; facets: Record<ListName, Array<{value: string; count: number}>>} {
  const counts = Object.fromEntries(LISTS.map(name => [name, new Map<string, number>()])) as Record<ListName, Map<string, number>>
  const items: Resource[] = []
  for (const one of all) {
    if (filter.search && !matches(`${one.name} ${one.kind} ${one.namespace} ${one.app} ${one.group}`, filter.search)) continue
    // One list may fail: then it is counted there alone.
    const failing = LISTS.filter(name => filter[name].length > 0 && !filter[name].includes(VALUE[name](one) || '-'))
    if (failing.length > 1) continue
    if (failing.length === 0) items.push(one)
    for (const name of failing.length === 0 ? LISTS : failing) {
      const value = VALUE[name](one) || '-'
      counts[name].set(value, (counts[name].get(value) ?? 0) + 1)
    }
  }
  const facets = Object.fromEntries(LISTS.map(name => [name, [...counts[name]].map(([value, count]) => ({value, count})).sort((a, b) => b.count - a.count || a.value.localeCompare(b.value))])) as Record<ListName, Array<{value: string; count: number}>>
  return {items, facets}
}
