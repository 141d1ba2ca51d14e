import {ListFilter, X} from 'lucide-react'
import {useEffect, useRef, useState} from 'react'

import {Button} from '@/parts/Button'
import {Checkbox} from '@/parts/Field'
import {StatusGlyph} from '@/parts/StatusGlyph'
import {Switch} from '@/parts/Switch'
import {useQueryWords} from '@/shell/address'
import {useKeys} from '@/shell/keys'
import {readFilter, writeFilter, type Filter} from './filter'
import css from './Tree.module.css'
import type {Shown} from './useTree'

const PAUSE = 120

/** What is looked for among the objects; all of it in the address (`resource=`, `orphaned=`). */
export default function FilterBar({shown, extra}: {shown?: Shown; extra?: React.ReactNode}) {
  const [words, change] = useQueryWords()
  const [open, setOpen] = useState(false)
  const filter = readFilter(words.get('resource'))
  const set = (next: Partial<Filter>) => change({resource: writeFilter({...filter, ...next})})
  const input = useRef<HTMLInputElement>(null)
  const typed = filter.name.join(' ')
  const [text, setText] = useState(typed)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  // A link, or a button beside, may change the address while nobody types.
  useEffect(() => {
    if (document.activeElement !== input.current) setText(typed)
  }, [typed])
  useEffect(() => () => clearTimeout(timer.current), [])
  useKeys('Filter', {
    '/': {label: 'Search the objects', do: () => input.current?.focus()},
    f: {label: 'Filters', do: () => setOpen(!open)},
  })
  const counts = shown?.picture.counts
  const countOf = (list: Array<[string, number]> | undefined, word: string) => list?.find(([one]) => one === word)?.[1] ?? 0
  const problems = counts ? [...(['Degraded', 'Missing', 'Unknown', 'Progressing'] as const).map(word => ({word, facet: 'health' as const, count: countOf(counts.health, word)})), {word: 'OutOfSync', facet: 'sync' as const, count: countOf(counts.sync, 'OutOfSync')}].filter(one => one.count > 0) : []
  const toggle = (facet: keyof Filter, value: string) => set({[facet]: filter[facet].includes(value) ? filter[facet].filter(one => one !== value) : [...filter[facet], value]})
  const active = Object.values(filter).some(list => list.length > 0)
  return (
    <>
      <div className={css.bar}>
        <input
          ref={input}
          className={css.search}
          type="search"
          value={text}
          onChange={event => {
            setText(event.target.value)
            clearTimeout(timer.current)
            const value = event.target.value.trim()
            timer.current = setTimeout(() => set({name: value ? [value] : []}), PAUSE)
          }}
          onKeyDown={event => event.key === 'Escape' && event.currentTarget.blur()}
          placeholder="Search objects"
          aria-label="Search objects"
        />
        <Button small aria-expanded={open} onClick={() => setOpen(!open)}><ListFilter size={14} /> Filters</Button>
        {problems.map(one => (
          <button key={one.word} type="button" className={css.problem} aria-pressed={filter[one.facet].includes(one.word)} onClick={() => toggle(one.facet, one.word)}>
            <StatusGlyph look={one.word === 'OutOfSync' ? 'warn' : one.word === 'Degraded' ? 'bad' : one.word === 'Missing' ? 'missing' : one.word === 'Progressing' ? 'run' : 'unknown'} /> {one.count.toLocaleString('en')} {one.word}
          </button>
        ))}
        {active && <Button small look="quiet" onClick={() => { setText(''); change({resource: null}) }}><X size={14} /> Clear</Button>}
        <span className={css.dim} role="status">{shown ? (shown.picture.searching ? `${shown.picture.fitting.toLocaleString('en')} of ${(shown.objects.count - 1).toLocaleString('en')} objects` : `${(shown.objects.count - 1).toLocaleString('en')} objects`) : ''}</span>
        {extra}
      </div>
      {open && counts && (
        <div className={css.facets}>
          <Facet title="Kind" values={counts.kinds} chosen={filter.kind} onToggle={value => toggle('kind', value)} />
          <Facet title="Health" values={counts.health} chosen={filter.health} onToggle={value => toggle('health', value)} />
          <Facet title="Sync" values={counts.sync} chosen={filter.sync} onToggle={value => toggle('sync', value)} />
          <Facet title="Namespace" values={counts.namespaces} chosen={filter.namespace} onToggle={value => toggle('namespace', value)} />
          {(shown?.orphans ?? 0) > 0 && <fieldset className={css.facet}><legend>Not of any application</legend><Switch checked={words.get('orphaned') === 'true'} onChange={on => change({orphaned: on})}>Show {shown?.orphans.toLocaleString('en')} of the namespace</Switch></fieldset>}
        </div>
      )}
    </>
  )
}

function Facet({title, values, chosen, onToggle}: {title: string; values: ReadonlyArray<[string, number]>; chosen: string[]; onToggle(value: string): void}) {
  const all = [...values].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  for (const value of chosen) if (!values.some(([one]) => one === value)) all.push([value, 0])
  if (all.length === 0) return null
  return (
    <fieldset className={css.facet}>
      <legend>{title}</legend>
      {all.map(([value, count]) => (
        <Checkbox key={value} checked={chosen.includes(value)} onChange={() => onToggle(value)}>{value || '(none)'} <span className={css.dim}>{count.toLocaleString('en')}</span></Checkbox>
      ))}
    </fieldset>
  )
}
