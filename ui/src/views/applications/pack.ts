/** Things with a name for all of them. */
export interface Group<T> {
  name: string
  items: readonly T[]
}

export interface Packed<T> {
  cells: Array<{item: T; x: number; y: number; side: number}>
  labels: Array<{text: string; x: number; y: number; width: number}>
  height: number
}

const LABEL = 20
const GAP = 12
const LARGEST = 28
const SMALLEST = 6
const NARROWEST = 96

/** Squares of one size in blocks with a name above each, in lines from left to right; as large as fits the sheet, and higher than it where even the smallest do not. */
export function packGroups<T>(groups: ReadonlyArray<Group<T>>, width: number, height: number): Packed<T> {
  if (width <= 0 || groups.length === 0) return {cells: [], labels: [], height: 0}
  for (let side = LARGEST; side > SMALLEST; side -= side > 14 ? 2 : 1) {
    const packed = place(groups, width, side)
    if (packed.height <= height) return packed
  }
  return place(groups, width, SMALLEST)
}

function place<T>(groups: ReadonlyArray<Group<T>>, width: number, side: number): Packed<T> {
  const packed: Packed<T> = {cells: [], labels: [], height: 0}
  const most = Math.max(1, Math.floor((width - 2 * GAP) / side))
  let [x, y, tallest] = [GAP, GAP, 0]
  for (const {name, items} of groups) {
    // A little wider than high, as a sheet is; never wider than the sheet.
    const columns = Math.min(most, Math.max(Math.ceil(NARROWEST / side), Math.ceil(Math.sqrt(items.length * 1.6))))
    const rows = Math.ceil(items.length / columns)
    const wide = Math.max(columns * side, Math.min(NARROWEST, width - 2 * GAP))
    if (x > GAP && x + wide > width - GAP) {
      x = GAP
      y += tallest + GAP
      tallest = 0
    }
    packed.labels.push({text: `${name} ${items.length}`, x, y: y + LABEL / 2, width: wide})
    items.forEach((item, index) => packed.cells.push({item, x: x + (index % columns) * side, y: y + LABEL + Math.floor(index / columns) * side, side}))
    tallest = Math.max(tallest, LABEL + rows * side)
    x += wide + GAP
  }
  packed.height = y + tallest + GAP
  return packed
}
