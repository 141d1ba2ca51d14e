import {useVirtualizer} from '@tanstack/react-virtual'
import {useEffect, useRef, useState, type KeyboardEvent} from 'react'

import type {Row} from '@/api/fleet'
import {explain} from '@/explain/explain'
import {Age, useNow} from '@/parts/Age'
import {cx} from '@/parts/cx'
import {Sentence} from '@/parts/Sentence'
import {Skeleton} from '@/parts/Skeleton'
import {StatusWord} from '@/parts/StatusGlyph'
import {healthState, syncState} from '@/parts/status'
import type {ListProps} from './AppTable'
import css from './Applications.module.css'
import {destination, NameLink, RowMenu, shortRevision, sourceText, StarButton, type RowActions} from './cells'

const WIDTH = 320
const HEIGHT = 180
const GAP = 12

/** Cards in as many columns as fit. Arrows move in both directions, a digit moves by that many. */
export function AppTiles({fleet, actions, selected, onSelect, onOpen, onFocus, many, first: top}: ListProps) {
  const scroll = useRef<HTMLDivElement>(null)
  const [columns, setColumns] = useState(3)
  const [focus, setFocus] = useState(0)
  const wanted = useRef(-1)
  useEffect(() => {
    const box = scroll.current
    if (!box) return
    const measure = () => setColumns(Math.max(1, Math.floor((box.clientWidth - GAP) / (WIDTH + GAP))))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(box)
    return () => observer.disconnect()
  }, [])
  const lines = useVirtualizer({count: Math.ceil(fleet.total / columns), getScrollElement: () => scroll.current, estimateSize: () => HEIGHT + GAP, overscan: 3, paddingStart: GAP, paddingEnd: GAP, initialRect: {width: 1024, height: 640}})
  const items = lines.getVirtualItems()
  useEffect(() => {
    if (top > 0) lines.scrollToIndex(Math.floor(top / columns), {align: 'start'})
  }, [top, columns, lines])
  const first = (items[0]?.index ?? 0) * columns
  const last = Math.min(fleet.total, ((items[items.length - 1]?.index ?? 0) + 1) * columns) - 1
  const {onRange} = fleet
  useEffect(() => onRange(first, Math.max(first, last)), [first, last, onRange])
  useEffect(() => {
    if (wanted.current < 0) return
    const tile = scroll.current?.querySelector<HTMLElement>(`[data-index="${wanted.current}"]`)
    if (!tile) return
    wanted.current = -1
    tile.focus({preventScroll: true})
  })
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target as HTMLElement).matches('[data-index]')) return
    const steps: Record<string, number> = {ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, j: columns, k: -columns, Home: -fleet.total, End: fleet.total, G: fleet.total}
    const step = /^[1-9]$/.test(event.key) ? Number(event.key) : steps[event.key]
    if (step !== undefined) {
      event.preventDefault()
      const next = Math.max(0, Math.min(fleet.total - 1, focus + step))
      setFocus(next)
      wanted.current = next
      lines.scrollToIndex(Math.floor(next / columns))
      scroll.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus({preventScroll: true})
    }
    const row = fleet.at(focus)
    if (event.key === 'Enter' && row) {
      event.preventDefault()
      onOpen(row, false)
    }
  }
  return (
    <div ref={scroll} className={css.tiles} onKeyDown={onKeyDown} role="list" aria-label="Applications">
      <div className={css.sheet} role="presentation" style={{height: lines.getTotalSize()}}>
        {items.map(line => (
          <div key={line.index} role="presentation" className={css.line} style={{transform: `translateY(${line.start}px)`, gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`, height: HEIGHT}}>
            {Array.from({length: columns}, (_, column) => {
              const index = line.index * columns + column
              if (index >= fleet.total) return null
              const row = fleet.at(index)
              return (
                <div key={row?.key ?? index} role="listitem" data-index={index} tabIndex={index === focus ? 0 : -1} aria-label={row?.name} className={cx(css.tile, row && selected.has(row.key) && css.chosenTile)} onFocus={() => { setFocus(index); onFocus(index) }} onClick={event => { if (row && !(event.target as HTMLElement).closest('a, button, input')) onOpen(row, event.ctrlKey || event.metaKey) }}>
                  {row ? <Tile row={row} actions={actions} many={many} chosen={selected.has(row.key)} onSelect={extend => onSelect(index, row, extend)} /> : <Skeleton lines={4} />}
                </div>
              )
            })}
          </div>
        ))}
      </div>
    </div>
  )
}

export function Tile({row, actions, many, chosen, onSelect}: {row: Row; actions: RowActions; many: boolean; chosen?: boolean; onSelect?(extend: boolean): void}) {
  const now = useNow()
  const explained = explain(row, now)
  return (
    <>
      <div className={css.tileHead}>
        {onSelect && <input type="checkbox" className={css.check} tabIndex={-1} checked={chosen} aria-label={`Choose ${row.name}`} onClick={event => onSelect(event.shiftKey)} onChange={() => undefined} />}
        <span className={css.tileName}><NameLink row={row} many={many} /></span>
        <StarButton row={row} />
        <RowMenu row={row} actions={actions} />
      </div>
      <div className={css.tileStates}>
        <StatusWord state={healthState(row.health.status)} />
        <StatusWord state={syncState(row.sync.status)} />
      </div>
      <div className={css.tileWhy}><Sentence explained={explained} className={explained.look === 'ok' ? css.dim : undefined} /></div>
      <dl className={css.tileFacts}>
        <div><dt>To</dt><dd title={destination(row)}>{destination(row)}</dd></div>
        <div><dt>From</dt><dd title={sourceText(row)}>{sourceText(row)}</dd></div>
        <div>
          <dt>Runs</dt>
          <dd><span className={css.mono}>{shortRevision(row)}</span>{row.lastSync && <> · synced <Age time={row.lastSync} /></>}</dd>
        </div>
      </dl>
    </>
  )
}
