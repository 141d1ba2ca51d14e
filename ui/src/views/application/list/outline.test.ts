import {expect, test} from 'vitest'

import type {Application, ApplicationTree} from '@/api/contract'
import {outline} from './outline'

test('objects stand below their owners, trouble first, and nothing is lost', () => {
  const app = {metadata: {name: 'shop'}, spec: {}, status: {resources: [
    {group: 'apps', kind: 'Deployment', namespace: 'x', name: 'web', status: 'Synced'},
    {kind: 'Service', namespace: 'x', name: 'gone', status: 'OutOfSync', health: {status: 'Missing'}},
  ]}} as unknown as Application
  const ref = (kind: string, name: string, group = 'apps') => ({group, kind, namespace: 'x', name})
  const tree: ApplicationTree = {nodes: [
    {...ref('Pod', 'web-1-a', ''), parentRefs: [ref('ReplicaSet', 'web-1')]},
    {...ref('ReplicaSet', 'web-1'), parentRefs: [ref('Deployment', 'web')]},
    ref('Deployment', 'web'),
    {...ref('A', 'circle'), parentRefs: [ref('B', 'circle')]},
    {...ref('B', 'circle'), parentRefs: [ref('A', 'circle')]},
  ]}
  expect(outline(app, tree).map(line => `${' '.repeat(line.depth)}${line.node.kind}/${line.node.name} ${line.below}`)).toEqual([
    'Service/gone 0', 'Deployment/web 2', ' ReplicaSet/web-1 1', '  Pod/web-1-a 0', 'A/circle 1', ' B/circle 0',
  ])
})
