import {expect, test} from 'vitest'

import type {Cluster} from '@/api/contract'
import {changesOf, editableOf, newBody, newFaults, sayState, type NewCluster} from './model'

const cluster = {name: 'prod', server: 'https://10.0.0.1', config: {tlsClientConfig: {insecure: false}}, labels: {env: 'prod'}, namespaces: ['a']} as Cluster

test('only what was changed is sent', () => {
  const before = editableOf(cluster)
  expect(changesOf(before, before)).toEqual({fields: [], cluster: {}})
  expect(changesOf(before, {...before, name: 'eu', namespaces: ['a', ' b ', ''], shard: '3', labels: {}})).toEqual({fields: ['name', 'namespaces', 'shard', 'labels'], cluster: {name: 'eu', namespaces: ['a', 'b'], shard: 3, labels: {}}})
  expect(changesOf(editableOf({...cluster, shard: 3}), before)).toEqual({fields: ['shard'], cluster: {shard: undefined}})
})

test.each<[Partial<Cluster>, string]>([
  [{info: {applicationsCount: 0}}, 'once an application is deployed'],
  [{info: {applicationsCount: 2}}, 'Nobody has tried'],
  [{info: {applicationsCount: 2, connectionState: {status: 'Failed', message: 'refused', attemptedAt: ''}}}, 'refused. The 2 applications there cannot'],
  [{info: {applicationsCount: 2, serverVersion: '1.35', connectionState: {status: 'Successful', message: '', attemptedAt: ''}}}, 'runs Kubernetes 1.35.'],
])('%j', (more, words) => expect(sayState({...cluster, ...more})).toContain(words))

const EMPTY: NewCluster = {name: '', server: '', login: 'token', token: '', username: '', password: '', certificate: '', key: '', authority: '', insecure: false, serverName: '', proxy: '', project: '', namespaces: []}
test.each<[Partial<NewCluster>, string[]]>([
  [{}, ['server', 'token']],
  [{server: 'https://x', token: 'abc'}, []],
  [{server: 'https://x', login: 'password', username: 'a'}, ['password']],
  [{server: 'https://x', login: 'certificate'}, ['certificate', 'key']],
  [{server: 'https://x', token: 'abc', authority: 'abc'}, ['authority']],
])('%j lacks %j', (more, fields) => expect(Object.keys(newFaults({...EMPTY, ...more}))).toEqual(fields))

test('the name is the address where there is none', () => {
  expect(newBody({...EMPTY, server: ' https://x/ ', token: 'abc\n', authority: '-----BEGIN CERTIFICATE-----'})).toEqual({
    name: 'https://x/', server: 'https://x', project: undefined, namespaces: [],
    config: {bearerToken: 'abc', username: undefined, password: undefined, proxyUrl: undefined, tlsClientConfig: {insecure: false, serverName: undefined, caData: btoa('-----BEGIN CERTIFICATE-----\n'), certData: undefined, keyData: undefined}},
  })
})
