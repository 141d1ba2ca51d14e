import {useVirtualizer} from '@tanstack/react-virtual'
import {ChevronDown, ChevronRight} from 'lucide-react'
import {useEffect, useImperativeHandle, useRef, useState, type KeyboardEvent, type Ref} from 'react'

import {useCell} from '@/api/cell'
import {cx} from '@/parts/cx'
import {StatusGlyph} from '@/parts/StatusGlyph'
import {appearance, rowHeight} from '@/shell/appearance'
import css from './Tree.module.css'
import type {Shown} from './useTree'
import {glyphOf, HEALTHS, HOOK, ORPHAN, PRUNE, rollUp, ROOT, shortKind, SYNCS, trouble} from './words'

export interface OutlineActs {
  /** Moves the focus to an item. */
  go(item: number): void
}

export interface OutlineProps {
  shown: Shown
  /** The item with the tab stop. */
  current: number
  onCurrent(item: number): void
  /** Opens or folds what is below an item. */
  onFold(item: number): void
  onOpen(item: number, apart: boolean): void
  acts?: Ref<OutlineActs>
}

/** The objects as a list of lines below each other, for eyes, for the keyboard and for screen readers: it holds what the picture shows. */
export default function Outline({shown, current, onCurrent, onFold, onOpen, acts}: OutlineProps) {
  const {items, searching, fits} = shown.picture
  const {objects} = shown
  const scroll = useRef<HTMLDivElement>(null)
  const height = rowHeight(useCell(appearance).density)
  const wanted = useRef(-1)
  const [, redraw] = useState(0)
  const rows = useVirtualizer({count: items.count, getScrollElement: () => scroll.current, estimateSize: () => height, overscan: 10, initialRect: {width: 360, height: 640}})
  useEffect(() => rows.measure(), [height, rows])
  useEffect(() => {
    if (wanted.current < 0) return
    const row = scroll.current?.querySelector<HTMLElement>(`[data-index="${wanted.current}"]`)
    if (!row) return
    wanted.current = -1
    row.focus({preventScroll: true})
  })
  const go = (to: number) => {
    const next = Math.max(0, Math.min(items.count - 1, to))
    wanted.current = next
    rows.scrollToIndex(next, {align: 'auto'})
    onCurrent(next)
    redraw(count => count + 1)
  }
  useImperativeHandle(acts, () => ({go}))
  const page = Math.max(1, Math.floor((scroll.current?.clientHeight ?? 320) / height) - 2)
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key !== 'G')) return
    const by: Record<string, number> = {ArrowDown: 1, ArrowUp: -1, j: 1, k: -1, PageDown: page, PageUp: -page, Home: -items.count, End: items.count, G: items.count}
    const step = by[event.key]
    const fold = items.fold[current] ?? 0
    if (step !== undefined) go(current + step)
    else if (event.key === 'ArrowRight') {
      if (fold === 2) onFold(current)
      else if (fold === 1) go(current + 1)
    } else if (event.key === 'ArrowLeft') {
      if (fold === 1 && current > 0) onFold(current)
      else if ((items.up[current] ?? -1) >= 0) go(items.up[current] ?? 0)
    } else if (event.key === 'Enter' || event.key === 'o') onOpen(current, event.key === 'o')
    else if (event.key === ' ') onOpen(current, false)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div ref={scroll} className={css.outline} role="treegrid" aria-label="Objects" aria-rowcount={items.count} aria-colcount={1} onKeyDown={onKeyDown}>
      <div role="rowgroup" className={css.outlineBody} style={{height: rows.getTotalSize()}}>
        {rows.getVirtualItems().map(({index, start}) => {
          const of = items.object[index] ?? 0
          const fold = items.fold[index] ?? 0
          const group = of < 0 ? items.groups[-1 - of] : undefined
          const look = group ? worstOf(group.tally) : fold === 2 ? (objects.worst[of] ?? 0) : (objects.look[of] ?? 0)
          const glyph = glyphOf(look)
          const faint = searching && !group && !fits[of]
          return (
            <div
              key={index}
              role="row"
              data-index={index}
              aria-rowindex={index + 1}
              aria-level={(items.depth[index] ?? 0) + 1}
              aria-expanded={fold === 0 ? undefined : fold === 1}
              aria-selected={index === current}
              tabIndex={index === Math.min(current, items.count - 1) ? 0 : -1}
              className={cx(css.line, faint && css.faint)}
              style={{transform: `translateY(${start}px)`, height}}
              onFocus={event => event.target === event.currentTarget && index !== current && onCurrent(index)}
              onClick={event => {
                onCurrent(index)
                if ((event.target as Element).closest('[data-fold]')) onFold(index)
                else onOpen(index, event.ctrlKey || event.metaKey)
              }}
            >
              <span role="gridcell" className={css.cell} style={{paddingInlineStart: Math.min(items.depth[index] ?? 0, 12) * 14}} title={group ? undefined : about(shown, of)}>
                <span className={css.fold} data-fold={fold === 0 ? undefined : ''} aria-hidden="true">{fold === 1 ? <ChevronDown size={14} /> : fold === 2 ? <ChevronRight size={14} /> : null}</span>
                {glyph ? <StatusGlyph look={glyph} label={group ? undefined : stateWords(shown, of, fold === 2)} /> : <span className={css.noGlyph} />}
                {group ? (
                  <span className={css.name}>{rollUp(shown.kind(group.members[0] ?? 0), group.members.length, group.tally)}</span>
                ) : (
                  <>
                    <span className={css.kind}>{shortKind(shown.kind(of))}</span>
                    <span className={css.name}>{shown.name(of)}</span>
                    <span className={css.more}>{fold === 2 ? below(shown, of) : shown.reason(of) || shown.facts(of)}</span>
                  </>
                )}
              </span>
            </div>
          )
        })}
      </div>
    </div>
  )
}

function worstOf(tally: Uint32Array): number {
  for (let code = tally.length - 1; code > 0; code--) if (tally[code]) return code
  return 0
}

/** `12 below, 3 degraded`. */
export function below({objects}: Shown, index: number): string {
  const count = objects.below[index] ?? 0
  const tally = new Uint32Array(16)
  for (let at = index + 1; at <= index + count; at++) tally[objects.look[at] ?? 0]!++
  return [`${count.toLocaleString('en')} below`, trouble(tally)].filter(Boolean).join(', ')
}

/** The state of an object in words. */
export function stateWords({objects, name}: Shown, index: number, folded = false): string {
  const flags = objects.flags[index] ?? 0
  const words: Array<string | undefined> = [HEALTHS[objects.health[index] ?? 0], SYNCS[objects.sync[index] ?? 0]]
  if (flags & PRUNE) words.push('no longer in Git')
  if (flags & ORPHAN) words.push('not in Git')
  if (flags & HOOK) words.push('hook')
  const text = words.filter(Boolean).join(', ') || (flags & ROOT ? name(index) : 'in the cluster')
  return folded && (objects.worst[index] ?? 0) > (objects.look[index] ?? 0) ? `${text}; something below is worse` : text
}

/** What an object says on hover. */
export function about(shown: Shown, index: number): string {
  const reason = shown.reason(index)
  const where = shown.namespace(index)
  return [`${shown.kind(index)} ${shown.name(index)}${where ? ` in ${where}` : ''}`, stateWords(shown, index), reason || shown.facts(index), (shown.objects.below[index] ?? 0) > 0 && below(shown, index)].filter(Boolean).join('\n')
}
