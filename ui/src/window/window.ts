/** Sync windows: what they say in a sentence, and when they open next in their zone. */
import { isDay, parseCron, sayCron, type Schedule } from './cron'

/** A window as projects hold it. */
export interface SyncWindow {
  readonly kind?: string
  readonly schedule?: string
  readonly duration?: string
  readonly timeZone?: string
  readonly applications?: readonly string[]
  readonly namespaces?: readonly string[]
  readonly clusters?: readonly string[]
  readonly manualSync?: boolean
  readonly syncOverrun?: boolean
  readonly andOperator?: boolean
  readonly description?: string
}

/** Where a window stands now. `from` and `to` bound the opening that is open, else the next one. */
export interface Standing {
  readonly isOpen: boolean
  readonly from: Date
  readonly to: Date
}

const UNITS: Record<string, number> = { ns: 1e-6, us: 1e-3, 'µs': 1e-3, 'μs': 1e-3, ms: 1, s: 1e3, m: 6e4, h: 3.6e6 }

/** A duration of Go (`1h30m`) in milliseconds, or what is wrong with it. */
export function parseDuration(text: string): number | string {
  const example = 'Write a number with a unit: 30m, 8h, 1h30m.'
  const rest = text.trim()
  if (rest === '') return `A duration is needed. ${example}`
  let total = 0
  let end = 0
  for (const part of rest.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|μs|ms|s|m|h)/gy)) {
    total += Number(part[1]) * (UNITS[part[2] ?? ''] ?? 0)
    end = part.index + part[0].length
  }
  if (end !== rest.length) return `“${text}” is no duration. ${example}${/\dd/.test(rest) ? ' Days are not known: 24h.' : ''}`
  return total
}

/** Milliseconds in words: “8 h”, “1 h 30 min”. */
export function sayDuration(ms: number): string {
  const minutes = Math.round(ms / 6e4)
  if (minutes < 1) return `${Math.round(ms / 1e3)} s`
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60]
  return [days && `${days} d`, hours && `${hours} h`, rest && `${rest} min`].filter(Boolean).join(' ')
}

const formats = new Map<string, Intl.DateTimeFormat | null>()

function format(zone: string): Intl.DateTimeFormat | null {
  let found = formats.get(zone)
  if (found === undefined) {
    try {
      found = new Intl.DateTimeFormat('en-US', {
        timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
      })
    } catch {
      found = null
    }
    formats.set(zone, found)
  }
  return found
}

/** Whether a name is a zone's. */
export function isZone(zone: string): boolean {
  return format(zone || 'UTC') !== null
}

interface Wall {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

function wall(at: number, zone: string): Wall {
  const parts: Record<string, number> = {}
  for (const { type, value } of format(zone || 'UTC')?.formatToParts(at) ?? []) parts[type] = Number(value)
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return { year, month, day, hour, minute, second }
}

/** The instant at which clocks of a zone show a time; that after the gap where they skip it. */
function instant(year: number, month: number, day: number, minuteOfDay: number, zone: string): number {
  const shown = Date.UTC(year, month - 1, day, 0, minuteOfDay)
  let at = shown
  for (let round = 0; round < 3; round++) {
    const w = wall(at, zone)
    const off = shown - Date.UTC(w.year, w.month - 1, w.day, w.hour, w.minute, w.second)
    if (off === 0) break
    at += off
  }
  return at
}

const DAY = 86_400_000

function starts(schedule: Schedule, zone: string, day: number): number[] {
  const date = new Date(day)
  const [year, month, dayOfMonth] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]
  if (!isDay(schedule, { year, month, day: dayOfMonth })) return []
  return schedule.hours.flatMap((hour) => schedule.minutes.map((minute) => instant(year, month, dayOfMonth, hour * 60 + minute, zone)))
}

