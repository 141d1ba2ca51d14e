import {PATHS} from '@/parts/StatusGlyph'
import {toneOf, type Look, type Tone} from '@/parts/status'
import type {Sheet} from './layout'
import {glyphOf, LOOKS, PROBLEM} from './words'

/** What a box says. */
export interface Face {
  title: string
  /** Before the title on one line, or under it. */
  kind: string
  facts: string
  look: number
  /** A second glyph, at the right: for what the first does not say. */
  mark?: Look
  /** `+12`: what is folded below it. */
  folded?: string
  /** It stands there only as an owner of what was looked for. */
  faint?: boolean
}

/** Where the sheet is on the screen: a point of it is at `x + k * its x`. */
export interface Eye {
  x: number
  y: number
  k: number
}

export interface Colours {
  bg: string
  panel: string
  line: string
  ctl: string
  text: string
  dim: string
  brand: string
  tones: Record<Tone, string>
  font: string
}

export function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element)
  const get = (name: string) => style.getPropertyValue(`--${name}`).trim()
  return {
    bg: get('bg'), panel: get('panel'), line: get('line'), ctl: get('ctl'), text: get('text'), dim: get('dim'), brand: get('brand'),
    tones: {ok: get('ok'), run: get('run'), bad: get('bad'), warn: get('warn'), off: get('off'), brand: get('brand')},
    font: style.fontFamily,
  }
}

const QUIET = 0.3
/** Below this height on the screen a box is a dot; below the other its mark and words are left out. */
const MARKED = 9
const WORDS = 11

const shapes = new Map<Look, Path2D>()
function shape(look: Look): Path2D {
  let path = shapes.get(look)
  if (!path) {
    path = new Path2D(PATHS[look])
    shapes.set(look, path)
  }
  return path
}

/** The boxes by look, what nobody need look at first: what is painted last nothing covers. `looks` has the look of each box. */
export function paintOrder(sheet: Sheet, lookOf: (of: number) => number): {order: Int32Array; looks: Uint8Array} {
  const looks = new Uint8Array(sheet.count)
  const starts = new Int32Array(LOOKS.length + 1)
  for (let box = 0; box < sheet.count; box++) {
    const look = lookOf(sheet.of[box] ?? 0)
    looks[box] = look
    starts[look + 1]!++
  }
  for (let look = 1; look < starts.length; look++) starts[look]! += starts[look - 1] ?? 0
  const order = new Int32Array(sheet.count)
  for (let box = 0; box < sheet.count; box++) order[starts[looks[box] ?? 0]!++] = box
  return {order, looks}
}

export interface Scene {
  sheet: Sheet
  order: Int32Array
  looks: Uint8Array
  faceOf(of: number): Face
  /** Not there: nothing is faint. */
  faint?: (of: number) => boolean
  /** `of` of the boxes with a frame. */
  current: number
  hovered: number
}

/** Draws what of the scene is on a screen of `width` by `height`. */
export function paint(context: CanvasRenderingContext2D, scene: Scene, eye: Eye, width: number, height: number, colours: Colours, cut: Cut) {
  const {sheet, order, looks} = scene
  const {x: ex, y: ey, k} = eye
  context.clearRect(0, 0, width, height)
  if (sheet.lines.length > 0) drawLines(context, sheet.lines, eye, width, height, colours.line)
  let set = -1
  for (let at = 0; at < order.length; at++) {
    const box = order[at] ?? 0
    const x = (sheet.boxes[box * 4] ?? 0) * k + ex
    const y = (sheet.boxes[box * 4 + 1] ?? 0) * k + ey
    const w = (sheet.boxes[box * 4 + 2] ?? 0) * k
    const h = (sheet.boxes[box * 4 + 3] ?? 0) * k
    if (x > width || y > height || x + w < 0 || y + h < 0) continue
    const of = sheet.of[box] ?? 0
    const faint = scene.faint?.(of) ?? false
    if (h < MARKED && of !== scene.current && of !== scene.hovered && !faint) {
      // Far away each is a dot, and there are thousands of them: nothing is set twice.
      const now = (looks[box] ?? 0) * 2 + (sheet.card[box] ?? 0)
      if (now !== set) {
        set = now
        prepare(context, now >> 1, (now & 1) === 1, colours)
      }
      const least = (now >> 1) === BAD ? 3 : 1
      if ((now >> 1) === MISSING && h >= 4) context.strokeRect(x + 1, y + 1, w - 2, h - 2)
      else context.fillRect(x, y, w < least ? least : w, h < least ? least : h)
      continue
    }
    set = -1
    const look = looks[box] ?? 0
    if (sheet.card[box] && h >= WORDS) drawCard(context, scene.faceOf(of), x, y, w, h, sheet.mode === 'packed' ? h / 20 : k, colours, faint, cut)
    else drawDot(context, look, x, y, w, h, colours, faint, sheet.card[box] === 1)
    if (of === scene.current || of === scene.hovered) frame(context, x, y, w, h, of === scene.current ? colours.brand : colours.ctl)
  }
  context.globalAlpha = 1
}

