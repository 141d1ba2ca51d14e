import {useMemo, useRef, useState} from 'react'

import type {ResourceStatus} from '@/api/contract'
import {Button} from '@/parts/Button'
import {StatusWord} from '@/parts/StatusGlyph'
import {syncState} from '@/parts/status'
import {Table, type Column} from '@/parts/Table'
import {effectOf, stepKey, type Plan} from '@/views/plan/model'
import {keyOf} from './choice'
import css from './Sync.module.css'

/** The objects of an application to choose from, with what a sync would do to each. `chosen` is nothing where all are. */
export function Objects({objects, plan, chosen, onChange, fault}: {objects: ResourceStatus[]; plan?: Plan; chosen: string[] | null; onChange(keys: string[] | null): void; fault?: string}) {
  const [text, setText] = useState('')
  const focused = useRef(-1)
  const effects = useMemo(() => new Map((plan?.steps ?? []).map(step => [stepKey(step), step])), [plan])
  const set = useMemo(() => new Set(chosen ?? objects.map(keyOf)), [chosen, objects])
  const shown = useMemo(() => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean)
    return objects.filter(one => {
      const said = `${one.kind} ${one.name} ${one.namespace} ${one.status} ${one.health?.status ?? ''} ${effects.get(keyOf(one))?.action ?? ''}`.toLowerCase()
      return words.every(word => said.includes(word))
    })
  }, [objects, text, effects])
  const write = (keys: Set<string>) => onChange(objects.every(one => keys.has(keyOf(one))) ? null : objects.map(keyOf).filter(key => keys.has(key)))
  const toggle = (key: string) => {
    const next = new Set(set)
    if (!next.delete(key)) next.add(key)
    write(next)
  }
  // What is filtered is meant: the rest keeps its ticks.
  const mark = (some: ResourceStatus[], on: boolean) => {
    const next = new Set(set)
    for (const one of some) {
      if (on) next.add(keyOf(one))
      else next.delete(keyOf(one))
    }
    write(next)
  }
  const differing = objects.filter(one => one.status === 'OutOfSync' || one.requiresPruning)
  const columns: Array<Column<ResourceStatus>> = [
    {id: 'chosen', title: <span className={css.hidden}>Chosen</span>, width: '20px', cell: one => <input type="checkbox" tabIndex={-1} checked={set.has(keyOf(one))} onChange={() => toggle(keyOf(one))} aria-label={`${one.kind} ${one.name}`} />},
    {id: 'object', title: 'Object', width: 'minmax(0, 2fr)', cell: one => <span title={keyOf(one)}><span className={css.dim}>{one.kind}</span> {one.name}</span>},
    {id: 'status', title: 'Sync', width: '104px', priority: 2, cell: one => <StatusWord state={one.requiresPruning ? {look: 'delete', word: 'Not in Git'} : syncState(one.status)} />},
    {
      id: 'effect',
      title: 'Would',
      width: '104px',
      cell: one => {
        const step = effects.get(keyOf(one))
        if (!step) return null
        const {look, word} = effectOf(step.action)
        return <span title={step.error ?? step.reason}><StatusWord state={step.error ? {look: 'bad', word: 'be refused'} : {look, word: step.action === 'unchanged' ? 'stay' : word.toLowerCase()}} /></span>
      },
    },
  ]
  return (
    <div
      className={css.objects}
      onKeyDown={event => {
        const one = shown[focused.current]
        if (event.key !== ' ' || !one || !(event.target as HTMLElement).matches('[role=row]')) return
        event.preventDefault()
        toggle(keyOf(one))
      }}
    >
      <div className={css.tools}>
        <input className={css.filter} type="search" value={text} onChange={event => setText(event.target.value)} placeholder="Filter objects" aria-label="Filter objects" onKeyDown={event => event.key === 'Enter' && event.preventDefault()} />
        <Button small onClick={() => (text ? mark(shown, true) : onChange(null))}>All</Button>
        <Button small refused={differing.length === 0 && 'None differs'} onClick={() => onChange(differing.length === objects.length ? null : differing.map(keyOf))}>Out of sync</Button>
        <Button small onClick={() => (text ? mark(shown, false) : onChange([]))}>None</Button>
        <span className={fault ? css.fault : css.dim} role="status">{fault ?? `${set.size} of ${objects.length}`}</span>
      </div>
      <Table label="Objects to sync" columns={columns} count={shown.length} at={index => shown[index]} rowKey={keyOf} selected={set} onOpen={one => toggle(keyOf(one))} onFocus={index => { focused.current = index }} />
    </div>
  )
}
