import {lazy, type ComponentType} from 'react'

export interface RouteEntry {
  /** A pattern of wouter, below the base. The first that fits counts. */
  path: string
  view: ComponentType
}

const Login = lazy(() => import('@/views/login/Login'))
const Home = lazy(() => import('@/views/home/Home'))
const Applications = lazy(() => import('@/views/applications/Applications'))
const Application = lazy(() => import('@/views/application/Application'))
const Logs = lazy(() => import('@/views/logs/Logs'))
const ApplicationSets = lazy(() => import('@/views/applicationsets/ApplicationSets'))
const Resources = lazy(() => import('@/views/resources/Resources'))
const Activity = lazy(() => import('@/views/activity/Activity'))
const Settings = lazy(() => import('@/views/settings/Settings'))
const User = lazy(() => import('@/views/user/User'))
const Help = lazy(() => import('@/views/help/Help'))
const Extension = lazy(() => import('@/views/extension/Extension'))

/** Every address of the UI; those of the contract with its names of parameters. */
export const routes: RouteEntry[] = [
  {path: '/login', view: Login},
  {path: '/', view: Home},
  {path: '/applications', view: Applications},
  {path: '/applications/:name', view: Application},
  {path: '/applications/:appnamespace/:name', view: Application},
  {path: '/applications/:name/:namespace/:container/logs', view: Logs},
  {path: '/applications/:appnamespace/:name/:namespace/:container/logs', view: Logs},
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