const BAD = LOOKS.indexOf('bad')
const MISSING = LOOKS.indexOf('missing')

/** Sets the colours of a dot. */
function prepare(context: CanvasRenderingContext2D, look: number, card: boolean, colours: Colours) {
  const glyph = glyphOf(look)
  const colour = glyph ? colours.tones[toneOf[glyph]] : colours.dim
  context.globalAlpha = look >= PROBLEM - 1 ? 1 : card ? 0.45 : QUIET
  context.fillStyle = colour
  context.strokeStyle = colour
  context.lineWidth = 1
}

function drawLines(context: CanvasRenderingContext2D, lines: Float32Array, {x, y, k}: Eye, width: number, height: number, colour: string) {
  context.strokeStyle = colour
  context.lineWidth = Math.max(0.5, Math.min(1.25, k * 1.25))
  context.beginPath()
  for (let at = 0; at < lines.length; at += 4) {
    const [x1, y1, x2, y2] = [(lines[at] ?? 0) * k + x, (lines[at + 1] ?? 0) * k + y, (lines[at + 2] ?? 0) * k + x, (lines[at + 3] ?? 0) * k + y]
    if (Math.max(x1, x2) < 0 || Math.min(x1, x2) > width || Math.max(y1, y2) < 0 || Math.min(y1, y2) > height) continue
    const bend = x2 - 28 * k
    context.moveTo(x1, y1)
    context.lineTo(bend, y1)
    context.lineTo(bend, y2)
    context.lineTo(x2, y2)
  }
  context.stroke()
}

function drawDot(context: CanvasRenderingContext2D, look: number, x: number, y: number, w: number, h: number, colours: Colours, faint: boolean, card: boolean) {
  const glyph = glyphOf(look)
  const colour = glyph ? colours.tones[toneOf[glyph]] : colours.dim
  const loud = look >= PROBLEM - 1
  // Degraded stays visible however far away: it is taller than the others there.
  const tall = glyph === 'bad' ? Math.max(3, h) : Math.max(1, h)
  const wide = glyph === 'bad' ? Math.max(3, w) : Math.max(1, w)
  context.globalAlpha = faint ? 0.15 : loud ? 1 : card ? 0.45 : QUIET
  if (glyph === 'missing' && h >= 4) {
    context.strokeStyle = colour
    context.lineWidth = Math.max(1, h / 9)
    context.strokeRect(x + 1, y + 1, wide - 2, tall - 2)
  } else {
    context.fillStyle = colour
    context.fillRect(x, y, wide, tall)
  }
  if (glyph && loud && !card && h >= MARKED) {
    context.strokeStyle = glyph === 'missing' ? colour : colours.bg
    drawGlyph(context, glyph, x + w * 0.14, y + h * 0.14, h * 0.72)
  }
  context.globalAlpha = 1
}

function drawCard(context: CanvasRenderingContext2D, face: Face, x: number, y: number, w: number, h: number, scale: number, colours: Colours, faint: boolean, cut: Cut) {
  const glyph = glyphOf(face.look)
  const colour = glyph ? colours.tones[toneOf[glyph]] : colours.dim
  const tall = h / scale > 30
  context.globalAlpha = faint ? 0.45 : 1
  context.fillStyle = colours.panel
  context.beginPath()
  context.roundRect(x + 0.5, y + 0.5, w - 1, h - 1, 4 * scale)
  context.fill()
  context.strokeStyle = face.look >= PROBLEM ? colour : colours.line
  context.lineWidth = face.look >= PROBLEM ? 1.5 : 1
  context.stroke()
  const size = (tall ? 14 : 10) * scale
  const left = x + 8 * scale
  if (glyph) {
    context.strokeStyle = colour
    drawGlyph(context, glyph, left, tall ? y + 6 * scale : y + (h - size) / 2, size)
  }
  let right = x + w - 8 * scale
  context.textBaseline = 'middle'
  if (face.folded) {
    context.font = `${11 * scale}px ${colours.font}`
    context.fillStyle = colours.dim
    context.textAlign = 'right'
    context.fillText(face.folded, right, tall ? y + h - 12 * scale : y + h / 2)
    context.textAlign = 'left'
    if (!tall) right -= 30 * scale
  }
  if (face.mark) {
    context.strokeStyle = colours.tones[toneOf[face.mark]]
    drawGlyph(context, face.mark, right - 12 * scale, y + 7 * scale, 12 * scale)
    right -= 16 * scale
  }
  const text = left + size + 7 * scale
  if (tall) {
    context.font = `500 ${12.5 * scale}px ${colours.font}`
    context.fillStyle = colours.text
    context.fillText(cut(context, face.title, (right - text) / scale, 12.5, 500), text, y + 13.5 * scale)
    context.font = `${11 * scale}px ${colours.font}`
    context.fillStyle = colours.dim
    const under = face.facts ? `${face.kind} · ${face.facts}` : face.kind
    context.fillText(cut(context, under, (x + w - (face.folded ? 46 : 8) * scale - text) / scale, 11, 400), text, y + h - 11.5 * scale)
  } else {
    context.font = `${10 * scale}px ${colours.font}`
    context.fillStyle = colours.dim
    const kind = cut(context, face.kind, 52, 10, 400)
    context.fillText(kind, text, y + h / 2)
    context.fillStyle = colours.text
    const start = text + Math.max(36, kind.length * 5.6 + 5) * scale
    context.fillText(cut(context, face.title, (right - start) / scale, 10, 400), start, y + h / 2)
  }
  context.globalAlpha = 1
}

