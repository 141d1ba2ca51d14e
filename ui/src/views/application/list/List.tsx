import {useMemo} from 'react'

import type {Application, ApplicationTree} from '@/api/contract'
import {Age} from '@/parts/Age'
import {StatusWord} from '@/parts/StatusGlyph'
import {healthState, syncState} from '@/parts/status'
import {Table, type Column} from '@/parts/Table'
import {useQueryWords} from '@/shell/address'
import css from '../Application.module.css'
import {outline, type Line} from './outline'

/** The objects of an application as a table. */
export default function List({app, tree, onOpen}: {app: Application; tree?: ApplicationTree; onOpen(line: Line): void}) {
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
