import type {ApplicationSource} from '@/api/contract'
import {Draft, type Path} from '@/draft/draft'

/** What a new application begins with. */
const FIRST = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: {name: ''},
  spec: {
    project: 'default',
    source: {repoURL: '', path: '', targetRevision: 'HEAD'},
    destination: {server: 'https://kubernetes.default.svc', namespace: ''},
  },
}

export const FINALIZER = 'resources-finalizer.argocd.argoproj.io'

/** A draft of what an address gives (`new=` of the contract: an Application, or `{}`), with what is missing filled in. */
export function draftOf(given: string): Draft {
  let value: unknown
  try {
    value = JSON.parse(given || '{}')
  } catch {
    // A link that was cut on its way: better an empty form than none.
    value = {}
  }
  return Draft.of(fill(FIRST, value))
}

function fill(base: unknown, over: unknown): unknown {
  if (typeof over !== 'object' || over === null || Array.isArray(over)) return over ?? base
  if (typeof base !== 'object' || base === null) return over
  const filled: Record<string, unknown> = {...(base as Record<string, unknown>)}
  const given = over as Record<string, unknown>
  if ('sources' in given && 'source' in filled) delete filled.source
  if ('name' in given && 'server' in filled) delete filled.server
  for (const [key, value] of Object.entries(given)) filled[key] = fill(filled[key], value)
  return filled
}

/** The paths of the sources: one stands as `source`, several as `sources`. */
export function sourcePaths(draft: Draft): Path[] {
  const several = draft.listAt(['spec', 'sources'])
  if (several.length > 0) return several.map((_, index) => ['spec', 'sources', index])
  return [['spec', 'source']]
}

/** With one more source: what was `source` is the first of `sources` then. */
export function addSource(draft: Draft): Draft {
  const fresh = {repoURL: '', targetRevision: 'HEAD'}
  if (draft.listAt(['spec', 'sources']).length > 0) return draft.append(['spec', 'sources'], fresh)
  const one = draft.get(['spec', 'source']) ?? {repoURL: ''}
  return draft.setAll([
    [['spec', 'source'], undefined],
    [['spec', 'sources'], [one, fresh]],
  ])
}

/** Without a source; the last one left stands as `source` again, unless it says things that only one of several may. */
export function removeSource(draft: Draft, index: number): Draft {
  const rest = draft.listAt(['spec', 'sources']).filter((_, at) => at !== index) as ApplicationSource[]
  const [only] = rest
  if (rest.length === 1 && only && !only.ref) {
    return draft.setAll([
      [['spec', 'sources'], undefined],
      [['spec', 'source'], only],
    ])
  }
  return draft.set(['spec', 'sources'], rest)
}

/** Whether an option of the sync policy (`CreateNamespace=true`) is there. */
export function hasOption(draft: Draft, option: string): boolean {
  return draft.listAt(['spec', 'syncPolicy', 'syncOptions']).includes(option)
}

/** The draft with an option, or without; `Name=` options have one value at a time. */
export function withOption(draft: Draft, option: string, on: boolean): Draft {
  const name = option.split('=')[0]
  const others = draft.listAt(['spec', 'syncPolicy', 'syncOptions']).filter(other => String(other).split('=')[0] !== name)
  const options = on ? [...others, option] : others
  return draft.set(['spec', 'syncPolicy', 'syncOptions'], options.length > 0 ? options : undefined)
}

/** A fault of a field, by the path of the field joined with dots. */
export type Faults = Record<string, string>

/** What the server would refuse for certain, said before it is asked. */
export function faultsOf(draft: Draft): Faults {
  const faults: Faults = {}
  const name = draft.textAt(['metadata', 'name'])
  if (!name) faults['metadata.name'] = 'A name is needed.'
  else if (name.length > 253 || !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name)) faults['metadata.name'] = 'Small letters, digits, - and . alone, and a letter or digit at both ends.'
  if (!draft.textAt(['spec', 'project'])) faults['spec.project'] = 'A project is needed.'
  for (const path of sourcePaths(draft)) {
    const key = path.join('.')
    if (!draft.textAt([...path, 'repoURL'])) faults[`${key}.repoURL`] = 'A repository is needed.'
    else if (!draft.textAt([...path, 'path']) && !draft.textAt([...path, 'chart']) && !draft.textAt([...path, 'ref']) && !draft.textAt([...path, 'repoURL']).startsWith('oci://')) faults[`${key}.path`] = 'A path, a chart, or a name for other sources to refer to is needed.'
    if (draft.textAt([...path, 'chart']) && !draft.textAt([...path, 'targetRevision'])) faults[`${key}.targetRevision`] = 'A chart needs a version.'
  }
  if (!draft.textAt(['spec', 'destination', 'server']) && !draft.textAt(['spec', 'destination', 'name'])) faults['spec.destination'] = 'A cluster is needed.'
  return faults
}
