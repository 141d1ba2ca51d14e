import {useMemo} from 'react'

import type {Fleet} from '@/api/fleet-list'
import type {Row} from '@/api/fleet'
import {explain} from '@/explain/explain'
import {Age, useNow} from '@/parts/Age'
import {Sentence} from '@/parts/Sentence'
import {StatusWord} from '@/parts/StatusGlyph'
import {healthState, syncState} from '@/parts/status'
import {Table, type Column} from '@/parts/Table'
import css from './Applications.module.css'
import {destination, NameLink, RowMenu, shortRevision, StarButton, type RowActions} from './cells'

export interface ListProps {
  fleet: Fleet
  actions: RowActions
  selected: ReadonlySet<string>
  onSelect(index: number, row: Row, extend: boolean): void
  onOpen(row: Row, apart: boolean): void
  onFocus(index: number): void
  sort: {by: string; down: boolean}
  onSort(by: string): void
  /** Applications of several namespaces are in sight. */
  many: boolean
  /** The row that an address with `page=` begins at. */
  first: number
}

export function AppTable({fleet, actions, selected, onSelect, onOpen, onFocus, sort, onSort, many, first}: ListProps) {
  const columns = useMemo<Array<Column<Row>>>(
    () => [
      {
        id: 'select',
        title: <span className={css.hidden}>Chosen</span>,
        width: '18px',
        cell: (row, index) => <input type="checkbox" className={css.check} tabIndex={-1} checked={selected.has(row.key)} aria-label={`Choose ${row.name}`} onClick={event => onSelect(index, row, event.shiftKey)} onChange={() => undefined} />,
      },
      {id: 'name', title: 'Name', width: 'minmax(120px, 1.2fr)', sortable: true, cell: row => <NameLink row={row} many={many} />},
      {id: 'severity', title: 'Health', width: '112px', sortable: true, cell: row => <StatusWord state={healthState(row.health.status)} />},
      {id: 'sync', title: 'Sync', width: '106px', priority: 2, cell: row => <StatusWord state={syncState(row.sync.status)} />},
      {id: 'why', title: 'Why', width: 'minmax(0, 2.8fr)', priority: 2, cell: row => <Why row={row} />},
      {id: 'project', title: 'Project', width: 'minmax(0, 0.6fr)', priority: 3, cell: row => <span title={row.project}>{row.project}</span>},
      {id: 'destination', title: 'Destination', width: 'minmax(0, 0.9fr)', priority: 3, cell: row => <span title={destination(row)}>{destination(row)}</span>},
      {id: 'revision', title: 'Revision', width: '76px', priority: 3, cell: row => <span className={css.mono} title={row.sync.revisions?.join('\n')}>{shortRevision(row)}</span>},
      {id: 'synced', title: 'Last sync', width: '78px', priority: 3, sortable: true, cell: row => <Age className={css.dim} time={row.lastSync} />},
      {id: 'menu', title: <span className={css.hidden}>Actions</span>, width: '54px', cell: row => <span className={css.tools}><StarButton row={row} /><RowMenu row={row} actions={actions} /></span>},
    ],
    [actions, many, onSelect, selected],
  )
  return (
    <Table
      label="Applications"
      columns={columns}
      count={fleet.total}
      at={fleet.at}
      rowKey={row => row.key}
      selected={selected}
      sort={sort}
      onSort={onSort}
      onRange={fleet.onRange}
      onFocus={onFocus}
      first={first}
      onOpen={(row, event) => onOpen(row, event.ctrlKey || event.metaKey)}
    />
  )
}

function Why({row}: {row: Row}) {
  const now = useNow()
  const explained = explain(row, now)
  return <Sentence line explained={explained} className={explained.look === 'ok' ? css.dim : undefined} />
}
