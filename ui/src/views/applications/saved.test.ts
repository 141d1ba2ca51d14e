import {expect, test} from 'vitest'

import {viewOf, withView} from './saved'

test.each([
  ['health=Degraded&new={}&page=3', 'health=Degraded'],
  ['view=tiles&search=a+b&proj=x', 'search=a+b&proj=x&view=tiles'],
  ['syncApps=true', ''],
])('%s is the view %s', (query, view) => expect(viewOf(new URLSearchParams(query))).toBe(view))

test('a name means one view', () => {
  const one = withView([], ' mine ', 'a=1')
  expect(one).toEqual([{name: 'mine', query: 'a=1'}])
  expect(withView(one, 'mine', 'b=2')).toEqual([{name: 'mine', query: 'b=2'}])
  expect(withView(one, '  ', 'b=2')).toEqual(one)
})
