import {expect, test} from 'vitest'

import {Ring} from './ring'

test('the newest stay, in order', () => {
  const ring = new Ring<number>(3)
  for (let item = 1; item <= 5; item++) ring.push(item)
  expect([ring.toArray(), ring.at(0), ring.at(2), ring.at(3), ring.length, ring.dropped]).toEqual([[3, 4, 5], 3, 5, undefined, 3, 2])
  ring.clear()
  expect([ring.length, ring.dropped, ring.at(0)]).toEqual([0, 0, undefined])
})
