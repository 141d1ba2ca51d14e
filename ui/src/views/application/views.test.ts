import {expect, test} from 'vitest'

import type {Application} from '@/api/contract'
import {parentOf, placeOf} from './views'

const app = {metadata: {name: 'shop', namespace: 'argocd', annotations: {}}, spec: {}} as unknown as Application
const at = (query: string, of = app) => placeOf(new URLSearchParams(query), of)

test.each([
  ['', 'tree'],
  ['view=network', 'network'],
  ['view=pods&operation=true', 'operation'],
  ['rollback=0', 'history'],
  ['view=summary', 'config'],
  ['view=Costs', 'Costs'],
  ['node=argoproj.io/Application/argocd/shop/0&tab=diff', 'diff'],
  ['node=argoproj.io/Application/argocd/shop/0&tab=event', 'events'],
  ['node=argoproj.io/Application/argocd/shop/0&tab=parameters', 'config'],
  ['node=argoproj.io/Application/argocd/shop/0', 'config'],
])('the address %s shows %s', (query, view) => {
  expect(at(query)).toMatchObject({view})
  expect(at(query).node).toBeUndefined()
})

test('an object of the address opens in the drawer, with its tab and container', () => {
  expect(at('node=/Pod/x/web-1/2&tab=logs')).toMatchObject({view: 'tree', node: '/Pod/x/web-1', container: 2, tab: 'logs'})
  expect(at('node=argoproj.io/Application/argocd/child/0')).toMatchObject({node: 'argoproj.io/Application/argocd/child', tab: 'summary'})
  expect(at('node=nonsense').node).toBeUndefined()
})

test('the application may say which view it likes', () => {
  const likes = {...app, metadata: {...app.metadata, annotations: {'pref.argocd.argoproj.io/default-view': 'pods'}}}
  expect(at('', likes).view).toBe('pods')
  expect(at('view=tree', likes).view).toBe('tree')
})

test('the sync dialog has an address', () => {
  expect(at('deploy=all&revision=main')).toMatchObject({deploy: 'all', revision: 'main'})
})

test.each([
  ['storefront:argoproj.io/Application:argocd/shop', {name: 'storefront'}],
  ['teams_storefront:argoproj.io/Application:argocd/shop', {namespace: 'teams', name: 'storefront'}],
  ['storefront:argoproj.io/Application:argocd/other', undefined],
  ['', undefined],
])('the tracking id %j leads to the application above', (id, parent) => {
  expect(parentOf({...app, metadata: {...app.metadata, annotations: {'argocd.argoproj.io/tracking-id': id}}})).toEqual(parent)
})
