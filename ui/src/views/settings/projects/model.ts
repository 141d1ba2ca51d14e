/** A project's rules as people read and change them. */
import {ask, segment} from '@/api/client'
import type {AppProject, JWTToken} from '@/api/contract'
import {queries} from '@/api/queries'
import {Draft} from '@/draft/draft'

/** One line of a rule, and the global project that it comes from where it is not the project's own. */
export interface Rule {
  text: string
  /** It forbids. */
  denies?: boolean
  from?: string
}

const own = (texts: readonly string[], denies = false): Rule[] => texts.map(text => ({text, ...(denies || text.startsWith('!') ? {denies: true} : {})}))

export function sayDestination({server, name, namespace}: {server?: string; name?: string; namespace?: string}): string {
  const where = server || name || '*'
  const cluster = where === '*' ? 'every cluster' : where
  return namespace === '*' ? `every namespace of ${cluster}` : `${namespace || 'no namespace'} of ${cluster}`
}

export function sayKind({group, kind, name}: {group?: string; kind?: string; name?: string}): string {
  const what = kind === '*' ? (group === '*' ? 'every kind' : `every kind of ${group || 'the core group'}`) : group && group !== '*' ? `${kind} (${group})` : (kind ?? '')
  return name && name !== '*' ? `${what} named ${name}` : what
}

/** The parts of a project that say what may be deployed; in each the own lines first, then those of global projects. */
export function rulesOf(project: AppProject, globals: readonly AppProject[]) {
  const gather = (read: (spec: AppProject['spec']) => Rule[]): Rule[] => [...read(project.spec), ...globals.flatMap(one => read(one.spec).map(rule => ({...rule, from: one.metadata.name ?? ''})))]
  return {
    sources: gather(spec => own(spec.sourceRepos ?? [])),
    destinations: gather(spec => (spec.destinations ?? []).map(one => ({text: sayDestination(one), ...([one.server, one.name, one.namespace].some(word => word?.startsWith('!')) ? {denies: true} : {})}))),
    accounts: gather(spec => own((spec.destinationServiceAccounts ?? []).map(one => `${one.namespace || '*'} of ${one.server}: as ${one.defaultServiceAccount}`))),
    namespaces: gather(spec => own(spec.sourceNamespaces ?? [])),
    clusterAllow: gather(spec => own((spec.clusterResourceWhitelist ?? []).map(sayKind))),
    clusterDeny: gather(spec => own((spec.clusterResourceBlacklist ?? []).map(sayKind), true)),
    kindsAllow: gather(spec => own((spec.namespaceResourceWhitelist ?? []).map(sayKind))),
    kindsDeny: gather(spec => own((spec.namespaceResourceBlacklist ?? []).map(sayKind), true)),
    windows: gather(spec => own((spec.syncWindows ?? []).map(window => `${window.kind} ${window.schedule} ${window.duration}`))),
  }
}

/** What is wrong with a project, by path; the server has the last word. */
export function faultsOf(draft: Draft): Record<string, string> {
  const found: Record<string, string> = {}
  const name = draft.textAt(['metadata', 'name'])
  if (name === '') found.name = 'A name is needed.'
  else if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name) || name.length > 63) found.name = 'Small letters, digits, “-” and “.”; at most 63.'
  if (draft.textAt(['spec', 'description']).length > 255) found.description = 'At most 255 characters.'
  const repos = draft.listAt(['spec', 'sourceRepos'])
  if (repos.includes('!*')) found.sourceRepos = '!* would forbid every repository: leave the list empty instead.'
  for (const [index, one] of draft.listAt(['spec', 'destinations']).entries()) {
    const {server, name: cluster, namespace} = (one ?? {}) as Record<string, string | undefined>
    if (!server && !cluster) found[`destinations.${index}`] = 'A cluster is needed: its address or its name, * for all.'
    else if (namespace === '!*' || server === '!*' || cluster === '!*') found[`destinations.${index}`] = '!* would forbid everything.'
    else if (server && cluster) found[`destinations.${index}`] = 'The address or the name, not both.'
  }
  return found
}

export const pathOf = (name: string) => `api/v1/projects/${segment(name)}`

/** Stores a project as it is given. */
export async function storeProject(project: AppProject): Promise<AppProject> {
  const name = project.metadata.name ?? ''
  const made = await ask<AppProject>(pathOf(name), {method: 'PUT', body: {project}})
  void queries.invalidateQueries({queryKey: [`${pathOf(name)}/detailed`]})
  void queries.invalidateQueries({queryKey: ['api/v1/projects']})
  return made
}

/** Changes a part of a project as it is on the server now, so that what others changed meanwhile stays. */
export async function changeProject(name: string, change: (spec: AppProject['spec']) => AppProject['spec']): Promise<AppProject> {
  const now = await ask<AppProject>(pathOf(name))
  return storeProject({...now, spec: change(now.spec ?? {})})
}

/** The tokens of a role, the newest first, without those that stand in both places. */
export function tokensOf(project: AppProject, role: string): JWTToken[] {
  const inSpec = project.spec.roles?.find(one => one.name === role)?.jwtTokens ?? []
  const inStatus = project.status?.jwtTokensByRole?.[role]?.items ?? []
  const all = new Map([...inSpec, ...inStatus].map(token => [`${token.iat} ${token.id ?? ''}`, token]))
  return [...all.values()].sort((a, b) => b.iat - a.iat)
}
