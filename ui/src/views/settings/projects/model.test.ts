import {expect, test} from 'vitest'

import type {AppProject} from '@/api/contract'
import {Draft} from '@/draft/draft'
import {faultsOf, rulesOf, sayDestination, sayKind, tokensOf} from './model'

test.each([
  [{server: '*', namespace: '*'}, 'every namespace of every cluster'],
  [{name: 'prod', namespace: 'shop'}, 'shop of prod'],
  [{server: 'https://x', namespace: '*'}, 'every namespace of https://x'],
  [{server: 'https://x'}, 'no namespace of https://x'],
])('%j is %s', (destination, said) => expect(sayDestination(destination)).toBe(said))

test.each([
  [{group: '*', kind: '*'}, 'every kind'],
  [{group: '', kind: '*'}, 'every kind of the core group'],
  [{group: '', kind: 'Namespace', name: 'shop-*'}, 'Namespace named shop-*'],
  [{group: 'apps', kind: 'Deployment'}, 'Deployment (apps)'],
])('%j is %s', (kind, said) => expect(sayKind(kind)).toBe(said))

test('what is inherited says from where', () => {
  const project = {metadata: {name: 'shop'}, spec: {sourceRepos: ['https://x', '!https://y']}} as AppProject
  const global = {metadata: {name: 'base'}, spec: {sourceRepos: ['https://z'], clusterResourceBlacklist: [{group: '', kind: 'Node'}]}} as AppProject
  const rules = rulesOf(project, [global])
  expect(rules.sources).toEqual([{text: 'https://x'}, {text: '!https://y', denies: true}, {text: 'https://z', from: 'base'}])
  expect(rules.clusterDeny).toEqual([{text: 'Node', denies: true, from: 'base'}])
})

test.each<[unknown, string[]]>([
  [{metadata: {name: 'shop'}, spec: {destinations: [{server: '*', namespace: '*'}]}}, []],
  [{metadata: {name: ''}, spec: {}}, ['name']],
  [{metadata: {name: 'Shop'}, spec: {description: 'x'.repeat(256)}}, ['name', 'description']],
  [{metadata: {name: 'shop'}, spec: {sourceRepos: ['!*'], destinations: [{namespace: 'a'}, {server: 'x', name: 'y', namespace: 'a'}]}}, ['sourceRepos', 'destinations.0', 'destinations.1']],
])('%j lacks %j', (value, fields) => expect(Object.keys(faultsOf(Draft.of(value)))).toEqual(fields))

test('tokens stand in two places', () => {
  const project = {metadata: {name: 'shop'}, spec: {roles: [{name: 'ci', jwtTokens: [{iat: 1, id: 'a'}]}]}, status: {jwtTokensByRole: {ci: {items: [{iat: 1, id: 'a'}, {iat: 2, id: 'b'}]}}}} as AppProject
  expect(tokensOf(project, 'ci').map(token => token.id)).toEqual(['b', 'a'])
})
