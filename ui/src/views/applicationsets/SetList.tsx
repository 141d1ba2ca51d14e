import {Plus, Star} from 'lucide-react'
import {useMemo, useRef} from 'react'
import {Link, useLocation} from 'wouter'

import {kept, useCell} from '@/api/cell'
import type {ApplicationSet} from '@/api/contract'
import {useRefusal} from '@/api/rights'
import {Age} from '@/parts/Age'
import {Button, IconButton} from '@/parts/Button'
import {EmptyNote} from '@/parts/EmptyNote'
import {ErrorNote} from '@/parts/ErrorNote'
import {Input} from '@/parts/Field'
import {later} from '@/parts/later'
import {matches} from '@/parts/matches'
import {Sentence} from '@/parts/Sentence'
import {Skeleton} from '@/parts/Skeleton'
import {StatusGlyph, StatusWord} from '@/parts/StatusGlyph'
import {healthState} from '@/parts/status'
import {Table, type Column} from '@/parts/Table'
import {useQueryWords} from '@/shell/address'
import {useKeys} from '@/shell/keys'
import {usePage} from '@/shell/page'
import css from './ApplicationSets.module.css'
import {countOf, explainSet, healthOf} from './model'
import {keyOf, setFavourites, setHref, toggleSetFavourite, useSets} from './sets'

const NewSet = later(() => import('./NewSet'))
const preferred = kept<'list' | 'tiles'>('bowline.applicationsets.view', stored => (stored === 'tiles' ? 'tiles' : 'list'))
const HEALTH = ['Degraded', 'Unknown', 'Progressing', 'Healthy']

