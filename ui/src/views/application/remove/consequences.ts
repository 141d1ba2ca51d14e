import type {Application, ResourceDiff} from '@/api/contract'
import type {Cascade} from '@/views/applications/actions'
import {precious} from '@/views/plan/model'
import {keyOf} from '../sync/choice'

/** What becomes of one object when its application is deleted. */
export interface Consequence {
  key: string
  kind: string
  name: string
  namespace: string
  fate: 'goes' | 'asks' | 'stays'
  /** Why it stays or asks, or what goes with it. */
  because?: string
}

type Meta = {annotations?: Record<string, string>; ownerReferences?: unknown[]}

/**
 * What becomes of each object. `managed` tells what the live objects say of themselves; without it only what the kind alone says is
 * known. An object that is only in Git has nothing to lose.
 */
export function consequences(app: Application, managed: readonly ResourceDiff[] | undefined, cascade: Cascade): Consequence[] {
  const diffs = new Map((managed ?? []).map(one => [keyOf(one), one]))
  const found: Consequence[] = []
  for (const one of app.status?.resources ?? []) {
    const diff = diffs.get(keyOf(one))
    if (diff && (!diff.liveState || diff.liveState === 'null')) continue
    if (!diff && one.health?.status === 'Missing') continue
    const base = {key: keyOf(one), kind: one.kind ?? '', name: one.name ?? '', namespace: one.namespace ?? ''}
    const options = optionsOf(diff)
    const stay = cascade === 'orphan' ? 'only the application goes' : staying(one, options)
    if (stay) found.push({...base, fate: 'stays', because: stay})
    else if (options.has('Delete=confirm') || one.requiresDeletionConfirmation) found.push({...base, fate: 'asks', because: 'Delete=confirm: a person must confirm it'})
    else found.push({...base, fate: 'goes', because: precious(one)})
  }
  const rank = (one: Consequence) => (one.fate === 'goes' ? (one.because ? 0 : 1) : one.fate === 'asks' ? 2 : 3)
  return found.sort((a, b) => rank(a) - rank(b) || a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name))
}

function staying(one: {group?: string; kind?: string}, options: Set<string>): string | undefined {
  if (one.kind === 'CustomResourceDefinition' && one.group === 'apiextensions.k8s.io') return 'definitions of kinds are never deleted with an application'
  if (options.has('Delete=false')) return 'Delete=false'
  if (options.has('keep')) return 'helm.sh/resource-policy: keep'
  return undefined
}

function optionsOf(diff: ResourceDiff | undefined): Set<string> {
  if (!diff?.liveState) return new Set()
  try {
    const annotations = (JSON.parse(diff.liveState) as {metadata?: Meta} | null)?.metadata?.annotations ?? {}
    const options = new Set((annotations['argocd.argoproj.io/sync-options'] ?? '').split(',').map(option => option.trim()))
    if (annotations['helm.sh/resource-policy'] === 'keep') options.add('keep')
    return options
  } catch {
    return new Set()
  }
}

/** The hooks that run when the application is deleted, among the live objects and what Git wants. */
export function deletionHooks(managed: readonly ResourceDiff[] | undefined): string[] {
  const found: string[] = []
  for (const one of managed ?? []) {
    for (const text of [one.targetState, one.liveState]) {
      const hook = /"argocd\.argoproj\.io\/hook":\s*"[^"]*(PreDelete|PostDelete)/.exec(text ?? '')?.[1]
      if (!hook) continue
      found.push(`${one.kind}/${one.name} (${hook})`)
      break
    }
  }
  return found
}

/** The application that declares this one, by the marks that it carries. */
export function parentOf(app: Application): string | undefined {
  const id = app.metadata.annotations?.['argocd.argoproj.io/tracking-id']
  const parent = id?.includes(':argoproj.io/Application:') ? id.split(':')[0] : undefined
  return parent && parent !== app.metadata.name ? parent.replace('_', '/') : undefined
}

/** The set that makes this application. */
export function setOf(app: Application): string | undefined {
  return app.metadata.ownerReferences?.find(owner => owner.kind === 'ApplicationSet')?.name
}

/** `3 Deployments, 2 Services, 1 Namespace`. */
export function tally(some: readonly Consequence[]): string {
  const counts = new Map<string, number>()
  for (const one of some) counts.set(one.kind, (counts.get(one.kind) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([kind, count]) => `${count} ${count === 1 ? kind : plural(kind)}`).join(', ')
}

function plural(kind: string): string {
  if (/[^aeiou]y$/.test(kind)) return `${kind.slice(0, -1)}ies`
  return /(s|x|ch)$/.test(kind) ? `${kind}es` : `${kind}s`
}
