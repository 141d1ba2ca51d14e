import {BadgeCheck, Boxes, FolderGit2, FolderKey, KeyRound, Palette, Server, SlidersHorizontal, Users} from 'lucide-react'
import {lazy, Suspense} from 'react'
import {Link, Redirect, Route, Switch} from 'wouter'

import {usePage} from '@/shell/page'
import {Waiting} from '@/shell/Waiting'
import css from './Settings.module.css'

const SECTIONS = [
  {href: '/settings/repos', title: 'Repositories', says: 'Where manifests come from, and how to log in there', icon: FolderGit2},
  {href: '/settings/certs', title: 'Certificates and known hosts', says: 'Servers of repositories that are trusted', icon: BadgeCheck},
  {href: '/settings/gpgkeys', title: 'GnuPG keys', says: 'Keys whose signatures of commits count', icon: FolderKey},
  {href: '/settings/clusters', title: 'Clusters', says: 'Where applications run', icon: Server},
  {href: '/settings/projects', title: 'Projects', says: 'What may run where, and who may do what', icon: Boxes},
  {href: '/settings/accounts', title: 'Accounts', says: 'Users of this server, and their tokens', icon: Users},
  {href: '/settings/appearance', title: 'Appearance', says: 'Colours, density, times and keys, in this browser', icon: Palette},
  {href: '/settings/advanced', title: 'Advanced', says: 'What the operator has set, to read', icon: SlidersHorizontal},
  {href: '/user-info?tab=rights', title: 'What may I do?', says: 'Your groups, and what your roles allow', icon: KeyRound},
]

const Repos = lazy(() => import('./repos/Repos'))
const Certs = lazy(() => import('./certs/Certs'))
const Gpg = lazy(() => import('./gpg/Gpg'))
const Clusters = lazy(() => import('./clusters/Clusters'))
const Cluster = lazy(() => import('./clusters/ClusterPage'))
const Projects = lazy(() => import('./projects/Projects'))
const Project = lazy(() => import('./projects/Project'))
const Accounts = lazy(() => import('./accounts/Accounts'))
const Account = lazy(() => import('./accounts/Account'))
const Look = lazy(() => import('./Look'))
const Advanced = lazy(() => import('./Advanced'))

/** All settings, at the contract's addresses; an unknown one leads to the list of them. */
export default function Settings() {
  return (
    <Suspense fallback={<Waiting />}>
      <Switch>
        <Route path="/settings" component={Index} />
        <Route path="/settings/repos" component={Repos} />
        <Route path="/settings/certs" component={Certs} />
        <Route path="/settings/gpgkeys" component={Gpg} />
        <Route path="/settings/clusters" component={Clusters} />
        <Route path="/settings/clusters/:server" component={Cluster} />
        <Route path="/settings/projects" component={Projects} />
        <Route path="/settings/projects/:name" component={Project} />
        <Route path="/settings/accounts" component={Accounts} />
        <Route path="/settings/accounts/:name" component={Account} />
        <Route path="/settings/appearance" component={Look} />
        <Route path="/settings/advanced" component={Advanced} />
        <Route><Redirect to="/settings" replace /></Route>
      </Switch>
    </Suspense>
  )
}

function Index() {
  usePage([{label: 'Settings'}])
  return (
    <ul className={css.cards}>
      {SECTIONS.map(({href, title, says, icon: Icon}) => (
        <li key={href}>
          <Link href={href} className={css.card}>
            <Icon size={18} />
            <span>
              <b>{title}</b>
              <span className={css.dim}>{says}</span>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
