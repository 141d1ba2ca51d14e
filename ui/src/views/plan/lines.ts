import {diffLines} from 'diff'
import {stringify} from 'yaml'

/** One line of a comparison; `number`s count from 1 on the side that has it. */
export interface DiffLine {
  kind: 'same' | 'gone' | 'new'
  text: string
  before?: number
  after?: number
}

/** Lines that stand together: what differs with what is around it, or what was folded between. */
export type Hunk = {folded: DiffLine[]} | {lines: DiffLine[]}

/** Two texts line by line. Beyond `timeout` ms it is told as one whole that goes and one that comes. */
export function linesOf(before: string, after: string, timeout = 2000): DiffLine[] {
  const parts = diffLines(ended(before), ended(after), {timeout}) ?? [{value: ended(before), removed: true, added: false}, {value: ended(after), added: true, removed: false}]
  const lines: DiffLine[] = []
  let [left, right] = [0, 0]
  for (const part of parts) {
    const texts = part.value.split('\n')
    if (texts[texts.length - 1] === '') texts.pop()
    for (const text of texts) {
      if (part.added) lines.push({kind: 'new', text, after: ++right})
      else if (part.removed) lines.push({kind: 'gone', text, before: ++left})
      else lines.push({kind: 'same', text, before: ++left, after: ++right})
    }
  }
  return lines
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}

/** The lines with what is the same folded, but for `around` lines beside each difference. */
export function hunksOf(lines: readonly DiffLine[], around = 3): Hunk[] {
  const near = new Uint8Array(lines.length)
  lines.forEach((line, index) => {
    if (line.kind === 'same') return
    for (let at = Math.max(0, index - around); at <= Math.min(lines.length - 1, index + around); at++) near[at] = 1
  })
  const hunks: Hunk[] = []
  for (let from = 0; from < lines.length; ) {
    let to = from
    while (to < lines.length && near[to] === near[from]) to++
    const some = lines.slice(from, to)
    // A fold of two lines would be longer than they are.
    if (near[from] || some.length < 3) {
      const last = hunks[hunks.length - 1]
      if (last && 'lines' in last) last.lines.push(...some)
      else hunks.push({lines: some})
    } else hunks.push({folded: some})
    from = to
  }
  return hunks
}

/** A manifest as YAML, in the order people write it, without what the server keeps for itself. */
export function yamlOf(manifest: object | null | undefined): string {
  if (!manifest) return ''
  const {metadata, ...rest} = manifest as {metadata?: Record<string, unknown>}
  const {managedFields: _fields, resourceVersion: _version, uid: _uid, generation: _generation, creationTimestamp: _created, selfLink: _link, ...meta} = metadata ?? {}
  const order = ['apiVersion', 'kind', 'metadata', 'type', 'data', 'spec', 'status']
  const whole: Record<string, unknown> = {...rest, ...(metadata ? {metadata: meta} : {})}
  const keys = [...order.filter(key => key in whole), ...Object.keys(whole).filter(key => !order.includes(key)).sort()]
  return stringify(Object.fromEntries(keys.map(key => [key, whole[key]])), {lineWidth: 0, aliasDuplicateObjects: false, sortMapEntries: false})
}
