import {Maximize, Minus, Plus} from 'lucide-react'
import {useEffect, useImperativeHandle, useMemo, useRef, useState, type PointerEvent as Pointer, type Ref} from 'react'

import {useCell} from '@/api/cell'
import {IconButton} from '@/parts/Button'
import {appearance} from '@/shell/appearance'
import type {Sheet} from './layout'
import {boxAt, coloursOf, cutter, fit, paint, paintOrder, toSee, zoom, type Eye, type Face, type Scene} from './paint'
import css from './Tree.module.css'

/** What the keys of the page do to the picture. */
export interface SheetActs {
  zoom(by: number): void
  fit(): void
  pan(x: number, y: number): void
  see(of: number): void
}

export interface SheetProps {
  sheet: Sheet
  /** What it shows, in words, for those who do not see it. */
  label: string
  lookOf(of: number): number
  faceOf(of: number): Face
  faint?: (of: number) => boolean
  /** What a box says on hover. */
  about(of: number): string
  current: number
  onPick(of: number, event: {onFold: boolean; apart: boolean}): void
  /** Told the shape of the place: width by height. */
  onShape?(aspect: number): void
  acts?: Ref<SheetActs>
}

const CLICK = 5
const FOLD_EDGE = 44
/** Cards smaller than this cannot be read. */
const READABLE = 0.6

