import type {ApplicationTree, ResourceNode} from '@/api/contract'

/** Whose logs: one pod, or all pods of an object. */
export interface Target {
  /** The application. */
  name: string
  appNamespace: string
  project?: string
  /** Of the object. */
  namespace: string
  podName?: string
  group?: string
  kind?: string
  resourceName?: string
}

/** The pods of the target in the tree of the application: its own, or those below the object. */
export function podsOf(tree: ApplicationTree | undefined, target: Target): string[] {
  if (target.podName) return [target.podName]
  const nodes = tree?.nodes ?? []
  const below = new Map<string, ResourceNode[]>()
  for (const node of nodes) for (const parent of node.parentRefs ?? []) below.set(keyOf(parent), [...(below.get(keyOf(parent)) ?? []), node])
  const pods: string[] = []
  const seen = new Set<string>()
  const queue = nodes.filter(node => node.kind === target.kind && node.name === target.resourceName && (node.group ?? '') === (target.group ?? '') && (node.namespace ?? '') === target.namespace)
  for (let node = queue.shift(); node; node = queue.shift()) {
    const key = keyOf(node)
    if (seen.has(key)) continue
    seen.add(key)
    if (node.kind === 'Pod') pods.push(node.name ?? '')
    queue.push(...(below.get(key) ?? []))
  }
  return pods.sort()
}

function keyOf(one: {group?: string; kind?: string; namespace?: string; name?: string}): string {
  return [one.group ?? '', one.kind ?? '', one.namespace ?? '', one.name ?? ''].join('/')
}

/** A container of a pod. */
export interface Container {
  name: string
  init?: boolean
  sidecar?: boolean
}

/** The containers of a pod, its own first, then sidecars, then those that ran before. */
export function containersOf(pod: unknown): Container[] {
  const {spec, metadata} = (pod ?? {}) as {spec?: Record<string, Array<{name?: string; restartPolicy?: string}>>; metadata?: {annotations?: Record<string, string>}}
  const own = (spec?.containers ?? []).map(one => one.name ?? '')
  const first = metadata?.annotations?.['kubectl.kubernetes.io/default-container']
  if (first && own.includes(first)) own.sort((a, b) => Number(b === first) - Number(a === first))
  const init = spec?.initContainers ?? []
  return [
    ...own.map(name => ({name})),
    ...init.filter(one => one.restartPolicy === 'Always').map(one => ({name: one.name ?? '', sidecar: true})),
    ...(spec?.ephemeralContainers ?? []).map(one => ({name: one.name ?? ''})),
    ...init.filter(one => one.restartPolicy !== 'Always').map(one => ({name: one.name ?? '', init: true})),
  ]
}

/** The address of the full page of some logs. */
export function logsHref(target: Target, container: string): string {
  const words = new URLSearchParams()
  if (target.podName) words.set('podName', target.podName)
  else {
    words.set('group', target.group ?? '')
    words.set('kind', target.kind ?? '')
    words.set('name', target.resourceName ?? '')
  }
  return `/applications/${[target.appNamespace, target.name, target.namespace, container].map(encodeURIComponent).join('/')}/logs?${words}`
}
