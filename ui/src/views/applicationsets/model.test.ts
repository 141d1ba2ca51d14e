import {expect, test} from 'vitest'

import type {Application, ApplicationSet, ApplicationSetGenerator} from '@/api/contract'
import {compare, differences, explainSet, healthOf, sayGenerator} from './model'

const set = (status: object, metadata: object = {}) => ({metadata: {name: 'all', ...metadata}, spec: {}, status}) as unknown as ApplicationSet
const is = (type: string, message = '') => ({type, status: 'True', reason: 'Because', message})

test.each<[string, ApplicationSet, string, string]>([
  ['an error', set({conditions: [is('ErrorOccurred', 'no such repository')], resourcesCount: 2}), 'bad', 'Its applications cannot be made: no such repository; the 2 applications that are there stay as they are'],
  ['a rollout', set({conditions: [is('RolloutProgressing', 'step 2')]}), 'run', 'Rolling out step by step: step 2'],
  ['in order', set({conditions: [is('ResourcesUpToDate')], resources: [{status: 'Synced', health: {status: 'Healthy'}}]}), 'ok', 'One application, in order'],
  ['some are not', set({conditions: [is('ResourcesUpToDate')], resources: [{status: 'OutOfSync', health: {status: 'Degraded'}}, {status: 'Synced'}]}), 'bad', '2 applications: 1 not healthy, 1 out of sync'],
  ['nothing', set({conditions: [is('ResourcesUpToDate')]}), 'held', 'It makes no application now: its generators give nothing'],
  ['new', set({}), 'unknown', 'Nobody has looked at it yet'],
  ['going', set({resourcesCount: 3}, {deletionTimestamp: 'now'}), 'delete', 'Being deleted: with its 3 applications'],
])('%s', (_, given, look, said) => {
  const {what, because, next, ...rest} = explainSet(given)
  expect([rest.look, [what, [because, next].filter(Boolean).join('; ')].filter(Boolean).join(': ')]).toEqual([look, said])
})

test.each<[object, string]>([
  [{health: {status: 'Progressing'}}, 'Progressing'],
  [{conditions: [is('ErrorOccurred')]}, 'Degraded'],
  [{conditions: [is('ResourcesUpToDate')]}, 'Healthy'],
  [{}, 'Unknown'],
])('%j is %s', (status, health) => expect(healthOf(set(status))).toBe(health))

test.each<[object, string]>([
  [{clusters: {}}, 'every cluster'],
  [{clusters: {selector: {matchLabels: {env: 'prod'}}}}, 'clusters with env=prod'],
  [{git: {repoURL: 'https://x', directories: [{path: 'a/*'}, {path: 'a/b', exclude: true}]}}, 'folder a/*, not folder a/b of https://x'],
  [{list: {elements: [1, 2]}}, 'a list of 2'],
  [{matrix: {generators: [{clusters: {}}, {list: {elements: []}}]}}, 'each of every cluster with each of a list of 0'],
  [{pullRequest: {}}, 'pull requests'],
])('%j is %s', (generator, said) => expect(sayGenerator(generator as ApplicationSetGenerator)).toBe(said))

const app = (name: string, path: string, owner?: string) => ({metadata: {name, ...(owner ? {ownerReferences: [{kind: 'ApplicationSet', name: owner}]} : {})}, spec: {project: 'x', source: {path}}}) as unknown as Application

test('what a change would do', () => {
  const found = compare([app('same', 'a'), app('other', 'b'), app('new', 'c')], [app('same', 'a', 'all'), app('other', 'a', 'all'), app('gone', 'a', 'all'), app('foreign', 'a', 'another')], 'all')
  expect(found.map(one => `${one.effect} ${one.name}`)).toEqual(['delete gone', 'create new', 'change other', 'same same'])
  expect(found[2]?.fields).toEqual([{path: 'spec.source.path', before: 'a', after: 'b'}])
})

test('what is empty is as good as nothing', () => {
  expect(differences({a: '', b: [], c: false, d: {e: {}}}, {})).toEqual([])
  expect(differences({a: [1, 2]}, {a: [1]})).toEqual([{path: 'a.1', before: '2', after: undefined}])
})
