import {lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState} from 'react'
import {useLocation} from 'wouter'

import {kept, useCell} from '@/api/cell'
import type {Row} from '@/api/fleet'
import {listAll, useFleet} from '@/api/fleet-list'
import {Button} from '@/parts/Button'
import {EmptyNote} from '@/parts/EmptyNote'
import {ErrorNote} from '@/parts/ErrorNote'
import {later} from '@/parts/later'
import {Skeleton} from '@/parts/Skeleton'
import {toast} from '@/parts/Toast'
import {applicationHref, useQueryWords} from '@/shell/address'
import {useCommands} from '@/shell/commands'
import {favourites, toggleFavourite} from '@/shell/favourites'
import {useKeys} from '@/shell/keys'
import {usePage} from '@/shell/page'
import {refreshApplication, type Named} from './actions'
import css from './Applications.module.css'
import {AppTable} from './AppTable'
import type {BulkKind} from './Bulk'
import type {RowActions} from './cells'
import {Facets} from './Facets'
import {addTyped, clearAll, isFiltered, queryOf, readFilter, writeList, type ListName} from './filter'
import {lastList} from './last'
import {FilterBar, VIEWS, type ViewName} from './FilterBar'
import {useNoCreate} from './rights'
import {savedViews, viewOf} from './saved'
import {keepWalk} from './walk'

const Bulk = later(() => import('./Bulk'))
const AppTiles = lazy(() => import('./AppTiles').then(({AppTiles}) => ({default: AppTiles})))
const AppSummary = lazy(() => import('./AppSummary').then(({AppSummary}) => ({default: AppSummary})))
const FleetMap = lazy(() => import('./FleetMap'))
const Peek = later(() => import('./Peek'))
const SaveView = later(() => import('./SaveView'))
const Badge = later(() => import('@/views/badge/Badge'))
const Create = later(() => import('@/views/create/Create'))

/** The view that this browser chose last: where the address says none. */
const preferred = kept<ViewName>('bowline.applications.view', stored => (VIEWS.includes(stored as ViewName) ? (stored as ViewName) : innerWidth < 640 ? 'tiles' : 'list'))
const facetsShown = kept<boolean>('bowline.applications.facets', stored => stored === true)
/** How many rows a page of an old link has. */
const PAGE = 10
const SORT_DOWN: Record<string, boolean> = {severity: true, name: false, created: true, synced: true}