/** Where a window stands at a time; undefined where it can never open or cannot be read. */
export function standing(window: SyncWindow, now: Date): Standing | undefined {
  const schedule = parseCron(window.schedule ?? '')
  const duration = parseDuration(window.duration ?? '')
  const zone = window.timeZone || 'UTC'
  if (typeof schedule === 'string' || typeof duration === 'string' || !isZone(zone)) return undefined
  const at = now.getTime()
  const here = wall(at, zone)
  const today = Date.UTC(here.year, here.month - 1, here.day)
  // The last opening that may still be open; one that began up to its length ago.
  for (let day = today; day >= today - DAY * (Math.ceil(duration / DAY) + 1); day -= DAY) {
    const begun = starts(schedule, zone, day).filter((start) => start <= at).at(-1)
    if (begun === undefined) continue
    if (begun + duration > at) return { isOpen: true, from: new Date(begun), to: new Date(begun + duration) }
    break
  }
  // A schedule for 29 February may wait eight years.
  for (let day = today; day < today + DAY * 366 * 9; day += DAY) {
    const next = starts(schedule, zone, day).find((start) => start > at)
    if (next !== undefined) return { isOpen: false, from: new Date(next), to: new Date(next + duration) }
  }
  return undefined
}

/** A window in a sentence: “Forbids syncs at 22:00 every day (UTC), for 8 h, for all applications.” */
export function say(window: SyncWindow): string {
  const schedule = parseCron(window.schedule ?? '')
  if (typeof schedule === 'string') return schedule
  const duration = parseDuration(window.duration ?? '')
  if (typeof duration === 'string') return duration
  const verb = window.kind === 'deny' ? 'Forbids syncs' : 'Allows syncs'
  return `${verb} ${sayCron(schedule)} (${window.timeZone || 'UTC'}), for ${sayDuration(duration)}, ${sayWhom(window)}.`
}

/** Whom a window is about. */
export function sayWhom(window: SyncWindow): string {
  const parts = [
    ['applications', window.applications],
    ['namespaces', window.namespaces],
    ['clusters', window.clusters],
  ] as const
  const named = parts.filter(([, names]) => names?.length)
  if (named.length === 0) return 'for nothing: it names no application, namespace or cluster'
  const isAll = ([, names]: (typeof named)[number]) => names?.includes('*')
  if (window.andOperator ? named.every(isAll) : named.some(isAll)) return 'for all applications'
  const words = named.map(([what, names]) => {
    const text = names?.join(', ') ?? ''
    return what === 'applications' ? `applications ${text}` : what === 'namespaces' ? `those in namespace ${text}` : `those on cluster ${text}`
  })
  return `for ${words.join(window.andOperator ? ' that are also ' : ', and ')}`
}

/** What the server would refuse in a window; undefined where nothing. */
export function faults(window: SyncWindow): Partial<Record<'kind' | 'schedule' | 'duration' | 'timeZone' | 'applications', string>> {
  const found: Partial<Record<'kind' | 'schedule' | 'duration' | 'timeZone' | 'applications', string>> = {}
  if (window.kind !== 'allow' && window.kind !== 'deny') found.kind = 'allow or deny'
  const schedule = parseCron(window.schedule ?? '')
  if (typeof schedule === 'string') found.schedule = schedule
  const duration = parseDuration(window.duration ?? '')
  if (typeof duration === 'string') found.duration = duration
  if (!isZone(window.timeZone ?? '')) found.timeZone = `${window.timeZone} is no time zone: use a name such as Europe/Berlin.`
  if (![window.applications, window.namespaces, window.clusters].some((names) => names?.length)) {
    found.applications = 'Name at least one application, namespace or cluster; * is all of them.'
  }
  return found
}

/** The opening that is open and those that follow, `count` of them at most. */
export function openings(window: SyncWindow, now: Date, count: number): Standing[] {
  const found: Standing[] = []
  let at = now
  while (found.length < count) {
    const next = standing(window, at)
    if (!next) break
    found.push(found.length === 0 ? next : { ...next, isOpen: false })
    // An opening that lasts beyond the next one's beginning is followed by that one.
    const beyond = new Date(next.isOpen && found.length === 1 ? next.to.getTime() : Math.max(next.to.getTime(), next.from.getTime() + 1))
    if (beyond.getTime() <= at.getTime()) break
    at = beyond
  }
  return found
}
