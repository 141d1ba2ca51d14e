import {expect, test} from 'vitest'

import type {Row} from '@/api/fleet'
import {groupByCause, verdict} from './attention'

const facet = (values: Record<string, number>) => Object.entries(values).map(([value, count]) => ({value, count}))

test.each([
  [{Healthy: 3}, {Synced: 3}, 'All 3 applications are in order.', 'ok'],
  [{Healthy: 4912, Degraded: 61}, {OutOfSync: 27}, '4,912 of 5,000 are healthy; 61 degraded, 27 out of sync.', 'bad'],
  [{Healthy: 2, Progressing: 1}, {Synced: 3}, '2 of 5,000 are healthy; 1 progressing.', 'run'],
])('%j %j', (health, sync, text, look) => {
  const total = Object.keys(health).length === 1 ? 3 : 5000
  expect(verdict(total, {health: facet(health as Record<string, number>), sync: facet(sync as Record<string, number>)})).toMatchObject({text, look})
})

function row(name: string, message: string, cluster = 'prod'): Row {
  return {
    key: `argocd/${name}`, name, namespace: 'argocd', uid: '', project: 'web', version: '1', created: '', labels: {}, severity: 6,
    health: {status: 'Degraded', message}, sync: {status: 'Synced'}, sources: [], destination: {cluster, namespace: name}, resources: {total: 1},
  }
}

test('the same cause is one, whatever is named in it', () => {
  const causes = groupByCause([row('cart', 'Deployment/cart: 3 of 4 pods crash'), row('shop', 'Deployment/shop: 2 of 9 pods crash'), row('till', 'Job/migrate: no such image', 'staging')], 0)
  expect(causes.map(cause => [cause.rows.map(row => row.name).join(' '), cause.where])).toEqual([['cart shop', 'in prod'], ['till', undefined]])
})
