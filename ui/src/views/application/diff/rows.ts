import type {DiffLine} from '@/views/plan/lines'

/** A line of one side. */
export interface Side {
  number: number
  text: string
}

/** One row on the screen: the same on both sides, what differs, or a fold of what does not. */
export type Row =
  | {kind: 'same' | 'change' | 'gone' | 'new'; left?: Side; right?: Side}
  | {kind: 'fold'; id: number; count: number}

export type Layout = 'side' | 'inline'

/** Folds shorter than this would hide less than they take. */
const LEAST = 4

/** The rows of a comparison: side by side what goes and what comes stand in one row; what is the same is folded but for `around` lines, unless its fold is in `opened`. */
export function rowsOf(lines: readonly DiffLine[], layout: Layout, opened: ReadonlySet<number>, around = 3): Row[] {
  const rows: Row[] = []
  let at = 0
  while (at < lines.length) {
    let to = at
    if (lines[at]?.kind === 'same') {
      while (lines[to]?.kind === 'same') to++
      const head = at === 0 ? 0 : around
      const tail = to === lines.length ? 0 : around
      const hidden = to - at - head - tail
      const fold = hidden >= LEAST && !opened.has(at)
      for (let line = at; line < to; line++) {
        if (fold && line === at + head) {
          rows.push({kind: 'fold', id: at, count: hidden})
          line += hidden - 1
          continue
        }
        const one = lines[line] as DiffLine
        rows.push({kind: 'same', left: {number: one.before ?? 0, text: one.text}, right: {number: one.after ?? 0, text: one.text}})
      }
    } else {
      const [gone, come]: [Side[], Side[]] = [[], []]
      for (; to < lines.length && lines[to]?.kind !== 'same'; to++) {
        const one = lines[to] as DiffLine
        if (one.kind === 'gone') gone.push({number: one.before ?? 0, text: one.text})
        else come.push({number: one.after ?? 0, text: one.text})
      }
      if (layout === 'side') {
        for (let row = 0; row < Math.max(gone.length, come.length); row++) {
          const [left, right] = [gone[row], come[row]]
          rows.push({kind: left && right ? 'change' : left ? 'gone' : 'new', left, right})
        }
      } else {
        for (const left of gone) rows.push({kind: 'gone', left})
        for (const right of come) rows.push({kind: 'new', right})
      }
    }
    at = to
  }
  return rows
}

/** Where two lines begin and end to differ: the same at the front, what differs on each side, the same at the end. */
export function partsOf(left: string, right: string): {head: string; left: string; right: string; tail: string} {
  const least = Math.min(left.length, right.length)
  let head = 0
  while (head < least && left[head] === right[head]) head++
  let tail = 0
  while (tail < least - head && left[left.length - 1 - tail] === right[right.length - 1 - tail]) tail++
  return {head: left.slice(0, head), left: left.slice(head, left.length - tail), right: right.slice(head, right.length - tail), tail: left.slice(left.length - tail)}
}
