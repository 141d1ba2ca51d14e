import {expect, test} from 'vitest'

import {packGroups} from './pack'

test.each([[1, 5], [7, 40], [3, 3000], [400, 5]])('%i blocks of %i: every cell is inside, none covers another', (blocks, each) => {
  const groups = Array.from({length: blocks}, (_, block) => ({name: `block-${block}`, items: Array.from({length: each + (block % 3)}, (_, item) => `${block}/${item}`)}))
  const packed = packGroups(groups, 900, 600)
  expect(packed.cells.length).toBe(groups.reduce((sum, group) => sum + group.items.length, 0))
  const taken = new Set<string>()
  for (const {x, y, side} of packed.cells) {
    expect(x).toBeGreaterThanOrEqual(0)
    expect(x + side).toBeLessThanOrEqual(900)
    expect(y + side).toBeLessThanOrEqual(packed.height)
    taken.add(`${x} ${y}`)
  }
  expect(taken.size).toBe(packed.cells.length)
})
