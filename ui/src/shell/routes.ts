import {lazy, type ComponentType} from 'react'

export interface RouteEntry {
  /** A pattern of wouter, below the base. The first that fits counts. */
  path: string
  view: Part
}

type Part = ComponentType & {
  /** Begins to fetch it. */
  load(): void
}

function part(load: () => Promise<{default: ComponentType}>): Part {
  return Object.assign(lazy(load), {load: () => void load().catch(() => undefined)}) as unknown as Part
}

const Login = part(() => import('@/views/login/Login'))
const Home = part(() => import('@/views/home/Home'))
const Applications = part(() => import('@/views/applications/Applications'))
const Application = part(() => import('@/views/application/Application'))
const Logs = part(() => import('@/views/logs/Logs'))
const Terminal = part(() => import('@/views/terminal/Page'))
const ApplicationSets = part(() => import('@/views/applicationsets/ApplicationSets'))
const Resources = part(() => import('@/views/resources/Resources'))
const Activity = part(() => import('@/views/activity/Activity'))
const Settings = part(() => import('@/views/settings/Settings'))
const User = part(() => import('@/views/user/User'))
const Help = part(() => import('@/views/help/Help'))
const Extension = part(() => import('@/views/extension/Extension'))

/** Every address of the UI; those of the contract with its names of parameters. */
export const routes: RouteEntry[] = [
  {path: '/login', view: Login},
  {path: '/', view: Home},
  {path: '/applications', view: Applications},
  {path: '/applications/:name', view: Application},
  {path: '/applications/:appnamespace/:name', view: Application},
  {path: '/applications/:name/:namespace/:container/logs', view: Logs},
  {path: '/applications/:appnamespace/:name/:namespace/:container/logs', view: Logs},
  {path: '/applications/:appnamespace/:name/:namespace/:container/terminal', view: Terminal},
  {path: '/applicationsets', view: ApplicationSets},
  {path: '/applicationsets/:name', view: ApplicationSets},
  {path: '/applicationsets/:appnamespace/:name', view: ApplicationSets},
  {path: '/resources', view: Resources},
  {path: '/activity', view: Activity},
  {path: '/settings', view: Settings},
  {path: '/settings/*', view: Settings},
  {path: '/user-info', view: User},
  {path: '/help', view: Help},
  {path: '/*', view: Extension},
]
