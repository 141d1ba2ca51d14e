import type {ApplicationTree} from '@/api/contract'
import {itemsOf, type Items} from './arrange'
import {fitting, isEmpty, readFilter, withOwners} from './filter'
import {layered, packed, type Sheet} from './layout'
import {networkOf, type Network} from './network'
import {keyOf, objectsOf, type Full, type Objects, type Root} from './objects'
import {podsOf, type PodGroup, type PodSort} from './pods'
import {HEALTHS, LOOKS, ORPHAN, SYNCS} from './words'

export type PictureView = 'tree' | 'list' | 'network' | 'pods'

/** What is to be shown of the tree. */
export interface Options {
  view: PictureView
  /** As `resource=` of the address has it. */
  filter: string
  orphans: boolean
  /** Folded or unfolded by hand: keys of objects and groups. */
  turned: string[]
  /** Key of an object that must be seen. */
  reveal?: string
  /** Width by height of the place for it. */
  aspect: number
  podSort: PodSort
}

/** How many objects have each kind, health, sync status, namespace and look. */
export interface Counts {
  kinds: Array<[string, number]>
  health: Array<[string, number]>
  sync: Array<[string, number]>
  namespaces: Array<[string, number]>
  tally: Uint32Array
}

export interface Picture {
  counts: Counts
  /** Counts the changes of `objects`. */
  version: number
  items: Items
  /** Fits the filter (1) or stands there as an owner (0), by object. */
  fits: Uint8Array
  shown: Uint8Array
  /** How many fit, without the application. */
  fitting: number
  sheet?: Sheet
  network?: Network
  pods?: PodGroup[]
  /** Whether there is a filter. */
  searching: boolean
  /** What it took, in ms. */
  took: {objects: number; picture: number}
}

/** Above this many objects the picture is packed, and the outline folded. */
export const MANY = 150
const GROUP_FROM = 6

export interface Known {
  counts: Counts
  objects: Objects
  full: Full[]
}

export function know(root: Root, tree: ApplicationTree | undefined, orphans: boolean): Known {
  const known = objectsOf(root, tree, orphans)
  return {...known, counts: countsOf(known.objects)}
}

function countsOf(objects: Objects): Counts {
  const {count, kind, namespace, health, sync, flags, look} = objects
  const [kinds, namespaces, healths, syncs] = [new Uint32Array(objects.kinds.length), new Uint32Array(objects.namespaces.length), new Uint32Array(HEALTHS.length), new Uint32Array(SYNCS.length)]
  const tally = new Uint32Array(LOOKS.length)
  let orphans = 0
  // The application itself does not count.
  for (let index = 1; index < count; index++) {
    kinds[kind[index] ?? 0]!++
    namespaces[namespace[index] ?? 0]!++
    healths[health[index] ?? 0]!++
    tally[look[index] ?? 0]!++
    if ((flags[index] ?? 0) & ORPHAN) orphans++
    else syncs[sync[index] ?? 0]!++
  }
  const pairs = (words: readonly string[], numbers: Uint32Array) => words.map((word, at): [string, number] => [word, numbers[at] ?? 0]).filter(([word, number]) => word !== '' && number > 0)
  // Kinds of the same name and another group are one choice: the address has names only.
  const byName = new Map<string, number>()
  for (const [word, number] of pairs(objects.kinds, kinds)) byName.set(word.slice(word.indexOf('/') + 1), (byName.get(word.slice(word.indexOf('/') + 1)) ?? 0) + number)
  return {kinds: [...byName], health: pairs(HEALTHS, healths), sync: [...pairs(SYNCS, syncs), ...(orphans > 0 ? [['Orphaned', orphans] as [string, number]] : [])], namespaces: pairs(objects.namespaces, namespaces), tally}
}

/** The picture of what is known; pure, but for the clock that `took` is read from. */
export function pictureOf({objects, full, counts}: Known, tree: ApplicationTree | undefined, options: Options, version: number): Picture {
  const filter = readFilter(options.filter)
  const searching = !isEmpty(filter)
  const fits = fitting(objects, filter)
  const shown = withOwners(objects, fits)
  const many = objects.count - 1 > MANY
  const turned = new Set(options.turned)
  const name = (index: number) => keyOf(full[index]?.node ?? {})
  const reveal = options.reveal ? full.findIndex((_, index) => name(index) === options.reveal) : -1
  const items = itemsOf(objects, shown, {open: !many, turned, groupFrom: GROUP_FROM}, name, searching, reveal)
  let count = -1
  for (const one of fits) count += one
  const picture: Picture = {counts, version, items, fits, shown, fitting: count, searching, took: {objects: 0, picture: 0}}
  if (options.view === 'tree') picture.sheet = many ? packed(objects, shown, options.aspect) : layered(items)
  if (options.view === 'network') Object.assign(picture, networkOf(objects, full, shown, turned))
  if (options.view === 'pods') picture.pods = podsOf(objects, full, shown, tree, options.podSort)
  return picture
}
