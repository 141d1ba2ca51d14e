import {expect, test} from 'vitest'

import type {Application} from '@/api/contract'
import {filterResources, readFilter, resourcesOf} from './model'

const app = (name: string, project: string, resources: object[]) => ({metadata: {name, namespace: 'argocd'}, spec: {project, destination: {server: 'https://x', namespace: 'shop'}}, status: {resources}}) as unknown as Application
const all = resourcesOf(
  [
    app('a', 'payments', [{kind: 'Service', name: 'web', namespace: 'shop', status: 'Synced'}, {group: 'apps', kind: 'Deployment', name: 'web', namespace: 'shop', status: 'Synced', health: {status: 'Degraded', message: 'out of memory'}}]),
    app('b', 'data', [{group: 'apps', kind: 'Deployment', name: 'db', namespace: 'data', status: 'OutOfSync', health: {status: 'Healthy'}}, {kind: 'Namespace', name: 'data', status: 'Synced'}]),
  ],
  new Map([['https://x', 'prod']]),
)
const filter = (query: string) => readFilter(new URLSearchParams(query))

test('worst first', () => expect(all.map(one => `${one.kind}/${one.name}`)).toEqual(['Deployment/web', 'Deployment/db', 'Namespace/data', 'Service/web']))

test('clusters go by their names', () => expect(all[0]?.cluster).toBe('prod'))

test.each<[string, string[]]>([
  ['', ['web', 'db', 'data', 'web']],
  ['kind=Deployment', ['web', 'db']],
  ['kind=Deployment&proj=data', ['db']],
  ['health=-', ['data', 'web']],
  ['namespace=-', ['data']],
  ['apiGroup=-&search=serv', ['web']],
  ['search=deployment shop', ['web']],
])('%s', (query, names) => expect(filterResources(all, filter(query)).items.map(one => one.name)).toEqual(names))

test('each list is counted with all other conditions', () => {
  const {facets} = filterResources(all, filter('kind=Deployment&proj=data'))
  expect(facets.kind).toEqual([{value: 'Deployment', count: 1}, {value: 'Namespace', count: 1}])
  expect(facets.proj).toEqual([{value: 'data', count: 1}, {value: 'payments', count: 1}])
  expect(facets.sync).toEqual([{value: 'OutOfSync', count: 1}])
})
