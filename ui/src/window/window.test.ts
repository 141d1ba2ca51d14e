import { expect, test } from 'vitest'

import { parseCron, sayCron } from './cron'
import { faults, openings, parseDuration, say, sayDuration, standing, type SyncWindow } from './window'

test.each([
  ['* * * * *', 'every minute every day'],
  ['0 22 * * *', 'at 22:00 every day'],
  ['30 9 * * 1-5', 'at 09:30 on Monday to Friday'],
  ['0 9,17 * * sat,sun', 'at 09:00 and 17:00 on Saturday and Sunday'],
  ['*/15 * * * *', 'every 15 minutes every day'],
  ['0 */6 * * *', 'every 6 hours at minute 0 every day'],
  ['5 * * * *', 'every hour at minute 5 every day'],
  ['0 0 1 * *', 'at 00:00 on day 1 of the month'],
  ['0 0 1 jan *', 'at 00:00 on day 1 of the month in January'],
  ['0 0 13 * fri', 'at 00:00 on day 13 of the month and on Friday'],
  ['* 8-17 * * *', 'every minute from 08:00 to 17:59 every day'],
  ['0 0 * 6-8 *', 'at 00:00 every day in June to August'],
])('%s', (text, words) => {
  const schedule = parseCron(text)
  expect(typeof schedule === 'string' ? schedule : sayCron(schedule)).toBe(words)
})

test.each([
  ['', /five fields.*are 0/],
  ['* * * *', /are 4/],
  ['60 * * * *', /minute goes from 0 to 59/],
  ['* * 0 * *', /day of month goes from 1/],
  ['* * * foo *', /no month.*jan to dec/],
  ['* * * * 5-1', /ends before it begins/],
  ['*/0 * * * *', /above 0/],
  ['1/2/3 * * * *', /slashes/],
  ['1-2-3 * * * *', /hyphens/],
])('%j is refused', (text, words) => expect(parseCron(text)).toMatch(words))

test.each<[string, number | RegExp]>([
  ['8h', 288e5],
  ['1h30m', 54e5],
  ['1.5h', 54e5],
  ['90s', 9e4],
  ['1d', /Days are not known/],
  ['8', /no duration/],
  ['', /needed/],
  ['h', /no duration/],
])('duration %j', (text, want) => {
  const found = parseDuration(text)
  if (typeof want === 'number') expect(found).toBe(want)
  else expect(found).toMatch(want)
})

test.each([[54e5, '1 h 30 min'], [288e5, '8 h'], [9e7, '1 d 1 h'], [3e4, '1 min'], [5e3, '5 s']])('%d in words', (ms, words) => {
  expect(sayDuration(ms)).toBe(words)
})

function check(window: SyncWindow, now: string, want: string | undefined): void {
  const found = standing(window, new Date(now))
  expect(found && `${found.isOpen ? 'open' : 'next'} ${found.from.toISOString()} ${found.to.toISOString()}`).toBe(want)
}

const night = { schedule: '0 22 * * *', duration: '8h' }
const T = (time: string) => `${time}:00.000Z`

test.each<[string, SyncWindow, string, string | undefined]>([
  ['before it opens', night, T('2026-11-25T12:00'), `next ${T('2026-11-25T22:00')} ${T('2026-11-26T06:00')}`],
  ['at its first instant', night, T('2026-11-25T22:00'), `open ${T('2026-11-25T22:00')} ${T('2026-11-26T06:00')}`],
  ['past midnight', night, T('2026-11-26T05:59'), `open ${T('2026-11-25T22:00')} ${T('2026-11-26T06:00')}`],
  ['at its end', night, T('2026-11-26T06:00'), `next ${T('2026-11-26T22:00')} ${T('2026-11-27T06:00')}`],
  ['in a zone', { ...night, timeZone: 'Europe/Berlin' }, T('2026-11-25T12:00'), `next ${T('2026-11-25T21:00')} ${T('2026-11-26T05:00')}`],
  ['in summer', { ...night, timeZone: 'Europe/Berlin' }, T('2026-07-01T12:00'), `next ${T('2026-07-01T20:00')} ${T('2026-07-02T04:00')}`],
  ['a day that is yesterday in UTC', { schedule: '0 9 26 11 *', duration: '1h', timeZone: 'Pacific/Auckland' }, T('2026-11-25T12:00'),
    `next ${T('2026-11-25T20:00')} ${T('2026-11-25T21:00')}`],
  ['a leap day', { schedule: '0 0 29 2 *', duration: '1h' }, T('2026-11-25T12:00'), `next ${T('2028-02-29T00:00')} ${T('2028-02-29T01:00')}`],
  ['never', { schedule: '0 0 30 2 *', duration: '1h' }, T('2026-11-25T12:00'), undefined],
  ['longer than a day', { schedule: '0 0 * * 5', duration: '60h' }, T('2026-11-29T11:00'), `open ${T('2026-11-27T00:00')} ${T('2026-11-29T12:00')}`],
  ['no zone of that name', { ...night, timeZone: 'Mars/North' }, T('2026-11-25T12:00'), undefined],
])('%s', (_, window, now, want) => check(window, now, want))

test('a sentence', () => {
  expect(say({ ...night, kind: 'deny', applications: ['*'] })).toBe('Forbids syncs at 22:00 every day (UTC), for 8 h, for all applications.')
  expect(say({ ...night, kind: 'allow', applications: ['a-*', 'b'], clusters: ['prod'], andOperator: true })).toBe(
    'Allows syncs at 22:00 every day (UTC), for 8 h, for applications a-*, b that are also those on cluster prod.',
  )
  expect(say({ ...night, kind: 'deny' })).toMatch(/for nothing/)
  expect(say({ kind: 'deny', schedule: 'x', duration: '1h' })).toMatch(/five fields/)
})

test('what the server would refuse', () => {
  expect(faults({ ...night, kind: 'deny', applications: ['*'] })).toEqual({})
  expect(Object.keys(faults({ kind: 'x', schedule: '', duration: '', timeZone: 'no' })).sort()).toEqual(['applications', 'duration', 'kind', 'schedule', 'timeZone'])
})

test('the openings that follow', () => {
  const window = { kind: 'allow', schedule: '0 9 * * 1-5', duration: '8h', applications: ['*'] }
  const say = (now: string) => openings(window, new Date(now), 3).map(({ isOpen, from }) => `${isOpen ? 'open ' : ''}${from.toISOString().slice(0, 16)}`)
  expect(say('2026-11-27T08:00:00Z')).toEqual(['2026-11-27T09:00', '2026-11-30T09:00', '2026-12-01T09:00'])
  expect(say('2026-11-27T10:00:00Z')).toEqual(['open 2026-11-27T09:00', '2026-11-30T09:00', '2026-12-01T09:00'])
  expect(openings({ ...window, schedule: '0 0 31 2 *' }, new Date('2026-01-01T00:00:00Z'), 3)).toEqual([])
})
