import {useMemo, useState} from 'react'

import {Age} from '@/parts/Age'
import {StatusWord} from '@/parts/StatusGlyph'
import {healthState, syncState} from '@/parts/status'
import {Table, type Column} from '@/parts/Table'
import type {Shown} from '../tree/useTree'
import {DECLARED, HEALTHS, HOOK, ORPHAN, PRUNE, SYNCS} from '../tree/words'
import css from '../Application.module.css'

type By = 'name' | 'health' | 'sync' | 'wave' | 'namespace' | 'age'

/** The objects as a table, those in trouble first until another order is asked for. */
export default function List({shown, onOpen}: {shown: Shown; onOpen(key: string, apart: boolean): void}) {
  const {objects, picture} = shown
  const [sort, setSort] = useState<{by: By; down: boolean}>({by: 'health', down: true})
  const rows = useMemo(() => {
    const list: number[] = []
    for (let index = 1; index < objects.count; index++) if (picture.fits[index]) list.push(index)
    const value: Record<By, (index: number) => number | string> = {
      name: index => `${shown.kind(index)} ${shown.name(index)}`,
      health: index => objects.look[index] ?? 0,
      sync: index => objects.sync[index] ?? 0,
      wave: index => objects.wave[index] ?? 0,
      namespace: index => shown.namespace(index),
      age: index => -(objects.created[index] ?? 0),
    }
    const of = value[sort.by]
    const keys = new Map(list.map(index => [index, of(index)]))
    const turn = sort.down ? -1 : 1
    return list.sort((a, b) => {
      const [x, y] = [keys.get(a) ?? 0, keys.get(b) ?? 0]
      return x < y ? -turn : x > y ? turn : a - b
    })
  }, [objects, picture, sort, shown])
  const columns: Array<Column<number>> = [
    {id: 'name', title: 'Object', sortable: true, width: 'minmax(180px, 1.5fr)', cell: index => <span title={shown.key(index)}><span className={css.dim}>{shown.kind(index)}</span> {shown.name(index)}</span>},
    {id: 'health', title: 'Health', sortable: true, width: '124px', cell: index => (objects.health[index] ?? 0) > 0 && <StatusWord state={healthState(HEALTHS[objects.health[index] ?? 0])} />},
    {id: 'sync', title: 'Sync', sortable: true, width: '132px', priority: 2, cell: index => syncCell(objects.flags[index] ?? 0, SYNCS[objects.sync[index] ?? 0])},
    {id: 'why', title: 'Why', width: 'minmax(0, 1.6fr)', priority: 2, cell: index => <span className={css.dim} title={shown.reason(index)}>{shown.reason(index) || shown.facts(index)}</span>},
    {id: 'wave', title: 'Wave', sortable: true, number: true, width: '56px', priority: 3, cell: index => ((objects.flags[index] ?? 0) & DECLARED ? objects.wave[index] : '')},
    {id: 'namespace', title: 'Namespace', sortable: true, width: 'minmax(0, 0.7fr)', priority: 3, cell: index => shown.namespace(index)},
    {id: 'age', title: 'Age', sortable: true, width: '72px', priority: 3, cell: index => (objects.created[index] ?? 0) > 0 && <Age bare className={css.dim} time={objects.created[index]} />},
  ]
  return (
    <Table
      label="Objects"
      columns={columns}
      count={rows.length}
      at={at => rows[at]}
      rowKey={index => shown.key(index)}
      sort={sort}
      onSort={by => setSort(before => ({by: by as By, down: before.by === by ? !before.down : by === 'health'}))}
      onOpen={(index, event) => onOpen(shown.key(index), event.ctrlKey || event.metaKey)}
    />
  )
}

function syncCell(flags: number, sync: string | undefined) {
  if (flags & PRUNE) return <StatusWord state={{look: 'delete', word: 'Not in Git', contract: 'OutOfSync, requires pruning'}} />
  if (flags & HOOK) return <StatusWord state={{look: 'held', word: 'Hook'}} />
  if (flags & ORPHAN) return <StatusWord state={{look: 'orphan', word: 'Orphaned'}} />
  return sync ? <StatusWord state={syncState(sync)} /> : null
}
