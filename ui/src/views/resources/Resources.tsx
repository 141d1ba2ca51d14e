import {ListFilter, RotateCw} from 'lucide-react'
import {useMemo, useRef, useState} from 'react'
import {Link, Redirect, useLocation} from 'wouter'

import {kept, useCell} from '@/api/cell'
import type {ApplicationList, ClusterList} from '@/api/contract'
import {useAsk, useSettings} from '@/api/queries'
import {Button} from '@/parts/Button'
import {EmptyNote} from '@/parts/EmptyNote'
import {ErrorNote} from '@/parts/ErrorNote'
import {Checkbox, Input} from '@/parts/Field'
import {matches} from '@/parts/matches'
import {Skeleton} from '@/parts/Skeleton'
import {StatusGlyph, StatusWord} from '@/parts/StatusGlyph'
import {healthState, syncState, type Look} from '@/parts/status'
import {Table, type Column} from '@/parts/Table'
import {applicationHref, useQueryWords} from '@/shell/address'
import {useKeys} from '@/shell/keys'
import {usePage} from '@/shell/page'
import {filterResources, LISTS, readFilter, resourcesOf, type ListName, type Resource} from './model'
import css from './Resources.module.css'

const FIELDS = ['metadata.name', 'metadata.namespace', 'spec.project', 'spec.destination', 'status.resources'].map(field => `items.${field}`).join(',')
const TITLES: Record<ListName, string> = {health: 'Health', sync: 'Sync', proj: 'Project', cluster: 'Cluster', namespace: 'Namespace', apiGroup: 'Group', kind: 'Kind'}
const LOOKS: Partial<Record<ListName, (value: string) => Look>> = {health: value => healthState(value).look, sync: value => syncState(value).look}
const facetsShown = kept<boolean>('bowline.resources.facets', stored => stored !== false)
const FEW = 8

/** The address of one object on its application's page. */
const hrefOf = (one: Resource) => applicationHref({name: one.app, namespace: one.appNamespace}, {node: `${one.group}/${one.kind}/${one.namespace}/${one.name}/0`})

/** All that all applications manage, in one table. An old link to one object of it leads to that object on its application's page. */
export default function Resources() {
  const [words] = useQueryWords()
  const [app, node] = [words.get('detailsApp'), words.get('node')]
  if (!app || !node) return <All />
  const [namespace, name] = app.includes('/') ? app.split('/') : [words.get('appNamespace'), app]
  return <Redirect to={applicationHref({name: name ?? app, namespace: namespace || 'argocd'}, {node, ...(words.get('tab') ? {tab: words.get('tab') ?? ''} : {})})} replace />
}

