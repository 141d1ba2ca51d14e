import {expect, test} from 'vitest'

import {linesOf} from '@/views/plan/lines'
import {ignoreRule, partsOfPath} from './ignore'
import {partsOf, rowsOf, type Layout, type Row} from './rows'

const text = (row: Row) => (row.kind === 'fold' ? `… ${row.count}` : `${row.kind} ${row.left?.text ?? ''}|${row.right?.text ?? ''}`)
const rows = (before: string, after: string, layout: Layout, opened: number[] = []) => rowsOf(linesOf(before, after), layout, new Set(opened), 1).map(text)
const long = Array.from({length: 12}, (_, index) => `l${index}`)

test('side by side, what goes and what comes stand in one row', () => {
  expect(rows('a\nb\nc', 'a\nB\nB2\nc', 'side')).toEqual(['same a|a', 'change b|B', 'new |B2', 'same c|c'])
  expect(rows('a\nb\nc', 'a\nB\nc', 'inline')).toEqual(['same a|a', 'gone b|', 'new |B', 'same c|c'])
})

test('what is the same is folded, and opens', () => {
  const after = [...long.slice(0, 11), 'other']
  expect(rows(long.join('\n'), after.join('\n'), 'side')).toEqual(['… 10', 'same l10|l10', 'change l11|other'])
  expect(rows(long.join('\n'), after.join('\n'), 'side', [0])).toHaveLength(12)
  expect(rows(long.join('\n'), long.join('\n'), 'side')).toEqual(['… 12'])
})

test('an object that comes or goes is all of one sort', () => {
  expect(rows('', 'a\nb', 'side')).toEqual(['new |a', 'new |b'])
  expect(rows('a', '', 'inline')).toEqual(['gone a|'])
})

test('numbers count on each side', () => {
  const last = rowsOf(linesOf('a\nb', 'x\na\nb'), 'side', new Set()).at(-1)
  expect(last).toMatchObject({left: {number: 2}, right: {number: 3}})
})

test.each([
  ['replicas: 3', 'replicas: 4', '3', '4'],
  ['image: a:1.8.2', 'image: a:1.8.30', '2', '30'],
  ['a', 'a', '', ''],
  ['aa', 'a', 'a', ''],
])('of %j and %j these parts differ', (left, right, a, b) => {
  const parts = partsOf(left, right)
  expect([parts.left, parts.right]).toEqual([a, b])
  expect(parts.head + parts.left + parts.tail).toBe(left)
  expect(parts.head + parts.right + parts.tail).toBe(right)
})

test('a comparison of 30,000 lines has rows in no time', () => {
  const before = Array.from({length: 30_000}, (_, index) => `line ${index}`)
  const after = before.map((line, index) => (index % 1500 === 7 ? `${line} changed` : line))
  const some = rowsOf(linesOf(before.join('\n'), after.join('\n')), 'side', new Set())
  expect(some.filter(row => row.kind === 'change')).toHaveLength(20)
  expect(some.length).toBeLessThan(200)
})

test('paths are taken apart', () => {
  expect(partsOfPath('spec.containers[web].ports[0]')).toEqual([{key: 'spec'}, {key: 'containers'}, {item: 'web'}, {key: 'ports'}, {index: 0}])
  expect(partsOfPath('metadata.annotations["a.b/c"]')).toEqual([{key: 'metadata'}, {key: 'annotations'}, {key: 'a.b/c'}])
})

const object = {group: 'apps', kind: 'Deployment', name: 'web', namespace: 'x'}
test.each([
  ['spec.replicas', 'jsonPointers:\n      - /spec/replicas'],
  ['metadata.annotations["a.b/c"]', 'jsonPointers:\n      - /metadata/annotations/a.b~1c'],
  ['spec.template.spec.containers[web].image', 'jqPathExpressions:\n      - .spec.template.spec.containers[] | select(.name == "web") | .image'],
  ['spec.ports[port=80].nodePort', 'jqPathExpressions:\n      - .spec.ports[] | select(.port == 80) | .nodePort'],
  ['metadata.finalizers[=a/b]', 'jqPathExpressions:\n      - .metadata.finalizers[] | select(. == "a/b")'],
])('the field %s is ignored by a rule', (path, rule) => {
  expect(ignoreRule(object, path)).toContain(rule)
  expect(ignoreRule(object, path)).toContain('group: apps\n    kind: Deployment\n    name: web\n    namespace: x')
})
