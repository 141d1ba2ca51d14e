import {MoreHorizontal, RefreshCw, RotateCw} from 'lucide-react'
import {useMemo, useState} from 'react'
import {Link, useLocation, useParams} from 'wouter'

import {ask, segment} from '@/api/client'
import type {Application, ApplicationTree, ApplicationWatchEvent} from '@/api/contract'
import {rowOf, sourcesOf} from '@/api/fleet-fold'
import {queries, useAsk} from '@/api/queries'
import {useWatch} from '@/api/watch'
import {explain} from '@/explain/explain'
import {Age, useNow} from '@/parts/Age'
import {Button} from '@/parts/Button'
import {Copy} from '@/parts/Copy'
import {ErrorNote} from '@/parts/ErrorNote'
import {KeyValue} from '@/parts/KeyValue'
import {later} from '@/parts/later'
import {Menu} from '@/parts/Menu'
import {Sentence} from '@/parts/Sentence'
import {Skeleton} from '@/parts/Skeleton'
import {StatusWord} from '@/parts/StatusGlyph'
import {healthState, phaseState, syncState} from '@/parts/status'
import {Table, type Column} from '@/parts/Table'
import {Tabs} from '@/parts/Tabs'
import {toast} from '@/parts/Toast'
import {useQueryWords} from '@/shell/address'
import {useKeys} from '@/shell/keys'
import {usePage} from '@/shell/page'
import {refreshApplication} from '@/views/applications/actions'
import {outline, type Line} from './outline'
import css from './Page.module.css'

const Bulk = later(() => import('@/views/applications/Bulk'))
const Resource = later(() => import('./Resource'))
const History = later(() => import('./History'))
const Manifest = later(() => import('./Manifest'))

/** One application: what it is like and why, what it consists of, what was done to it. */
export default function Page() {
  const params = useParams<{name: string; appnamespace?: string}>()
  const name = decodeURIComponent(params.name)
  const namespace = params.appnamespace ? decodeURIComponent(params.appnamespace) : ''
  const path = `api/v1/applications/${segment(name)}`
  const query = {appNamespace: namespace}
  const app = useAsk<Application>(path, query, {stale: 60_000})
  const treePath = `${path}/resource-tree`
  const tree = useAsk<ApplicationTree>(app.data ? treePath : null, query, {stale: 60_000})
  useWatch({
    path: 'api/v1/stream/applications',
    query: {name, appNamespace: namespace},
    silence: 0,
    onOpen: () => void app.refetch(),
    onMessage(message) {
      const {type, application} = message as ApplicationWatchEvent
      if (application?.metadata.name !== name) return
      if (type === 'DELETED') void app.refetch()
      else queries.setQueryData([path, query], application)
    },
  })
  useWatch(app.data ? {path: `api/v1/stream/applications/${segment(name)}/resource-tree`, query, replay: 'last', silence: 0, onMessage: message => queries.setQueryData([treePath, query], message)} : null)
  if (app.error && !app.data) return <Failed name={name} error={app.error} retry={() => void app.refetch()} />
  if (!app.data) return <div className={css.pad}><Loading name={name} /></div>
  return <Shown app={app.data} tree={tree.data} gone={app.error?.missing ?? false} />
}

function Loading({name}: {name: string}) {
  usePage([{label: 'Applications', href: '/applications'}, {label: name}])
  return <Skeleton lines={8} />
}

function Failed({name, error, retry}: {name: string; error: Error; retry(): void}) {
  usePage([{label: 'Applications', href: '/applications'}, {label: name}])
  return (
    <div className={css.pad}>
      <ErrorNote what={`${name} cannot be shown.`} error={error} retry={retry}>
        <Link href={`/applications?search=${encodeURIComponent(name)}`}>Applications with such a name</Link>
      </ErrorNote>
    </div>
  )
}

const VIEWS = [
  {id: 'tree', label: 'Objects'},
  {id: 'history', label: 'History'},
  {id: 'summary', label: 'Summary'},
  {id: 'manifest', label: 'Manifest'},
]

