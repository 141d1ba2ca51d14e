import {expect, test} from 'vitest'

import {containersOf, logsHref, podsOf} from './target'

const target = {name: 'shop', appNamespace: 'argocd', namespace: 'web', group: 'apps', kind: 'Deployment', resourceName: 'cart'}

test('the pods below an object, through what stands between', () => {
  const ref = (kind: string, name: string, group = '') => ({group, kind, namespace: 'web', name})
  const tree = {nodes: [
    ref('Deployment', 'cart', 'apps'),
    {...ref('ReplicaSet', 'cart-1', 'apps'), parentRefs: [ref('Deployment', 'cart', 'apps')]},
    {...ref('Pod', 'cart-1-b'), parentRefs: [ref('ReplicaSet', 'cart-1', 'apps')]},
    {...ref('Pod', 'cart-1-a'), parentRefs: [ref('ReplicaSet', 'cart-1', 'apps')]},
    {...ref('Pod', 'other'), parentRefs: [ref('ReplicaSet', 'other', 'apps')]},
  ]}
  expect(podsOf(tree, target)).toEqual(['cart-1-a', 'cart-1-b'])
  expect(podsOf(undefined, {...target, podName: 'one'})).toEqual(['one'])
  expect(podsOf(undefined, target)).toEqual([])
})

test('containers: the main one first, those that ran before last', () => {
  expect(containersOf({metadata: {annotations: {'kubectl.kubernetes.io/default-container': 'web'}}, spec: {containers: [{name: 'proxy'}, {name: 'web'}], initContainers: [{name: 'migrate'}, {name: 'mesh', restartPolicy: 'Always'}]}})).toEqual([{name: 'web'}, {name: 'proxy'}, {name: 'mesh', sidecar: true}, {name: 'migrate', init: true}])
  expect(containersOf(undefined)).toEqual([])
})

test('the page of logs has the old address', () => {
  expect(logsHref({...target, podName: 'p 1'}, 'web')).toBe('/applications/argocd/shop/web/web/logs?podName=p+1')
  expect(logsHref(target, 'web')).toBe('/applications/argocd/shop/web/web/logs?group=apps&kind=Deployment&name=cart')
})
