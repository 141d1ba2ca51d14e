import type {ResourceDiff} from '@/api/contract'
import type {Look} from '@/parts/status'

/** What becomes of an object. */
export type Action = 'prune' | 'replace' | 'create' | 'change' | 'run' | 'run on failure' | 'keep' | 'unchanged'

/** A field that would change; `null` is a field that is not there. */
export interface FieldChange {
  path: string
  live: unknown
  desired: unknown
  cause?: string
  why?: string
  owner?: {manager: string; operation?: string; since?: string; subresource?: string} | null
}

/** One object or hook of a plan. */
export interface Step {
  action: Action
  phase: string
  wave: number
  group: string
  version: string
  kind: string
  namespace: string
  name: string
  hook: boolean
  reason: string
  error: string | null
  fields: FieldChange[]
  live: Manifest | null
  object: Manifest | null
}

export type Manifest = Record<string, unknown>

/** What a sync would do. */
export interface Plan {
  application: string
  revisions: string[]
  changes: boolean
  refused: string | null
  summary: Partial<Record<Action, number>>
  steps: Step[]
  /** It was made here of what the contract tells, by a server that makes no plans. */
  computed?: boolean
}

/** How the actions are shown, worst first. */
export const EFFECTS: Array<{action: Action; look: Look; word: string; verb: string; one: string; many: string}> = [
  {action: 'prune', look: 'delete', word: 'Delete', verb: 'to delete', one: 'object is deleted', many: 'objects are deleted'},
  {action: 'replace', look: 'warn', word: 'Replace', verb: 'to replace', one: 'object is made anew', many: 'objects are made anew'},
  {action: 'create', look: 'missing', word: 'Create', verb: 'to create', one: 'object is made', many: 'objects are made'},
  {action: 'change', look: 'warn', word: 'Change', verb: 'to change', one: 'object is changed', many: 'objects are changed'},
  {action: 'run', look: 'run', word: 'Run', verb: 'to run', one: 'hook runs', many: 'hooks run'},
  {action: 'run on failure', look: 'held', word: 'Run on failure', verb: 'to run on failure', one: 'hook runs if it fails', many: 'hooks run if it fails'},
  {action: 'keep', look: 'held', word: 'Keep', verb: 'to keep', one: 'object is kept', many: 'objects are kept'},
  {action: 'unchanged', look: 'ok', word: 'Unchanged', verb: 'unchanged', one: 'object stays as it is', many: 'objects stay as they are'},
]

/** How an action is shown; of one that is not known its own word. */
export function effectOf(action: string): (typeof EFFECTS)[number] {
  return EFFECTS.find(effect => effect.action === action) ?? {action: action as Action, look: 'unknown', word: action, verb: action, one: action, many: action}
}

/** `group/kind/namespace/name`. */
export function stepKey(step: Pick<Step, 'group' | 'kind' | 'namespace' | 'name'>): string {
  return [step.group, step.kind, step.namespace, step.name].join('/')
}

/** Whether a step writes something. */
export function writes(step: Step): boolean {
  return step.action !== 'unchanged' && step.action !== 'keep' && step.action !== 'run on failure'
}

/** The whole plan in a sentence: `12 to change, 1 to create, 3 to delete; 2 hooks run.` */
export function sentence(plan: Plan): string {
  const count = (action: Action) => plan.steps.filter(step => step.action === action).length
  const objects = (['prune', 'replace', 'create', 'change'] as const).filter(action => count(action) > 0).map(action => `${count(action)} ${effectOf(action).verb}`)
  const hooks = count('run')
  const rest = [objects.join(', '), hooks > 0 ? `${hooks} ${hooks === 1 ? 'hook runs' : 'hooks run'}` : ''].filter(Boolean)
  const kept = count('keep')
  if (rest.length === 0) return kept > 0 ? `Nothing would change; ${kept} no longer in Git ${kept === 1 ? 'is' : 'are'} kept.` : 'Nothing would change.'
  return `${rest.join('; ')}${kept > 0 ? `; ${kept} no longer in Git ${kept === 1 ? 'is' : 'are'} kept` : ''}.`
}

/** Kinds whose deletion takes more with it than the object. */
const PRECIOUS: Record<string, string> = {
  '/Namespace': 'everything in the namespace goes with it',
  'apiextensions.k8s.io/CustomResourceDefinition': 'every object of that kind goes with it',
  '/PersistentVolumeClaim': 'its data may go with it',
  '/PersistentVolume': 'its data may go with it',
}

/** What else goes where an object of this kind is deleted. */
export function precious(one: {group?: string; kind?: string}): string | undefined {
  return PRECIOUS[`${one.group ?? ''}/${one.kind ?? ''}`]
}

/** Steps by phase and wave, in the order in which they come. */
export function inOrder(steps: readonly Step[]): Array<{phase: string; wave: number; steps: Step[]}> {
  const lanes = new Map<string, {phase: string; wave: number; steps: Step[]}>()
  for (const step of steps) {
    const key = `${step.phase} ${step.wave}`
    const lane = lanes.get(key) ?? {phase: step.phase, wave: step.wave, steps: []}
    lane.steps.push(step)
    lanes.set(key, lane)
  }
  const rank = (phase: string) => ['PreSync', 'Sync', 'PostSync', 'SyncFail'].indexOf(phase)
  return [...lanes.values()].sort((a, b) => rank(a.phase) - rank(b.phase) || a.wave - b.wave)
}

