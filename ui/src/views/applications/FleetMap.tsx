import {useQuery} from '@tanstack/react-query'
import {useEffect, useMemo, useRef, useState} from 'react'

import {useCell} from '@/api/cell'
import type {Row} from '@/api/fleet'
import type {FleetQuery} from '@/api/fleet-fold'
import {listAll} from '@/api/fleet-list'
import {explain} from '@/explain/explain'
import {ErrorNote} from '@/parts/ErrorNote'
import {Skeleton} from '@/parts/Skeleton'
import {toneOf, type Look} from '@/parts/status'
import {appearance} from '@/shell/appearance'
import css from './Applications.module.css'
import {packGroups, type Group} from './pack'

const GROUPINGS: Record<string, (row: Row) => string> = {
  project: row => row.project,
  cluster: row => row.destination.cluster ?? '',
  set: row => row.owner ?? '(no ApplicationSet)',
}
const REFRESH = 5000

/** One cell for each application, in blocks by project, cluster or set; the exceptions stand out. The table beside says the same in words. */
export default function FleetMap({query, onOpen}: {query: FleetQuery; onOpen(row: Row, apart: boolean): void}) {
  const [by, setBy] = useState('project')
  const answer = useQuery({queryKey: ['fleet-map', query], queryFn: ({signal}) => listAll(query as Record<string, string[]>, signal), refetchInterval: REFRESH, placeholderData: was => was})
  const look = useCell(appearance)
  const box = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const [size, setSize] = useState({width: 0, height: 0})
  const [over, setOver] = useState<Row | null>(null)
  useEffect(() => {
    if (!box.current) return
    const observer = new ResizeObserver(([entry]) => entry && setSize({width: entry.contentRect.width, height: entry.contentRect.height}))
    observer.observe(box.current)
    return () => observer.disconnect()
  }, [answer.isPending])
  const groups = useMemo(() => {
    const of = GROUPINGS[by] ?? GROUPINGS.project
    const found = new Map<string, Row[]>()
    for (const row of answer.data ?? []) {
      const name = of?.(row) ?? ''
      const list = found.get(name)
      if (list) list.push(row)
      else found.set(name, [row])
    }
    return [...found].map(([name, rows]): Group<Row> => ({name, items: rows})).sort((a, b) => b.items.length - a.items.length || (a.name < b.name ? -1 : 1))
  }, [answer.data, by])
  const layout = useMemo(() => packGroups(groups, size.width, size.height), [groups, size])

  useEffect(() => {
    const element = canvas.current
    const context = element?.getContext('2d')
    if (!element || !context || size.width === 0) return
    const ratio = devicePixelRatio || 1
    element.width = Math.round(size.width * ratio)
    element.height = Math.round(layout.height * ratio)
    element.style.height = `${layout.height}px`
    const style = getComputedStyle(element)
    const colour = (name: string) => style.getPropertyValue(`--${name}`).trim()
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, size.width, layout.height)
    context.font = `12px ${style.fontFamily}`
    context.textBaseline = 'middle'
    context.fillStyle = colour('dim')
    for (const label of layout.labels) context.fillText(label.text, label.x, label.y, label.width)
    const now = Date.now()
    // The worst is painted last, so that nothing covers it; what is in order is quiet.
    const cells = layout.cells.map(cell => ({...cell, look: explain(cell.item, now).look})).sort((a, b) => a.item.severity - b.item.severity)
    for (const {x, y, side, look} of cells) {
      context.globalAlpha = look === 'ok' ? 0.28 : 1
      paint(context, look, x, y, side - 1, colour(toneOf[look]))
    }
    context.globalAlpha = 1
  }, [layout, size, look.theme])

  const find = (event: React.MouseEvent) => {
    const at = canvas.current?.getBoundingClientRect()
    if (!at) return null
    const [x, y] = [event.clientX - at.left, event.clientY - at.top]
    return layout.cells.find(cell => x >= cell.x && x < cell.x + cell.side && y >= cell.y && y < cell.y + cell.side)?.item ?? null
  }
  if (answer.isPending) return <div className={css.pad}><Skeleton lines={10} /></div>
  if (answer.isError) return <div className={css.pad}><ErrorNote what="The map cannot be drawn." error={answer.error} retry={() => void answer.refetch()} /></div>
  const worst = (answer.data ?? []).filter(row => row.severity > 0).length
  return (
    <div className={css.map}>
      <div className={css.mapHead}>
        <span className={css.views} role="group" aria-label="Blocks by">
          {Object.keys(GROUPINGS).map(name => <button key={name} type="button" aria-pressed={by === name} onClick={() => setBy(name)}>By {name}</button>)}
        </span>
        <span className={css.dim} role="status">{over ? `${over.name}: ${sentence(over)}` : `${worst.toLocaleString()} of ${(answer.data ?? []).length.toLocaleString()} are not in order. Press a cell to open it.`}</span>
      </div>
      <div ref={box} className={css.mapBox}>
        <canvas ref={canvas} className={css.mapCanvas} role="img" aria-label={`Map of ${(answer.data ?? []).length} applications in ${groups.length} blocks; ${worst} are not in order. The table says the same in words.`} onMouseMove={event => setOver(find(event))} onMouseLeave={() => setOver(null)} onClick={event => { const row = find(event); if (row) onOpen(row, event.ctrlKey || event.metaKey) }} />
      </div>
    </div>
  )
}

function sentence(row: Row): string {
  const {what, because} = explain(row, Date.now())
  return because ? `${what}: ${because}` : what
}

/** Shape as well as colour: a cross, a hollow square, a triangle; below 9 px only full and hollow can be told apart. */
function paint(context: CanvasRenderingContext2D, look: Look, x: number, y: number, side: number, colour: string) {
  context.fillStyle = colour
  context.strokeStyle = colour
  context.lineWidth = Math.max(1, side / 8)
  if (look === 'missing' || look === 'unknown' || look === 'held' || look === 'orphan') {
    const edge = context.lineWidth / 2
    context.strokeRect(x + edge, y + edge, side - 2 * edge, side - 2 * edge)
  } else if (look === 'warn' && side >= 9) {
    context.beginPath()
    context.moveTo(x + side / 2, y)
    context.lineTo(x + side, y + side)
    context.lineTo(x, y + side)
    context.fill()
  } else if (look === 'run' && side >= 9) {
    context.beginPath()
    context.arc(x + side / 2, y + side / 2, side / 2, 0, Math.PI * 2)
    context.fill()
  } else context.fillRect(x, y, side, side)
  if (look === 'bad' && side >= 9) {
    context.save()
    context.globalCompositeOperation = 'destination-out'
    context.beginPath()
    context.moveTo(x + side * 0.3, y + side * 0.3)
    context.lineTo(x + side * 0.7, y + side * 0.7)
    context.moveTo(x + side * 0.7, y + side * 0.3)
    context.lineTo(x + side * 0.3, y + side * 0.7)
    context.stroke()
    context.restore()
  }
}
