import {useEffect, useMemo, useState, type ReactNode} from 'react'
import {Link, useParams} from 'wouter'

import {useCell} from '@/api/cell'
import type {Application as App, ApplicationTree} from '@/api/contract'
import {rowOf} from '@/api/fleet-fold'
import {explain} from '@/explain/explain'
import {useNow} from '@/parts/Age'
import {Drawer} from '@/parts/Dialog'
import {EmptyNote} from '@/parts/EmptyNote'
import {ErrorNote} from '@/parts/ErrorNote'
import {later} from '@/parts/later'
import {Skeleton} from '@/parts/Skeleton'
import {Tabs} from '@/parts/Tabs'
import {Boundary} from '@/shell/Boundary'
import {changed, useQueryWords} from '@/shell/address'
import {extensions, type Extensions} from '@/shell/extensions'
import {useKeys} from '@/shell/keys'
import {usePage} from '@/shell/page'
import css from './Application.module.css'
import Head from './Head'
import {useApplication} from './useApplication'
import FilterBar from './tree/FilterBar'
import type {PictureView} from './tree/picture'
import {POD_SORTS, type PodSort} from './tree/pods'
import {useTree, type Tree as TreeState} from './tree/useTree'
import treeCss from './tree/Tree.module.css'
import {ownKey, parentOf, placeOf, toView, VIEWS, type Place} from './views'

const Tree = later(() => import('./tree/Tree'))
const Network = later(() => import('./tree/Network'))
const Pods = later(() => import('./tree/Pods'))
const PodSortPicker = later(() => import('./tree/PodSortPicker'))
const List = later(() => import('./list/List'))
const Operation = later(() => import('./operation/Operation'))
const History = later(() => import('./history/History'))
const Details = later(() => import('./details/Details'))
const Resource = later(() => import('./resource/Resource'))
const Differences = later(() => import('./diff/Differences'))
const Events = later(() => import('./resource/Events'))
const SyncDialog = later(() => import('./sync/SyncDialog'))
const Plan = later(() => import('@/views/plan/Plan'))

/** One application: how it is and why, what it consists of, what was done to it. */
export default function Application() {
  const params = useParams<{name: string; appnamespace?: string}>()
  const name = decodeURIComponent(params.name)
  const namespace = params.appnamespace ? decodeURIComponent(params.appnamespace) : ''
  const known = useApplication(name, namespace)
  // Most links lead to the tree: its part comes while the server is asked.
  useEffect(() => {
    if (!new URLSearchParams(location.search).has('view')) Tree.preload()
  }, [])
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
  const [turned, setTurned] = useState<string[]>([])
  const [reveal, setReveal] = useState<string | undefined>(words.get('highlight')?.split('/').slice(0, 4).join('/') ?? place.node)
  const [aspect, setAspect] = useState(1.6)
  const liked = words.get('podSortMode') ?? app.metadata.annotations?.['pref.argocd.argoproj.io/default-pod-sort']
  const podSort: PodSort = POD_SORTS.find(one => one === liked) ?? 'node'
  const tree = useTree(app, {view: pictureView(place.view), filter: words.get('resource') ?? '', orphans: words.get('orphaned') === 'true', turned, reveal, aspect, podSort})
  const fold = (key: string) => {
    setReveal(undefined)
    setTurned(before => (before.includes(key) ? before.filter(one => one !== key) : [...before, key]))
  }
  const open = (key: string, apart: boolean, tab?: string) => {
    const own = key === ownKey(app)
    if (apart) window.open(`${location.pathname}?${changed(new URLSearchParams(location.search), {node: `${key}/0`})}`, '_blank', 'noopener')
    else change(own ? toView('config') : {node: `${key}/0`, tab: tab ?? null}, true)
  }
  const whole = useWhole(tree, added)
  const owner = row.owner ? [{label: row.owner, href: `/applicationsets/${encodeURIComponent(row.namespace)}/${encodeURIComponent(row.owner)}`}] : []
  const parent = parentOf(app)
  const above = parent ? [{label: parent.name, href: `/applications/${[parent.namespace, parent.name].filter(one => one !== undefined).map(encodeURIComponent).join('/')}`}] : []
  usePage([{label: 'Applications', href: '/applications'}, ...above, ...owner, {label: row.name}], explained.what)
  const own = added.appView.filter(one => one.shouldDisplay(app))
  const tabs = [...VIEWS, ...own.map(one => ({id: one.title, label: one.title}))]
  const view = tabs.some(one => one.id === place.view) ? place.view : 'tree'
  useKeys('This application', Object.fromEntries(tabs.slice(0, 9).map((one, index) => [String(index + 1), {label: one.label, do: () => change(toView(one.id))}])))
  if (words.get('plan') !== null) return <Boundary name="the plan"><Plan application={app} /></Boundary>
  return (
    <div className={css.page}>
      <Head app={app} row={row} explained={explained} gone={gone} cut={cut} place={place} whole={whole} />
      <Tabs label="Views of the application" tabs={[...tabs]} value={view} onChange={id => change(toView(id))}>
        <Boundary name="this view" key={view}>
          {view === 'operation' ? <Operation application={app} />
          : view === 'history' ? <History application={app} />
          : view === 'config' ? <Details application={app} />
          : view === 'tree' || view === 'list' || view === 'network' || view === 'pods' ? (
            <Area app={app} tree={tree} extra={view === 'pods' && <PodSortPicker value={podSort} />}>
              {tree.shown && view === 'tree' && <Tree shown={tree.shown} chosen={place.node ?? reveal} onOpen={open} onFold={fold} onReveal={setReveal} onShape={shape => setAspect(Math.round(shape * 5) / 5)} />}
              {tree.shown && view === 'network' && <Network shown={tree.shown} chosen={place.node} onOpen={open} onFold={fold} />}
              {tree.shown && view === 'pods' && <Pods shown={tree.shown} onOpen={open} />}
              {tree.shown && view === 'list' && <List shown={tree.shown} onOpen={open} />}
            </Area>
          ) : view === 'events' ? <div className={css.pad}><Events app={app} /></div>
          : view === 'diff' ? <Differences app={app} onOpen={key => change({node: `${key}/0`, tab: 'diff'}, true)} />
          : <ExtensionView title={view} app={app} whole={whole} added={added} />}
        </Boundary>
      </Tabs>
      {place.node && <Resource app={app} tree={tree} whole={whole} place={place} onClose={() => change({node: null, tab: null})} />}
      {place.deploy && <SyncDialog application={app} open selected={place.deploy === 'all' ? undefined : [place.deploy]} revision={place.revision} onClose={() => change({deploy: null, revision: null})} />}
      {place.extension && <Flyout app={app} tree={whole} added={added} place={place} onClose={() => change({extension: null})} />}
    </div>
  )
}

