import type {Look} from '@/parts/status'

/** How an object is, from what nobody need look at to the worst; the number of a look is its place here. */
export const LOOKS = ['none', 'ok', 'orphan', 'held', 'run', 'unknown', 'warn', 'delete', 'missing', 'bad'] as const
export type NodeLook = (typeof LOOKS)[number]
/** From this look on somebody should do something. */
export const PROBLEM = LOOKS.indexOf('unknown')

export const HEALTHS = ['', 'Healthy', 'Suspended', 'Progressing', 'Unknown', 'Missing', 'Degraded'] as const
export const SYNCS = ['', 'Synced', 'OutOfSync', 'Unknown'] as const

/** What an object is to the application, as bits. */
export const DECLARED = 1
export const HOOK = 2
export const PRUNE = 4
export const ORPHAN = 8
/** The application itself: the root of the tree. */
export const ROOT = 16

const WORDS: Record<NodeLook, string> = {none: '', ok: 'healthy', orphan: 'not in Git', held: 'suspended', run: 'progressing', unknown: 'unknown', warn: 'out of sync', delete: 'to be deleted', missing: 'missing', bad: 'degraded'}

export function lookName(code: number): NodeLook {
  return LOOKS[code] ?? 'none'
}

/** The glyph of a look; none where there is nothing to say. */
export function glyphOf(code: number): Look | undefined {
  const look = lookName(code)
  return look === 'none' ? undefined : look
}

export function lookCode(health: number, sync: number, flags: number): number {
  const word = HEALTHS[health]
  const look: NodeLook =
    flags & PRUNE ? 'delete'
    : word === 'Degraded' ? 'bad'
    : word === 'Missing' ? 'missing'
    : flags & ORPHAN ? 'orphan'
    : SYNCS[sync] === 'OutOfSync' && !(flags & HOOK) ? 'warn'
    : word === 'Progressing' ? 'run'
    : word === 'Unknown' || SYNCS[sync] === 'Unknown' ? 'unknown'
    : word === 'Suspended' ? 'held'
    : word === 'Healthy' || SYNCS[sync] === 'Synced' ? 'ok'
    : 'none'
  return LOOKS.indexOf(look)
}

/** `3 degraded, 1 missing`: what is not in order of a tally by look, the worst first. Progressing counts where nothing worse does. */
export function trouble(tally: ArrayLike<number>): string {
  const parts: string[] = []
  for (let code = LOOKS.length - 1; code >= PROBLEM - 1; code--) {
    const count = tally[code] ?? 0
    if (count > 0) parts.push(`${count.toLocaleString('en')} ${WORDS[lookName(code)]}`)
  }
  return parts.join(', ')
}

/** `412 pods, 3 degraded`. */
export function rollUp(kind: string, count: number, tally: ArrayLike<number>): string {
  return [`${count.toLocaleString('en')} ${plural(kind, count)}`, trouble(tally)].filter(Boolean).join(', ')
}

export function plural(kind: string, count: number): string {
  const word = kind.toLowerCase()
  if (count === 1) return word
  if (/(s|x|ch|sh)$/.test(word)) return `${word}es`
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`
  return `${word}s`
}

/** Short names of kinds, as kubectl has them. */
const SHORT: Record<string, string> = {
  Deployment: 'deploy', ReplicaSet: 'rs', StatefulSet: 'sts', DaemonSet: 'ds', Service: 'svc', ConfigMap: 'cm', Ingress: 'ing', ServiceAccount: 'sa', PersistentVolumeClaim: 'pvc', PersistentVolume: 'pv',
  HorizontalPodAutoscaler: 'hpa', PodDisruptionBudget: 'pdb', NetworkPolicy: 'netpol', CustomResourceDefinition: 'crd', Namespace: 'ns', EndpointSlice: 'eps', Endpoints: 'ep', CronJob: 'cronjob', Application: 'app', ApplicationSet: 'appset',
  ClusterRole: 'c-role', ClusterRoleBinding: 'crb', RoleBinding: 'rb', ControllerRevision: 'rev',
}

export function shortKind(kind: string): string {
  return SHORT[kind] ?? kind.toLowerCase()
}
