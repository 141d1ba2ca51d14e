import type {Objects} from './objects'
import {tallyOf} from './objects'

/** A roll-up: siblings of one kind with nothing below them. */
export interface Group {
  /** `group:`, the owner's key and the kind. */
  key: string
  kind: number
  parent: number
  members: Int32Array
  /** How many of them have each look. */
  tally: Uint32Array
  open: boolean
}

/** The lines of the outline, in order; the layered picture shows the same. */
export interface Items {
  count: number
  /** Index of the object; `-1 - n` for group `n`. */
  object: Int32Array
  depth: Uint8Array
  /** Index of the item that it stands below; -1 for the first. */
  up: Int32Array
  /** 0: nothing below; 1: what is below is shown; 2: it is folded. */
  fold: Uint8Array
  groups: Group[]
}

export interface Folding {
  /** Whether what nobody touched is open. */
  open: boolean
  /** Keys of objects and groups that are the other way round; groups are folded until they are. */
  turned: ReadonlySet<string>
  /** Siblings of one kind from so many on are one line. */
  groupFrom: number
}

/** Which items there are, of the objects in `shown`. `keyOf` names an object for `turned`. */
export function itemsOf(objects: Objects, shown: Uint8Array, folding: Folding, keyOf: (index: number) => string, searching: boolean, reveal: number): Items {
  const object: number[] = []
  const depth: number[] = []
  const up: number[] = []
  const fold: number[] = []
  const groups: Group[] = []
  // Owners of the object that must be seen.
  const open = new Set<number>()
  for (let at = reveal; at > 0; at = objects.parent[at] ?? -1) open.add(objects.parent[at] ?? 0)
  const push = (what: number, level: number, parent: number, state: number) => {
    object.push(what)
    depth.push(Math.min(level, 255))
    up.push(parent)
    fold.push(state)
    return object.length - 1
  }
  const turned = (index: number) => folding.turned.size > 0 && folding.turned.has(keyOf(index))
  const visit = (index: number, level: number, parent: number) => {
    const children: number[] = []
    const last = index + (objects.below[index] ?? 0)
    for (let child = index + 1; child <= last; child += (objects.below[child] ?? 0) + 1) if (shown[child]) children.push(child)
    const isOpen = index === 0 || searching || open.has(index) || folding.open !== turned(index)
    const item = push(index, level, parent, children.length === 0 ? 0 : isOpen ? 1 : 2)
    if (!isOpen) return
    const byKind = new Map<number, number[]>()
    for (const child of children) {
      if (hasShownBelow(objects, shown, child)) continue
      const kind = objects.kind[child] ?? 0
      const list = byKind.get(kind)
      if (list) list.push(child)
      else byKind.set(kind, [child])
    }
    const done = new Set<number>()
    for (const child of children) {
      const kind = objects.kind[child] ?? 0
      const members = byKind.get(kind)
      const grouped = members && members.length >= folding.groupFrom && !hasShownBelow(objects, shown, child)
      if (!grouped) {
        visit(child, level + 1, item)
        continue
      }
      if (done.has(kind)) continue
      done.add(kind)
      const key = `group:${keyOf(index)}:${objects.kinds[kind]}`
      const isGroupOpen = folding.turned.has(key) || members.includes(reveal)
      // Those in trouble first, then by name.
      const sorted = Int32Array.from(members).sort((a, b) => (objects.look[b] ?? 0) - (objects.look[a] ?? 0) || a - b)
      groups.push({key, kind, parent: index, members: sorted, tally: tallyOf(objects, sorted), open: isGroupOpen})
      const head = push(-groups.length, level + 1, item, isGroupOpen ? 1 : 2)
      if (isGroupOpen) for (const member of sorted) push(member, level + 2, head, 0)
    }
  }
  visit(0, 0, -1)
  return {count: object.length, object: Int32Array.from(object), depth: Uint8Array.from(depth), up: Int32Array.from(up), fold: Uint8Array.from(fold), groups}
}

function hasShownBelow(objects: Objects, shown: Uint8Array, index: number): boolean {
  const last = index + (objects.below[index] ?? 0)
  for (let at = index + 1; at <= last; at++) if (shown[at]) return true
  return false
}
