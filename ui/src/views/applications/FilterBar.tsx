import {Bookmark, ListFilter, Plus, Search, X} from 'lucide-react'
import {useEffect, useState, type ReactNode, type RefObject} from 'react'

import type {Fleet} from '@/api/fleet-list'
import {Button, IconButton} from '@/parts/Button'
import {Menu} from '@/parts/Menu'
import {StatusGlyph} from '@/parts/StatusGlyph'
import {healthState, syncState, toneOf, type State} from '@/parts/status'
import {cx} from '@/parts/cx'
import css from './Applications.module.css'
import type {SavedView} from './saved'
import {LISTS, parseTyped, type Filter, type ListName, type Typed} from './filter'

export const VIEWS = ['tiles', 'list', 'summary', 'map'] as const
export type ViewName = (typeof VIEWS)[number]
const VIEW_WORDS: Record<ViewName, string> = {tiles: 'Tiles', list: 'Table', summary: 'Summary', map: 'Map'}
const HEALTH = ['Degraded', 'Missing', 'Unknown', 'Progressing', 'Suspended', 'Healthy']
const TYPING = 120

export interface FilterBarProps {
  filter: Filter
  fleet: Fleet
  input: RefObject<HTMLInputElement | null>
  view: ViewName
  facetsOpen: boolean
  onView(view: ViewName): void
  onFacets(): void
  onTyped(typed: Typed): void
  onList(name: ListName, values: string[]): void
  onFavourites(on: boolean): void
  onClear(): void
  onNew(): void
  /** Why none can be made. */
  noNew: string | false
  saved: readonly SavedView[]
  onSaved(query: string): void
  onSave(): void
  children?: ReactNode
}

export function FilterBar({filter, fleet, input, view, facetsOpen, onView, onFacets, onTyped, onList, onFavourites, onClear, onNew, noNew, saved, onSaved, onSave, children}: FilterBarProps) {
  const [text, setText] = useState(filter.search ?? '')
  useEffect(() => {
    // What the address says from outside (back, a link) comes into the field; what is being typed stays.
    if (document.activeElement !== input.current) setText(filter.search ?? '')
  }, [filter.search, input])
  useEffect(() => {
    const typed = parseTyped(text)
    // A condition under way is not one yet: `health:de` waits for a blank or Enter.
    const search = text.endsWith(' ') || !/\S+:\S*$/.test(text) ? typed.search : parseTyped(text.replace(/\S+$/, '')).search
    if (search === (filter.search ?? '')) return
    const timer = setTimeout(() => onTyped({search, lists: {}, favourites: false}), TYPING)
    return () => clearTimeout(timer)
  }, [text])
  const commit = (now: string) => {
    const typed = parseTyped(now)
    if (Object.keys(typed.lists).length === 0 && !typed.favourites) return
    onTyped(typed)
    setText(typed.search ? `${typed.search} ` : '')
  }
  const toggle = (name: ListName, value: string) => {
    const now = filter[name] ?? []
    onList(name, now.includes(value) ? now.filter(other => other !== value) : [...now, value])
  }
  const chips = LISTS.filter(name => name !== 'health').flatMap(name => (filter[name] ?? []).filter(value => !(name === 'sync' && value === 'OutOfSync')).map(value => ({name, value})))
  return (
    <div className={css.toolbar}>
      <div className={css.toolRow}>
        <span className={css.search}>
          <Search size={14} />
          <input
            ref={input}
            type="search"
            value={text}
            placeholder="Filter: words, health:degraded, proj:payments, -env:dev"
            aria-label="Filter applications"
            autoComplete="off"
            spellCheck={false}
            onChange={event => {
              const now = event.target.value
              setText(now)
              if (now.endsWith(' ')) commit(now)
            }}
            onKeyDown={event => {
              if (event.key === 'Enter') commit(text)
              if (event.key === 'Escape') {
                if (text) {
                  setText('')
                  onTyped({search: '', lists: {}, favourites: false})
                } else input.current?.blur()
              }
            }}
          />
          <kbd>/</kbd>
        </span>
        <Button aria-pressed={facetsOpen} onClick={onFacets} title="Filters (f)"><ListFilter size={14} /> Filters</Button>
        <span className={css.views} role="group" aria-label="View">
          {VIEWS.map(name => (
            <button key={name} type="button" aria-pressed={view === name} onClick={() => onView(name)}>{VIEW_WORDS[name]}</button>
          ))}
        </span>
        {children}
        <Menu trigger={<IconButton label="Views that are kept" look="plain"><Bookmark size={14} /></IconButton>} items={[...saved.map(view => ({id: view.name, label: view.name, do: () => onSaved(view.query)})), {id: ' keep', label: saved.length > 0 ? 'Keep or forget views…' : 'Keep this as a view…', apart: saved.length > 0, do: onSave}]} />
        <Button look="primary" refused={noNew} onClick={onNew}><Plus size={14} /> New<span className={css.wideOnly}> application</span></Button>
      </div>
      <div className={css.chips}>
        {HEALTH.map(value => <StateChip key={value} state={healthState(value)} count={countOf(fleet, 'health', value)} on={filter.health?.includes(value) ?? false} onClick={() => toggle('health', value)} />)}
        <StateChip state={syncState('OutOfSync')} count={countOf(fleet, 'sync', 'OutOfSync')} on={filter.sync?.includes('OutOfSync') ?? false} onClick={() => toggle('sync', 'OutOfSync')} />
        {chips.map(({name, value}) => (
          <button key={`${name}:${value}`} type="button" className={css.chip} onClick={() => toggle(name, value)} title="Take this condition away">
            <span className={css.dim}>{name}</span> <span className={css.chipText}>{value || '(none)'}</span> <X size={12} />
          </button>
        ))}
        {filter.favourites && <button type="button" className={css.chip} onClick={() => onFavourites(false)}>Favourites <X size={12} /></button>}
        {(chips.length > 0 || filter.favourites || filter.health || filter.sync || filter.search) && <Button small look="quiet" onClick={() => { setText(''); onClear() }}>Clear</Button>}
        <span className={css.total} role="status">{fleet.loading ? '' : fleet.total === fleet.visible ? `${fleet.total.toLocaleString()} applications` : `${fleet.total.toLocaleString()} of ${fleet.visible.toLocaleString()}`}</span>
      </div>
    </div>
  )
}

function countOf(fleet: Fleet, facet: string, value: string): number {
  return fleet.facets[facet]?.find(one => one.value === value)?.count ?? 0
}

function StateChip({state, count, on, onClick}: {state: State; count: number; on: boolean; onClick(): void}) {
  if (count === 0 && !on) return null
  return (
    <button type="button" className={cx(css.chip, on && css.chipOn)} aria-pressed={on} onClick={onClick}>
      <StatusGlyph look={state.look} />
      <span style={{color: `var(--${toneOf[state.look]})`}}>{state.word}</span> <b>{count.toLocaleString()}</b>
    </button>
  )
}