function All() {
  usePage([{label: 'Resources'}])
  const [words, change] = useQueryWords()
  const [, go] = useLocation()
  const settings = useSettings()
  const asked = useAsk<ApplicationList>('api/v1/applications', {fields: FIELDS}, {every: 60_000})
  const clusters = useAsk<ClusterList>('api/v1/clusters', undefined, {stale: 60_000})
  const open = useCell(facetsShown)
  const input = useRef<HTMLInputElement>(null)
  const names = useMemo(() => new Map((clusters.data?.items ?? []).map(one => [one.server, one.name])), [clusters.data])
  const all = useMemo(() => resourcesOf(asked.data?.items ?? [], names), [asked.data, names])
  const text = words.toString()
  const filter = useMemo(() => readFilter(new URLSearchParams(text)), [text])
  const {items, facets} = useMemo(() => filterResources(all, filter), [all, filter])
  const filtered = filter.search !== '' || LISTS.some(name => filter[name].length > 0)
  const clear = () => change({search: null, page: null, ...Object.fromEntries(LISTS.map(name => [name, null]))})
  const view = words.get('view') === 'summary' ? 'summary' : 'list'
  useKeys('Resources', {
    '/': {label: 'Search', do: () => input.current?.focus()},
    f: {label: 'Show or hide filters', do: () => facetsShown.set(!open)},
  })
  const columns = useMemo<Array<Column<Resource>>>(
    () => [
      {id: 'kind', title: 'Kind', width: 'minmax(90px, 0.8fr)', cell: one => <span title={one.group ? `${one.kind} (${one.group})` : one.kind}>{one.kind}</span>},
      {id: 'name', title: 'Name', width: 'minmax(120px, 1.4fr)', cell: one => <Link href={hrefOf(one)} title={one.name}>{one.name}</Link>},
      {id: 'namespace', title: 'Namespace', width: 'minmax(0, 0.8fr)', priority: 2, cell: one => one.namespace},
      {id: 'health', title: 'Health', width: '112px', cell: one => one.health && <span title={one.message}><StatusWord state={healthState(one.health)} /></span>},
      {id: 'sync', title: 'Sync', width: '106px', priority: 2, cell: one => (one.prune ? <StatusWord state={{look: 'delete', word: 'To be deleted'}} /> : <StatusWord state={syncState(one.sync)} />)},
      {id: 'app', title: 'Application', width: 'minmax(0, 1fr)', priority: 2, cell: one => <Link href={applicationHref({name: one.app, namespace: one.appNamespace})} title={one.app}>{one.app}</Link>},
      {id: 'project', title: 'Project', width: 'minmax(0, 0.7fr)', priority: 3, cell: one => one.project},
      {id: 'cluster', title: 'Cluster', width: 'minmax(0, 0.8fr)', priority: 3, cell: one => <span title={one.cluster}>{one.cluster}</span>},
    ],
    [],
  )
  const setList = (name: ListName, values: string[]) => change({[name]: values, page: null})
  return (
    <div className={css.view}>
      <div className={css.bar}>
        <span className={css.search}>
          <Input ref={input} type="search" aria-label="Search resources" placeholder="Search names, kinds, applications (/)" value={filter.search} onChange={event => change({search: event.target.value, page: null})} onKeyDown={event => event.key === 'Escape' && (filter.search ? change({search: null}) : event.currentTarget.blur())} />
        </span>
        <Button aria-pressed={open} onClick={() => facetsShown.set(!open)} title="Filters (f)"><ListFilter size={14} /> Filters</Button>
        {filtered && <Button small look="quiet" onClick={clear}>Clear</Button>}
        <span className={css.grow} />
        <span className={css.dim} role="status">{asked.data ? (items.length === all.length ? `${all.length.toLocaleString()} resources` : `${items.length.toLocaleString()} of ${all.length.toLocaleString()}`) : ''}</span>
        <span role="group" aria-label="View">
          <Button small aria-pressed={view === 'list'} onClick={() => change({view: null})}>Table</Button> <Button small aria-pressed={view === 'summary'} onClick={() => change({view: 'summary'})}>Summary</Button>
        </span>
        <Button refused={asked.isFetching && 'Under way'} onClick={() => void asked.refetch()}><RotateCw size={14} /> Read anew</Button>
      </div>
      {settings.data && !settings.data.resourceViewEnabled && <p className={css.note}>The operator keeps this page out of the navigation (ui.view.resources.disabled): with many applications it fetches much.</p>}
      <div className={css.columns}>
        {open && (
          <div className={css.facets} role="region" aria-label="Filters" tabIndex={-1}>
            {LISTS.map(name => <Group key={name} name={name} values={facets[name]} chosen={filter[name]} onChange={values => setList(name, values)} />)}
          </div>
        )}
        <div className={css.content}>
          {asked.error && <div className={css.pad}><ErrorNote what="The resources cannot be listed." error={asked.error} retry={() => void asked.refetch()} /></div>}
          {!asked.data && !asked.error && <div className={css.pad}><Skeleton lines={14} /></div>}
          {asked.data && items.length === 0 && (filtered ? <EmptyNote title="No resource matches." actions={<Button onClick={clear}>Clear the filter</Button>}>{all.length.toLocaleString()} are there with other states, names or places.</EmptyNote> : <EmptyNote title="No resources yet.">They show once an application that you may see manages some.</EmptyNote>)}
          {items.length > 0 && view === 'list' && <Table label="Resources" columns={columns} count={items.length} at={index => items[index]} rowKey={one => one.key} onOpen={one => go(hrefOf(one))} />}
          {items.length > 0 && view === 'summary' && (
            <div className={css.cards}>
              {LISTS.map(name => (
                <section key={name} className={css.card}>
                  <h2>{TITLES[name]}</h2>
                  <ul>
                    {facets[name].slice(0, 10).map(({value, count}) => (
                      <li key={value}>
                        <button type="button" className={css.count} onClick={() => change({[name]: [value], view: null}, true)}>
                          <span>{LOOKS[name] && <StatusGlyph look={LOOKS[name](value)} />} {value === '-' ? '(none)' : value}</span>
                          <span>{count.toLocaleString()}</span>
                        </button>
                      </li>
                    ))}
                    {facets[name].length > 10 && <li className={css.dim}>and {facets[name].length - 10} more</li>}
                  </ul>
                </section>
              ))}
            </div>
          )}
        </div>
      </div>
    </div>
  )
}

function Group({name, values, chosen, onChange}: {name: ListName; values: Array<{value: string; count: number}>; chosen: string[]; onChange(values: string[]): void}) {
  const [all, setAll] = useState(false)
  const [text, setText] = useState('')
  const lost = chosen.filter(value => !values.some(one => one.value === value)).map(value => ({value, count: 0}))
  const fitting = [...lost, ...values].filter(one => matches(one.value, text))
  const shown = all || text ? fitting.slice(0, 100) : fitting.filter((one, index) => index < FEW || chosen.includes(one.value))
  if (fitting.length === 0 && text === '') return null
  return (
    <fieldset className={css.facet}>
      <legend>{TITLES[name]}</legend>
      {values.length > 12 && <Input value={text} onChange={event => setText(event.target.value)} placeholder={`Find among ${values.length}`} aria-label={`Find a value of ${TITLES[name]}`} />}
      {shown.map(({value, count}) => (
        <Checkbox key={value} className={css.facetValue} checked={chosen.includes(value)} onChange={event => onChange(event.target.checked ? [...chosen, value] : chosen.filter(other => other !== value))}>
          {LOOKS[name] && <StatusGlyph look={LOOKS[name](value)} />}
          <span className={css.facetText} title={value}>{value === '-' ? '(none)' : value}</span>
          <span className={css.dim}>{count.toLocaleString()}</span>
        </Checkbox>
      ))}
      {fitting.length > shown.length && <Button small look="quiet" onClick={() => setAll(true)}>{fitting.length - shown.length} more</Button>}
    </fieldset>
  )
}
