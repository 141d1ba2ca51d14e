import {useVirtualizer} from '@tanstack/react-virtual'
import {ArrowDown, ArrowUp} from 'lucide-react'
import {memo, useEffect, useRef, useState, type CSSProperties, type KeyboardEvent, type MouseEvent, type ReactNode} from 'react'

import {useCell} from '@/api/cell'
import {appearance, rowHeight} from '@/shell/appearance'
import {cx} from './cx'
import {Skeleton} from './Skeleton'
import css from './Table.module.css'

export interface Column<T> {
  id: string
  title: ReactNode
  /** A track of a CSS grid; `minmax(0, 1fr)` without it. */
  width?: string
  cell(row: T, index: number): ReactNode
  number?: boolean
  /** 1 (default) stays on every screen, 2 goes below 560 px, 3 below 1,100. */
  priority?: 1 | 2 | 3
  /** Its head sorts. */
  sortable?: boolean
}

export interface TableProps<T> {
  label: string
  columns: Array<Column<T>>
  /** How many rows there are, wherever they are. */
  count: number
  /** Row `index`; undefined while it is on its way. */
  at(index: number): T | undefined
  rowKey(row: T): string
  onOpen?(row: T, event: MouseEvent | KeyboardEvent): void
  /** Keys of the chosen rows. */
  selected?: ReadonlySet<string>
  sort?: {by: string; down: boolean}
  onSort?(by: string): void
  /** The rows on the screen, for lists that load a window at a time. */
  onRange?(first: number, last: number): void
  /** The row with the focus, for keys that the caller handles; -1 for none. */
  onFocus?(index: number): void
  /** The row that is at the top at first. */
  first?: number
  className?: string
}

/** Rows of one height, of which only those on the screen exist. One row has the tab stop; arrows move it. Give it a parent of a fixed height. */
export function Table<T>({label, columns, count, at, rowKey, onOpen, selected, sort, onSort, onRange, onFocus, first: top = 0, className}: TableProps<T>) {
  const scroll = useRef<HTMLDivElement>(null)
  const {density} = useCell(appearance)
  const height = rowHeight(density)
  const [focus, setFocus] = useState(0)
  const wanted = useRef(-1)
  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroll.current,
    estimateSize: () => height,
    overscan: 12,
    scrollPaddingStart: 32,
    initialRect: {width: 1024, height: 640},
  })
  useEffect(() => rows.measure(), [height, rows])
  useEffect(() => {
    if (top > 0) rows.scrollToIndex(top, {align: 'start'})
  }, [top, rows])
  const items = rows.getVirtualItems()
  const first = items[0]?.index ?? 0
  const last = items[items.length - 1]?.index ?? 0
  useEffect(() => onRange?.(first, last), [first, last, count, onRange])

  // The row that a key moved to may have had to be made first.
  useEffect(() => {
    if (wanted.current < 0) return
    const row = scroll.current?.querySelector<HTMLElement>(`[data-index="${wanted.current}"]`)
    if (!row) return
    wanted.current = -1
    row.focus({preventScroll: true})
  })

  const move = (to: number) => {
    const next = Math.max(0, Math.min(count - 1, to))
    setFocus(next)
    wanted.current = next
    rows.scrollToIndex(next, {align: 'auto'})
    scroll.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus({preventScroll: true})
  }
  const page = Math.max(1, Math.floor((scroll.current?.clientHeight ?? 320) / height) - 2)
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target as HTMLElement).matches('[role=row]')) return
    const by: Record<string, number> = {ArrowDown: 1, ArrowUp: -1, j: 1, k: -1, PageDown: page, PageUp: -page, Home: -count, End: count, G: count}
    const step = by[event.key]
    if (step !== undefined) {
      event.preventDefault()
      move(focus + step)
    } else if (event.key === 'Enter') {
      const row = at(focus)
      if (row !== undefined && onOpen) {
        event.preventDefault()
        onOpen(row, event)
      }
    }
  }
  // Rows are drawn anew where they changed, not where the table scrolled: what they call stays the same for them.
  const latest = useRef({onOpen, onFocus})
  latest.current = {onOpen, onFocus}
  const acts = useRef<Acts<T>>({
    focus(index) {
      setFocus(index)
      latest.current.onFocus?.(index)
    },
    open: (row, event) => latest.current.onOpen?.(row, event),
  }).current
  const tab = Math.min(focus, Math.max(0, count - 1))
  const tracks = (most: number) => columns.filter(column => (column.priority ?? 1) <= most).map(column => column.width ?? 'minmax(0, 1fr)').join(' ')
  const style = {'--columns': tracks(3), '--columns-medium': tracks(2), '--columns-narrow': tracks(1)} as CSSProperties

  return (
    <div ref={scroll} className={cx(css.table, className)} style={style} role="grid" aria-label={label} aria-rowcount={count + 1} aria-colcount={columns.length} aria-multiselectable={selected ? true : undefined} onKeyDown={onKeyDown}>
      <div className={css.head} role="row" aria-rowindex={1}>
        {columns.map(column => (
          <span key={column.id} role="columnheader" className={cx(css.cell, column.number && css.number, hide(column))} aria-sort={sort?.by === column.id ? (sort.down ? 'descending' : 'ascending') : undefined}>
            {column.sortable && onSort ? (
              <button type="button" className={cx(css.sort, sort?.by === column.id && css.sorted)} onClick={() => onSort(column.id)}>
                {column.title}
                {sort?.by === column.id && (sort.down ? <ArrowDown size={12} /> : <ArrowUp size={12} />)}
              </button>
            ) : (
              column.title
            )}
          </span>
        ))}
      </div>
      <div className={css.body} role="rowgroup" style={{height: rows.getTotalSize()}}>
        {items.map(item => {
          const row = at(item.index)
          const key = row === undefined ? `row ${item.index}` : rowKey(row)
          return <Line key={key} row={row} index={item.index} start={item.start} columns={columns} stop={item.index === tab} chosen={selected && row !== undefined ? selected.has(key) : undefined} opens={onOpen !== undefined} acts={acts} />
        })}
      </div>
    </div>
  )
}

interface Acts<T> {
  focus(index: number): void
  open(row: T, event: MouseEvent): void
}

interface LineProps<T> {
  row: T | undefined
  index: number
  start: number
  columns: Array<Column<T>>
  /** It has the tab stop. */
  stop: boolean
  chosen?: boolean
  opens: boolean
  acts: Acts<T>
}

function LineOf<T>({row, index, start, columns, stop, chosen, opens, acts}: LineProps<T>) {
  return (
    <div
      role="row"
      data-index={index}
      aria-rowindex={index + 2}
      aria-selected={chosen}
      tabIndex={stop ? 0 : -1}
      className={cx(css.row, opens && css.openable)}
      style={{transform: `translateY(${start}px)`}}
      onFocus={() => acts.focus(index)}
      onClick={event => {
        if (row === undefined || !opens || (event.target as HTMLElement).closest('a, button, input, label')) return
        acts.open(row, event)
      }}
    >
      {columns.map(column => (
        <span key={column.id} role="gridcell" className={cx(css.cell, column.number && css.number, hide(column))}>
          {row === undefined ? <Skeleton lines={1} /> : column.cell(row, index)}
        </span>
      ))}
    </div>
  )
}

const Line = memo(LineOf) as typeof LineOf

function hide(column: {priority?: 1 | 2 | 3}): string | undefined {
  return column.priority === 3 ? css.p3 : column.priority === 2 ? css.p2 : undefined
}
