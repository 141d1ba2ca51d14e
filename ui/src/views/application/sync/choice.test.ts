import {describe, expect, test} from 'vitest'

import type {Application} from '@/api/contract'
import {choiceFor, faultsOf, keyOf, objectsOf, otherRevision, partsOf, PLAIN, requestOf, RETRY, valueOf, withValue, wordFor} from './choice'

const app = (spec: object = {}, resources: object[] = []): Application =>
  ({metadata: {name: 'shop', namespace: 'argocd'}, spec: {project: 'p', destination: {}, source: {repoURL: 'r', targetRevision: 'main'}, ...spec}, status: {resources}}) as unknown as Application
const named = {name: 'shop', namespace: 'argocd', project: 'p'}

describe('the request', () => {
  test('says what is shown, for one application', () => {
    const one = app({syncPolicy: {automated: {prune: true}, syncOptions: ['CreateNamespace=true'], retry: {limit: 2, backoff: {duration: '10s', factor: 3, maxDuration: '1m'}}}})
    expect(requestOf(named, choiceFor(one), 1)).toEqual({
      name: 'shop', appNamespace: 'argocd', project: 'p', prune: true, dryRun: false, strategy: {hook: {force: false}}, syncOptions: {items: ['CreateNamespace=true']},
      retryStrategy: {limit: 2, backoff: {duration: '10s', factor: 3, maxDuration: '1m'}},
    })
  })

  test('says what was chosen', () => {
    const choice = {...PLAIN, revisions: [' v2 '], applyOnly: true, force: true, objects: ['apps/Deployment/web/cart'], note: ' hotfix ', retry: {...RETRY, refresh: true}}
    expect(requestOf(named, choice, 1)).toMatchObject({revision: 'v2', strategy: {apply: {force: true}}, resources: [{group: 'apps', kind: 'Deployment', namespace: 'web', name: 'cart'}], infos: [{name: 'Reason', value: 'hotfix'}], retryStrategy: {limit: 5, refresh: true}})
  })

  test('names the sources that were given a revision, counted from one', () => {
    expect(requestOf(named, {...PLAIN, revisions: ['', 'v2', '']}, 3)).toMatchObject({revisions: ['v2'], sourcePositions: [2]})
    expect(requestOf(named, {...PLAIN, revisions: ['', '']}, 2)).not.toHaveProperty('revisions')
  })

  test('leaves each of many applications its own options', () => {
    expect(requestOf(named, PLAIN)).not.toHaveProperty('syncOptions')
    expect(requestOf(named, {...PLAIN, options: ['Replace=true'], objects: ['/Service//a']})).toMatchObject({syncOptions: {items: ['Replace=true']}})
    expect(requestOf(named, {...PLAIN, objects: ['/Service//a']})).not.toHaveProperty('resources')
  })
})

test('an option has one value', () => {
  expect(withValue(['Prune=false', 'Validate=false'], 'Prune', 'confirm')).toEqual(['Validate=false', 'Prune=confirm'])
  expect(withValue(['Prune=false'], 'Prune', '')).toEqual([])
  expect(withValue(['PruneLast=true'], 'Prune', 'false')).toEqual(['PruneLast=true', 'Prune=false'])
  expect(valueOf(['PruneLast=true', 'Prune=false'], 'Prune')).toBe('false')
})

test.each([
  [{limit: 'x'}, 'limit'],
  [{limit: '-1'}, undefined],
  [{duration: '5'}, undefined],
  [{duration: '1m30s'}, undefined],
  [{duration: 'soon'}, 'duration'],
  [{factor: '0'}, 'factor'],
  [{maxDuration: ''}, 'maxDuration'],
])('a retry of %j has its fault in %s', (change, field) => {
  expect(Object.keys(faultsOf({...PLAIN, retry: {...RETRY, ...change}}))).toEqual(field ? [field] : [])
})

test('nothing chosen is a fault, everything is not', () => {
  expect(faultsOf({...PLAIN, objects: []})).toHaveProperty('objects')
  expect(faultsOf(PLAIN)).toEqual({})
})

test('another revision is one that differs from the source’s own', () => {
  expect(otherRevision(app(), {...PLAIN, revisions: ['main']})).toBeUndefined()
  expect(otherRevision(app(), {...PLAIN, revisions: ['']})).toBeUndefined()
  expect(otherRevision(app(), {...PLAIN, revisions: ['v2']})).toEqual({wanted: 'v2', own: 'main'})
})

test('a word is asked for where something is lost', () => {
  const gone = app({}, [{kind: 'Service', name: 'a', requiresPruning: true}])
  expect(wordFor(null, PLAIN)).toBeUndefined()
  expect(wordFor(null, {...PLAIN, force: true})).toBe('force')
  expect(wordFor(null, {...PLAIN, options: ['Replace=true']})).toBe('replace')
  expect(wordFor(null, {...PLAIN, options: ['Replace=true'], dryRun: true})).toBeUndefined()
  expect(wordFor(gone, {...PLAIN, prune: true})).toBe('shop')
  expect(wordFor(gone, PLAIN)).toBeUndefined()
  expect(wordFor(app(), {...PLAIN, prune: true}, ['data-0'])).toBe('data-0')
  expect(wordFor(app(), {...PLAIN, prune: true}, ['data-0', 'data-1'])).toBe('shop')
  expect(wordFor(app(), PLAIN, ['data-0'])).toBeUndefined()
})

test('objects come worst first, hooks not at all, and keys go both ways', () => {
  const one = app({}, [{kind: 'A', name: 'a'}, {kind: 'B', name: 'b', status: 'OutOfSync'}, {kind: 'C', name: 'c', requiresPruning: true}, {kind: 'Job', name: 'h', hook: true}])
  expect(objectsOf(one).map(keyOf)).toEqual(['/C//c', '/B//b', '/A//a'])
  expect(keyOf(partsOf('g/K/ns/a/b'))).toBe('g/K/ns/a/b')
})
