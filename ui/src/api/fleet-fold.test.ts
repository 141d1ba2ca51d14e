import {expect, test} from 'vitest'

import type {Application} from './contract'
import {askRows, fitsTerm, rowOf} from './fleet-fold'

function app(name: string, change: {health?: string; sync?: string; project?: string; labels?: Record<string, string>; repo?: string; created?: string} = {}): Application {
  return {
    metadata: {name, namespace: 'argocd', labels: change.labels, creationTimestamp: change.created ?? '2026-01-01T00:00:00Z'},
    spec: {project: change.project ?? 'default', destination: {server: 'https://kubernetes.default.svc', namespace: name}, source: {repoURL: change.repo ?? 'https://git.example/Shop.git', path: name}},
    status: {health: {status: change.health ?? 'Healthy'}, sync: {status: change.sync ?? 'Synced', revision: 'abc'}},
  } as Application
}

const rows = [
  app('a', {project: 'web', labels: {env: 'prod'}}),
  app('b', {health: 'Degraded', labels: {env: 'dev'}}),
  app('c', {sync: 'OutOfSync', repo: 'https://git.example/other/'}),
  app('d', {health: 'Progressing'}),
].map(rowOf)

test.each([
  [{}, 'b c d a'],
  [{sort: 'name', order: 'desc'}, 'd c b a'],
  [{health: ['Degraded', 'Progressing']}, 'b d'],
  [{proj: ['web']}, 'a'],
  [{repo: ['https://git.example/shop']}, 'b d a'],
  [{labels: ['env!=prod']}, 'b c d'],
  [{search: 'GIT other'}, 'c'],
  [{cluster: ['in-cluster'], sync: ['OutOfSync']}, 'c'],
])('%j', (query, names) => expect(askRows(rows, query).items.map(row => row.name).join(' ')).toBe(names))

test('facets count with all other conditions', () => {
  const {facets} = askRows(rows, {health: ['Degraded'], proj: ['default']})
  expect(facets.health).toEqual([{value: 'Degraded', count: 1}, {value: 'Healthy', count: 1}, {value: 'Progressing', count: 1}])
  expect(facets.project).toEqual([{value: 'default', count: 1}])
})

test.each([
  ['env=prod', true], ['env=dev', false], ['env!=dev', true], ['env', true], ['!env', false], ['!tier', true], ['tier=x', false], ['env==prod', true],
])('term %s', (term, fits) => expect(fitsTerm({env: 'prod'}, term)).toBe(fits))

test('the reason of a state is what its cause says, not that it is the cause', () => {
  const of = (message: string) => rowOf({metadata: {name: 'a', namespace: 'n'}, spec: {}, status: {health: {status: 'Degraded', message}, resources: [{kind: 'Deployment', name: 'web', health: {status: 'Degraded', message: 'exceeded its progress deadline'}}]}} as never).health.message
  expect(of('Caused by apps/Deployment:x/web')).toBe('Deployment/web: exceeded its progress deadline')
  expect(of('the cluster is away')).toBe('the cluster is away')
})
