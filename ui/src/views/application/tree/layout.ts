import type {Items} from './arrange'
import type {Objects} from './objects'

/** A picture: boxes on a sheet. */
export interface Sheet {
  mode: 'layered' | 'packed'
  width: number
  height: number
  count: number
  /** x, y, width and height of each box. */
  boxes: Float32Array
  /** What it shows: an item of the outline (layered, network) or an object (packed). */
  of: Int32Array
  /** 1 for a card with a name, 0 for a chip. */
  card: Uint8Array
  /** x1, y1, x2, y2 of each line from an owner to what it owns. */
  lines: Float32Array
}

export const CARD = {width: 216, height: 40, across: 56, down: 8}
export const CHIP = 14
const CHIP_STEP = 17
const PACKED = {card: 20, step: 25, column: 184, between: 14, indent: 8, most: 10}
const MARGIN = 24

/** Owners at the left, what they own at their right, in rows: for trees that a screen or two can hold. */
export function layered(items: Items): Sheet {
  const {count} = items
  const boxes = new Float32Array(count * 4)
  const first = new Float32Array(count).fill(-1)
  const last = new Float32Array(count).fill(-1)
  const rows = new Float32Array(count)
  let row = 0
  for (let item = 0; item < count; item++) {
    // What nothing is shown below takes a row of its own.
    const leaf = item + 1 >= count || items.up[item + 1] !== item
    if (leaf) rows[item] = row++
    // Between the blocks of what the application declares there is half a row.
    if (leaf && item + 1 < count && items.depth[item + 1] === 1 && (items.depth[item] ?? 0) > 1) row += 0.5
  }
  for (let item = count - 1; item >= 0; item--) {
    if ((first[item] ?? -1) >= 0) rows[item] = ((first[item] ?? 0) + (last[item] ?? 0)) / 2
    const up = items.up[item] ?? -1
    if (up < 0) continue
    first[up] = rows[item] ?? 0
    if ((last[up] ?? -1) < 0) last[up] = rows[item] ?? 0
  }
  const lines = new Float32Array(Math.max(0, count - 1) * 4)
  let width = 0
  for (let item = 0; item < count; item++) {
    const x = MARGIN + (items.depth[item] ?? 0) * (CARD.width + CARD.across)
    const y = MARGIN + (rows[item] ?? 0) * (CARD.height + CARD.down)
    boxes.set([x, y, CARD.width, CARD.height], item * 4)
    width = Math.max(width, x + CARD.width)
    const up = items.up[item] ?? -1
    if (up >= 0) lines.set([(boxes[up * 4] ?? 0) + CARD.width, (boxes[up * 4 + 1] ?? 0) + CARD.height / 2, x, y + CARD.height / 2], (item - 1) * 4)
  }
  // An owner is laid out before what it owns, so its place is known; only its row was found from below.
  return {mode: 'layered', width: width + MARGIN, height: MARGIN * 2 + Math.max(1, row) * (CARD.height + CARD.down), count, boxes, of: Int32Array.from({length: count}, (_, index) => index), card: new Uint8Array(count).fill(1), lines}
}

/**
 * Every object at once on a sheet of the screen's shape: owners are cards, what has nothing below is a chip in its owner's block, and
 * the blocks flow through columns like text. However many there are, each is a dot that can be seen.
 */
export function packed(objects: Objects, shown: Uint8Array, aspect: number): Sheet {
  let count = 0
  for (let index = 1; index < objects.count; index++) if (shown[index]) count++
  const boxes = new Float32Array(count * 4)
  const of = new Int32Array(count)
  const card = new Uint8Array(count)
  // Lines of the text first: a card is a line, and so is a row of chips.
  const lineHeight: number[] = []
  const lineFrom: number[] = []
  let at = 0
  const put = (index: number, x: number, width: number, height: number, isCard: boolean) => {
    boxes[at * 4] = x
    boxes[at * 4 + 2] = width
    boxes[at * 4 + 3] = height
    of[at] = index
    card[at] = isCard ? 1 : 0
    at++
  }
  const chips = (list: number[], indent: number) => {
    const most = Math.max(4, Math.min(PACKED.most, Math.floor((PACKED.column - PACKED.between - indent + CHIP_STEP - CHIP) / CHIP_STEP)))
    list.forEach((index, place) => {
      if (place % most === 0) {
        lineHeight.push(CHIP_STEP)
        lineFrom.push(at)
      }
      put(index, indent + (place % most) * CHIP_STEP, CHIP, CHIP, false)
    })
  }
  const visit = (index: number, level: number) => {
    const indent = Math.min(level, 6) * PACKED.indent
    lineHeight.push(PACKED.step)
    lineFrom.push(at)
    put(index, indent, PACKED.column - PACKED.between - indent, PACKED.card, true)
    children(index, level, indent)
    if (level === 0) lineHeight[lineHeight.length - 1]! += 6
  }
  const children = (index: number, level: number, indent: number) => {
    const leaves: number[] = []
    const owners: number[] = []
    const last = index + (objects.below[index] ?? 0)
    for (let child = index + 1; child <= last; child += (objects.below[child] ?? 0) + 1) {
      if (!shown[child]) continue
      // What the application declares has its name, while it is few.
      const owns = child + 1 <= child + (objects.below[child] ?? 0) && anyShown(shown, child + 1, child + (objects.below[child] ?? 0))
      if (owns || (index === 0 && objects.count < 2000)) owners.push(child)
      else leaves.push(child)
    }
    chips(leaves, indent)
    for (const owner of owners) visit(owner, index === 0 ? 0 : level + 1)
  }
  children(0, 0, 0)
  const total = lineHeight.reduce((sum, height) => sum + height, 0)
  const most = Math.max(240, Math.sqrt((total * PACKED.column) / Math.max(0.2, aspect)))
  let [column, y, height] = [0, 0, 0]
  for (let line = 0; line < lineHeight.length; line++) {
    const own = lineHeight[line] ?? 0
    // A card does not stand alone at the foot of a column.
    const need = own === CHIP_STEP ? own : own + CHIP_STEP
    if (y > 0 && y + need > most) {
      column++
      y = 0
    }
    const to = lineFrom[line + 1] ?? count
    for (let box = lineFrom[line] ?? 0; box < to; box++) {
      boxes[box * 4] = (boxes[box * 4] ?? 0) + MARGIN + column * PACKED.column
      boxes[box * 4 + 1] = MARGIN + y
    }
    y += own
    height = Math.max(height, y)
  }
  return {mode: 'packed', width: MARGIN * 2 + (column + 1) * PACKED.column, height: MARGIN * 2 + height, count, boxes, of, card, lines: new Float32Array(0)}
}

function anyShown(shown: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at <= to; at++) if (shown[at]) return true
  return false
}
