import {matches} from '@/parts/matches'
import {GAP, type Objects} from './objects'
import {DECLARED, HEALTHS, HOOK, ORPHAN, ROOT, SYNCS} from './words'

/** Which objects are looked for: the words of `resource=`, a list of `prefix:value`. Values of one prefix are alternatives. */
export interface Filter {
  name: string[]
  kind: string[]
  sync: string[]
  health: string[]
  namespace: string[]
}

export const NO_FILTER: Filter = {name: [], kind: [], sync: [], health: [], namespace: []}
const PREFIXES = ['name', 'kind', 'sync', 'health', 'namespace'] as const

export function readFilter(text: string | null): Filter {
  const filter: Filter = {name: [], kind: [], sync: [], health: [], namespace: []}
  for (const part of (text ?? '').split(',')) {
    const at = part.indexOf(':')
    const prefix = PREFIXES.find(one => one === part.slice(0, at))
    const value = decode(part.slice(at + 1))
    if (prefix && value) filter[prefix].push(value)
  }
  return filter
}

export function writeFilter(filter: Filter): string | null {
  return PREFIXES.flatMap(prefix => filter[prefix].filter(Boolean).map(value => `${prefix}:${prefix === 'name' ? value.replace(/[,%]/g, encodeURIComponent) : value}`)).join(',') || null
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export function isEmpty(filter: Filter): boolean {
  return PREFIXES.every(prefix => filter[prefix].length === 0)
}

/** Whether each object fits: 1 or 0. The application itself always does. */
export function fitting(objects: Objects, filter: Filter): Uint8Array {
  const fits = new Uint8Array(objects.count)
  if (isEmpty(filter)) return fits.fill(1)
  const names = filter.name.length > 0 ? objects.names.split(GAP) : []
  const kinds = objects.kinds.map(kind => filter.kind.length === 0 || filter.kind.some(one => one === kind || one === kind.slice(kind.indexOf('/') + 1)))
  const namespaces = objects.namespaces.map(one => filter.namespace.length === 0 || filter.namespace.includes(one))
  const kindNames = objects.kinds.map(kind => kind.slice(kind.indexOf('/') + 1))
  // `orphaned` and `hook` are no words of the contract's sync status, and are asked for beside them.
  const sync = (index: number) => {
    if (filter.sync.length === 0) return true
    const flags = objects.flags[index] ?? 0
    return filter.sync.some(word => (word === 'Orphaned' ? flags & ORPHAN : word === 'Hook' ? flags & HOOK : flags & DECLARED && SYNCS[objects.sync[index] ?? 0] === word))
  }
  for (let index = 0; index < objects.count; index++) {
    fits[index] =
      (objects.flags[index] ?? 0) & ROOT
        ? 1
        : Number(
            kinds[objects.kind[index] ?? 0] === true &&
              namespaces[objects.namespace[index] ?? 0] === true &&
              (filter.health.length === 0 || filter.health.includes(HEALTHS[objects.health[index] ?? 0] ?? '')) &&
              sync(index) &&
              filter.name.every(text => matches(`${kindNames[objects.kind[index] ?? 0]} ${names[index]}`, text.replaceAll('*', ' ').trim())),
          )
  }
  return fits
}

/** The objects that are shown: those that fit, and their owners; 1 or 0. */
export function withOwners(objects: Objects, fits: Uint8Array): Uint8Array {
  const shown = fits.slice()
  for (let index = objects.count - 1; index > 0; index--) {
    const parent = objects.parent[index] ?? 0
    if (shown[index] && parent >= 0) shown[parent] = 1
  }
  return shown
}
