import type {Application, ApplicationSource, RevisionHistory} from '@/api/contract'
import {isMapping, type Mapping} from './mapping'

/** One deployment of the history, newest first. */
export interface Deployment {
  id: number
  at: number
  /** Until the next one came; nothing for the one that runs. */
  until?: number
  /** How long its sync took. */
  took?: number
  by: string
  automated: boolean
  /** One for each source. */
  revisions: string[]
  sources: ApplicationSource[]
}

/** The deployments of an application, newest first. */
export function deployments(app: Application): Deployment[] {
  const history = [...(app.status?.history ?? [])].sort((a, b) => a.id - b.id)
  return history
    .map((one, index): Deployment => {
      const at = Date.parse(one.deployedAt)
      const next = history[index + 1]
      return {
        id: one.id,
        at,
        until: next ? Date.parse(next.deployedAt) : undefined,
        took: one.deployStartedAt ? at - Date.parse(one.deployStartedAt) : undefined,
        by: one.initiatedBy?.username ?? '',
        automated: one.initiatedBy?.automated ?? false,
        revisions: one.revisions?.length ? one.revisions : [one.revision ?? ''].filter(Boolean),
        sources: sourcesThen(one),
      }
    })
    .reverse()
}

function sourcesThen(one: RevisionHistory): ApplicationSource[] {
  if (one.sources?.length) return one.sources
  return one.source?.repoURL ? [one.source] : []
}

/** Whether a source is rendered from Git, from a chart of a Helm repository, or from an OCI registry. */
export function kindOf(source: ApplicationSource | undefined): 'git' | 'chart' | 'oci' {
  if (source?.repoURL?.startsWith('oci://')) return 'oci'
  return source?.chart ? 'chart' : 'git'
}

/** A revision as people say it. */
export function short(revision: string): string {
  if (/^[0-9a-f]{40,64}$/.test(revision)) return revision.slice(0, 8)
  return revision.replace(/^sha256:([0-9a-f]{12})[0-9a-f]+$/, 'sha256:$1')
}

/** The container images of some objects, each once. */
export function imagesOf(manifests: readonly string[]): string[] {
  const found = new Set<string>()
  const visit = (value: unknown) => {
    if (Array.isArray(value)) for (const one of value) visit(one)
    else if (isMapping(value)) {
      for (const [key, inner] of Object.entries(value)) {
        if (/^(containers|initContainers|ephemeralContainers)$/.test(key) && Array.isArray(inner)) for (const one of inner) if (isMapping(one) && typeof one.image === 'string') found.add(one.image)
        visit(inner)
      }
    }
  }
  for (const text of manifests) visit(JSON.parse(text))
  return [...found].sort()
}

/** An object in two deployments. */
export interface Pair {
  key: string
  kind: string
  name: string
  before: Mapping | null
  after: Mapping | null
}

/** The objects that differ between two renderings, those that go and come among them. */
export function differing(before: readonly string[], after: readonly string[]): Pair[] {
  const [left, right] = [byKey(before), byKey(after)]
  const pairs: Pair[] = []
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const [a, b] = [left.get(key) ?? null, right.get(key) ?? null]
    if (JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))) continue
    const one = (b ?? a) as Mapping
    pairs.push({key, kind: String(one.kind ?? ''), name: nameOf(one), before: a, after: b})
  }
  const rank = (pair: Pair) => (pair.after === null ? 0 : pair.before === null ? 1 : 2)
  return pairs.sort((a, b) => rank(a) - rank(b) || a.key.localeCompare(b.key))
}

function byKey(manifests: readonly string[]): Map<string, Mapping> {
  const found = new Map<string, Mapping>()
  for (const text of manifests) {
    const object = JSON.parse(text) as Mapping
    const metadata = (object.metadata ?? {}) as Mapping
    const group = String(object.apiVersion ?? '').includes('/') ? String(object.apiVersion).split('/')[0] : ''
    const key = [group, object.kind, metadata.namespace ?? '', nameOf(object)].join('/')
    // Objects with a made-up name may have the same key: each counts.
    let unique = key
    for (let at = 2; found.has(unique); at++) unique = `${key} ${at}`
    found.set(unique, object)
  }
  return found
}

function nameOf(object: Mapping): string {
  const metadata = (object.metadata ?? {}) as Mapping
  return String(metadata.name ?? metadata.generateName ?? '')
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isMapping(value)) return value
  return Object.fromEntries(Object.keys(value).sort().map(key => [key, sorted(value[key])]))
}

/** The query that renders an application at these revisions. */
export function atRevisions(revisions: readonly string[]): Record<string, string | string[] | number[] | undefined> {
  if (revisions.length <= 1) return {revision: revisions[0]}
  return {revisions: [...revisions], sourcePositions: revisions.map((_, index) => index + 1)}
}
