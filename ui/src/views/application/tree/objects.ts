import type {Application, ApplicationTree, ResourceNode, ResourceStatus} from '@/api/contract'
import {DECLARED, HEALTHS, HOOK, LOOKS, lookCode, ORPHAN, PROBLEM, PRUNE, ROOT, SYNCS} from './words'

/** Between the texts of one column: nothing in a cluster has it in its name. */
export const GAP = '\u0001'

/**
 * The objects of an application in columns, so that tens of thousands of them go from the worker to the page at the price of a copy.
 * They stand in the order of a walk through the tree: those below `i` are `i + 1` to `i + below[i]`. The first is the application.
 */
export interface Objects {
  count: number
  /** Each `group/kind` and namespace once. */
  kinds: string[]
  namespaces: string[]
  kind: Uint16Array
  namespace: Uint16Array
  /** Texts of all objects with `GAP` between: names, short facts for people, why the health is what it is. */
  names: string
  facts: string
  reasons: string
  /** Index of the owner; -1 for the application. */
  parent: Int32Array
  depth: Uint8Array
  below: Uint32Array
  health: Uint8Array
  sync: Uint8Array
  flags: Uint8Array
  /** A number of `LOOKS`: its own, and the worst of itself and of what is below it. */
  look: Uint8Array
  worst: Uint8Array
  wave: Int32Array
  /** Milliseconds; 0 where nobody knows. */
  created: Float64Array
}

/** What the tree's walk needs to know of the application itself. */
export interface Root {
  name: string
  namespace: string
  health?: string
  sync?: string
  resources: ResourceStatus[]
}

export function rootOf(app: Application): Root {
  return {name: app.metadata.name ?? '', namespace: app.metadata.namespace ?? '', health: app.status?.health?.status, sync: app.status?.sync?.status, resources: app.status?.resources ?? []}
}

export function keyOf(one: {group?: string; kind?: string; namespace?: string; name?: string}): string {
  return `${one.group ?? ''}/${one.kind ?? ''}/${one.namespace ?? ''}/${one.name ?? ''}`
}

interface Entry {
  node: ResourceNode
  status?: ResourceStatus
  orphan: boolean
  children: Entry[]
  taken: boolean
}

/** What one object is in full, beside its columns. */
export interface Full {
  node: ResourceNode
  status?: ResourceStatus
}

/** The objects of a tree below their owners: what is declared and not there is among them, and what only stands in circles too. */
export function objectsOf(root: Root, tree: ApplicationTree | undefined, orphans: boolean): {objects: Objects; full: Full[]} {
  const entries = new Map<string, Entry>()
  for (const node of tree?.nodes ?? []) entries.set(keyOf(node), {node, orphan: false, children: [], taken: false})
  for (const status of root.resources) {
    const key = keyOf(status)
    const entry = entries.get(key)
    if (entry) entry.status = status
    else entries.set(key, {node: {group: status.group, kind: status.kind, namespace: status.namespace, name: status.name, version: status.version, health: status.health}, status, orphan: false, children: [], taken: false})
  }
  if (orphans) for (const node of tree?.orphanedNodes ?? []) if (!entries.has(keyOf(node))) entries.set(keyOf(node), {node, orphan: true, children: [], taken: false})

  const roots: Entry[] = []
  for (const entry of entries.values()) {
    let parent: Entry | undefined
    for (const ref of entry.node.parentRefs ?? []) {
      parent = entries.get(keyOf(ref))
      if (parent) break
    }
    if (parent && parent !== entry) parent.children.push(entry)
    else roots.push(entry)
  }
  roots.sort(inOrder)
  const walk: Entry[] = []
  const depths: number[] = []
  const parents: number[] = []
  // The application is index 0.
  const visit = (entry: Entry, parent: number, depth: number) => {
    if (entry.taken) return
    entry.taken = true
    walk.push(entry)
    const index = walk.length
    depths.push(depth)
    parents.push(parent)
    if (entry.children.length > 1) entry.children.sort(inOrder)
    for (const child of entry.children) visit(child, index, Math.min(depth + 1, 255))
  }
  for (const entry of roots) visit(entry, 0, 1)
  if (walk.length < entries.size) for (const entry of entries.values()) visit(entry, 0, 1)
  return columns(root, walk, depths, parents)
}

