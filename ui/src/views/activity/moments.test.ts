import {expect, test} from 'vitest'

import type {Application} from '@/api/contract'
import {bucketsOf, isBad, momentsOf, readRange, type Moment} from './moments'

const app = {
  metadata: {name: 'shop', namespace: 'argocd'},
  spec: {project: 'payments'},
  status: {
    health: {status: 'Degraded', lastTransitionTime: '2026-01-01T10:05:00Z'},
    operationState: {phase: 'Succeeded', startedAt: '2026-01-01T10:00:00Z', finishedAt: '2026-01-01T10:01:00Z', operation: {initiatedBy: {username: 'ana'}}, syncResult: {revision: 'abc'}},
    history: [{id: 1, deployedAt: '2026-01-01T08:00:00Z', revision: 'old', initiatedBy: {automated: true}}, {id: 2, deployedAt: '2026-01-01T10:01:01Z', revision: 'abc'}],
    conditions: [{type: 'ComparisonError', message: 'no such path', lastTransitionTime: '2026-01-01T09:00:00Z'}],
  },
} as unknown as Application

test('the newest first, the last deployment told once', () => {
  expect(momentsOf([app]).map(one => [one.what, one.text, one.by, one.revision])).toEqual([
    ['health', 'Became Degraded', undefined, undefined],
    ['synced', 'Sync succeeded', 'ana', 'abc'],
    ['condition', 'ComparisonError', undefined, undefined],
    ['deployed', 'Deployed', 'auto-sync', 'old'],
  ])
})

test('an operation under way, and one that failed', () => {
  const as = (phase: string) => momentsOf([{...app, status: {operationState: {phase, startedAt: '2026-01-01T10:00:00Z', operation: {sync: {dryRun: true}}}}} as unknown as Application]).map(one => `${one.what}: ${one.text}`)
  expect([as('Running'), as('Error'), as('Terminating')]).toEqual([['running: Syncing (dry run)'], ['failed: Sync failed (dry run)'], ['running: Being terminated']])
})

const NOW = Date.parse('2026-01-02T00:00:00Z')
test.each<[string, number, number]>([
  ['', NOW - 86_400_000, NOW],
  ['range=1h', NOW - 3_600_000, NOW],
  ['range=soon', NOW - 86_400_000, NOW],
  ['from=2026-01-01T00:00:00Z&to=2026-01-01T06:00:00Z', NOW - 86_400_000, NOW - 64_800_000],
  [`from=${NOW - 5000}`, NOW - 5000, NOW],
  ['from=2026-01-01T06:00:00Z&to=2026-01-01T00:00:00Z', NOW - 86_400_000, NOW],
])('%s', (query, from, to) => expect(readRange(new URLSearchParams(query), NOW)).toEqual({from, to}))

test('parts of a range', () => {
  const at = (time: number, what: Moment['what']) => ({time, what, text: ''}) as Moment
  const buckets = bucketsOf([at(0, 'synced'), at(99, 'failed'), at(100, 'synced'), at(101, 'synced'), at(50, 'health')], {from: 0, to: 100}, 2)
  expect(buckets.map(({good, bad}) => [good, bad])).toEqual([[1, 0], [2, 1]])
})

test('what is bad', () => {
  const is = (what: Moment['what'], text: string) => isBad({what, text} as Moment)
  expect([is('failed', ''), is('condition', 'ComparisonError'), is('condition', 'OrphanedResourceWarning'), is('health', 'Became Missing'), is('health', 'Became Healthy')]).toEqual([true, true, false, true, false])
})
