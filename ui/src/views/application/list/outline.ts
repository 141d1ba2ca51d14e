import type {Application, ApplicationTree, ResourceNode, ResourceStatus} from '@/api/contract'

/** One line of the outline: an object of the application and how deep it stands below it. */
export interface Line {
  /** `group/kind/namespace/name`, as `node=` of the address has it. */
  key: string
  depth: number
  node: ResourceNode
  /** What the application says of it: those it declares have one. */
  status?: ResourceStatus
  /** How many stand below it. */
  below: number
}

export function keyOf(one: {group?: string; kind?: string; namespace?: string; name?: string}): string {
  return [one.group ?? '', one.kind ?? '', one.namespace ?? '', one.name ?? ''].join('/')
}

/** The objects of an application below their owners; those that are declared and not there stand among the first. */
export function outline(app: Application, tree: ApplicationTree | undefined): Line[] {
  const statuses = new Map((app.status?.resources ?? []).map(one => [keyOf(one), one]))
  const nodes = new Map((tree?.nodes ?? []).map(node => [keyOf(node), node]))
  for (const [key, status] of statuses) if (!nodes.has(key)) nodes.set(key, {group: status.group, kind: status.kind, namespace: status.namespace, name: status.name, version: status.version, health: status.health})
  const children = new Map<string, string[]>()
  const roots: string[] = []
  for (const [key, node] of nodes) {
    const parents = (node.parentRefs ?? []).map(keyOf).filter(parent => nodes.has(parent) && parent !== key)
    if (parents.length === 0) roots.push(key)
    for (const parent of parents) children.set(parent, [...(children.get(parent) ?? []), key])
  }
  const lines: Line[] = []
  const seen = new Set<string>()
  const visit = (key: string, depth: number): number => {
    const node = nodes.get(key)
    if (!node || seen.has(key)) return 0
    seen.add(key)
    const line: Line = {key, depth, node, status: statuses.get(key), below: 0}
    lines.push(line)
    for (const child of (children.get(key) ?? []).sort()) if (!seen.has(child)) line.below += 1 + visit(child, depth + 1)
    return line.below
  }
  for (const key of roots.sort(byTrouble(statuses, nodes))) visit(key, 0)
  // What only stands in circles would be lost otherwise.
  for (const key of nodes.keys()) visit(key, 0)
  return lines
}

const ORDER = ['Degraded', 'Missing', 'Unknown', 'Progressing', 'Suspended']

function byTrouble(statuses: Map<string, ResourceStatus>, nodes: Map<string, ResourceNode>) {
  const rank = (key: string) => {
    const at = ORDER.indexOf(nodes.get(key)?.health?.status ?? '')
    if (at >= 0) return at
    return statuses.get(key)?.status === 'OutOfSync' ? ORDER.length : ORDER.length + 1
  }
  return (a: string, b: string) => rank(a) - rank(b) || (a < b ? -1 : 1)
}
