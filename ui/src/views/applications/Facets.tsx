import {useState} from 'react'

import type {Facets as Counts, FacetValue} from '@/api/fleet'
import {Button} from '@/parts/Button'
import {matches} from '@/parts/matches'
import {Checkbox, Input} from '@/parts/Field'
import {StatusGlyph} from '@/parts/StatusGlyph'
import {healthState, syncState, type Look} from '@/parts/status'
import css from './Applications.module.css'
import type {Filter, ListName} from './filter'

const GROUPS: Array<{name: ListName; facet: string; title: string; look?(value: string): Look}> = [
  {name: 'health', facet: 'health', title: 'Health', look: value => healthState(value).look},
  {name: 'sync', facet: 'sync', title: 'Sync', look: value => syncState(value).look},
  {name: 'operation', facet: 'operation', title: 'Last operation'},
  {name: 'autoSync', facet: 'autoSync', title: 'Auto-sync'},
  {name: 'proj', facet: 'project', title: 'Project'},
  {name: 'cluster', facet: 'cluster', title: 'Cluster'},
  {name: 'namespace', facet: 'namespace', title: 'Namespace'},
  {name: 'owner', facet: 'owner', title: 'ApplicationSet'},
  {name: 'labels', facet: 'labels', title: 'Label'},
  {name: 'annotations', facet: 'annotations', title: 'Annotation'},
  {name: 'repo', facet: 'repo', title: 'Repository'},
  {name: 'targetRevision', facet: 'targetRevision', title: 'Revision'},
  {name: 'appNamespace', facet: 'appNamespace', title: 'Namespace of the application'},
]
const FEW = 6
const SEARCHED = 12

/** What narrows the list, each value with what it would leave. */
export function Facets({facets, filter, onChange, onFavourites}: {facets: Counts; filter: Filter; onChange(name: ListName, values: string[]): void; onFavourites(on: boolean): void}) {
  return (
    <div className={css.facets} role="region" aria-label="Filters" tabIndex={-1}>
      <Checkbox checked={filter.favourites} onChange={event => onFavourites(event.target.checked)}>Favourites only</Checkbox>
      {GROUPS.map(({name, facet, title, look}) => name === 'annotations' ? <Terms key={name} title={title} chosen={filter.annotations ?? []} onChange={values => onChange(name, values)} /> : (
        <Group key={name} title={title} values={facets[facet] ?? []} chosen={filter[name] ?? []} look={look} onChange={values => onChange(name, values)} />
      ))}
    </div>
  )
}

/** Annotations have too many values to be counted: their conditions are typed. */
function Terms({title, chosen, onChange}: {title: string; chosen: string[]; onChange(values: string[]): void}) {
  const [text, setText] = useState('')
  return (
    <fieldset className={css.facet}>
      <legend>{title}</legend>
      <form onSubmit={event => { event.preventDefault(); if (text.trim()) onChange([...new Set([...chosen, text.trim()])]); setText('') }}>
        <Input value={text} onChange={event => setText(event.target.value)} placeholder="name, name=value, !name" aria-label={`Condition on an ${title.toLowerCase()}`} />
      </form>
      {chosen.map(value => (
        <Checkbox key={value} className={css.facetValue} checked onChange={() => onChange(chosen.filter(other => other !== value))}>
          <span className={css.facetText} title={value}>{value}</span>
        </Checkbox>
      ))}
    </fieldset>
  )
}

function Group({title, values, chosen, look, onChange}: {title: string; values: FacetValue[]; chosen: string[]; look?(value: string): Look; onChange(values: string[]): void}) {
  const [all, setAll] = useState(false)
  const [text, setText] = useState('')
  // What is chosen stays in sight, also where nothing fits it any more.
  const lost = chosen.filter(value => !values.some(one => one.value === value)).map(value => ({value, count: 0}))
  const fitting = [...lost, ...values].filter(one => matches(one.value, text))
  const shown = all || text ? fitting.slice(0, 100) : fitting.filter((one, index) => index < FEW || chosen.includes(one.value))
  if (values.length + lost.length === 0 || (values.length === 1 && chosen.length === 0 && (title === 'ApplicationSet' || title.startsWith('Namespace of')))) return null
  return (
    <fieldset className={css.facet}>
      <legend>{title}</legend>
      {values.length > SEARCHED && <Input value={text} onChange={event => setText(event.target.value)} placeholder={`Find among ${values.length}`} aria-label={`Find a value of ${title}`} />}
      {shown.map(({value, count}) => (
        <Checkbox key={value} className={css.facetValue} checked={chosen.includes(value)} onChange={event => onChange(event.target.checked ? [...chosen, value] : chosen.filter(other => other !== value))}>
          {look && <StatusGlyph look={look(value)} />}
          <span className={css.facetText} title={value}>{value === '' || value === '-' ? '(none)' : value}</span>
          <span className={css.count}>{count.toLocaleString()}</span>
        </Checkbox>
      ))}
      {fitting.length > shown.length && <Button small look="quiet" onClick={() => setAll(true)}>{fitting.length - shown.length} more</Button>}
    </fieldset>
  )
}
