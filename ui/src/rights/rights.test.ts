import { expect, test } from 'vitest'

import { ACTIONS, KINDS, lacking, objectOf, question } from './rights'

test('each kind has actions, and each action is a column', () => {
  for (const kind of KINDS) for (const action of kind.actions) expect(ACTIONS).toContain(action)
  expect(new Set(KINDS.map((kind) => kind.resource)).size).toBe(KINDS.length)
})

test.each([
  ['applications', 'pay', 'pay/*'],
  ['applications', '', '*/*'],
  ['projects', 'pay', 'pay'],
  ['clusters', 'pay', '*'],
])('%s of project %j', (resource, project, object) => {
  const kind = KINDS.find((k) => k.resource === resource)
  expect(kind && objectOf(kind, project)).toBe(object)
})

test('names cannot leave their place in the address', () => {
  expect(question('applications', 'sync', 'pay/a?b')).toBe('account/can-i/applications/sync/pay/a%3Fb')
  expect(question('applications', 'action/*', '*/*')).toBe('account/can-i/applications/action%2F*/*/*')
})

test('what is lacking names the policy that would give it', () => {
  expect(lacking('projects', 'update', 'pay')).toContain('p, ROLE, projects, update, pay, allow')
})