/** The picture: drawn on a canvas, moved by dragging or the wheel, zoomed by the wheel with Ctrl, by buttons and by keys. */
export default function SheetView({sheet, label, lookOf, faceOf, faint, about, current, onPick, onShape, acts}: SheetProps) {
  const box = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const eye = useRef<Eye | null>(null)
  const size = useRef({width: 0, height: 0})
  /** Whether a person moved it: until then it shows everything, or as much of it as can be read. */
  const moved = useRef(false)
  const whole = useRef(false)
  const frame = useRef(0)
  const [hovered, setHovered] = useState(-1)
  const [tip, setTip] = useState<{x: number; y: number; text: string} | null>(null)
  const cut = useMemo(cutter, [])
  const look = useCell(appearance)
  const painted = useMemo(() => paintOrder(sheet, lookOf), [sheet, lookOf])
  const scene = useRef<Scene>(null as unknown as Scene)
  scene.current = {sheet, ...painted, faceOf, faint, current, hovered}

  const draw = () => {
    frame.current = 0
    const element = canvas.current
    const context = element?.getContext('2d')
    const {width, height} = size.current
    if (!element || !context || width === 0) return
    const ratio = devicePixelRatio || 1
    if (element.width !== Math.round(width * ratio) || element.height !== Math.round(height * ratio)) {
      element.width = Math.round(width * ratio)
      element.height = Math.round(height * ratio)
    }
    if (!eye.current || !moved.current) eye.current = fit(scene.current.sheet, width, height, whole.current || scene.current.sheet.mode === 'packed' ? 0 : READABLE)
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    paint(context, scene.current, eye.current, width, height, coloursOf(element), cut)
    if (!drawn.current) {
      drawn.current = true
      performance.mark('tree-drawn')
    }
  }
  const drawn = useRef(false)
  const soon = () => {
    frame.current ||= requestAnimationFrame(draw)
  }
  const see = (next: Eye) => {
    eye.current = next
    moved.current = true
    soon()
  }

  // eslint-style dependencies would draw too rarely: whatever changed, it is one frame.
  useEffect(soon)
  useEffect(() => () => cancelAnimationFrame(frame.current), [])
  // A sheet of another sort begins anew.
  useEffect(() => {
    moved.current = false
    whole.current = false
  }, [sheet.mode])
  useEffect(() => {
    void document.fonts?.ready.then(soon)
    const query = matchMedia('(prefers-color-scheme: light)')
    query.addEventListener('change', soon)
    return () => query.removeEventListener('change', soon)
  }, [look.theme])
  const shape = useRef(onShape)
  shape.current = onShape
  useEffect(() => {
    if (!box.current) return
    const observer = new ResizeObserver(([entry]) => {
      if (!entry) return
      size.current = {width: entry.contentRect.width, height: entry.contentRect.height}
      if (entry.contentRect.height > 0) shape.current?.(entry.contentRect.width / entry.contentRect.height)
      soon()
    })
    observer.observe(box.current)
    return () => observer.disconnect()
  }, [])
  // React listens to the wheel passively, and could not keep the page from moving.
  useEffect(() => {
    const element = canvas.current
    if (!element) return
    const onWheel = (event: WheelEvent) => {
      if (!eye.current) return
      event.preventDefault()
      const at = element.getBoundingClientRect()
      if (event.ctrlKey || event.metaKey) see(zoom(eye.current, Math.exp(-event.deltaY / 240), event.clientX - at.left, event.clientY - at.top))
      else see({...eye.current, x: eye.current.x - (event.shiftKey ? event.deltaY : event.deltaX), y: eye.current.y - (event.shiftKey ? 0 : event.deltaY)})
    }
    element.addEventListener('wheel', onWheel, {passive: false})
    return () => element.removeEventListener('wheel', onWheel)
  }, [])

  const middle = (by: number) => eye.current && see(zoom(eye.current, by, size.current.width / 2, size.current.height / 2))
  const all = () => {
    moved.current = false
    whole.current = true
    soon()
  }
  useImperativeHandle(acts, () => ({
    zoom: by => void middle(by),
    fit: all,
    pan: (x, y) => void (eye.current && see({...eye.current, x: eye.current.x + x, y: eye.current.y + y})),
    see(of) {
      const at = scene.current.sheet.of.indexOf(of)
      if (at < 0 || !eye.current) return
      const next = toSee(eye.current, scene.current.sheet, at, size.current.width, size.current.height)
      if (next !== eye.current) see(next)
    },
  }))

  const drag = useRef<{x: number; y: number; far: boolean; pointer: number} | null>(null)
  const at = (event: Pointer) => {
    const rect = canvas.current?.getBoundingClientRect()
    return rect ? ([event.clientX - rect.left, event.clientY - rect.top] as const) : ([0, 0] as const)
  }
  return (
    <div ref={box} className={css.sheet}>
      <canvas
        ref={canvas}
        className={css.canvas}
        role="img"
        aria-label={label}
        onPointerDown={event => {
          if (event.button !== 0) return
          drag.current = {x: event.clientX, y: event.clientY, far: false, pointer: event.pointerId}
          event.currentTarget.setPointerCapture(event.pointerId)
        }}
        onPointerMove={event => {
          const now = drag.current
          if (now && eye.current) {
            const [dx, dy] = [event.clientX - now.x, event.clientY - now.y]
            if (!now.far && Math.hypot(dx, dy) < CLICK) return
            drag.current = {...now, x: event.clientX, y: event.clientY, far: true}
            see({...eye.current, x: eye.current.x + dx, y: eye.current.y + dy})
            if (tip) setTip(null)
            return
          }
          if (!eye.current) return
          const [x, y] = at(event)
          const found = boxAt(sheet, eye.current, x, y)
          const of = found < 0 ? -1 : (sheet.of[found] ?? -1)
          if (of !== hovered) {
            setHovered(of)
            setTip(found < 0 ? null : {x, y, text: about(of)})
          }
        }}
        onPointerUp={event => {
          const was = drag.current
          drag.current = null
          if (!was || was.far || !eye.current) return
          const [x, y] = at(event)
          const found = boxAt(sheet, eye.current, x, y)
          if (found < 0) return
          const right = ((sheet.boxes[found * 4] ?? 0) + (sheet.boxes[found * 4 + 2] ?? 0)) * eye.current.k + eye.current.x
          const low = ((sheet.boxes[found * 4 + 1] ?? 0) + (sheet.boxes[found * 4 + 3] ?? 0) / 2) * eye.current.k + eye.current.y
          onPick(sheet.of[found] ?? -1, {onFold: right - x < FOLD_EDGE * eye.current.k && y > low, apart: event.ctrlKey || event.metaKey})
        }}
        onPointerCancel={() => {
          drag.current = null
        }}
        onPointerLeave={() => {
          setHovered(-1)
          setTip(null)
        }}
      />
      {tip && <div className={css.tip} aria-hidden="true" style={{insetInlineStart: Math.min(tip.x + 12, Math.max(0, size.current.width - 320)), insetBlockStart: tip.y + 60 > size.current.height ? undefined : tip.y + 16, insetBlockEnd: tip.y + 60 > size.current.height ? size.current.height - tip.y + 8 : undefined}}>{tip.text}</div>}
      <div className={css.zoom} role="group" aria-label="Zoom">
        <IconButton label="Nearer (+)" look="plain" small onClick={() => middle(1.25)}><Plus size={14} /></IconButton>
        <IconButton label="Farther (-)" look="plain" small onClick={() => middle(0.8)}><Minus size={14} /></IconButton>
        <IconButton label="Show everything (0)" look="plain" small onClick={all}><Maximize size={14} /></IconButton>
      </div>
    </div>
  )
}
