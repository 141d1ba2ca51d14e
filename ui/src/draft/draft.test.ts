import { describe, expect, test } from 'vitest'

import { Draft, same, type Path } from './draft'

const APP = `# who asks: payments
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: cart # short
spec:
  project: default
  unknownField:
    - 1
  syncPolicy:
    automated:
      prune: true
`

function check(before: string, path: Path, value: unknown, after: string): void {
  expect(Draft.parse(before).set(path, value).text).toBe(after)
}

describe('a field changes its own place alone', () => {
  test.each<[string, Path, unknown, string]>([
    ['a text', ['metadata', 'name'], 'shop', APP.replace('name: cart', 'name: shop')],
    ['a new field', ['spec', 'revisionHistoryLimit'], 5, `${APP}  revisionHistoryLimit: 5\n`],
    ['what leads there is made', ['operation', 'sync', 'revision'], 'main', `${APP}operation:\n  sync:\n    revision: main\n`],
    ['a list begins with its first item', ['spec', 'sources', 0, 'path'], 'x', `${APP}  sources:\n    - path: x\n`],
    ['the same changes nothing', ['spec', 'project'], 'default', APP],
    ['what is not there cannot go', ['spec', 'nothing', 'here'], undefined, APP],
    ['an emptied mapping that says something stays', ['spec', 'syncPolicy', 'automated', 'prune'], undefined,
      APP.replace('automated:\n      prune: true', 'automated: {}')],
    ['what is left empty goes', ['spec', 'unknownField', 0], undefined, APP.replace('  unknownField:\n    - 1\n', '')],
  ])('%s', (_, path, value, after) => check(APP, path, value, after))

  test('a text that looks like another type is quoted', () => check('a: x\n', ['a'], '1', 'a: "1"\n'))
  test('a number takes the place of a quoted text', () => check("a: '7'\n", ['a'], 8, 'a: 8\n'))
  test('lines become a block', () => check('a: x\n', ['a'], 'one\ntwo\n', 'a: |\n  one\n  two\n'))
  test('null is filled', () => check('spec:\n', ['spec', 'a'], 1, 'spec:\n  a: 1\n'))
  test('an empty text is begun', () => check('', ['a', 'b'], 'c', 'a:\n  b: c\n'))
  test('an empty flow mapping opens', () => check('a: {}\n', ['a', 'b'], 1, 'a:\n  b: 1\n'))
  test('items move', () => {
    expect(Draft.parse('a:\n  - x # first\n  - y\n').move(['a'], 0, 1).listAt(['a'])).toEqual(['y', 'x'])
  })
  test('items are added', () => {
    expect(Draft.parse('a:\n  - x\n').append(['a'], 'y').append(['b'], 1).value()).toEqual({ a: ['x', 'y'], b: [1] })
  })
})

describe('a text that cannot be read', () => {
  const broken = 'a: [1, 2\nb: c: d\n'
  test('keeps every character, and fields wait', () => {
    const draft = Draft.parse(broken)
    expect(draft.readable).toBe(false)
    expect(draft.set(['a'], 1).text).toBe(broken)
    expect(draft.value()).toBeUndefined()
    expect(draft.problems.length).toBeGreaterThan(0)
    expect(draft.problems.every((problem) => problem.span !== undefined && !/ at line/.test(problem.message))).toBe(true)
  })
  test.each([
    ['a:\n\tb: 1\n', /spaces/],
    ['a: 1\na: 2\n', /twice/],
    ['- 1\n', /mapping/],
    ['a: 1\n---\nb: 2\n', /One document/],
  ])('%j', (text, words) => expect(Draft.parse(text).problems[0]?.message).toMatch(words))
})

describe('places', () => {
  const at = (path: Path) => {
    const span = Draft.parse(APP).spanAt(path)
    return span && APP.slice(span.from, span.to)
  }
  test.each<[Path, string]>([
    [['metadata', 'name'], 'name'],
    [['spec', 'syncPolicy', 'automated', 'prune'], 'prune'],
    [['spec', 'syncPolicy', 'retry', 'limit'], 'syncPolicy'],
    [['spec', 'unknownField', 0], '1'],
  ])('%j', (path, words) => expect(at(path)).toBe(words))

  test.each([
    ['prune: true', ['spec', 'syncPolicy', 'automated', 'prune']],
    ['cart', ['metadata', 'name']],
    ['1\n  sync', ['spec', 'unknownField', 0]],
  ])('what stands at %j', (words, path) => expect(Draft.parse(APP).pathAt(APP.indexOf(words) + 1)).toEqual(path))
})

test('values are the same whatever the order of their fields, and absent is undefined', () => {
  expect(same({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1, d: undefined })).toBe(true)
  expect(same([1, 2], [2, 1])).toBe(false)
  expect(same([], {})).toBe(false)
})

test('a value becomes block YAML and back', () => {
  const value = { metadata: { name: 'a: b', labels: {} }, list: ['*', '!x'], text: 'two\nlines' }
  expect(Draft.of(value).value()).toEqual(value)
})
