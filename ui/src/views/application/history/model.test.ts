import {expect, test} from 'vitest'

import type {Application} from '@/api/contract'
import {atRevisions, deployments, differing, imagesOf, kindOf, short} from './model'

const object = (kind: string, name: string, rest: object = {}) => JSON.stringify({apiVersion: 'v1', kind, metadata: {name}, ...rest})

test('deployments come newest first, each until the next', () => {
  const app = {status: {history: [
    {id: 1, deployedAt: '2026-01-01T00:00:00Z', revision: 'a', source: {repoURL: 'r'}, initiatedBy: {username: 'ana'}},
    {id: 2, deployedAt: '2026-01-02T00:00:00Z', deployStartedAt: '2026-01-01T23:59:50Z', revisions: ['b', 'c'], sources: [{repoURL: 'r'}, {repoURL: 's'}], initiatedBy: {automated: true}},
  ]}} as unknown as Application
  const [second, first] = deployments(app)
  expect(second).toMatchObject({id: 2, revisions: ['b', 'c'], automated: true, took: 10_000, until: undefined})
  expect(first).toMatchObject({id: 1, revisions: ['a'], by: 'ana', until: second?.at})
})

test('images of all containers, each once', () => {
  const pod = {spec: {template: {spec: {initContainers: [{image: 'b:1'}], containers: [{image: 'a:1'}, {image: 'b:1'}]}}}}
  expect(imagesOf([object('Deployment', 'x', pod), object('ConfigMap', 'y', {data: {image: 'no:1'}})])).toEqual(['a:1', 'b:1'])
})

test('what differs is told: what goes, what comes, what changes, and not what has its keys in another order', () => {
  const before = [object('A', 'same', {spec: {x: 1, y: 2}}), object('B', 'goes'), object('C', 'changes', {spec: 1})]
  const after = [object('A', 'same', {spec: {y: 2, x: 1}}), object('D', 'comes'), object('C', 'changes', {spec: 2})]
  expect(differing(before, after).map(pair => [pair.kind, pair.before === null, pair.after === null])).toEqual([['B', false, true], ['D', true, false], ['C', false, false]])
})

test('revisions are asked for by their place where there are several', () => {
  expect(atRevisions(['a'])).toEqual({revision: 'a'})
  expect(atRevisions(['a', 'b'])).toEqual({revisions: ['a', 'b'], sourcePositions: [1, 2]})
})

test('a revision is as short as people say it', () => {
  expect(short('0123456789abcdef0123456789abcdef01234567')).toBe('01234567')
  expect(short('1.2.3')).toBe('1.2.3')
  expect(kindOf({repoURL: 'oci://r'})).toBe('oci')
  expect(kindOf({repoURL: 'r', chart: 'c'})).toBe('chart')
  expect(kindOf({repoURL: 'r'})).toBe('git')
})
