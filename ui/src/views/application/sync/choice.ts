import type {Application, ApplicationApplicationSyncRequest, ResourceStatus, RetryStrategy} from '@/api/contract'
import {sourcesOf} from '@/api/fleet-fold'

/** What a person chose for a sync. */
export interface SyncChoice {
  /** One for each source; empty is what the application itself says. */
  revisions: string[]
  prune: boolean
  dryRun: boolean
  applyOnly: boolean
  force: boolean
  /** `Name=value`, each name once. */
  options: string[]
  /** Nothing has the application's own strategy. */
  retry: Retry | null
  /** Keys of the objects; nothing is all of them. */
  objects: string[] | null
  /** Why, for those who look at the operation later. */
  note: string
}

/** How a failed sync is tried again, as it was typed. */
export interface Retry {
  limit: string
  duration: string
  factor: string
  maxDuration: string
  refresh: boolean
}

/** An option of a sync that is on or off. */
export interface Option {
  option: string
  label: string
  hint: string
}

/** The options that are on or off, in the order in which they are offered. */
export const OPTIONS: Option[] = [
  {option: 'CreateNamespace=true', label: 'Make the namespace', hint: 'Makes the destination’s namespace first, where it is missing.'},
  {option: 'ApplyOutOfSyncOnly=true', label: 'Only objects that differ', hint: 'Leaves objects alone that are as Git says; hooks run all the same.'},
  {option: 'ServerSideApply=true', label: 'Server-side apply', hint: 'The API server merges and knows who owns which field.'},
  {option: 'PruneLast=true', label: 'Prune last', hint: 'Deletes after everything else is applied and healthy.'},
  {option: 'RespectIgnoreDifferences=true', label: 'Respect ignored differences', hint: 'Fields whose differences are ignored keep what the cluster has.'},
  {option: 'Validate=false', label: 'Skip schema validation', hint: 'Fields that a kind does not know are no error.'},
  {option: 'SkipDryRunOnMissingResource=true', label: 'Accept kinds that come later', hint: 'Kinds that the cluster does not know yet do not end the sync before it begins.'},
  {option: 'FailOnSharedResource=true', label: 'Fail on shared objects', hint: 'Ends where an object belongs to another application.'},
  {option: 'ClientSideApplyMigration=false', label: 'Leave client-side owners', hint: 'Fields that kubectl applied keep their owner with server-side apply.'},
  {option: 'Replace=true', label: 'Replace in the place of apply', hint: 'Puts Git’s object in the place of the live one: what others wrote into it is lost.'},
]

/** Options with a few values; the first is the server's way. */
export const VALUED: Array<{name: string; label: string; values: Array<[string, string]>}> = [
  {name: 'PrunePropagationPolicy', label: 'How it deletes', values: [['', 'As the server does (foreground)'], ['foreground', 'Foreground: what an object owns first'], ['background', 'Background: the object first'], ['orphan', 'Orphan: keep what an object owns']]},
  {name: 'Prune', label: 'Pruning', values: [['', 'As objects say'], ['false', 'Never: keep what is no longer in Git'], ['confirm', 'After a person confirms']]},
  {name: 'Delete', label: 'Deletion with the application', values: [['', 'As objects say'], ['false', 'Never'], ['confirm', 'After a person confirms']]},
]

/** The words a retry begins with where the application has none. */
export const RETRY: Retry = {limit: '5', duration: '5s', factor: '2', maxDuration: '3m0s', refresh: false}

/** What a sync does that nobody has changed. */
export const PLAIN: SyncChoice = {revisions: [], prune: false, dryRun: false, applyOnly: false, force: false, options: [], retry: null, objects: null, note: ''}

/** What a sync of this application begins with: its own options and retries, since those of a request take their place. */
export function choiceFor(app: Application, selected?: readonly string[]): SyncChoice {
  const policy = app.spec.syncPolicy
  return {
    ...PLAIN,
    revisions: sourcesOf(app).map(() => ''),
    prune: policy?.automated?.prune ?? false,
    options: [...(policy?.syncOptions ?? [])],
    retry: policy?.retry ? retryOf(policy.retry) : null,
    objects: selected && selected.length > 0 ? [...selected] : null,
  }
}

function retryOf(retry: RetryStrategy): Retry {
  return {
    limit: String(retry.limit ?? 5),
    duration: retry.backoff?.duration ?? RETRY.duration,
    factor: String(retry.backoff?.factor ?? RETRY.factor),
    maxDuration: retry.backoff?.maxDuration ?? RETRY.maxDuration,
    refresh: retry.refresh ?? false,
  }
}

/** The value of `Name=value` among options; empty where it is not there. */
export function valueOf(options: readonly string[], name: string): string {
  return options.find(option => option.startsWith(`${name}=`))?.slice(name.length + 1) ?? ''
}

/** The options with this value of a name in the place of another; empty takes it away. */
export function withValue(options: readonly string[], name: string, value: string): string[] {
  const others = options.filter(option => option !== name && !option.startsWith(`${name}=`))
  return value === '' ? others : [...others, `${name}=${value}`]
}

