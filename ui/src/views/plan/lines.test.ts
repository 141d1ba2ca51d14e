import {expect, test} from 'vitest'

import {hunksOf, linesOf, yamlOf} from './lines'

test('lines carry their numbers on each side', () => {
  expect(linesOf('a\nb\nc', 'a\nx\nc').map(line => [line.kind, line.text, line.before, line.after])).toEqual([['same', 'a', 1, 1], ['gone', 'b', 2, undefined], ['new', 'x', undefined, 2], ['same', 'c', 3, 3]])
  expect(linesOf('', 'a\n')).toEqual([{kind: 'new', text: 'a', after: 1}])
  expect(linesOf('', '')).toEqual([])
})

test('what is the same is folded, but for what stands near a difference', () => {
  const many = Array.from({length: 30}, (_, index) => `line ${index}`)
  const hunks = hunksOf(linesOf(many.join('\n'), many.with(15, 'other').join('\n')))
  expect(hunks.map(hunk => ('folded' in hunk ? `folded ${hunk.folded.length}` : hunk.lines.length))).toEqual(['folded 12', 8, 'folded 11'])
})

test('thirty thousand lines are compared in a moment', () => {
  const many = Array.from({length: 30_000}, (_, index) => `key${index}: ${index % 97}`)
  const changed = many.map((line, index) => (index % 1500 === 7 ? `${line}!` : line))
  expect(linesOf(many.join('\n'), changed.join('\n')).filter(line => line.kind === 'new')).toHaveLength(20)
})

test('a manifest begins as people write it, without the server’s own', () => {
  expect(yamlOf({status: {}, spec: {b: 1}, kind: 'A', metadata: {name: 'n', uid: 'u', managedFields: []}, apiVersion: 'v1'})).toBe('apiVersion: v1\nkind: A\nmetadata:\n  name: n\nspec:\n  b: 1\nstatus: {}\n')
  expect(yamlOf(null)).toBe('')
})