function Shown({app, tree, gone}: {app: Application; tree?: ApplicationTree; gone: boolean}) {
  const row = rowOf(app)
  const now = useNow()
  const explained = explain(row, now)
  const [words, change] = useQueryWords()
  const [, go] = useLocation()
  const [doing, setDoing] = useState<'sync' | 'delete' | null>(null)
  const owner = row.owner ? [{label: row.owner, href: `/applicationsets/${encodeURIComponent(row.namespace)}/${encodeURIComponent(row.owner)}`}] : []
  usePage([{label: 'Applications', href: '/applications'}, ...owner, {label: row.name}], explained.what)
  const view = words.get('conditions') !== null ? 'summary' : words.get('operation') !== null || words.get('rollback') !== null ? 'history' : (VIEWS.find(one => one.id === words.get('view'))?.id ?? 'tree')
  const refresh = (hard: boolean) => void refreshApplication(row, hard).then(() => toast(`${row.name} is refreshed`, 'ok'), error => toast(`${row.name}: ${error instanceof Error ? error.message : String(error)}`, 'bad'))
  const running = row.operation?.phase === 'Running'
  const terminate = () => void ask(`api/v1/applications/${segment(row.name)}/operation`, {method: 'DELETE', query: {appNamespace: row.namespace, project: row.project}}).then(() => toast('The sync is asked to end', 'ok'), error => toast(String(error.message), 'bad'))
  useKeys('This application', {
    s: {label: 'Sync', do: () => setDoing('sync')},
    r: {label: 'Refresh', do: () => refresh(false)},
    R: {label: 'Hard refresh', do: () => refresh(true)},
    ...Object.fromEntries(VIEWS.map((one, index) => [String(index + 1), {label: one.label, do: () => change({view: one.id})}])),
  })
  return (
    <div className={css.page}>
      <div className={css.head}>
        <div className={css.states}>
          <StatusWord state={healthState(row.health.status)} />
          <StatusWord state={syncState(row.sync.status)} />
          {row.operation && <StatusWord state={phaseState(row.operation.phase)} />}
          <span className={css.dim}>
            {row.sync.revisions?.[0] && <span className={css.mono}>{row.sync.revisions.map(one => one.slice(0, 7)).join(', ')}</span>} {row.revisionSince && <>since <Age bare time={row.revisionSince} /></>}
          </span>
          <span className={css.space} />
          {running && <Button onClick={terminate}>Terminate</Button>}
          <Button onClick={() => refresh(false)}><RotateCw size={14} /> Refresh</Button>
          <Button look="primary" onClick={() => setDoing('sync')}><RefreshCw size={14} /> Sync</Button>
          <Menu trigger={<Button aria-label="More actions"><MoreHorizontal size={14} /></Button>} items={[{id: 'hard', label: 'Hard refresh', keys: 'R', do: () => refresh(true)}, {id: 'delete', label: 'Delete…', danger: true, apart: true, do: () => setDoing('delete')}]} />
        </div>
        <p className={css.verdict}><Sentence explained={explained} /></p>
        {gone && <p className={css.bad}>It was deleted meanwhile; this is how it was.</p>}
      </div>
      <Tabs label="Views of the application" tabs={VIEWS} value={view} onChange={id => change({view: id, conditions: null, operation: null, rollback: null})}>
        {view === 'tree' && <Objects app={app} tree={tree} onOpen={line => change({node: `${line.key}/0`}, true)} />}
        {view === 'history' && <History app={app} />}
        {view === 'summary' && <Summary app={app} />}
        {view === 'manifest' && <Manifest value={app} />}
      </Tabs>
      {words.get('node') && <Resource app={app} tree={tree} node={words.get('node') ?? ''} onClose={() => change({node: null, tab: null})} />}
      {doing && <Bulk kind={doing} apps={[row]} onClose={done => { setDoing(null); if (done && doing === 'delete') go('/applications') }} />}
    </div>
  )
}

