import type {Group} from './arrange'
import {CARD, type Sheet} from './layout'
import {keyOf, tallyOf, type Full, type Objects} from './objects'

/** What traffic passes on its way: addresses outside, what takes it in, services, pods. */
export interface Network {
  count: number
  /** What each box is: an object (index), an address outside (its place in `outside`), or pods of the same service (their place in `groups`). */
  sort: Uint8Array
  ref: Int32Array
  outside: string[]
  groups: Group[]
}

export const OBJECT = 0
export const OUTSIDE = 1
export const GROUP = 2
/** From so many on the pods behind one service are one box, until it is opened. */
const TOGETHER = 8
const MOST_STEPS = 12

/** The way of traffic through what is shown, and a picture of it; nothing where no object tells of traffic. */
export function networkOf(objects: Objects, full: Full[], shown: Uint8Array, turned: ReadonlySet<string>): {network: Network; sheet: Sheet} {
  const numbers = new Map<string, number>()
  const byLabel = new Map<string, number[]>()
  for (let index = 1; index < objects.count; index++) {
    const info = full[index]?.node.networkingInfo
    if (!info || !shown[index]) continue
    numbers.set(keyOf(full[index]?.node ?? {}), index)
    const namespace = full[index]?.node.namespace ?? ''
    for (const [name, value] of Object.entries(info.labels ?? {})) {
      const key = `${namespace}\n${name}=${value}`
      const list = byLabel.get(key)
      if (list) list.push(index)
      else byLabel.set(key, [index])
    }
  }
  const targets = new Map<number, number[]>()
  for (const index of numbers.values()) {
    const {node} = full[index] as Full
    const {targetRefs, targetLabels} = node.networkingInfo ?? {}
    const to = new Set<number>()
    for (const ref of targetRefs ?? []) {
      const target = numbers.get(keyOf(ref))
      if (target !== undefined) to.add(target)
    }
    const wanted = Object.entries(targetLabels ?? {}).map(([name, value]) => byLabel.get(`${node.namespace ?? ''}\n${name}=${value}`) ?? [])
    if (wanted.length > 0) {
      wanted.sort((a, b) => a.length - b.length)
      const rest = wanted.slice(1).map(list => new Set(list))
      for (const one of wanted[0] ?? []) if (one !== index && rest.every(set => set.has(one))) to.add(one)
    }
    targets.set(index, [...to])
  }

  const sort: number[] = []
  const ref: number[] = []
  const outside: string[] = []
  const groups: Group[] = []
  const edges: Array<[number, number]> = []
  const boxOf = new Map<number, number>()
  const put = (what: number, which: number) => {
    sort.push(what)
    ref.push(which)
    return sort.length - 1
  }
  const sources = new Map<number, number[]>()
  for (const [from, list] of targets) for (const to of list) sources.set(to, [...(sources.get(to) ?? []), from])
  // Leaves with the same sources, of one kind, are one box.
  const alike = new Map<string, number[]>()
  for (const index of numbers.values()) {
    const from = sources.get(index)
    if (!from || (targets.get(index)?.length ?? 0) > 0) continue
    const key = `group:net:${from.map(one => keyOf(full[one]?.node ?? {})).join('+')}:${objects.kinds[objects.kind[index] ?? 0]}`
    alike.set(key, [...(alike.get(key) ?? []), index])
  }
  for (const [key, members] of alike) {
    if (members.length < TOGETHER || turned.has(key)) continue
    const sorted = Int32Array.from(members).sort((a, b) => (objects.look[b] ?? 0) - (objects.look[a] ?? 0) || a - b)
    const box = put(GROUP, groups.push({key, kind: objects.kind[members[0] ?? 0] ?? 0, parent: 0, members: sorted, tally: tallyOf(objects, sorted), open: false}) - 1)
    for (const member of members) boxOf.set(member, box)
  }
  for (const index of numbers.values()) if (!boxOf.has(index)) boxOf.set(index, put(OBJECT, index))
  for (const [from, list] of targets) {
    const seen = new Set<number>()
    for (const to of list) {
      const box = boxOf.get(to) ?? 0
      if (seen.has(box)) continue
      seen.add(box)
      edges.push([boxOf.get(from) ?? 0, box])
    }
  }
  for (const [index, box] of boxOf) {
    for (const one of full[index]?.node.networkingInfo?.ingress ?? []) {
      const text = one.hostname || one.ip
      if (!text) continue
      let at = outside.indexOf(text)
      let from = at < 0 ? -1 : sort.findIndex((what, place) => what === OUTSIDE && ref[place] === at)
      if (from < 0) {
        at = outside.push(text) - 1
        from = put(OUTSIDE, at)
      }
      edges.push([from, box])
    }
  }
  return {network: {count: sort.length, sort: Uint8Array.from(sort), ref: Int32Array.from(ref), outside, groups}, sheet: inColumns(sort.length, edges)}
}

/** Boxes in columns, each right of all that leads to it, near the height of those. */
export function inColumns(count: number, edges: ReadonlyArray<readonly [number, number]>): Sheet {
  const column = new Int32Array(count)
  // The longest way to each; what goes in circles stops.
  for (let step = 0, moved = true; moved && step < MOST_STEPS; step++) {
    moved = false
    for (const [from, to] of edges) {
      if ((column[to] ?? 0) > (column[from] ?? 0) || from === to) continue
      column[to] = (column[from] ?? 0) + 1
      moved = true
    }
  }
  const into = new Map<number, number[]>()
  for (const [from, to] of edges) into.set(to, [...(into.get(to) ?? []), from])
  const columns: number[][] = []
  for (let box = 0; box < count; box++) (columns[column[box] ?? 0] ??= []).push(box)
  const row = new Float32Array(count)
  let tallest = 0
  for (const boxes of columns) {
    if (!boxes) continue
    const wish = (box: number) => {
      const from = (into.get(box) ?? []).filter(one => (column[one] ?? 0) < (column[box] ?? 0))
      return from.length === 0 ? Number.POSITIVE_INFINITY : from.reduce((sum, one) => sum + (row[one] ?? 0), 0) / from.length
    }
    const wishes = new Map(boxes.map(box => [box, wish(box)]))
    boxes.sort((a, b) => (wishes.get(a) ?? 0) - (wishes.get(b) ?? 0) || a - b)
    boxes.forEach((box, place) => {
      row[box] = place
    })
    tallest = Math.max(tallest, boxes.length)
  }
  const step = CARD.height + CARD.down
  const boxes = new Float32Array(count * 4)
  let width = 0
  for (const list of columns) {
    if (!list) continue
    const shift = ((tallest - list.length) * step) / 2
    for (const box of list) {
      const x = 24 + (column[box] ?? 0) * (CARD.width + CARD.across * 1.5)
      boxes.set([x, 24 + shift + (row[box] ?? 0) * step, CARD.width, CARD.height], box * 4)
      width = Math.max(width, x + CARD.width)
    }
  }
  const lines = new Float32Array(edges.length * 4)
  edges.forEach(([from, to], at) => lines.set([(boxes[from * 4] ?? 0) + CARD.width, (boxes[from * 4 + 1] ?? 0) + CARD.height / 2, boxes[to * 4] ?? 0, (boxes[to * 4 + 1] ?? 0) + CARD.height / 2], at * 4))
  return {mode: 'layered', width: width + 24, height: 48 + tallest * step, count, boxes, of: Int32Array.from({length: count}, (_, index) => index), card: new Uint8Array(count).fill(1), lines}
}