function columns(root: Root, walk: Entry[], depths: number[], parents: number[]): {objects: Objects; full: Full[]} {
  const count = walk.length + 1
  const kinds = new Table()
  const namespaces = new Table()
  const names: string[] = [root.name]
  const facts: string[] = ['']
  const reasons: string[] = ['']
  const objects: Objects = {
    count, kinds: kinds.values, namespaces: namespaces.values, names: '', facts: '', reasons: '',
    kind: new Uint16Array(count), namespace: new Uint16Array(count), parent: new Int32Array(count), depth: new Uint8Array(count), below: new Uint32Array(count),
    health: new Uint8Array(count), sync: new Uint8Array(count), flags: new Uint8Array(count), look: new Uint8Array(count), worst: new Uint8Array(count), wave: new Int32Array(count), created: new Float64Array(count),
  }
  objects.kind[0] = kinds.at('argoproj.io/Application')
  objects.namespace[0] = namespaces.at(root.namespace)
  objects.parent[0] = -1
  objects.flags[0] = ROOT
  objects.health[0] = code(HEALTHS, root.health)
  objects.sync[0] = code(SYNCS, root.sync)
  const full: Full[] = [{node: {group: 'argoproj.io', kind: 'Application', namespace: root.namespace, name: root.name}}]
  walk.forEach(({node, status, orphan}, at) => {
    const index = at + 1
    names.push(node.name ?? '')
    facts.push(factsOf(node))
    reasons.push(node.health?.message ?? status?.health?.message ?? '')
    full.push({node, status})
    objects.kind[index] = kinds.at(`${node.group ?? ''}/${node.kind ?? ''}`)
    objects.namespace[index] = namespaces.at(node.namespace ?? '')
    objects.parent[index] = parents[at] ?? 0
    objects.depth[index] = depths[at] ?? 1
    objects.health[index] = code(HEALTHS, node.health?.status ?? status?.health?.status)
    objects.sync[index] = code(SYNCS, status?.status)
    objects.flags[index] = (status ? DECLARED : 0) | (status?.hook ? HOOK : 0) | (status?.requiresPruning ? PRUNE : 0) | (orphan ? ORPHAN : 0)
    objects.wave[index] = status?.syncWave ?? 0
    objects.created[index] = node.createdAt ? Date.parse(node.createdAt) || 0 : 0
  })
  for (let index = count - 1; index >= 0; index--) {
    const look = lookCode(objects.health[index] ?? 0, objects.sync[index] ?? 0, objects.flags[index] ?? 0)
    objects.look[index] = look
    objects.worst[index] = Math.max(look, objects.worst[index] ?? 0)
    const parent = objects.parent[index] ?? -1
    if (parent < 0) continue
    objects.below[parent] = (objects.below[parent] ?? 0) + (objects.below[index] ?? 0) + 1
    objects.worst[parent] = Math.max(objects.worst[parent] ?? 0, objects.worst[index] ?? 0)
  }
  objects.names = names.join(GAP)
  objects.facts = facts.join(GAP)
  objects.reasons = reasons.join(GAP)
  return {objects, full}
}

/** Each text once, with its number. */
class Table {
  readonly values: string[] = []
  private readonly numbers = new Map<string, number>()

  at(value: string): number {
    let number = this.numbers.get(value)
    if (number === undefined) {
      number = this.values.push(value) - 1
      this.numbers.set(value, number)
    }
    return number
  }
}

function code(words: readonly string[], word: string | undefined): number {
  if (!word) return 0
  const at = words.indexOf(word)
  return at < 0 ? words.indexOf('Unknown') : at
}

/** Facts that fit into a line: `2/2`, `Rev:3`, `CrashLoopBackOff`. */
function factsOf(node: ResourceNode): string {
  const facts = (node.info ?? []).filter(one => one.name !== 'Node' && one.value && one.value.length < 40).map(one => (one.name === 'Restart Count' ? `${one.value} restarts` : one.value))
  return facts.join(' · ')
}

/** What runs stands before what it is configured by; the same each time. */
const FIRST = ['Namespace', 'Application', 'ApplicationSet', 'Deployment', 'StatefulSet', 'DaemonSet', 'Rollout', 'Job', 'CronJob', 'ReplicaSet', 'Pod', 'Service', 'Ingress', 'HTTPRoute', 'Gateway']

function rank(node: ResourceNode): number {
  const at = FIRST.indexOf(node.kind ?? '')
  return at < 0 ? FIRST.length : at
}

function inOrder(a: Entry, b: Entry): number {
  if (a.orphan !== b.orphan) return a.orphan ? 1 : -1
  const by = rank(a.node) - rank(b.node)
  if (by !== 0) return by
  const [kindA, kindB] = [a.node.kind ?? '', b.node.kind ?? '']
  if (kindA !== kindB) return kindA < kindB ? -1 : 1
  const [nameA, nameB] = [a.node.name ?? '', b.node.name ?? '']
  return nameA < nameB ? -1 : nameA > nameB ? 1 : 0
}

/** How many of the objects `from` to `to` have each look. */
export function tallyOf(objects: Objects, indexes: Iterable<number>): Uint32Array {
  const tally = new Uint32Array(LOOKS.length)
  for (const index of indexes) tally[objects.look[index] ?? 0]!++
  return tally
}

export function isProblem(objects: Objects, index: number): boolean {
  return (objects.look[index] ?? 0) >= PROBLEM
}