function drawGlyph(context: CanvasRenderingContext2D, look: Look, x: number, y: number, size: number) {
  context.save()
  context.translate(x, y)
  context.scale(size / 14, size / 14)
  context.lineWidth = 1.7
  context.lineCap = 'round'
  context.lineJoin = 'round'
  if (look === 'orphan') context.setLineDash([2.2, 1.7])
  context.stroke(shape(look))
  context.restore()
}

function frame(context: CanvasRenderingContext2D, x: number, y: number, w: number, h: number, colour: string) {
  context.globalAlpha = 1
  context.strokeStyle = colour
  context.lineWidth = 2
  context.strokeRect(x - 2, y - 2, Math.max(6, w + 4), Math.max(6, h + 4))
}

/** Shortens a text to `width` px at a size, with an ellipsis. */
export type Cut = (context: CanvasRenderingContext2D, text: string, width: number, size: number, weight: number) => string

/** A `Cut` that remembers: measuring is what costs most in a frame. */
export function cutter(): Cut {
  const known = new Map<string, string>()
  return (context, text, width, size, weight) => {
    const key = `${Math.round(width)} ${size} ${weight} ${text}`
    const before = known.get(key)
    if (before !== undefined) return before
    if (known.size > 20_000) known.clear()
    const font = context.font
    context.font = font.replace(/[\d.]+px/, `${size}px`)
    let shown = text
    if (width <= 0) shown = ''
    else if (context.measureText(text).width > width) {
      let [low, high] = [0, text.length]
      while (low < high) {
        const middle = (low + high + 1) >> 1
        if (context.measureText(`${text.slice(0, middle)}…`).width <= width) low = middle
        else high = middle - 1
      }
      shown = low > 0 ? `${text.slice(0, low)}…` : ''
    }
    context.font = font
    known.set(key, shown)
    return shown
  }
}

/** The box under a point of the screen; -1 for none. The one painted last wins. */
export function boxAt(sheet: Sheet, eye: Eye, px: number, py: number): number {
  const [x, y] = [(px - eye.x) / eye.k, (py - eye.y) / eye.k]
  // A dot is hard to hit: what is near counts.
  const near = Math.max(0, 3 / eye.k)
  for (let box = sheet.count - 1; box >= 0; box--) {
    const [left, top, w, h] = [sheet.boxes[box * 4] ?? 0, sheet.boxes[box * 4 + 1] ?? 0, sheet.boxes[box * 4 + 2] ?? 0, sheet.boxes[box * 4 + 3] ?? 0]
    if (x >= left - near && x <= left + w + near && y >= top - near && y <= top + h + near) return box
  }
  return -1
}

const MOST_ZOOM = 2
const LEAST_ZOOM = 0.02

/** The whole sheet in the middle of a screen, never larger than life; where that would be smaller than `least`, its beginning. */
export function fit(sheet: {width: number; height: number}, width: number, height: number, least = 0): Eye {
  const k = Math.max(LEAST_ZOOM, least, Math.min(1, width / sheet.width, height / sheet.height))
  return {k, x: Math.max(0, (width - sheet.width * k) / 2), y: sheet.height * k < height ? Math.min(24, (height - sheet.height * k) / 2) : 0}
}

/** Nearer or farther, with the point of the screen (px, py) staying where it is. */
export function zoom(eye: Eye, by: number, px: number, py: number): Eye {
  const k = Math.max(LEAST_ZOOM, Math.min(MOST_ZOOM, eye.k * by))
  return {k, x: px - ((px - eye.x) * k) / eye.k, y: py - ((py - eye.y) * k) / eye.k}
}

/** The eye moved so that a box can be seen; the same where it can. */
export function toSee(eye: Eye, sheet: Sheet, box: number, width: number, height: number): Eye {
  const [x, y, w, h] = [0, 1, 2, 3].map(part => (sheet.boxes[box * 4 + part] ?? 0) * eye.k) as [number, number, number, number]
  const inside = x + eye.x >= 8 && y + eye.y >= 8 && x + w + eye.x <= width - 8 && y + h + eye.y <= height - 8
  return inside ? eye : {k: eye.k, x: width / 2 - x - w / 2, y: height / 2 - y - h / 2}
}
