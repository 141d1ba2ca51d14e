import {expect, test} from 'vitest'

import type {Application} from '@/api/contract'
import {explainObject} from './object'

const app = (policy: object = {}, result: object[] = []) => ({metadata: {}, spec: {syncPolicy: policy}, status: {operationState: {syncResult: {resources: result}}}}) as unknown as Application
const node = {kind: 'Deployment', group: 'apps', name: 'web', namespace: 'x'}

test.each([
  [{node: {...node, health: {status: 'Degraded', message: '3 of 4 pods crash'}}, orphan: false}, app(), 'bad', 'Degraded', '3 of 4 pods crash'],
  [{node, status: {status: 'OutOfSync', requiresPruning: true}, orphan: false}, app({automated: {prune: true}}), 'delete', 'No longer in Git', 'a sync that prunes deletes it'],
  [{node: {...node, health: {status: 'Missing'}}, status: {status: 'OutOfSync'}, orphan: false}, app(), 'missing', 'Missing', 'it is in Git and not in the cluster'],
  [{node, status: {status: 'OutOfSync'}, orphan: false}, app({}, [{...node, status: 'SyncFailed', message: 'field is immutable'}]), 'bad', 'The last sync could not apply it', 'field is immutable'],
  [{node, orphan: true}, app(), 'orphan', 'Not in Git', 'it is in the namespace and belongs to no application'],
  [{node: {...node, health: {status: 'Healthy'}}, status: {status: 'Synced'}, orphan: false}, app(), 'ok', 'Healthy, and as Git says', undefined],
  [{node: {...node, health: {status: 'Healthy'}}, orphan: false}, app(), 'ok', 'Healthy', 'made by its owner, not by Git'],
])('an object is explained', (object, of, look, what, because) => {
  expect(explainObject(object, of)).toMatchObject({look, what})
  expect(explainObject(object, of).because).toBe(because)
})

test('what happens next depends on auto-sync', () => {
  const differs = {node, status: {status: 'OutOfSync'}, orphan: false}
  expect(explainObject(differs, app()).next).toBe('nobody has asked to sync')
  expect(explainObject(differs, app({automated: {selfHeal: true}})).next).toBe('auto-sync sets it right')
  expect(explainObject(differs, app({automated: {enabled: false}})).next).toBe('nobody has asked to sync')
})
