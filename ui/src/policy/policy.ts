/** Policies of a project's roles: `p, proj:<project>:<role>, <resource>, <action>, <object>, <effect>`. */

/** One line, taken apart. The subject is the role that holds it. */
export interface Policy {
  readonly resource: string
  readonly action: string
  readonly object: string
  readonly effect: 'allow' | 'deny'
}

/** A line and what it says; `problem` where it says nothing that the server would take. */
export interface Line {
  readonly text: string
  readonly policy?: Policy
  readonly problem?: string
}

/** What a project's role can be about. */
export const RESOURCES = ['applications', 'applicationsets', 'repositories', 'clusters', 'logs', 'exec'] as const

const ACTIONS: Record<string, readonly string[]> = {
  applications: ['*', 'get', 'create', 'update', 'delete', 'sync', 'override', 'rollback', 'action/*', 'update/*', 'delete/*'],
  applicationsets: ['*', 'get', 'create', 'update', 'delete'],
  repositories: ['*', 'get', 'create', 'update', 'delete'],
  clusters: ['*', 'get', 'create', 'update', 'delete'],
  logs: ['get'],
  exec: ['create'],
}

/** Actions that mean something for a resource, the widest first. */
export function actionsOf(resource: string): readonly string[] {
  return ACTIONS[resource] ?? ['*']
}

const PLAIN = new Set(['*', 'get', 'create', 'update', 'delete', 'sync', 'override', 'rollback'])

/** Takes a line apart and says what the server would refuse in it. */
export function parse(text: string, project: string, role: string): Line {
  const fields = text.split(',').map((field) => field.trim())
  const [kind, subject, resource, action, object, effect, ...more] = fields
  if (kind !== 'p' || effect === undefined || more.length > 0) {
    return { text, problem: 'A policy has six parts: p, subject, resource, action, object, effect.' }
  }
  const line = { text, policy: { resource: resource ?? '', action: action ?? '', object: object ?? '', effect: effect === 'deny' ? 'deny' : 'allow' } } as const
  const wanted = `proj:${project}:${role}`
  if (subject !== wanted) return { ...line, problem: `The subject must be ${wanted}, not ${subject || 'empty'}.` }
  if (effect !== 'allow' && effect !== 'deny') return { ...line, problem: `The effect must be allow or deny, not ${effect || 'empty'}.` }
  const problem = fault(line.policy, project)
  return problem ? { ...line, problem } : line
}

/** What is wrong with a policy, in words; undefined where nothing is. */
export function fault(policy: Policy, project: string): string | undefined {
  const { resource, action, object } = policy
  if (!(RESOURCES as readonly string[]).includes(resource)) {
    return `The resource must be one of ${RESOURCES.join(', ')}.`
  }
  if (!PLAIN.has(action) && !/^(action|update|delete)\/.+/.test(action)) {
    return `There is no action ${action || 'without a name'}; ${resource} knows ${actionsOf(resource).join(', ')}.`
  }
  const inside = object.startsWith(`${project}/`) ? object.slice(project.length + 1) : ''
  if (inside === '' || inside.split('/').length > 2 || inside.startsWith('/') || (inside.endsWith('/') && resource !== 'repositories')) {
    // Repositories and clusters are named by addresses, which have slashes of their own.
    const isAddress = (resource === 'repositories' || resource === 'clusters') && inside !== ''
    if (!isAddress) return `The object must be of this project: ${project}/*, ${project}/NAME or ${project}/NAMESPACE/NAME.`
  }
  if ([resource, action, object].some((field) => field.includes(','))) return 'A comma would end the part that it stands in.'
  return undefined
}

/** The line of a policy as it is stored. */
export function print(policy: Policy, project: string, role: string): string {
  return `p, proj:${project}:${role}, ${policy.resource}, ${policy.action}, ${policy.object}, ${policy.effect}`
}

/** A policy in words: “may sync every application of this project”. */
export function say(policy: Policy, project: string): string {
  const inside = policy.object.startsWith(`${project}/`) ? policy.object.slice(project.length + 1) : policy.object
  const every = inside === '*' || inside === '**'
  const what = every ? `all ${noun(policy.resource)} of this project` : `${noun(policy.resource)} ${inside}`
  const may = policy.effect === 'deny' ? 'may not' : 'may'
  return `${may} ${verb(policy)} ${what}`
}

function noun(resource: string): string {
  const words: Record<string, string> = { logs: 'logs of applications', exec: 'terminals of applications', applicationsets: 'ApplicationSets' }
  return words[resource] ?? resource
}

function verb({ action, resource }: Policy): string {
  if (action === '*') return 'do everything with'
  if (resource === 'logs' && action === 'get') return 'read'
  if (resource === 'exec' && action === 'create') return 'open'
  const [first, ...rest] = action.split('/')
  const path = rest.join('/')
  if (first === 'action') return path === '*' || path === '' ? 'run every action on resources of' : `run ${path} on resources of`
  if (path !== '') return `${first} ${path === '*' ? 'each resource' : path} of`
  return { get: 'see', override: 'override manifests of', rollback: 'roll back' }[first ?? ''] ?? first ?? ''
}

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?$/

/** What is wrong with the name of a role; undefined where nothing is. */
export function nameFault(name: string, others: readonly string[]): string | undefined {
  if (name === '') return 'A role needs a name.'
  if (!NAME.test(name)) return 'Letters, digits, “-” and “_”; it begins and ends with a letter or digit.'
  if (others.includes(name)) return `There is a role ${name} already.`
  return undefined
}
