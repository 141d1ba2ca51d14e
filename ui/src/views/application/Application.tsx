import {Suspense, useMemo} from 'react'
import {Link, useParams} from 'wouter'

import {useCell} from '@/api/cell'
import {segment} from '@/api/client'
import type {Application as App, ApplicationTree} from '@/api/contract'
import {rowOf} from '@/api/fleet-fold'
import {queries, useAsk} from '@/api/queries'
import {useWatch} from '@/api/watch'
import {explain} from '@/explain/explain'
import {useNow} from '@/parts/Age'
import {Drawer} from '@/parts/Dialog'
import {ErrorNote} from '@/parts/ErrorNote'
import {later} from '@/parts/later'
import {Skeleton} from '@/parts/Skeleton'
import {Tabs} from '@/parts/Tabs'
import {Boundary} from '@/shell/Boundary'
import {useQueryWords} from '@/shell/address'
import {extensions, type Extensions} from '@/shell/extensions'
import {useKeys} from '@/shell/keys'
import {usePage} from '@/shell/page'
import css from './Application.module.css'
import Head from './Head'
import {useApplication} from './useApplication'
import {placeOf, toView, VIEWS, type Place} from './views'

const List = later(() => import('./list/List'))
const Operation = later(() => import('./operation/Operation'))
const History = later(() => import('./history/History'))
const Details = later(() => import('./details/Details'))
const Resource = later(() => import('./resource/Resource'))
const SyncDialog = later(() => import('./sync/SyncDialog'))
const Plan = later(() => import('@/views/plan/Plan'))

/** One application: how it is and why, what it consists of, what was done to it. */
export default function Application() {
  const params = useParams<{name: string; appnamespace?: string}>()
  const name = decodeURIComponent(params.name)
  const namespace = params.appnamespace ? decodeURIComponent(params.appnamespace) : ''
  const known = useApplication(name, namespace)
  if (known.application) return <Shown key={`${namespace}/${name}`} app={known.application} gone={known.gone} cut={known.cut} />
  return <Unknown name={name} error={known.error} retry={known.again} />
}

function Unknown({name, error, retry}: {name: string; error?: Error; retry(): void}) {
  usePage([{label: 'Applications', href: '/applications'}, {label: name}])
  return (
    <div className={css.pad}>
      {error ? (
        <ErrorNote what={`${name} cannot be shown.`} error={error} retry={retry}>
          <Link href={`/applications?search=${encodeURIComponent(name)}`}>Applications with such a name</Link>
        </ErrorNote>
      ) : (
        <Skeleton lines={8} />
      )}
    </div>
  )
}

function Shown({app, gone, cut}: {app: App; gone: boolean; cut?: {since: number; error: Error}}) {
  const row = useMemo(() => rowOf(app), [app])
  const explained = explain(row, useNow())
  const [words, change] = useQueryWords()
  const place = placeOf(words, app)
  const added = useCell(extensions)
  const {path, query} = {path: `api/v1/applications/${segment(row.name)}/resource-tree`, query: {appNamespace: row.namespace, project: row.project}}
  const tree = useAsk<ApplicationTree>(path, query, {stale: 60_000})
  useWatch({path: `api/v1/stream/applications/${segment(row.name)}/resource-tree`, query, replay: 'last', silence: 0, onMessage: message => queries.setQueryData([path, query], message)})
  const owner = row.owner ? [{label: row.owner, href: `/applicationsets/${encodeURIComponent(row.namespace)}/${encodeURIComponent(row.owner)}`}] : []
  usePage([{label: 'Applications', href: '/applications'}, ...owner, {label: row.name}], explained.what)
  const own = added.appView.filter(one => one.shouldDisplay(app))
  const tabs = [...VIEWS, ...own.map(one => ({id: one.title, label: one.title}))]
  const view = tabs.some(one => one.id === place.view) ? place.view : 'tree'
  useKeys('This application', Object.fromEntries(tabs.slice(0, 9).map((one, index) => [String(index + 1), {label: one.label, do: () => change(toView(one.id))}])))
  if (words.get('plan') !== null) return <Boundary name="the plan"><Plan application={app} /></Boundary>
  return (
    <div className={css.page}>
      <Head app={app} row={row} explained={explained} gone={gone} cut={cut} place={place} tree={tree.data} />
      <Tabs label="Views of the application" tabs={[...tabs]} value={view} onChange={id => change(toView(id))}>
        <Boundary name="this view" key={view}>
          <Suspense fallback={null}>
            <View view={view} app={app} tree={tree.data} added={added} open={key => change({node: `${key}/0`}, true)} />
          </Suspense>
        </Boundary>
      </Tabs>
      {place.node && <Resource app={app} tree={tree.data} node={place.node} onClose={() => change({node: null, tab: null})} />}
      {place.deploy && <SyncDialog application={app} open selected={place.deploy === 'all' ? undefined : [place.deploy]} revision={place.revision} onClose={() => change({deploy: null, revision: null})} />}
      {place.extension && <Flyout app={app} tree={tree.data} added={added} place={place} onClose={() => change({extension: null})} />}
    </div>
  )
}

function View({view, app, tree, added, open}: {view: string; app: App; tree?: ApplicationTree; added: Extensions; open(key: string): void}) {
  switch (view) {
    case 'operation': return <Operation application={app} />
    case 'history': return <History application={app} />
    case 'config': return <Details application={app} />
    case 'tree': case 'list': case 'pods': case 'network': case 'diff': case 'events': return <List app={app} tree={tree} onOpen={line => open(line.key)} />
    default: {
      const Extension = added.appView.find(one => one.title === view)?.component
      return Extension && tree ? <Extension application={app} tree={tree} /> : <div className={css.pad}><Skeleton /></div>
    }
  }
}

function Flyout({app, tree, added, place, onClose}: {app: App; tree?: ApplicationTree; added: Extensions; place: Place; onClose(): void}) {
  const one = [...added.statusPanel, ...added.topBar].find(one => one.id === place.extension)
  const Content = one?.flyout
  if (!one || !Content) return null
  return <Drawer open wide onClose={onClose} title={one.title}><Boundary name={one.title}>{tree && <Content application={app} tree={tree} />}</Boundary></Drawer>
}