/** All ApplicationSets, worst first. */
export function SetList() {
  usePage([{label: 'ApplicationSets'}])
  const [words, change] = useQueryWords()
  const [, go] = useLocation()
  const {asked, items} = useSets()
  const stars = useCell(setFavourites)
  const like = useCell(preferred)
  const input = useRef<HTMLInputElement>(null)
  const noCreate = useRefusal('applicationsets', 'create', '*/*')
  const said = words.get('view')
  const view = said === 'tiles' || said === 'list' ? said : like
  const search = words.get('search') ?? ''
  const healths = (words.get('health') ?? '').split(',').filter(Boolean)
  const labels = (words.get('labels') ?? '').split(',').filter(Boolean).map(decodeURIComponent)
  const onlyStars = words.get('showFavorites') === 'true'
  useKeys('ApplicationSets', {
    '/': {label: 'Search', do: () => input.current?.focus()},
    n: {label: 'New ApplicationSet', do: () => !noCreate && change({new: true}, true)},
  })
  const others = useMemo(
    () => items.filter(set => matches([set.metadata.name, set.metadata.namespace, ...Object.entries(set.metadata.labels ?? {}).map(pair => pair.join('='))].join(' '), search) && labels.every(term => hasLabel(set, term)) && (!onlyStars || stars.includes(keyOf(set)))),
    [items, search, labels.join(), onlyStars, stars],
  )
  const shown = useMemo(() => others.filter(set => healths.length === 0 || healths.includes(healthOf(set))).sort((a, b) => HEALTH.indexOf(healthOf(a)) - HEALTH.indexOf(healthOf(b))), [others, healths.join()])
  const filtered = search !== '' || healths.length > 0 || labels.length > 0 || onlyStars
  const clear = () => change({search: null, health: null, labels: null, showFavorites: null})
  const columns = useMemo<Array<Column<ApplicationSet>>>(
    () => [
      {id: 'name', title: 'Name', width: 'minmax(120px, 1.2fr)', cell: set => <Link href={setHref(set.metadata)} title={keyOf(set)}>{set.metadata.name}</Link>},
      {id: 'health', title: 'Health', width: '112px', cell: set => <StatusWord state={healthState(healthOf(set))} />},
      {id: 'why', title: 'Why', width: 'minmax(0, 3fr)', priority: 2, cell: set => <Sentence line explained={explainSet(set)} />},
      {id: 'count', title: 'Applications', width: '90px', number: true, priority: 2, cell: countOf},
      {id: 'created', title: 'Made', width: '80px', priority: 3, cell: set => <Age className={css.dim} time={set.metadata.creationTimestamp} />},
      {id: 'star', title: <span className={css.hidden}>Favourite</span>, width: '28px', cell: set => <SetStar set={set} />},
    ],
    [],
  )
  const add = <Button look="primary" refused={noCreate} onClick={() => change({new: true}, true)}><Plus size={14} /> New<span className={css.wideOnly}> ApplicationSet</span></Button>
  return (
    <div className={css.view}>
      <div className={css.bar}>
        <span className={css.search}>
          <Input ref={input} type="search" aria-label="Search ApplicationSets" placeholder="Search (/)" value={search} onChange={event => change({search: event.target.value})} onKeyDown={event => event.key === 'Escape' && (search ? change({search: null}) : event.currentTarget.blur())} />
        </span>
        {HEALTH.map(health => {
          const count = others.filter(set => healthOf(set) === health).length
          const on = healths.includes(health)
          if (count === 0 && !on) return null
          return <Button key={health} small aria-pressed={on} onClick={() => change({health: on ? healths.filter(other => other !== health) : [...healths, health]})}><StatusGlyph look={healthState(health).look} /> {health} {count}</Button>
        })}
        <Button small aria-pressed={onlyStars} onClick={() => change({showFavorites: !onlyStars})}><Star size={14} /> Favourites</Button>
        {labels.map(term => <Button key={term} small onClick={() => change({labels: labels.filter(other => other !== term).map(encodeURIComponent)})} title="Take this condition away">{term} ×</Button>)}
        {filtered && <Button small look="quiet" onClick={clear}>Clear</Button>}
        <span className={css.grow} />
        <span className={css.dim} role="status">{asked.data ? (shown.length === items.length ? items.length : `${shown.length} of ${items.length}`) : ''}</span>
        <span role="group" aria-label="View" className={css.row}>
          <Button small aria-pressed={view === 'tiles'} onClick={() => { preferred.set('tiles'); change({view: 'tiles'}) }}>Tiles</Button>
          <Button small aria-pressed={view === 'list'} onClick={() => { preferred.set('list'); change({view: 'list'}) }}>Table</Button>
        </span>
        {add}
      </div>
      {asked.error && <div className={css.pad}><ErrorNote what="The ApplicationSets cannot be listed." error={asked.error} retry={() => void asked.refetch()} /></div>}
      {!asked.data && !asked.error && <div className={css.pad}><Skeleton lines={8} /></div>}
      {asked.data && shown.length === 0 && (filtered ? <EmptyNote title="No ApplicationSet matches." actions={<Button onClick={clear}>Clear the filter</Button>} /> : <EmptyNote title="No ApplicationSets yet." actions={add}>One makes an application for each cluster, folder, pull request or line of a list, by one template.</EmptyNote>)}
      {shown.length > 0 && view === 'list' && <Table label="ApplicationSets" columns={columns} count={shown.length} at={index => shown[index]} rowKey={keyOf} onOpen={set => go(setHref(set.metadata))} />}
      {shown.length > 0 && view === 'tiles' && (
        <ul className={css.tiles}>
          {shown.map(set => (
            <li key={keyOf(set)} className={css.tile}>
              <span className={css.row}><Link className={css.grow} href={setHref(set.metadata)}>{set.metadata.name}</Link><SetStar set={set} /></span>
              <StatusWord state={healthState(healthOf(set))} />
              <Sentence explained={explainSet(set)} />
              <span className={css.row}>{Object.entries(set.metadata.labels ?? {}).map(([key, value]) => <button key={key} type="button" className={css.mark} onClick={() => change({labels: [...new Set([...labels, `${key}=${value}`])].map(encodeURIComponent)})}>{key}={value}</button>)}</span>
            </li>
          ))}
        </ul>
      )}
      {words.get('new') !== null && <NewSet onClose={() => change({new: null})} />}
    </div>
  )
}

function SetStar({set}: {set: ApplicationSet}) {
  const starred = useCell(setFavourites).includes(keyOf(set))
  return (
    <IconButton small label={starred ? `Take ${set.metadata.name} from the favourites` : `Make ${set.metadata.name} a favourite`} aria-pressed={starred} onClick={() => toggleSetFavourite(keyOf(set))}>
      <Star size={14} fill={starred ? 'currentColor' : 'none'} />
    </IconButton>
  )
}

function hasLabel(set: ApplicationSet, term: string): boolean {
  const [, key = '', not, value] = /^([^=!]+)(!)?=?=?(.*)$/.exec(term) ?? []
  const own = set.metadata.labels?.[key.trim()]
  if (!/=/.test(term)) return own !== undefined
  return not ? own !== value : own === value
}
