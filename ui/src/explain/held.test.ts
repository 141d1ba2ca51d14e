import {expect, test} from 'vitest'

import {heldBy} from './held'

const now = new Date('2026-11-25T23:00:00Z')
const deny = {kind: 'deny', schedule: '0 22 * * *', duration: '8h'}
const allow = {kind: 'allow', schedule: '0 9 * * *', duration: '1h'}

test('a window that forbids says until when', () => {
  expect(heldBy([deny], [deny, allow], now)).toMatch(/^a window that forbids syncs \(.*for 8 ?h.*\) is open; it closes in 7 h$/)
})

test('where none that allows is open, the next is told', () => {
  expect(heldBy([], [allow], now)).toBe('no window that allows syncs is open; the next opens in 10 h')
  expect(heldBy([], [], now)).toBe('no window that allows syncs is open')
})
