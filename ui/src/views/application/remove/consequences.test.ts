import {expect, test} from 'vitest'

import type {Application, ResourceDiff} from '@/api/contract'
import {consequences, deletionHooks, parentOf, setOf, tally} from './consequences'

const app = (resources: object[], metadata: object = {}) => ({metadata: {name: 'shop', ...metadata}, spec: {}, status: {resources}}) as unknown as Application
const diff = (kind: string, name: string, annotations?: Record<string, string>, group = ''): ResourceDiff => ({group, kind, name, liveState: JSON.stringify({metadata: {annotations}})})

test('each object has its fate, and says why', () => {
  const found = consequences(
    app([{kind: 'Service', name: 'a'}, {kind: 'Namespace', name: 'b'}, {kind: 'Secret', name: 'c'}, {kind: 'Secret', name: 'd'}, {kind: 'Secret', name: 'e'}, {group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition', name: 'f'}, {kind: 'Service', name: 'gone'}]),
    [diff('Service', 'a'), diff('Namespace', 'b'), diff('Secret', 'c', {'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false'}), diff('Secret', 'd', {'helm.sh/resource-policy': 'keep'}), diff('Secret', 'e', {'argocd.argoproj.io/sync-options': 'Delete=confirm'}), diff('CustomResourceDefinition', 'f', undefined, 'apiextensions.k8s.io'), {kind: 'Service', name: 'gone', liveState: 'null'}],
    'foreground',
  )
  expect(found.map(one => [one.name, one.fate])).toEqual([['b', 'goes'], ['a', 'goes'], ['e', 'asks'], ['f', 'stays'], ['c', 'stays'], ['d', 'stays']])
  expect(found[0]?.because).toMatch('everything in the namespace')
  expect(tally(found.filter(one => one.fate === 'stays'))).toBe('2 Secrets, 1 CustomResourceDefinition')
})

test('without its objects everything stays', () => {
  expect(consequences(app([{kind: 'Ingress', name: 'a'}]), undefined, 'orphan').map(one => one.fate)).toEqual(['stays'])
  expect(tally([{kind: 'Ingress'}, {kind: 'Ingress'}, {kind: 'NetworkPolicy'}, {kind: 'NetworkPolicy'}] as never)).toBe('2 Ingresses, 2 NetworkPolicies')
})

test('hooks of the deletion are found in either state', () => {
  expect(deletionHooks([{kind: 'Job', name: 'bye', targetState: '{"metadata":{"annotations":{"argocd.argoproj.io/hook": "PostSync,PostDelete"}}}'}, diff('Service', 'a')])).toEqual(['Job/bye (PostDelete)'])
})

test('who makes it anew is named', () => {
  expect(parentOf(app([], {annotations: {'argocd.argoproj.io/tracking-id': 'root:argoproj.io/Application:argocd/shop'}}))).toBe('root')
  expect(parentOf(app([], {annotations: {'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:web/a'}}))).toBeUndefined()
  expect(setOf(app([], {ownerReferences: [{kind: 'ApplicationSet', name: 'all'}]}))).toBe('all')
})