/** What the worker is asked to draw for a view; views without a picture cost it nothing. */
function pictureView(view: string): PictureView {
  return view === 'tree' || view === 'network' || view === 'pods' ? view : 'list'
}

/** The frame around every view of the objects: what is looked for, and what is wrong with the tree itself. */
function Area({app, tree, extra, children}: {app: App; tree: TreeState; extra?: ReactNode; children: ReactNode}) {
  return (
    <div className={treeCss.area}>
      <FilterBar shown={tree.shown} extra={extra} />
      {tree.shown && (tree.cut || tree.error) && <p className={treeCss.notice} role="status">These objects may be old: {tree.error?.message ?? 'the stream of changes is cut'}. It comes back by itself.</p>}
      {!tree.shown && (tree.error && !app.status?.reconciledAt && !tree.error.forbidden ? <EmptyNote title="Its objects are not known yet.">It is compared with the cluster for the first time; they appear by themselves.</EmptyNote> : tree.error ? <div className={treeCss.pad}><ErrorNote what="The objects cannot be listed." error={tree.error} retry={tree.again} /></div> : <div className={treeCss.pad}><Skeleton lines={10} /></div>)}
      {children}
    </div>
  )
}

/** The whole tree, for extensions alone: nothing of ours needs it on this side of the worker. */
function useWhole(tree: TreeState, added: Extensions): ApplicationTree | undefined {
  const [whole, setWhole] = useState<ApplicationTree>()
  const wanted = added.appView.length + added.statusPanel.length + added.topBar.length + added.resource.length > 0
  const {shown} = tree
  useEffect(() => {
    let here = true
    if (wanted && shown) void tree.whole().then(answer => here && setWhole(answer ?? undefined))
    return () => {
      here = false
    }
  }, [wanted, shown, tree])
  return whole
}

function ExtensionView({title, app, whole, added}: {title: string; app: App; whole?: ApplicationTree; added: Extensions}) {
  const Extension = added.appView.find(one => one.title === title)?.component
  return Extension && whole ? <Extension application={app} tree={whole} /> : <div className={css.pad}><Skeleton /></div>
}

function Flyout({app, tree, added, place, onClose}: {app: App; tree?: ApplicationTree; added: Extensions; place: Place; onClose(): void}) {
  const one = [...added.statusPanel, ...added.topBar].find(one => one.id === place.extension)
  const Content = one?.flyout
  if (!one || !Content) return null
  return <Drawer open wide onClose={onClose} title={one.title}><Boundary name={one.title}>{tree && <Content application={app} tree={tree} />}</Boundary></Drawer>
}