/** `group/kind/namespace/name`, as addresses have it. */
export function keyOf(one: {group?: string; kind?: string; namespace?: string; name?: string}): string {
  return [one.group ?? '', one.kind ?? '', one.namespace ?? '', one.name ?? ''].join('/')
}

/** The parts of a key. */
export function partsOf(key: string): {group: string; kind: string; namespace: string; name: string} {
  const [group = '', kind = '', namespace = '', ...name] = key.split('/')
  return {group, kind, namespace, name: name.join('/')}
}

/** The objects that a sync can be told to take, worst first: hooks are none of them. */
export function objectsOf(app: Application): ResourceStatus[] {
  const rank = (one: ResourceStatus) => (one.requiresPruning ? 0 : one.status === 'OutOfSync' ? 1 : 2)
  return (app.status?.resources ?? []).filter(one => !one.hook).sort((a, b) => rank(a) - rank(b) || (a.syncWave ?? 0) - (b.syncWave ?? 0) || keyOf(a).localeCompare(keyOf(b)))
}

/** What is wrong with a duration: a number with one of its units, or several (`1m30s`); seconds without. */
export function durationFault(text: string): string | undefined {
  return /^\d+$|^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text.trim()) ? undefined : 'A time such as 5s, 2m or 1h.'
}

/** Faults of what was typed, by field. */
export function faultsOf(choice: SyncChoice): Record<string, string> {
  const faults: Record<string, string> = {}
  const {retry} = choice
  if (retry) {
    if (!/^-?\d+$/.test(retry.limit.trim())) faults.limit = 'A whole number; −1 for no end.'
    if (!/^\d+$/.test(retry.factor.trim()) || Number(retry.factor) < 1) faults.factor = 'A whole number from 1.'
    const duration = durationFault(retry.duration)
    if (duration) faults.duration = duration
    const most = durationFault(retry.maxDuration)
    if (most) faults.maxDuration = most
  }
  if (choice.objects?.length === 0) faults.objects = 'No object is chosen.'
  return faults
}

/** What names an application to the API. */
export interface Named {
  name: string
  namespace: string
  project?: string
}

/** The request for a sync. Without `sources` it says nothing of revisions and objects: for many applications at once. */
export function requestOf(app: Named, choice: SyncChoice, sources = 0): ApplicationApplicationSyncRequest {
  const {retry} = choice
  const request: ApplicationApplicationSyncRequest = {
    name: app.name,
    appNamespace: app.namespace,
    project: app.project,
    prune: choice.prune,
    dryRun: choice.dryRun,
    strategy: choice.applyOnly ? {apply: {force: choice.force}} : {hook: {force: choice.force}},
  }
  // Many applications keep their own options unless others were chosen; for one, what is shown is what is meant.
  if (sources > 0 || choice.options.length > 0) request.syncOptions = {items: choice.options}
  if (retry) request.retryStrategy = {limit: Number(retry.limit), backoff: {duration: retry.duration.trim(), factor: Number(retry.factor), maxDuration: retry.maxDuration.trim()}, ...(retry.refresh ? {refresh: true} : {})}
  if (choice.note.trim()) request.infos = [{name: 'Reason', value: choice.note.trim()}]
  if (choice.objects && sources > 0) request.resources = choice.objects.map(partsOf)
  if (sources === 1 && choice.revisions[0]?.trim()) request.revision = choice.revisions[0].trim()
  if (sources > 1) {
    const asked = choice.revisions.map((revision, index): [number, string] => [index + 1, revision.trim()]).filter(([, revision]) => revision !== '')
    if (asked.length > 0) {
      request.sourcePositions = asked.map(([position]) => position)
      request.revisions = asked.map(([, revision]) => revision)
    }
  }
  return request
}

/** Whether a source is asked for at another revision than its own; the server refuses that where the application syncs by itself. */
export function otherRevision(app: Application, choice: SyncChoice): {wanted: string; own: string} | undefined {
  const own = sourcesOf(app).map(source => source.targetRevision || 'HEAD')
  const index = choice.revisions.findIndex((revision, at) => revision.trim() !== '' && revision.trim() !== own[at])
  return index < 0 ? undefined : {wanted: choice.revisions[index]?.trim() ?? '', own: own[index] ?? 'HEAD'}
}

/**
 * The word that must be typed before a sync that loses something; nothing where none does. `doomed` are the names of objects that
 * would be deleted and take more with them: one is named, several are the application's.
 */
export function wordFor(app: Application | null, choice: SyncChoice, doomed: readonly string[] = []): string | undefined {
  if (choice.dryRun) return undefined
  if (choice.options.includes('Replace=true')) return 'replace'
  if (choice.force) return 'force'
  if (!app || !choice.prune) return undefined
  if (doomed.length > 0) return doomed.length === 1 ? doomed[0] : app.metadata.name
  const objects = objectsOf(app).filter(one => choice.objects === null || choice.objects.includes(keyOf(one)))
  return objects.length > 0 && objects.every(one => one.requiresPruning) ? app.metadata.name : undefined
}

/** Whether automated syncs are on. */
export function isAutomated(app: Application): boolean {
  const automated = app.spec.syncPolicy?.automated
  return automated !== undefined && automated !== null && automated.enabled !== false
}
