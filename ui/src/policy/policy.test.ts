import { expect, test } from 'vitest'

import { fault, nameFault, parse, print, say, type Policy } from './policy'

const LINE = 'p, proj:pay:ci, applications, sync, pay/*, allow'

test.each<[string, RegExp | undefined]>([
  [LINE, undefined],
  ['p,proj:pay:ci,  applications,get , pay/ns/cart,deny', undefined],
  ['p, proj:pay:ci, applications, action/apps/Deployment/restart, pay/*, allow', undefined],
  ['p, proj:pay:ci, repositories, get, pay/https://git.example/x, allow', undefined],
  ['g, a, b', /six parts/],
  ['p, proj:pay:ci, applications, sync, pay/*', /six parts/],
  ['p, proj:other:ci, applications, sync, pay/*, allow', /subject must be proj:pay:ci/],
  ['p, proj:pay:ci, projects, get, pay/*, allow', /resource must be/],
  ['p, proj:pay:ci, applications, dance, pay/*, allow', /no action dance/],
  ['p, proj:pay:ci, applications, sync, other/*, allow', /object must be of this project/],
  ['p, proj:pay:ci, applications, sync, pay/a/b/c, allow', /object must be/],
  ['p, proj:pay:ci, applications, sync, pay/*, maybe', /allow or deny/],
])('%s', (text, problem) => {
  const line = parse(text, 'pay', 'ci')
  if (problem) expect(line.problem).toMatch(problem)
  else expect(line.problem).toBeUndefined()
})

test('a line survives being taken apart and put together', () => {
  const policy = parse(LINE, 'pay', 'ci').policy as Policy
  expect(policy).toEqual({ resource: 'applications', action: 'sync', object: 'pay/*', effect: 'allow' })
  expect(print(policy, 'pay', 'ci')).toBe(LINE)
})

test.each<[Policy, string]>([
  [{ resource: 'applications', action: 'sync', object: 'pay/*', effect: 'allow' }, 'may sync all applications of this project'],
  [{ resource: 'applications', action: '*', object: 'pay/cart', effect: 'deny' }, 'may not do everything with applications cart'],
  [{ resource: 'logs', action: 'get', object: 'pay/*', effect: 'allow' }, 'may read all logs of applications of this project'],
  [{ resource: 'applications', action: 'action/*', object: 'pay/*', effect: 'allow' }, 'may run every action on resources of all applications of this project'],
])('%o', (policy, words) => expect(say(policy, 'pay')).toBe(words))

test('a comma cannot hide another part', () => {
  expect(fault({ resource: 'applications', action: 'get', object: 'pay/a, allow', effect: 'allow' }, 'pay')).toMatch(/comma/)
})

test.each([
  ['ci', undefined],
  ['', /needs a name/],
  ['-x', /begins/],
  ['a b', /begins/],
  ['deploy', /already/],
])('role %j', (name, words) => {
  if (words) expect(nameFault(name, ['deploy'])).toMatch(words)
  else expect(nameFault(name, ['deploy'])).toBeUndefined()
})