export default function Applications() {
  usePage([{label: 'Applications'}])
  const [words, change] = useQueryWords()
  const [, go] = useLocation()
  const stars = useCell(favourites)
  const filter = useMemo(() => readFilter(words), [words])
  const query = useMemo(() => queryOf(filter, stars), [filter, stars])
  useEffect(() => lastList.set(words.toString()), [words])
  const fleet = useFleet(query)
  const like = useCell(preferred)
  const facetsOpen = useCell(facetsShown)
  const said = words.get('view')
  const view = VIEWS.includes(said as ViewName) ? (said as ViewName) : like
  const input = useRef<HTMLInputElement>(null)
  const [chosen, setChosen] = useState<ReadonlyMap<string, Named>>(new Map())
  const anchor = useRef(-1)
  const focused = useRef(-1)
  const [bulk, setBulk] = useState<{kind: BulkKind; apps: Named[]} | null>(null)
  const [peek, setPeek] = useState<string | null>(null)
  const [saving, setSaving] = useState(false)
  const [badge, setBadge] = useState<Named | null>(null)
  const saved = useCell(savedViews)
  const noCreate = useNoCreate()
  const selected = useMemo(() => new Set(chosen.keys()), [chosen])
  const many = (fleet.facets.appNamespace?.length ?? 0) > 1

  useEffect(() => {
    if (fleet.loading) return
    performance.mark('list-shown')
    Peek.preload()
    Bulk.preload()
  }, [fleet.loading])

  const setList = (name: ListName, values: string[]) => change(writeList(name, values))
  const refresh = useCallback((row: Named, hard: boolean) => {
    refreshApplication(row, hard).then(
      () => toast(`${row.name} is refreshed`, 'ok'),
      error => toast(`${row.name}: ${error instanceof Error ? error.message : String(error)}`, 'bad', {label: 'Try again', do: () => refresh(row, hard)}),
    )
  }, [])
  const actions = useMemo<RowActions>(
    () => ({
      sync: row => setBulk({kind: 'sync', apps: [row]}),
      refresh,
      remove: row => setBulk({kind: 'delete', apps: [row]}),
      peek: row => setPeek(row.key),
      badge: setBadge,
    }),
    [refresh],
  )
  const atRow = useRef(fleet.at)
  atRow.current = fleet.at
  const onSelect = useCallback((index: number, row: Row, extend: boolean) => {
    setChosen(before => {
      const next = new Map(before)
      if (extend && anchor.current >= 0) {
        for (let at = Math.min(anchor.current, index); at <= Math.max(anchor.current, index); at++) {
          const other = atRow.current(at)
          if (other) next.set(other.key, other)
        }
      } else if (next.has(row.key)) next.delete(row.key)
      else next.set(row.key, row)
      return next
    })
    anchor.current = index
  }, [])
  const onOpen = useCallback((row: Row, apart: boolean) => {
    const href = applicationHref(row)
    keepWalk({query, at: Math.max(0, focused.current)})
    if (apart) window.open(new URL(href.slice(1), document.baseURI), '_blank', 'noopener')
    else go(href)
  }, [go, query])
  const onFocus = useCallback((index: number) => {
    focused.current = index
  }, [])
  const chooseAll = async () => {
    const rows = await listAll(query as Record<string, string[]>)
    setChosen(new Map(rows.map(row => [row.key, row])))
  }
  const by = filter.sort ?? 'severity'
  const down = filter.order ? filter.order === 'desc' : (SORT_DOWN[by] ?? false)
  const onSort = (next: string) => change({sort: next === 'severity' ? null : next, order: next === by ? ((down ? 'asc' : 'desc') === (SORT_DOWN[next] ? 'desc' : 'asc') ? null : down ? 'asc' : 'desc') : null, page: null})
  const onTheRow = (act: (row: Row) => void) => {
    const row = fleet.at(Math.max(0, focused.current))
    if (row) act(row)
  }
  const some = () => (chosen.size > 0 ? [...chosen.values()] : null)

  useKeys('Applications', {
    '/': {label: 'Filter', do: () => input.current?.focus()},
    f: {label: 'Show or hide filters', do: () => facetsShown.set(!facetsOpen)},
    x: {label: 'Choose', do: () => onTheRow(row => onSelect(Math.max(0, focused.current), row, false))},
    X: {label: 'Choose up to here', do: () => onTheRow(row => onSelect(Math.max(0, focused.current), row, true))},
    a: {label: 'Actions of the row', do: () => document.querySelector<HTMLElement>(`[data-index="${Math.max(0, focused.current)}"] [data-actions]`)?.click()},
    Space: {label: 'Look at it here', do: () => onTheRow(row => setPeek(row.key))},
    s: {label: 'Sync what is chosen, or the row', do: () => { const apps = some(); if (apps) setBulk({kind: 'sync', apps}); else onTheRow(actions.sync) }},
    r: {label: 'Refresh what is chosen, or the row', do: () => { const apps = some(); if (apps) setBulk({kind: 'refresh', apps}); else onTheRow(row => refresh(row, false)) }},
    '*': {label: 'Favourite', do: () => onTheRow(row => toggleFavourite(row.key))},
    o: {label: 'Open in a new tab', do: () => onTheRow(row => onOpen(row, true))},
    'g g': {label: 'To the first', do: () => document.querySelector<HTMLElement>('[data-index="0"]')?.focus()},
    n: {label: 'New application', do: () => (noCreate ? toast(noCreate, 'bad') : change({new: '{}'}, true))},
    Escape: {label: 'Choose nothing', do: () => setChosen(new Map())},
  })
  useCommands(
    useMemo(
      () => [
        {id: 'new', title: 'New application', keys: 'n', refused: noCreate, do: () => change({new: '{}'}, true)},
        {id: 'sync-all', title: 'Sync applications of this list', do: () => change({syncApps: true}, true)},
        {id: 'refresh-all', title: 'Refresh applications of this list', do: () => change({refreshApps: true}, true)},
        {id: 'save-view', title: 'Keep this filter as a view', do: () => setSaving(true)},
        ...saved.map(view => ({id: `saved ${view.name}`, title: `View: ${view.name}`, do: () => go(`/applications?${view.query}`)})),
        ...VIEWS.map(name => ({id: `view ${name}`, title: `Applications as ${name === 'list' ? 'table' : name}`, do: () => change({view: name})})),
      ],
      [change, go, noCreate, saved],
    ),
  )

  // The contract's addresses for panels: all that the list shows, or one by name.
  const panel = words.get('syncApps') !== null ? 'sync' : words.get('refreshApps') !== null ? 'refresh' : null
  const one = words.get('syncApp')
  useEffect(() => {
    if (one) setBulk({kind: 'sync', apps: [{name: one, namespace: words.get('appNamespace') ?? ''}]})
    else if (panel) void listAll(query as Record<string, string[]>).then(rows => setBulk({kind: panel, apps: chosen.size > 0 ? [...chosen.values()] : rows}))
  }, [panel, one])
  const closeBulk = () => {
    setBulk(null)
    if (panel || one) change({syncApps: null, refreshApps: null, syncApp: null, appNamespace: null})
  }

  // The walk by [ and ] goes along what was shown here last.
  useEffect(() => keepWalk({query}), [query])
  const filtered = isFiltered(filter)
  const first = PAGE * Math.max(0, Number(words.get('page')) || 0)
  const list = {fleet, actions, selected, onSelect, onOpen, onFocus, sort: {by, down}, onSort, many, first}
  return (
    <div className={css.view}>
      <FilterBar
        filter={filter}
        fleet={fleet}
        input={input}
        view={view}
        facetsOpen={facetsOpen}
        onView={name => { preferred.set(name); change({view: name}) }}
        onFacets={() => facetsShown.set(!facetsOpen)}
        onTyped={typed => change(addTyped(readFilter(new URLSearchParams(location.search)), typed))}
        onList={setList}
        onFavourites={on => change({showFavorites: on, page: null})}
        onClear={() => change(clearAll())}
        onNew={() => change({new: '{}'}, true)}
        noNew={noCreate}
        saved={saved}
        onSaved={view => go(`/applications?${view}`)}
        onSave={() => setSaving(true)}
      >
        <select className={css.sorter} aria-label="Sort by" value={by} onChange={event => change({sort: event.target.value === 'severity' ? null : event.target.value, order: null})}>
          <option value="severity">Worst first</option>
          <option value="name">By name</option>
          <option value="created">Newest first</option>
          <option value="synced">Last synced first</option>
        </select>
      </FilterBar>
      <div className={css.columns}>
        {facetsOpen && <Facets facets={fleet.facets} filter={filter} onChange={setList} onFavourites={on => change({showFavorites: on, page: null})} />}
        <div className={css.content}>
          {fleet.error && <div className={css.pad}><ErrorNote what="The applications cannot be listed." error={fleet.error} /></div>}
          {fleet.loading && <div className={css.pad}><Skeleton lines={14} /></div>}
          {!fleet.loading && !fleet.error && fleet.total === 0 &&
            (filtered ? (
              <EmptyNote title="No application matches." actions={<Button onClick={() => change(clearAll())}>Clear the filter</Button>}>
                {fleet.visible > 0 ? `${fleet.visible} are there with other states, names or places.` : 'None are there at all, or none that you may see.'}
              </EmptyNote>
            ) : (
              <EmptyNote title="No applications yet." actions={<Button look="primary" refused={noCreate} onClick={() => change({new: '{}'}, true)}>New application</Button>}>
                An application says which folder or chart of a repository is to run in which cluster. Those in projects that you may not see are not shown.
              </EmptyNote>
            ))}
          {!fleet.loading && fleet.total > 0 && (
            <Suspense fallback={<div className={css.pad}><Skeleton lines={10} /></div>}>
              {view === 'list' && <AppTable {...list} />}
              {view === 'tiles' && <AppTiles {...list} />}
              {view === 'summary' && <AppSummary fleet={fleet} onPick={(name, value) => change({...writeList(name, [value]), view: 'list'}, true)} />}
              {view === 'map' && <FleetMap query={query} onOpen={onOpen} />}
            </Suspense>
          )}
          {chosen.size > 0 && (
            <div className={css.selection} role="region" aria-label="What is chosen">
              <b>{chosen.size.toLocaleString()} chosen</b>
              {chosen.size < fleet.total && <Button small onClick={() => void chooseAll()}>Choose all {fleet.total.toLocaleString()}</Button>}
              <Button small look="primary" onClick={() => setBulk({kind: 'sync', apps: [...chosen.values()]})}>Sync…</Button>
              <Button small onClick={() => setBulk({kind: 'refresh', apps: [...chosen.values()]})}>Refresh…</Button>
              <Button small look="danger" onClick={() => setBulk({kind: 'delete', apps: [...chosen.values()]})}>Delete…</Button>
              <Button small look="quiet" onClick={() => setChosen(new Map())}>Clear</Button>
            </div>
          )}
        </div>
      </div>
      {bulk && <Bulk kind={bulk.kind} apps={bulk.apps} onClose={done => { closeBulk(); if (done && bulk.kind !== 'refresh') setChosen(new Map()) }} />}
      {peek && <Peek id={peek} fleet={fleet} actions={actions} onClose={() => setPeek(null)} />}
      {saving && <SaveView query={viewOf(words)} onClose={() => setSaving(false)} />}
      {badge && <Badge name={badge.name} namespace={badge.namespace} onClose={() => setBadge(null)} />}
      {words.get('new') !== null && <Create given={words.get('new') ?? '{}'} onClose={() => change({new: null})} />}
    </div>
  )
}
