/** A Kubernetes object as far as the page reads it; everything may be missing. */
export interface KubeObject {
  apiVersion?: string
  kind?: string
  metadata?: {name?: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string>; creationTimestamp?: string; deletionTimestamp?: string; finalizers?: string[]; resourceVersion?: string; managedFields?: unknown}
  spec?: Record<string, unknown> & {containers?: Container[]; initContainers?: Container[]; template?: Template; jobTemplate?: {spec?: {template?: Template}}; readinessGates?: Array<{conditionType?: string}>; nodeName?: string}
  status?: Record<string, unknown> & {containerStatuses?: ContainerStatus[]; initContainerStatuses?: ContainerStatus[]; conditions?: Array<{type?: string; status?: string; reason?: string; message?: string; lastTransitionTime?: string}>; phase?: string; podIP?: string}
}

export interface Container {
  name: string
  image?: string
}

interface Template {
  spec?: {containers?: Container[]; initContainers?: Container[]}
}

interface ContainerState {
  running?: {startedAt?: string}
  waiting?: {reason?: string; message?: string}
  terminated?: {exitCode?: number; signal?: number; reason?: string; message?: string; finishedAt?: string}
}

export interface ContainerStatus {
  name: string
  ready?: boolean
  restartCount?: number
  state?: ContainerState
  lastState?: ContainerState
}

/** Longer manifests are not taken apart: their beginning is shown as it came, and all of it can be downloaded. */
export const LONG = 1_000_000

export interface Manifest {
  /** The object, where it is short enough to be read. */
  object?: KubeObject
  text: string
  long: boolean
}

/** A manifest as the API gives it, JSON in a string; `null` and nothing stand for no object. */
export function readManifest(text: string | undefined): Manifest | null {
  if (!text || text === 'null') return null
  if (text.length > LONG) return {text, long: true}
  try {
    return {object: JSON.parse(text) as KubeObject, text, long: false}
  } catch {
    return {text, long: false}
  }
}

/** The containers of a pod, or of the pods that an object makes; those that run before come last. */
export function containersOf(object: KubeObject | undefined): Container[] {
  const spec = object?.spec?.containers ? object.spec : (object?.spec?.template ?? object?.spec?.jobTemplate?.spec?.template)?.spec
  return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]
}

/** How a container is, in a sentence: `waits: CrashLoopBackOff; before that it ended with exit code 137 (OOMKilled)`. */
export function containerWords(status: ContainerStatus): {look: 'ok' | 'run' | 'bad' | 'held'; words: string} {
  const {state, lastState} = status
  const ended = (one: ContainerState['terminated']) => one && `ended with ${one.signal ? `signal ${one.signal}` : `exit code ${one.exitCode ?? '?'}`}${one.reason && one.reason !== 'Error' ? ` (${one.reason})` : ''}${one.message ? `: ${one.message}` : ''}`
  const before = lastState?.terminated && `before that it ${ended(lastState.terminated)}`
  if (state?.waiting) {
    const {reason = 'starting', message} = state.waiting
    const fault = /BackOff|Err|Invalid|Failed/.test(reason)
    return {look: fault ? 'bad' : 'run', words: [`waits: ${reason}${message ? `: ${message}` : ''}`, before].filter(Boolean).join('; ')}
  }
  if (state?.terminated) return {look: state.terminated.exitCode === 0 ? 'held' : 'bad', words: ended(state.terminated) ?? ''}
  if (state?.running) return {look: status.ready ? 'ok' : 'run', words: [status.ready ? 'runs and is ready' : 'runs and is not ready yet', before].filter(Boolean).join('; ')}
  return {look: 'run', words: 'not started yet'}
}

/** Whether a link may be followed: nothing but http and https. */
export function safeUrl(url: string | undefined): url is string {
  return url !== undefined && /^https?:\/\/[^\s]+$/i.test(url)
}

/** Links of an object's own annotations, `link.argocd.argoproj.io/…: [title|]url`. */
export function annotationLinks(object: KubeObject | undefined): Array<{title: string; url: string}> {
  const links: Array<{title: string; url: string}> = []
  for (const [name, value] of Object.entries(object?.metadata?.annotations ?? {})) {
    if (!name.startsWith('link.argocd.argoproj.io/')) continue
    const at = value.indexOf('|')
    const url = (at < 0 ? value : value.slice(at + 1)).trim()
    if (safeUrl(url)) links.push({title: at < 0 ? url : value.slice(0, at).trim() || url, url})
  }
  return links
}
