import {Search} from 'lucide-react'
import {useMemo, useRef, useState, type ReactNode} from 'react'

import type {ApiError} from '@/api/client'
import {Button} from '@/parts/Button'
import {EmptyNote} from '@/parts/EmptyNote'
import {ErrorNote} from '@/parts/ErrorNote'
import {Input} from '@/parts/Field'
import {matches} from '@/parts/matches'
import {Skeleton} from '@/parts/Skeleton'
import {Table, type Column} from '@/parts/Table'
import {useQueryWords} from '@/shell/address'
import {useKeys} from '@/shell/keys'
import css from './Settings.module.css'

export interface ListColumn<T> extends Column<T> {
  /** What rows are sorted by where its head was pressed. */
  sortBy?(row: T): string | number
}

export interface SettingsListProps<T> {
  /** What the rows are: `Repositories`. */
  label: string
  asked: {isPending: boolean; error: ApiError | null; refetch(): unknown}
  items: readonly T[]
  columns: ListColumn<T>[]
  rowKey(row: T): string
  /** What `search` looks in. */
  text(row: T): string
  onOpen?(row: T): void
  actions?: ReactNode
  /** Said where there is nothing at all. */
  empty: ReactNode
  emptyActions?: ReactNode
}

/** A list of settings: searched by the address (`search=`), sorted by its heads, opened by Enter. */
export function SettingsList<T>({label, asked, items, columns, rowKey, text, onOpen, actions, empty, emptyActions}: SettingsListProps<T>) {
  const [words, change] = useQueryWords()
  const [sort, setSort] = useState<{by: string; down: boolean} | undefined>()
  const input = useRef<HTMLInputElement>(null)
  const search = words.get('search') ?? ''
  useKeys(label, {'/': {label: 'Search', do: () => input.current?.focus()}})
  const shown = useMemo(() => {
    const found = items.filter(row => matches(text(row), search))
    const by = columns.find(column => column.id === sort?.by)?.sortBy
    if (!by) return found
    const turn = sort?.down ? -1 : 1
    return [...found].sort((a, b) => {
      const [x, y] = [by(a), by(b)]
      return turn * (typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y)))
    })
  }, [items, search, sort, columns])
  return (
    <>
      <div className={css.bar}>
        <span className={css.search}>
          <Input
            ref={input}
            type="search"
            aria-label={`Search ${label}`}
            placeholder="Search (/)"
            value={search}
            onChange={event => change({search: event.target.value})}
            onKeyDown={event => {
              if (event.key !== 'Escape') return
              if (search) change({search: null})
              else event.currentTarget.blur()
            }}
          />
        </span>
        <span className={css.dim} role="status">{asked.isPending ? '' : search ? `${shown.length} of ${items.length}` : items.length}</span>
        <span className={css.grow} />
        {actions}
      </div>
      {asked.error && <div className={css.pad}><ErrorNote what={`${label}: they cannot be listed.`} error={asked.error} retry={() => void asked.refetch()} /></div>}
      {asked.isPending ? (
        <div className={css.pad}><Skeleton lines={8} /></div>
      ) : items.length === 0 ? (
        !asked.error && <EmptyNote title={`No ${label.toLowerCase()} yet.`} actions={emptyActions}>{empty}</EmptyNote>
      ) : shown.length === 0 ? (
        <EmptyNote title={`Nothing matches “${search}”.`} actions={<Button onClick={() => change({search: null})}><Search size={14} /> Show all {items.length}</Button>} />
      ) : (
        <Table
          label={label}
          columns={columns.map(column => ({...column, sortable: column.sortBy !== undefined}))}
          count={shown.length}
          at={index => shown[index]}
          rowKey={rowKey}
          sort={sort}
          onSort={by => setSort(before => (before?.by === by ? (before.down ? undefined : {by, down: true}) : {by, down: false}))}
          onOpen={onOpen && (row => onOpen(row))}
        />
      )}
    </>
  )
}
