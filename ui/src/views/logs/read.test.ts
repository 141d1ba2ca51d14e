import {expect, test} from 'vitest'

import {logsPath} from './read'

test('a wish is said in the contract’s words, and what is not wished is left out', () => {
  const target = {name: 'shop', appNamespace: 'argocd', namespace: 'web', group: 'apps', kind: 'Deployment', resourceName: 'cart'}
  expect(logsPath(target, 'web', {follow: true, tail: 100, since: 0, filter: '!a b', matchCase: false, previous: false})).toBe('api/v1/applications/shop/logs?appNamespace=argocd&namespace=web&container=web&group=apps&kind=Deployment&resourceName=cart&follow=true&tailLines=100&filter=%21a+b')
  expect(logsPath({...target, podName: 'p'}, 'web', {follow: false, tail: 0, since: 60, filter: '', matchCase: true, previous: true})).toBe('api/v1/applications/shop/logs?appNamespace=argocd&namespace=web&container=web&podName=p&follow=false&sinceSeconds=60&matchCase=true&previous=true')
})
