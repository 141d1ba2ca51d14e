import type {Facets, Row} from '@/api/fleet'
import {explain} from '@/explain/explain'
import type {Look} from '@/parts/status'

export interface Verdict {
  look: Look
  text: string
  /** For the browser's tab: `61 degraded`. */
  short?: string
}

/** The fleet in one sentence: `4,912 of 5,000 are in order; 61 degraded, 27 out of sync.` */
export function verdict(visible: number, facets: Facets): Verdict {
  const count = (facet: string, value: string) => facets[facet]?.find(one => one.value === value)?.count ?? 0
  const parts: Array<[number, string, Look]> = [
    [count('health', 'Degraded'), 'degraded', 'bad'],
    [count('health', 'Missing'), 'missing', 'missing'],
    [count('sync', 'OutOfSync'), 'out of sync', 'warn'],
    [Math.max(count('sync', 'Unknown'), count('health', 'Unknown')), 'unknown', 'unknown'],
    [count('health', 'Progressing'), 'progressing', 'run'],
    [count('health', 'Suspended'), 'suspended', 'held'],
  ]
  const there = parts.filter(([count]) => count > 0)
  const [worst] = there
  if (!worst) return {look: 'ok', text: visible === 1 ? 'The application is in order.' : `All ${visible.toLocaleString()} applications are in order.`}
  const list = there.map(([count, word]) => `${count.toLocaleString()} ${word}`)
  const healthy = count('health', 'Healthy')
  return {look: worst[2], text: `${healthy.toLocaleString()} of ${visible.toLocaleString()} are healthy; ${list.join(', ')}.`, short: worst[2] === 'bad' || worst[2] === 'missing' ? list[0] : undefined}
}

/** Applications with one cause. */
export interface Cause {
  text: string
  look: Look
  rows: Row[]
  /** What else all of them share. */
  where?: string
}

/** Groups what is wrong by why, not by application: the same words are one cause, whatever the application's own name, address or numbers. */
export function groupByCause(rows: readonly Row[], now: number): Cause[] {
  const causes = new Map<string, Cause>()
  for (const row of rows) {
    const {look, what, because} = explain(row, now)
    const text = (because ?? what).replace(/ \d+ (?:s|min|h|d|y)\b/g, '')
    const key = `${look} ${pattern(text, row)}`
    const cause = causes.get(key)
    const said = because ? `${what.replace(/ (?:for )?\d+ (?:s|min|h|d|y)(?: ago)?/g, '')}: ${because}` : text
    if (!cause) causes.set(key, {text: said, look, rows: [row]})
    else {
      cause.rows.push(row)
      // Where each has an object of its own, its kind is what they share.
      if (said !== cause.text) cause.text = cause.text.replace(OBJECT, '$1')
    }
  }
  for (const cause of causes.values()) if (cause.rows.length > 1) cause.where = shared(cause.rows)
  return [...causes.values()].sort((a, b) => worst(b) - worst(a) || b.rows.length - a.rows.length)
}

/** `Deployment/cart`. */
const OBJECT = /\b([A-Z]\w+)\/[a-z0-9][\w.-]*/g

function worst(cause: Cause): number {
  return Math.max(...cause.rows.map(row => row.severity))
}

/** A message without what differs from one application to the next. */
function pattern(text: string, row: Row): string {
  let plain = text.replace(OBJECT, '$1')
  for (const own of [row.name, row.destination.namespace, row.sources[0]?.path, row.sources[0]?.repoURL]) if (own && own.length > 2) plain = plain.split(own).join('…')
  return plain.replace(/\b[0-9a-f]{7,64}\b/g, '…').replace(/\d+/g, '#').slice(0, 160)
}

function shared(rows: Row[]): string | undefined {
  const all = (of: (row: Row) => string | undefined) => {
    const [first] = rows
    const value = first && of(first)
    return value && rows.every(row => of(row) === value) ? value : undefined
  }
  const revision = all(row => row.sync.revisions?.[0])
  if (revision) return `at ${revision.slice(0, 7)}`
  const cluster = all(row => row.destination.cluster)
  if (cluster) return `in ${cluster}`
  const project = all(row => row.project)
  return project && `of project ${project}`
}
