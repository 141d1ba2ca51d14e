import {CSPProvider} from '@base-ui/react/csp-provider'
import {QueryClientProvider} from '@tanstack/react-query'
import {Suspense, useEffect} from 'react'
import {matchRoute, Redirect, Route, Router, Switch, useLocation, useRouter} from 'wouter'

import {useCell} from '@/api/cell'
import {basePath} from '@/api/client'
import {whoAmI} from '@/api/login'
import {queries} from '@/api/queries'
import {session} from '@/api/session'
import {Toasts} from '@/parts/Toast'
import {Boundary} from './Boundary'
import {loadExtensions} from './extensions'
import {Frame} from './Frame'
import {reachable} from './reachable'
import {routes} from './routes'
import {Waiting} from './Waiting'
import {later} from '@/parts/later'

const Walk = later(() => import('@/views/applications/Walk'))

export function App() {
  return (
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queries}>
        <Router base={basePath()}>
          <Boundary name="the page">
            <Pages />
          </Boundary>
          <Toasts />
        </Router>
      </QueryClientProvider>
    </CSPProvider>
  )
}

let started = false

function Pages() {
  const {state} = useCell(session)
  const [path] = useLocation()
  const {parser} = useRouter()
  useEffect(() => {
    if (state !== 'unknown') return
    // The view comes while the server is asked who we are.
    routes.find(route => matchRoute(parser, route.path, path)[0])?.view.load()
    let timer: ReturnType<typeof setTimeout>
    const ask = () =>
      whoAmI().then(
        () => reachable.set(true),
        () => {
          // The frame says that nobody answers; the page begins once somebody does.
          reachable.set(false)
          timer = setTimeout(ask, 3000)
        },
      )
    void ask()
    return () => clearTimeout(timer)
  }, [state])

  useEffect(() => {
    if (state !== 'in' || started) return
    started = true
    // After the first paint: nobody waits for what others wrote.
    const later = window.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 500))
    later(() => void loadExtensions())
  }, [state])

  if (path === '/login') return <Suspense fallback={<Waiting />}><LoginRoute /></Suspense>
  if (state === 'unknown') return <Waiting first />
  if (state === 'out') return <Redirect to={`/login?return_url=${encodeURIComponent(location.href)}`} replace />
  return (
    <Frame>
      {path.startsWith('/applications/') && <Walk />}
      <Boundary name="this view" key={path}>
        <Suspense fallback={<Waiting />}>
          <Switch>
            {routes.map(({path, view: View}) => (
              <Route key={path} path={path}>
                <View />
              </Route>
            ))}
          </Switch>
        </Suspense>
      </Boundary>
    </Frame>
  )
}

function LoginRoute() {
  const Login = routes.find(route => route.path === '/login')?.view
  return Login ? <Login /> : null
}
