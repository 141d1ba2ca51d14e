import {useVirtualizer} from '@tanstack/react-virtual'
import {useMemo, useRef, useState, type ReactNode} from 'react'

import {cx} from '@/parts/cx'
import {linesOf} from '@/views/plan/lines'
import css from './Diff.module.css'
import {partsOf, rowsOf, type Layout, type Row, type Side} from './rows'

const LINE = 18
/** Up to so many rows all are there, for the search of the browser; beyond, only those on the screen. */
const WHOLE = 300
/** Texts beyond this are not compared line by line: it would hold the page up. */
export const MOST_TEXT = 4_000_000

/** Two texts beside or below each other, with what differs in each line; what is the same is folded. */
export default function TextDiff({before, after, layout, wrap, label}: {before: string; after: string; layout: Layout; wrap: boolean; label: string}) {
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set())
  const lines = useMemo(() => linesOf(before, after), [before, after])
  const rows = useMemo(() => rowsOf(lines, layout, opened), [lines, layout, opened])
  const longest = useMemo(() => lines.reduce((most, line) => Math.max(most, line.text.length), 0), [lines])
  const box = useRef<HTMLDivElement>(null)
  const windowed = rows.length > WHOLE
  const virtual = useVirtualizer({count: windowed ? rows.length : 0, getScrollElement: () => box.current, estimateSize: () => LINE, overscan: 20, initialRect: {width: 900, height: 600}})
  const draw = (row: Row, index: number): ReactNode =>
    row.kind === 'fold' ? (
      <button type="button" className={css.foldRow} onClick={() => setOpened(new Set([...opened, row.id]))}>{row.count.toLocaleString('en')} lines that are the same</button>
    ) : layout === 'side' ? <Beside row={row} /> : <Below row={row} key={index} />
  const width = wrap ? undefined : layout === 'side' ? `max(100%, ${longest * 2 + 24}ch)` : `max(100%, ${longest + 16}ch)`
  return (
    <div ref={box} className={cx(css.text, windowed && css.windowed, wrap && css.wrap)} tabIndex={0} role="group" aria-label={label}>
      {windowed ? (
        <div className={css.sheet} style={{height: virtual.getTotalSize(), width}}>
          {virtual.getVirtualItems().map(item => (
            <div key={item.index} ref={wrap ? virtual.measureElement : undefined} data-index={item.index} className={css.at} style={{transform: `translateY(${item.start}px)`}}>
              {draw(rows[item.index] as Row, item.index)}
            </div>
          ))}
        </div>
      ) : (
        <div style={{width}}>{rows.map((row, index) => <div key={index}>{draw(row, index)}</div>)}</div>
      )}
    </div>
  )
}

type Changed = Exclude<Row, {kind: 'fold'}>

function Beside({row}: {row: Changed}) {
  const {kind, left, right} = row
  const parts = kind === 'change' && left && right ? partsOf(left.text, right.text) : null
  return (
    <div className={css.two}>
      <Half side={left} look={kind === 'same' ? undefined : left ? 'gone' : 'none'} text={parts ? <>{parts.head}<del>{parts.left}</del>{parts.tail}</> : left?.text} />
      <Half side={right} look={kind === 'same' ? undefined : right ? 'new' : 'none'} text={parts ? <>{parts.head}<ins>{parts.right}</ins>{parts.tail}</> : right?.text} />
    </div>
  )
}

function Below({row}: {row: Changed}) {
  const {kind, left, right} = row
  return (
    <div className={css.one}>
      <span className={css.number}>{left?.number}</span>
      <Half side={right} look={kind === 'same' ? undefined : kind === 'gone' ? 'gone' : 'new'} text={(right ?? left)?.text} />
    </div>
  )
}

function Half({side, look, text}: {side?: Side; look?: 'gone' | 'new' | 'none'; text: ReactNode}) {
  return (
    <div className={cx(css.half, look && css[look])}>
      <span className={css.number}>{side?.number}</span>
      <span className={css.mark} aria-hidden="true">{look === 'gone' ? '−' : look === 'new' ? '+' : ''}</span>
      <span className={css.words}>{look === 'gone' ? <span className={css.hidden}>removed: </span> : look === 'new' ? <span className={css.hidden}>added: </span> : null}{text}</span>
    </div>
  )
}
