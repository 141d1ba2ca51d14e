import {expect, test} from 'vitest'

import {Ring} from './ring'

test('the oldest fall out', () => {
  const ring = new Ring<number>(3, 1e9, () => 1)
  for (let n = 0; n < 5; n++) ring.push(n)
  expect(ring.toArray()).toEqual([2, 3, 4])
  expect([ring.length, ring.dropped, ring.at(0), ring.at(3), ring.at(-1)]).toEqual([3, 2, 2, undefined, undefined])
  expect(ring.findLast(n => n < 4)).toBe(1)
  expect(ring.findLast(n => n > 9)).toBe(-1)
})

test('so do those that are too long together, but never the newest', () => {
  const ring = new Ring<string>(100, 10, text => text.length)
  for (const text of ['aaaa', 'bbbb', 'cccc']) ring.push(text)
  expect(ring.toArray()).toEqual(['bbbb', 'cccc'])
  ring.push('d'.repeat(50))
  expect(ring.toArray()).toEqual(['d'.repeat(50)])
  ring.clear()
  ring.push('e')
  expect([ring.toArray(), ring.total]).toEqual([['e'], 1])
})
