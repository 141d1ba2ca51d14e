import type {FleetQuery} from '@/api/fleet-fold'
import type {Change} from '@/shell/address'

/** What the list shows, as its address says it. */
export interface Filter extends FleetQuery {
  favourites: boolean
}

/** Query words that hold one list, with commas between; of `CODED` each item is encoded once more, as in the contract. */
export const LISTS = ['proj', 'sync', 'autoSync', 'health', 'operation', 'namespace', 'cluster', 'labels', 'annotations', 'repo', 'targetRevision', 'owner', 'appNamespace'] as const
export type ListName = (typeof LISTS)[number]
const CODED: readonly string[] = ['labels', 'annotations', 'repo', 'targetRevision']

export const SORTS = ['severity', 'name', 'created', 'synced'] as const

export function readFilter(words: URLSearchParams): Filter {
  const filter: Filter = {favourites: words.get('showFavorites') === 'true'}
  const search = words.get('search')?.trim()
  if (search) filter.search = search
  for (const name of LISTS) {
    const items = (words.get(name) ?? '').split(',').map(item => (CODED.includes(name) ? decoded(item) : item)).filter(item => item !== '')
    if (items.length > 0) filter[name] = items
  }
  const sort = words.get('sort')
  if (sort && (SORTS as readonly string[]).includes(sort)) filter.sort = sort
  const order = words.get('order')
  if (order === 'asc' || order === 'desc') filter.order = order
  return filter
}

/** The change of the address that makes a list this one. */
export function writeList(name: ListName, items: readonly string[]): Change {
  return {[name]: items.map(item => (CODED.includes(name) ? encodeURIComponent(item) : item)).join(','), page: null}
}

function decoded(item: string): string {
  try {
    return decodeURIComponent(item)
  } catch {
    return item
  }
}

/** The change that takes every condition away. */
export function clearAll(): Change {
  return {search: null, showFavorites: null, page: null, ...Object.fromEntries(LISTS.map(name => [name, null]))}
}

export function isFiltered(filter: Filter): boolean {
  return filter.favourites || !!filter.search || LISTS.some(name => filter[name]?.length)
}

const NAMES: Record<string, ListName> = {
  health: 'health', sync: 'sync', proj: 'proj', project: 'proj', cluster: 'cluster', ns: 'namespace', namespace: 'namespace', repo: 'repo',
  rev: 'targetRevision', revision: 'targetRevision', label: 'labels', labels: 'labels', annotation: 'annotations', annotations: 'annotations',
  owner: 'owner', set: 'owner', auto: 'autoSync', autosync: 'autoSync', op: 'operation', operation: 'operation', appns: 'appNamespace',
}
const CANON: Partial<Record<ListName, Record<string, string>>> = {
  health: canon('Healthy', 'Progressing', 'Degraded', 'Suspended', 'Missing', 'Unknown'),
  sync: {...canon('Synced', 'OutOfSync', 'Unknown'), differs: 'OutOfSync'},
  autoSync: {...canon('enabled', 'disabled'), on: 'enabled', off: 'disabled'},
  operation: canon('Running', 'Terminating', 'Succeeded', 'Failed', 'Error', 'None'),
}

function canon(...words: string[]): Record<string, string> {
  return Object.fromEntries(words.map(word => [word.toLowerCase(), word]))
}

/** What typed text says: words to search for, and conditions (`health:degraded proj:payments -env:dev is:favourite`). */
export interface Typed {
  search: string
  lists: Partial<Record<ListName, string[]>>
  favourites: boolean
}

export function parseTyped(text: string): Typed {
  const typed: Typed = {search: '', lists: {}, favourites: false}
  const words: string[] = []
  const add = (name: ListName, value: string) => {
    const known = CANON[name]
    const list = (typed.lists[name] ??= [])
    const said = known ? (known[value.toLowerCase()] ?? value) : value
    if (!list.includes(said)) list.push(said)
  }
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const [, minus, name = '', value = ''] = /^(-?)([A-Za-z][\w./-]*):(.+)$/.exec(word) ?? []
    // `https://…` is an address, not a condition.
    if (!name || value.startsWith('//')) words.push(word)
    else if (name.toLowerCase() === 'is' && /^fav/i.test(value)) typed.favourites = true
    else {
      const list = NAMES[name.toLowerCase()]
      if (list && !minus) for (const one of value.split(',').filter(Boolean)) add(list, one)
      else if (list === 'labels') add('labels', value.includes('=') ? value.replace(/=/, '!=') : `!${value}`)
      else add('labels', `${name}${minus ? '!=' : '='}${value}`)
    }
  }
  typed.search = words.join(' ')
  return typed
}

/** The changes of the address for typed conditions, added to those that are there. */
export function addTyped(filter: Filter, typed: Typed): Change {
  let change: Change = {search: typed.search || null, page: null}
  for (const [name, items] of Object.entries(typed.lists)) change = {...change, ...writeList(name as ListName, [...new Set([...(filter[name as ListName] ?? []), ...items])])}
  if (typed.favourites) change.showFavorites = true
  return change
}

/** A name that nothing can have. */
const NOBODY = '-'

/** The query for the server. Favourites are names there. */
export function queryOf({favourites, ...query}: Filter, stars: readonly string[]): FleetQuery {
  if (!favourites) return query
  const names = stars.map(key => key.split('/')[1] ?? '')
  return {...query, name: names.length > 0 ? names : [NOBODY]}
}