/** A value of a field in one line. */
export function shownValue(value: unknown): string {
  if (value === null || value === undefined) return '—'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The fields of `desired` that are otherwise in `live`: what stands only in `live` is somebody else's. Lists of named things are matched by name. */
export function fieldsOf(live: unknown, desired: unknown, path = ''): FieldChange[] {
  if (same(live, desired)) return []
  if (isMap(desired) && isMap(live)) {
    return Object.keys(desired).flatMap(key => fieldsOf(live[key] ?? null, desired[key] ?? null, path ? `${path}.${key}` : key))
  }
  if (Array.isArray(desired) && Array.isArray(live) && desired.every(named) && live.every(named)) {
    const others = new Map((live as Named[]).map(item => [item.name, item]))
    return (desired as Named[]).flatMap(item => fieldsOf(others.get(item.name) ?? null, item, `${path}[${item.name}]`))
  }
  return [{path: path || '(all)', live: live ?? null, desired: desired ?? null, why: live === null || live === undefined ? 'git' : undefined}]
}

type Named = {name: string}

function named(value: unknown): value is Named {
  return isMap(value) && typeof value.name === 'string'
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether two JSON values are the same, whatever the order of their keys. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => same(item, b[index]))
  if (!isMap(a) || !isMap(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every(key => key in b && same(a[key], b[key]))
}

/** A plan made of the manifests of a revision and of what the cluster has: for servers that make none themselves. */
export function computed(application: string, revisions: string[], manifests: readonly string[], managed: readonly ResourceDiff[], prune: boolean): Plan {
  const live = new Map(managed.filter(one => !one.hook).map(one => [keyOfDiff(one), one]))
  const steps: Step[] = []
  const seen = new Set<string>()
  for (const text of manifests) {
    const object = JSON.parse(text) as Manifest
    const annotations = (object.metadata as {annotations?: Record<string, string>} | undefined)?.annotations ?? {}
    const hook = annotations['argocd.argoproj.io/hook'] ?? annotations['helm.sh/hook']
    const [group, version] = String(object.apiVersion ?? '').includes('/') ? String(object.apiVersion).split('/') : ['', String(object.apiVersion ?? '')]
    const {name = '', namespace = ''} = (object.metadata ?? {}) as {name?: string; namespace?: string}
    const found = live.get([group, object.kind, namespace, name].join('/')) ?? [...live.values()].find(one => (one.group ?? '') === group && one.kind === object.kind && one.name === name)
    if (found) seen.add(keyOfDiff(found))
    const now = found?.liveState && found.liveState !== 'null' ? (JSON.parse(found.liveState) as Manifest) : null
    const fields = now && !hook ? fieldsOf(now, object) : []
    const action: Action = hook ? 'run' : !now ? 'create' : fields.length > 0 ? 'change' : 'unchanged'
    steps.push({
      action, phase: hook ? (hook.split(',')[0] ?? 'Sync') : 'Sync', wave: Number(annotations['argocd.argoproj.io/sync-wave'] ?? 0) || 0,
      group: group ?? '', version: version ?? '', kind: String(object.kind ?? ''), namespace: found?.namespace ?? namespace, name, hook: hook !== undefined,
      reason: action === 'create' ? 'it is not in the cluster' : action === 'change' ? `${fields.length} ${fields.length === 1 ? 'field differs' : 'fields differ'}` : '',
      error: null, fields, live: now, object: action === 'unchanged' ? null : object,
    })
  }
  for (const [key, one] of live) {
    if (seen.has(key) || !one.liveState || one.liveState === 'null') continue
    const now = JSON.parse(one.liveState) as Manifest
    steps.push({action: prune ? 'prune' : 'keep', phase: 'Sync', wave: 0, group: one.group ?? '', version: '', kind: one.kind ?? '', namespace: one.namespace ?? '', name: one.name ?? '', hook: false, reason: 'it is not in this revision', error: null, fields: [], live: now, object: null})
  }
  const summary: Plan['summary'] = {}
  for (const step of steps) summary[step.action] = (summary[step.action] ?? 0) + 1
  return {application, revisions, changes: steps.some(writes), refused: null, summary, steps, computed: true}
}

function keyOfDiff(one: ResourceDiff): string {
  return [one.group ?? '', one.kind ?? '', one.namespace ?? '', one.name ?? ''].join('/')
}

/** A JSON merge patch that makes `after` of `before`; nothing where they are the same. */
export function mergePatch(before: unknown, after: unknown): unknown {
  if (!isMap(before) || !isMap(after)) return after
  const patch: Record<string, unknown> = {}
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (same(before[key], after[key])) continue
    patch[key] = key in after && after[key] !== undefined ? mergePatch(before[key], after[key]) : null
  }
  return patch
}

/** A value after a JSON merge patch. */
export function patched(value: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch
  const result: Record<string, unknown> = isMap(value) ? {...value} : {}
  for (const [key, change] of Object.entries(patch)) {
    if (change === null) delete result[key]
    else result[key] = patched(result[key], change)
  }
  return result
}