function Objects({app, tree, onOpen}: {app: Application; tree?: ApplicationTree; onOpen(line: Line): void}) {
  const [words, change] = useQueryWords()
  const text = (words.get('resource') ?? '').replace(/^name:/, '')
  const lines = useMemo(() => outline(app, tree), [app, tree])
  const shown = useMemo(() => (text ? lines.filter(line => `${line.node.kind} ${line.node.name} ${line.status?.status ?? ''} ${line.node.health?.status ?? ''}`.toLowerCase().includes(text.toLowerCase())) : lines), [lines, text])
  const columns: Array<Column<Line>> = [
    {id: 'name', title: 'Object', width: 'minmax(160px, 1.6fr)', cell: line => <span style={{paddingInlineStart: (text ? 0 : line.depth) * 18}} title={line.key}><span className={css.dim}>{line.node.kind}</span> {line.node.name}{line.below > 0 && <span className={css.dim}> {line.below} below</span>}</span>},
    {id: 'health', title: 'Health', width: '116px', cell: line => line.node.health?.status && <StatusWord state={healthState(line.node.health.status)} />},
    {id: 'sync', title: 'Sync', width: '110px', priority: 2, cell: line => line.status?.status && <StatusWord state={line.status.requiresPruning ? {look: 'delete', word: 'No longer in Git'} : syncState(line.status.status)} />},
    {id: 'why', title: 'Why', width: 'minmax(0, 2fr)', priority: 2, cell: line => <span className={css.dim} title={line.node.health?.message}>{line.node.health?.message ?? line.node.info?.map(one => one.value).join(', ')}</span>},
    {id: 'namespace', title: 'Namespace', width: 'minmax(0, 0.7fr)', priority: 3, cell: line => line.node.namespace},
    {id: 'age', title: 'Age', width: '72px', priority: 3, cell: line => <Age bare className={css.dim} time={line.node.createdAt as string | undefined} />},
  ]
  return (
    <div className={css.list}>
      <div className={css.tools}>
        <input className={css.filter} type="search" value={text} onChange={event => change({resource: event.target.value ? `name:${event.target.value}` : null})} placeholder="Filter objects" aria-label="Filter objects" />
        <span className={css.dim} role="status">{shown.length === lines.length ? `${lines.length} objects` : `${shown.length} of ${lines.length} objects`}</span>
      </div>
      <Table label="Objects" columns={columns} count={shown.length} at={index => shown[index]} rowKey={line => line.key} onOpen={onOpen} />
    </div>
  )
}

function Summary({app}: {app: Application}) {
  const row = rowOf(app)
  return (
    <div className={css.pad}>
      {row.conditions?.length ? (
        <section>
          <h2>Conditions</h2>
          <ul>{row.conditions.map((one, index) => <li key={index} className={css.words}><b>{one.type}</b>: {one.message} <Age className={css.dim} time={one.time} /> <Copy what="message" text={one.message} /></li>)}</ul>
        </section>
      ) : null}
      <KeyValue
        pairs={[
          ['Project', row.project],
          ['Cluster', row.destination.cluster],
          ['Namespace', row.destination.namespace],
          ...sourcesOf(app).map((source, index): [string, string] => [row.sources.length > 1 ? `Source ${index + 1}` : 'Source', [source.repoURL, source.chart || source.path, source.targetRevision || 'HEAD'].filter(Boolean).join(' · ')]),
          ['Auto-sync', row.autoSync ? ['on', row.autoSync.prune && 'prunes', row.autoSync.selfHeal && 'heals itself'].filter(Boolean).join(', ') : 'off'],
          ['Sync options', app.spec.syncPolicy?.syncOptions?.join(', ')],
          ['Images', app.status?.summary?.images?.join(', ')],
          ['Links', row.urls?.filter(url => /^https?:\/\//i.test(url)).map(url => <a key={url} href={url} target="_blank" rel="noreferrer">{url} </a>)],
          ['Labels', Object.entries(row.labels).map(([key, value]) => `${key}=${value}`).join(', ')],
          ['Created', <Age time={row.created} />],
          ['Compared', row.reconciledAt && <Age time={row.reconciledAt} />],
        ]}
      />
    </div>
  )
}
