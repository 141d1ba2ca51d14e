/** An ApplicationSet as people read it: how it is in a sentence, and what a change of it would do. */
import type {Application, ApplicationSet, ApplicationSetGenerator} from '@/api/contract'
import type {Explained} from '@/explain/explain'

/** `True` of a condition, with its message. */
function condition(set: ApplicationSet, type: string) {
  return set.status?.conditions?.find(one => one.type === type && one.status === 'True')
}

export function countOf(set: ApplicationSet): number {
  return set.status?.resourcesCount ?? set.status?.resources?.length ?? 0
}

/** Its health: what the server says, else what its conditions mean. */
export function healthOf(set: ApplicationSet): string {
  if (set.status?.health?.status) return set.status.health.status
  if (condition(set, 'ErrorOccurred')) return 'Degraded'
  if (condition(set, 'RolloutProgressing')) return 'Progressing'
  return condition(set, 'ResourcesUpToDate') ? 'Healthy' : 'Unknown'
}

/** How it is: what, because, next. */
export function explainSet(set: ApplicationSet): Explained {
  const wrong = condition(set, 'ErrorOccurred')
  const apps = countOf(set)
  const many = apps === 1 ? 'one application' : `${apps} applications`
  if (set.metadata.deletionTimestamp) return {look: 'delete', what: 'Being deleted', because: `with its ${many}`}
  if (wrong) return {look: 'bad', what: 'Its applications cannot be made', because: wrong.message || wrong.reason, next: apps > 0 ? `the ${many} that are there stay as they are` : undefined}
  const rolling = condition(set, 'RolloutProgressing')
  if (rolling) return {look: 'run', what: 'Rolling out step by step', because: rolling.message || undefined}
  const resources = set.status?.resources ?? []
  const bad = resources.filter(one => one.health?.status === 'Degraded' || one.health?.status === 'Missing').length
  const differ = resources.filter(one => one.status === 'OutOfSync').length
  if (bad > 0 || differ > 0) return {look: bad > 0 ? 'bad' : 'warn', what: `${apps === 1 ? 'One application' : `${apps} applications`}`, because: [bad > 0 ? `${bad} not healthy` : '', differ > 0 ? `${differ} out of sync` : ''].filter(Boolean).join(', ')}
  if (!set.status?.conditions?.length) return {look: 'unknown', what: 'Nobody has looked at it yet'}
  if (apps === 0) return {look: 'held', what: 'It makes no application now', because: 'its generators give nothing'}
  return {look: healthOf(set) === 'Progressing' ? 'run' : 'ok', what: apps === 1 ? 'One application, in order' : `${apps} applications, all in order`}
}

const WORDS: Record<string, string> = {clusters: 'clusters', git: 'a Git repository', list: 'a list', matrix: 'a matrix', merge: 'a merge', pullRequest: 'pull requests', scmProvider: 'repositories of a provider', clusterDecisionResource: 'a decision resource', plugin: 'a plugin'}

/** What a generator goes by, in words. */
export function sayGenerator(generator: ApplicationSetGenerator): string {
  const kind = Object.keys(WORDS).find(name => generator[name as keyof ApplicationSetGenerator] !== undefined)
  const labels = (selector: {matchLabels?: Record<string, string>} | undefined) => Object.entries(selector?.matchLabels ?? {}).map(pair => pair.join('=')).join(', ')
  switch (kind) {
    case 'clusters': {
      const chosen = labels(generator.clusters?.selector as {matchLabels?: Record<string, string>} | undefined)
      return chosen ? `clusters with ${chosen}` : 'every cluster'
    }
    case 'git': {
      const git = generator.git as {repoURL?: string; directories?: Array<{path: string; exclude?: boolean}>; files?: Array<{path: string}>} | undefined
      const paths = [...(git?.directories ?? []).map(one => `${one.exclude ? 'not ' : ''}folder ${one.path}`), ...(git?.files ?? []).map(one => `file ${one.path}`)]
      return `${paths.join(', ') || 'files'} of ${git?.repoURL ?? 'a repository'}`
    }
    case 'list': {
      const count = (generator.list as {elements?: unknown[]} | undefined)?.elements?.length ?? 0
      return `a list of ${count}`
    }
    case 'matrix':
    case 'merge': {
      const inner = ((generator[kind] as {generators?: ApplicationSetGenerator[]} | undefined)?.generators ?? []).map(sayGenerator)
      return `${kind === 'matrix' ? 'each of' : 'merged'} ${inner.join(kind === 'matrix' ? ' with each of ' : ' over ')}`
    }
    default:
      return kind ? (WORDS[kind] ?? kind) : 'nothing'
  }
}

export interface Field {
  path: string
  before: string | undefined
  after: string | undefined
}

export interface Effect {
  name: string
  effect: 'create' | 'change' | 'same' | 'delete'
  fields: Field[]
}

/** What making these applications would do to those that the set owns now. Only what a template can say is compared. */
export function compare(generated: readonly Application[], existing: readonly Application[], set: string): Effect[] {
  const known = new Map(existing.map(app => [app.metadata.name, app]))
  const effects: Effect[] = generated.map(app => {
    const name = app.metadata.name ?? ''
    const before = known.get(name)
    if (!before) return {name, effect: 'create', fields: []}
    const fields = differences({labels: before.metadata.labels ?? {}, spec: before.spec}, {labels: app.metadata.labels ?? {}, spec: app.spec})
    return {name, effect: fields.length > 0 ? 'change' : 'same', fields}
  })
  const stays = new Set(generated.map(app => app.metadata.name))
  for (const app of existing) {
    const owned = app.metadata.ownerReferences?.some(owner => owner.kind === 'ApplicationSet' && owner.name === set)
    if (owned && !stays.has(app.metadata.name)) effects.push({name: app.metadata.name ?? '', effect: 'delete', fields: []})
  }
  const order = ['delete', 'create', 'change', 'same']
  return effects.sort((a, b) => order.indexOf(a.effect) - order.indexOf(b.effect) || a.name.localeCompare(b.name))
}

/** The leaves that differ; empty texts, lists and mappings are as good as none. */
export function differences(before: unknown, after: unknown, path = ''): Field[] {
  if (empty(before) && empty(after)) return []
  const both = typeof before === 'object' && typeof after === 'object' && before !== null && after !== null && Array.isArray(before) === Array.isArray(after)
  if (both) {
    const [a, b] = [before as Record<string, unknown>, after as Record<string, unknown>]
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap(key => differences(a[key], b[key], path ? `${path}.${key}` : key))
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{path, before: text(before), after: text(after)}]
}

function empty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === false || (typeof value === 'object' && Object.values(value).every(empty))
}

function text(value: unknown): string | undefined {
  return value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value)
}
