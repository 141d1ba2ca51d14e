import {expect, test} from 'vitest'

import {Draft} from '@/draft/draft'
import {addSource, draftOf, faultsOf, hasOption, removeSource, sourcePaths, withOption} from './model'

test('an address gives a part, the rest is filled in', () => {
  const draft = draftOf('{"metadata":{"name":"shop"},"spec":{"destination":{"name":"prod"},"syncPolicy":{"automated":{}}}}')
  expect(draft.value()).toMatchObject({metadata: {name: 'shop'}, spec: {project: 'default', destination: {name: 'prod', namespace: ''}, syncPolicy: {automated: {}}}})
  expect(draft.get(['spec', 'destination', 'server'])).toBeUndefined()
  expect(draftOf('{broken').textAt(['spec', 'project'])).toBe('default')
})

test('sources come and go, and nothing of them is lost', () => {
  const one = Draft.parse('spec:\n  source:\n    repoURL: https://git.example/a\n    path: a\n    unknownField: kept # why\n')
  const two = addSource(one)
  expect(two.get(['spec', 'source'])).toBeUndefined()
  expect(sourcePaths(two).length).toBe(2)
  expect(two.get(['spec', 'sources', 0, 'unknownField'])).toBe('kept')
  const back = removeSource(two, 1)
  expect(back.get(['spec', 'source'])).toEqual({repoURL: 'https://git.example/a', path: 'a', unknownField: 'kept'})
  expect(back.get(['spec', 'sources'])).toBeUndefined()
})

test('an option has one value', () => {
  const draft = withOption(withOption(Draft.of({}), 'PrunePropagationPolicy=foreground', true), 'PrunePropagationPolicy=orphan', true)
  expect(draft.listAt(['spec', 'syncPolicy', 'syncOptions'])).toEqual(['PrunePropagationPolicy=orphan'])
  expect(hasOption(draft, 'PrunePropagationPolicy=orphan')).toBe(true)
  expect(withOption(draft, 'PrunePropagationPolicy=orphan', false).get(['spec', 'syncPolicy', 'syncOptions'])).toBeUndefined()
})

test.each([
  ['{}', ['metadata.name', 'spec.source.repoURL']],
  ['{"metadata":{"name":"Shop!"},"spec":{"source":{"repoURL":"https://x/y"}}}', ['metadata.name', 'spec.source.path']],
  ['{"metadata":{"name":"shop"},"spec":{"source":{"repoURL":"https://charts","chart":"redis","path":null,"targetRevision":""}}}', ['spec.source.targetRevision']],
  ['{"metadata":{"name":"shop"},"spec":{"source":{"repoURL":"https://x/y","path":"."}}}', []],
])('faults of %s', (given, keys) => expect(Object.keys(faultsOf(draftOf(given)))).toEqual(keys))
