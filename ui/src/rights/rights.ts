/** “What may I do”: the questions that the server answers one by one, put as a table. */

/** A row of the table: a kind of thing with the actions that mean something for it. */
export interface Kind {
  readonly resource: string
  readonly label: string
  readonly actions: readonly string[]
  /** How its objects are named: within a project, by themselves, or by none. */
  readonly scope: 'project' | 'name' | 'any'
}

/** All kinds, those of daily work first. */
export const KINDS: readonly Kind[] = [
  { resource: 'applications', label: 'Applications', actions: ['get', 'create', 'update', 'delete', 'sync', 'rollback', 'override', 'action/*'], scope: 'project' },
  { resource: 'applicationsets', label: 'ApplicationSets', actions: ['get', 'create', 'update', 'delete'], scope: 'project' },
  { resource: 'logs', label: 'Logs', actions: ['get'], scope: 'project' },
  { resource: 'exec', label: 'Terminals', actions: ['create'], scope: 'project' },
  { resource: 'projects', label: 'Projects', actions: ['get', 'create', 'update', 'delete'], scope: 'name' },
  { resource: 'repositories', label: 'Repositories', actions: ['get', 'create', 'update', 'delete'], scope: 'any' },
  { resource: 'write-repositories', label: 'Write repositories', actions: ['get', 'create', 'update', 'delete'], scope: 'any' },
  { resource: 'clusters', label: 'Clusters', actions: ['get', 'create', 'update', 'delete'], scope: 'any' },
  { resource: 'certificates', label: 'Certificates', actions: ['get', 'create', 'update', 'delete'], scope: 'any' },
  { resource: 'gpgkeys', label: 'GnuPG keys', actions: ['get', 'create', 'delete'], scope: 'any' },
  { resource: 'accounts', label: 'Accounts', actions: ['get', 'update'], scope: 'any' },
  { resource: 'extensions', label: 'Extensions', actions: ['invoke'], scope: 'any' },
]

/** The columns: every action that some kind knows. */
export const ACTIONS: readonly string[] = [...new Set(KINDS.flatMap((kind) => kind.actions))]

/** The object that a question is about: everything of a project, or everything. */
export function objectOf(kind: Kind, project: string): string {
  if (kind.scope === 'project') return `${project || '*'}/*`
  if (kind.scope === 'name') return project || '*'
  return '*'
}

/** The question's address, relative to the API. */
export function question(resource: string, action: string, object: string): string {
  // The object is the rest of the path: its own slashes stay, all else is escaped. An action's slash would end it.
  const rest = object.split('/').map(encodeURIComponent).join('/')
  return `account/can-i/${encodeURIComponent(resource)}/${encodeURIComponent(action)}/${rest}`
}

/** Why a control is off, and what would allow it: a policy line that an administrator can use as it is. */
export function lacking(resource: string, action: string, object: string): string {
  return `You may not ${action} ${resource} ${object}. It takes the policy: p, ROLE, ${resource}, ${action}, ${object}, allow`
}
