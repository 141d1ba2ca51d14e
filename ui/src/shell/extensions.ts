import type {ComponentType} from 'react'

import {cell} from '@/api/cell'
import type {Application, ApplicationTree} from '@/api/contract'
import {railLinks} from './rail-links'

/** A tab of resources of a kind; group and kind are patterns with `*`. */
export interface ResourceExtension {
  component: ComponentType<{application: Application; resource: unknown; tree: ApplicationTree}>
  group: string
  kind: string
  title: string
  icon?: string
}

/** A page of its own, in the rail. */
export interface SystemExtension {
  component: ComponentType
  title: string
  path: string
  icon: string
}

/** A view of an application beside tree and list. */
export interface AppViewExtension {
  component: ComponentType<{application: Application; tree: ApplicationTree}>
  title: string
  icon: string
  shouldDisplay(app: Application): boolean
}

/** A part of an application's head, and what it opens. */
export interface StatusPanelExtension {
  component: ComponentType<{application: Application; openFlyout(): void}>
  title: string
  id: string
  flyout?: ComponentType<{application: Application; tree: ApplicationTree}>
}

/** A button among the actions of an application, and what it opens. */
export interface TopBarExtension {
  component: ComponentType<{application: Application; tree: ApplicationTree; openFlyout(): void}>
  title: string
  id: string
  flyout?: ComponentType<{application: Application; tree: ApplicationTree}>
  shouldDisplay(app?: Application): boolean
  icon?: string
  middle: boolean
}

export interface Extensions {
  /** Whether the server's scripts have run, or there are none. */
  ready: boolean
  /** Why they could not be loaded. */
  error?: string
  resource: ResourceExtension[]
  system: SystemExtension[]
  appView: AppViewExtension[]
  statusPanel: StatusPanelExtension[]
  topBar: TopBarExtension[]
}

/** What extensions have registered. */
export const extensions = cell<Extensions>({ready: false, resource: [], system: [], appView: [], statusPanel: [], topBar: []})

const yes = () => true

/** The registrations that the contract offers to extensions; names and order of arguments are the contract's. */
export const api = {
  registerResourceExtension(component: ResourceExtension['component'], group: string, kind: string, title: string, opts?: {icon?: string}) {
    add('resource', {component, group, kind, title, icon: opts?.icon})
  },
  registerSystemLevelExtension(component: ComponentType, title: string, path: string, icon: string) {
    const at = path.startsWith('/') ? path : `/${path}`
    add('system', {component, title, path: at, icon})
    railLinks.set([...railLinks.get().filter(link => link.href !== at), {href: at, label: title}])
  },
  registerAppViewExtension(component: AppViewExtension['component'], title: string, icon: string, shouldDisplay: AppViewExtension['shouldDisplay'] = yes) {
    add('appView', {component, title, icon, shouldDisplay})
  },
  registerStatusPanelExtension(component: StatusPanelExtension['component'], title: string, id: string, flyout?: StatusPanelExtension['flyout']) {
    add('statusPanel', {component, title, id, flyout})
  },
  registerTopBarActionMenuExt(component: TopBarExtension['component'], title: string, id: string, flyout?: TopBarExtension['flyout'], shouldDisplay: TopBarExtension['shouldDisplay'] = yes, icon?: string, middle = false) {
    add('topBar', {component, title, id, flyout, shouldDisplay, icon, middle})
  },
}

function add<K extends 'resource' | 'system' | 'appView' | 'statusPanel' | 'topBar'>(kind: K, one: Extensions[K][number]) {
  const now = extensions.get()
  extensions.set({...now, [kind]: [...now[kind], one]})
}

/** The tabs for a resource of a group and kind. */
export function resourceExtensionsFor(all: Extensions, group: string, kind: string): ResourceExtension[] {
  return all.resource.filter(one => fits(one.group, group) && fits(one.kind, kind))
}

/** `*`, `apps`, `*.example.com`, `**`. */
export function fits(pattern: string, text: string): boolean {
  const parts = pattern.split(/\*+/).map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(text)
}

/** Runs the server's extensions, once the page is there; where it has none nothing is fetched but that answer. */
export async function loadExtensions(): Promise<void> {
  try {
    const answer = await fetch(new URL('extensions.js', document.baseURI), {credentials: 'same-origin'})
    const script = answer.ok && /javascript/.test(answer.headers.get('content-type') ?? '') ? await answer.text() : ''
    if (script.trim() === '') return
    const [react, dom, client, jsx, moment] = await Promise.all([import('react'), import('react-dom'), import('react-dom/client'), import('react/jsx-runtime'), import('moment')])
    Object.assign(window, {React: react, ReactDOM: {...dom, ...client}, ReactJSXRuntime: jsx, Moment: moment.default, extensionsAPI: api})
    await new Promise<void>((done, failed) => {
      const tag = document.createElement('script')
      tag.src = new URL('extensions.js', document.baseURI).href
      tag.onload = () => done()
      tag.onerror = () => failed(new Error('extensions.js could not be run; does the Content-Security-Policy allow what it does?'))
      document.head.append(tag)
    })
  } catch (error) {
    extensions.set({...extensions.get(), error: error instanceof Error ? error.message : String(error)})
  } finally {
    extensions.set({...extensions.get(), ready: true})
  }
}
