import type {Application} from '@/api/contract'
import type {Path} from '@/draft/draft'
import {same} from '@/views/plan/model'

/** A field that was changed. */
export interface Change {
  path: Path
  before: unknown
  after: unknown
}

/** What of an application a person edits; the rest is the server's. */
export function editable(app: Application): Record<string, unknown> {
  const {name, namespace, labels, annotations, finalizers} = app.metadata
  // A wish of the moment is no configuration, and would be asked for again with each save.
  const {'argocd.argoproj.io/refresh': _refresh, 'kubectl.kubernetes.io/last-applied-configuration': _applied, ...own} = annotations ?? {}
  const metadata = {name, namespace, labels, annotations: Object.keys(own).length > 0 ? own : undefined, finalizers}
  return {apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: plain(metadata), spec: plain(app.spec)}
}

function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}

/** The fields in which two values differ; a list is one field where its length changed or it has no maps. */
export function changes(before: unknown, after: unknown, path: Path = []): Change[] {
  if (same(before, after)) return []
  if (isMap(before) && isMap(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap(key => changes(before[key], after[key], [...path, key]))
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length && after.every(isMap)) {
    return after.flatMap((item, index) => changes(before[index], item, [...path, index]))
  }
  return [{path, before, after}]
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether one path leads through the other: what changes below a field changes the field. */
export function touches(a: Path, b: Path): boolean {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) if (a[at] !== b[at]) return false
  return true
}

/** My changes onto what it is by now: those that others' changes touch too are conflicts. */
export function rebase(base: unknown, mine: unknown, theirs: unknown): {mine: Change[]; theirs: Change[]; conflicts: Change[]} {
  const [own, others] = [changes(base, mine), changes(base, theirs)]
  const conflicts = own.filter(change => others.some(other => touches(change.path, other.path) && !(samePath(change.path, other.path) && same(change.after, other.after))))
  return {mine: own, theirs: others, conflicts}
}

function samePath(a: Path, b: Path): boolean {
  return a.length === b.length && touches(a, b)
}

/** `spec.source.targetRevision`, `spec.sources[1].path`. */
export function pathText(path: Path): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('')
}
