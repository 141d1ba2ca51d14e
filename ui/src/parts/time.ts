const STEPS: Array<[number, string]> = [
  [86_400_000 * 365, 'y'],
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
]

/** `3 min`, `2 d`, `now`: how long `ms` is, in its largest unit. */
export function span(ms: number): string {
  const length = Math.abs(ms)
  for (const [step, unit] of STEPS) if (length >= step) return `${Math.floor(length / step)} ${unit}`
  return 'now'
}

/** `3 min ago`, `in 2 h`. */
export function relative(time: number, now: number): string {
  const text = span(now - time)
  if (text === 'now') return text
  return time <= now ? `${text} ago` : `in ${text}`
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** The exact time in the viewer's zone, or in UTC. */
export function exact(time: number, zone: 'local' | 'utc' = 'local'): string {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat(undefined, {dateStyle: 'medium', timeStyle: 'long', timeZone: zone === 'utc' ? 'UTC' : undefined})
    formats.set(zone, format)
  }
  return format.format(time)
}
