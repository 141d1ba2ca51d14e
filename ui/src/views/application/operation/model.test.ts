import {expect, test} from 'vitest'

import type {Application, OperationState, ResourceResult} from '@/api/contract'
import {deadlineOf, durationOf, lanesOf, nextTry, remembered, standingOf, waitedFor, worst} from './model'

const result = (one: Partial<ResourceResult>): ResourceResult => ({group: '', kind: 'ConfigMap', name: 'a', namespace: 'web', version: 'v1', ...one})
const state = (one: Partial<OperationState>): OperationState => ({operation: {}, phase: 'Running', startedAt: '2026-01-01T00:00:00Z', ...one})

test.each([
  [{status: 'Synced', hookPhase: 'Succeeded'}, 'done', 'Synced'],
  [{status: 'Synced', hookPhase: 'Running'}, 'running', 'Applied, not healthy yet'],
  [{status: 'Synced'}, 'done', 'Synced'],
  [{status: 'SyncFailed', hookPhase: 'Failed'}, 'failed', 'Sync failed'],
  [{status: 'PruneSkipped'}, 'skipped', 'Prune skipped'],
  [{status: 'Pruned', hookPhase: 'Succeeded'}, 'done', 'Pruned'],
  [{hookType: 'PreSync', hookPhase: 'Running'}, 'running', 'Running'],
  [{hookType: 'PreSync', hookPhase: 'Failed'}, 'failed', 'Failed'],
  [{}, 'waiting', 'Waiting'],
])('%j stands as %s', (one, standing, word) => {
  const found = standingOf(result(one))
  expect([found.standing, found.state.word]).toEqual([standing, word])
})

test('an object that was applied is done once the operation is over', () => {
  expect(standingOf(result({status: 'Synced', hookPhase: 'Running'}), false).standing).toBe('done')
  expect(standingOf(result({hookType: 'PostSync', hookPhase: 'Running'}), false).standing).toBe('running')
})

test('lanes come as the sync does, with what it has not got to', () => {
  const app = {status: {resources: [{kind: 'ConfigMap', name: 'a', namespace: 'web', syncWave: 0}, {group: 'apps', kind: 'Deployment', name: 'late', namespace: 'web', syncWave: 2}, {kind: 'Job', name: 'migrate', hook: true}]}} as unknown as Application
  const lanes = lanesOf(app, state({syncResult: {revision: 'r', resources: [result({status: 'Synced'}), result({group: 'batch', kind: 'Job', name: 'migrate', hookType: 'PreSync', hookPhase: 'Succeeded', syncPhase: 'PreSync'})]}}))
  expect(lanes.map(lane => [lane.phase, lane.wave, worst(lane.items)])).toEqual([['PreSync', undefined, 'done'], ['Sync', 0, 'done'], ['Sync', 2, 'waiting']])
  expect(lanesOf(app, state({phase: 'Succeeded', syncResult: {revision: 'r', resources: []}}))).toEqual([])
})

test('a sync of some objects does not come to the others', () => {
  const app = {status: {resources: [{kind: 'ConfigMap', name: 'a'}, {kind: 'ConfigMap', name: 'b'}]}} as unknown as Application
  expect(lanesOf(app, state({operation: {sync: {resources: [{kind: 'ConfigMap', name: 'b'}]}}})).flatMap(lane => lane.items.map(item => item.name))).toEqual(['b'])
})

test.each([
  ['waiting for healthy state of apps/Deployment/web and 2 more resources', ['apps/Deployment/web']],
  ['waiting for completion of hook batch/Job/migrate', ['batch/Job/migrate']],
  ['successfully synced (all tasks run)', []],
])('%s waits for %j', (message, keys) => {
  expect(waitedFor(message)).toEqual(keys)
})

test.each([['5s', 5000], ['1m30s', 90_000], ['7', 7000], [undefined, 42], ['soon', 42]])('%s is %d ms', (text, ms) => {
  expect(durationOf(text, 42)).toBe(ms)
})

test('the next try comes after a wait that grows, up to the longest', () => {
  const failed = (retryCount: number) => state({retryCount, finishedAt: '2026-01-01T00:00:00Z', operation: {retry: {limit: 9, backoff: {duration: '5s', factor: 2, maxDuration: '30s'}}}})
  const waits = [1, 2, 3, 8].map(count => (nextTry(failed(count)) ?? 0) - Date.parse('2026-01-01T00:00:00Z'))
  expect(waits).toEqual([5000, 10_000, 20_000, 30_000])
  expect(nextTry(state({retryCount: 1}))).toBeUndefined()
})

test('a deadline is told where the object has one', () => {
  expect(deadlineOf({kind: 'Job', spec: {activeDeadlineSeconds: 60}, status: {startTime: '2026-01-01T00:00:00Z'}})).toBe(Date.parse('2026-01-01T00:01:00Z'))
  expect(deadlineOf({kind: 'Deployment', spec: {}, status: {conditions: [{type: 'Progressing', lastUpdateTime: '2026-01-01T00:00:00Z'}]}})).toBe(Date.parse('2026-01-01T00:10:00Z'))
  expect(deadlineOf({kind: 'Service'})).toBeUndefined()
})

test('a failed try is kept when the next one begins', () => {
  const failed = state({retryCount: 1, finishedAt: '2026-01-01T00:00:09Z', message: 'it failed', syncResult: {revision: 'r', resources: [result({status: 'SyncFailed'})]}})
  const first = remembered(remembered([], state({syncResult: {revision: 'r', resources: []}})), failed)
  expect(first).toHaveLength(1)
  const second = remembered(first, state({retryCount: 1, message: 'Retrying operation. Attempt #1'}))
  expect(second.map(one => one.state.message)).toEqual(['it failed', 'Retrying operation. Attempt #1'])
})
