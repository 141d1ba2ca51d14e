import type {Application} from '@/api/contract'

/** The views of an application, in the order of their tabs; `view=` of the address names them. */
export const VIEWS = [
  {id: 'tree', label: 'Tree'},
  {id: 'list', label: 'List'},
  {id: 'pods', label: 'Pods'},
  {id: 'network', label: 'Network'},
  {id: 'diff', label: 'Diff'},
  {id: 'operation', label: 'Operation'},
  {id: 'history', label: 'History'},
  {id: 'events', label: 'Events'},
  {id: 'config', label: 'Config'},
] as const

/** What the address of an application's page asks for, in today's words and in those of old links. */
export interface Place {
  /** One of `VIEWS`, or the title of an extension's view. */
  view: string
  /** The object in the drawer: `group/kind/namespace/name`, and which of its containers. */
  node?: string
  container: number
  /** The tab of the drawer. */
  tab: string
  conditions: boolean
  /** The sync dialog: `all`, or the key of an object. */
  deploy?: string
  revision?: string
  /** The flyout of an extension. */
  extension?: string
}

/** The tabs that the drawer of the application itself had, and where their content is now. */
const OWN_TABS: Record<string, string> = {diff: 'diff', event: 'events', events: 'events'}

export function ownKey(app: Application): string {
  return `argoproj.io/Application/${app.metadata.namespace ?? ''}/${app.metadata.name ?? ''}`
}

export function placeOf(words: URLSearchParams, app: Application): Place {
  const tab = words.get('tab') ?? ''
  const parts = (words.get('node') ?? '').split('/')
  let node = parts.length >= 4 ? parts.slice(0, 4).join('/') : undefined
  const wanted = words.get('view') ?? app.metadata.annotations?.['pref.argocd.argoproj.io/default-view'] ?? ''
  let view = wanted || 'tree'
  // What these names stood for in earlier versions of this page.
  if (view === 'summary' || view === 'manifest') view = 'config'
  if (node === ownKey(app) && !tab.startsWith('extension')) {
    node = undefined
    view = OWN_TABS[tab] ?? 'config'
  }
  if (words.get('rollback') !== null) view = 'history'
  if (words.get('operation') === 'true') view = 'operation'
  return {
    view,
    node,
    container: Number(parts[4]) || 0,
    tab: tab || 'summary',
    conditions: words.get('conditions') === 'true',
    deploy: words.get('deploy') ?? undefined,
    revision: words.get('revision') ?? undefined,
    extension: words.get('extension') ?? undefined,
  }
}

/** The words of the address that another view takes away. */
export const toView = (id: string) => ({view: id === 'tree' ? null : id, operation: null, rollback: null, conditions: null, node: null, tab: null})

/** The application that this one is an object of, as the tracking id of its manifest says: its namespace (where it is said) and name. */
export function parentOf(app: Application): {name: string; namespace?: string} | undefined {
  const id = app.metadata.annotations?.['argocd.argoproj.io/tracking-id'] ?? ''
  const [owner = ''] = id.split(':')
  // A copied annotation names another object.
  if (!owner || !id.endsWith(`:argoproj.io/Application:${app.metadata.namespace ?? ''}/${app.metadata.name ?? ''}`)) return undefined
  const at = owner.indexOf('_')
  return at < 0 ? {name: owner} : {namespace: owner.slice(0, at), name: owner.slice(at + 1)}
}
