/** Schedules of sync windows: five fields of cron, with the rules that the server follows. */

/** A schedule that was understood. */
export interface Schedule {
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  readonly days: readonly number[]
  readonly months: readonly number[]
  readonly weekdays: readonly number[]
  /** Whether both day fields must hold; they must where either is a star. */
  readonly bothDays: boolean
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const MONTH_NAMES = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const WEEKDAY_NAMES = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

interface Field {
  readonly name: string
  readonly min: number
  readonly max: number
  readonly names: readonly string[]
  readonly first: number
}

const FIELDS: readonly [Field, Field, Field, Field, Field] = [
  { name: 'minute', min: 0, max: 59, names: [], first: 0 },
  { name: 'hour', min: 0, max: 23, names: [], first: 0 },
  { name: 'day of month', min: 1, max: 31, names: [], first: 0 },
  { name: 'month', min: 1, max: 12, names: MONTHS, first: 1 },
  { name: 'day of week', min: 0, max: 6, names: WEEKDAYS, first: 0 },
]

/** Reads a schedule, or says what is wrong with it. */
export function parseCron(text: string): Schedule | string {
  const parts = text.trim().split(/\s+/)
  if (text.trim() === '' || parts.length !== 5) {
    return `A schedule has five fields: minute, hour, day of month, month, day of week. Here are ${text.trim() === '' ? 0 : parts.length}.`
  }
  const sets: number[][] = []
  for (const [at, field] of FIELDS.entries()) {
    const found = numbers(parts[at] ?? '', field)
    if (typeof found === 'string') return found
    sets.push(found)
  }
  const [minutes = [], hours = [], days = [], months = [], weekdays = []] = sets
  const bothDays = hasStar(parts[2] ?? '') || hasStar(parts[4] ?? '')
  return { minutes, hours, days, months, weekdays, bothDays }
}

function hasStar(field: string): boolean {
  return field.split(',').some((part) => /^[*?](\/|$)/.test(part))
}

function numbers(text: string, field: Field): number[] | string {
  const found = new Set<number>()
  for (const part of text.split(',')) {
    const [base = '', step, ...more] = part.split('/')
    if (more.length > 0) return `“${part}” of the ${field.name} has too many slashes.`
    const isStar = base === '*' || base === '?'
    const [low = '', high, ...rest] = base.split('-')
    if (rest.length > 0) return `“${part}” of the ${field.name} has too many hyphens.`
    const from = isStar ? field.min : number(low, field)
    let to = isStar ? field.max : high === undefined ? from : number(high, field)
    if (from === undefined || to === undefined) return `“${part}” is no ${field.name}: ${field.min} to ${field.max}${field.names.length ? `, or ${field.names[0]} to ${field.names.at(-1)}` : ''}.`
    let width = 1
    if (step !== undefined) {
      width = /^\d+$/.test(step) ? Number(step) : 0
      if (width === 0) return `The step “${step}” of the ${field.name} must be a number above 0.`
      if (!isStar && high === undefined) to = field.max
    }
    if (from < field.min || to > field.max) return `The ${field.name} goes from ${field.min} to ${field.max}; “${part}” is outside.`
    if (from > to) return `“${part}” of the ${field.name} ends before it begins.`
    for (let n = from; n <= to; n += width) found.add(n)
  }
  return [...found].sort((a, b) => a - b)
}

function number(text: string, field: Field): number | undefined {
  if (/^\d+$/.test(text)) return Number(text)
  const at = field.names.indexOf(text.toLowerCase())
  return at < 0 ? undefined : at + field.first
}

/** A day of a calendar, without a zone. */
export interface Day {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** Whether a schedule begins on a day. */
export function isDay(schedule: Schedule, { year, month, day }: Day): boolean {
  if (!schedule.months.includes(month)) return false
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay()
  const [byDay, byWeekday] = [schedule.days.includes(day), schedule.weekdays.includes(weekday)]
  return schedule.bothDays ? byDay && byWeekday : byDay || byWeekday
}

/** A schedule in words: “at 22:00 on Monday to Friday”. */
export function sayCron(schedule: Schedule): string {
  const time = sayTime(schedule)
  const days = sayDays(schedule)
  const months = schedule.months.length === 12 ? '' : ` in ${list(runs(schedule.months).map((run) => sayRun(run, (n) => MONTH_NAMES[n - 1] ?? '')))}`
  return `${time}${days}${months}`
}

function sayTime({ minutes, hours }: Schedule): string {
  const allHours = hours.length === 24
  if (minutes.length === 60) return allHours ? 'every minute' : `every minute from ${list(runs(hours).map((run) => `${clock(run.from, 0)} to ${clock(run.to, 59)}`))}`
  const step = stepOf(minutes, 60)
  if (minutes.length > 1 && step) return `every ${step} minutes${allHours ? '' : ` in the hours ${list(runs(hours).map((run) => sayRun(run, String)))}`}`
  if (allHours) return `every hour at minute ${list(minutes.map(String))}`
  const hourStep = stepOf(hours, 24)
  if (hours.length > 2 && hourStep && minutes.length === 1) return `every ${hourStep} hours at minute ${minutes[0]}`
  if (hours.length * minutes.length <= 6) return `at ${list(hours.flatMap((hour) => minutes.map((minute) => clock(hour, minute))))}`
  return `at minute ${list(minutes.map(String))} of the hours ${list(runs(hours).map((run) => sayRun(run, String)))}`
}

function sayDays({ days, weekdays, bothDays }: Schedule): string {
  const byDay = days.length === 31 ? '' : `on day ${list(runs(days).map((run) => sayRun(run, String)))} of the month`
  const byWeekday = weekdays.length === 7 ? '' : `on ${list(weekdayRuns(weekdays).map((run) => sayRun(run, (n) => WEEKDAY_NAMES[n % 7] ?? '')))}`
  if (byDay && byWeekday) return ` ${byDay} ${bothDays ? 'if it is' : 'and'} ${bothDays ? byWeekday.slice(3) : byWeekday}`
  // One of two fields that are each enough, where the other names every day, is every day.
  if (!bothDays && (days.length === 31 || weekdays.length === 7)) return ' every day'
  return byDay || byWeekday ? ` ${byDay || byWeekday}` : ' every day'
}

interface Run {
  readonly from: number
  readonly to: number
}

function runs(numbers: readonly number[]): Run[] {
  const found: { from: number; to: number }[] = []
  for (const n of numbers) {
    const run = found.at(-1)
    if (run && run.to === n - 1) run.to = n
    else found.push({ from: n, to: n })
  }
  return found
}

/** Weekdays from Monday on, so that a weekend is one run. */
function weekdayRuns(weekdays: readonly number[]): Run[] {
  return runs(weekdays.map((n) => (n === 0 ? 7 : n)).sort((a, b) => a - b))
}

function sayRun({ from, to }: Run, name: (n: number) => string): string {
  if (from === to) return name(from)
  return to === from + 1 ? `${name(from)} and ${name(to)}` : `${name(from)} to ${name(to)}`
}

function stepOf(numbers: readonly number[], size: number): number | undefined {
  const step = (numbers[1] ?? 0) - (numbers[0] ?? 0)
  if (numbers[0] !== 0 || step <= 1 || size % step !== 0 || numbers.length !== size / step) return undefined
  return numbers.every((n, at) => n === at * step) ? step : undefined
}

function clock(hour: number, minute: number): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
}

function list(items: readonly string[]): string {
  if (items.length <= 1) return items[0] ?? ''
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}
