import {expect, test} from 'vitest'

import {foldFleet, type FleetWindow, type Row} from './fleet'
import {errorOf} from './client-error'
import {lineReader} from './stream'

test('lines come whole, however the bytes are cut', () => {
  const lines: string[] = []
  const read = lineReader(line => lines.push(line))
  for (const piece of ['{"a"', ':1}\n{"b":2}\n\n', '{"c":3', '}', '\n{"d"']) read(piece)
  expect(lines).toEqual(['{"a":1}', '{"b":2}', '{"c":3}'])
})

test.each([
  [403, '{"error":"no","code":7,"message":"permission denied: x"}', 7, 'permission denied: x'],
  [404, '{"error":{"grpc_code":5,"message":"not there"}}', 5, 'not there'],
  [502, '<html>bad gateway</html>', 2, 'The server answered 502.'],
  [500, 'broken', 2, 'broken'],
])('an answer of %i', (status, text, code, message) => {
  const error = errorOf(status, text, 'GET x')
  expect([error.status, error.code, error.message]).toEqual([status, code, message])
})

test('a delta changes rows, order and counts and leaves the rest', () => {
  const row = (name: string, version = '1') => ({key: `argocd/${name}`, name, version}) as Row
  const before: FleetWindow = {revision: '1', visible: 3, total: 3, offset: 0, limit: 100, facets: {health: [], sync: []}, items: [row('a'), row('b'), row('c')]}
  const after = foldFleet(before, {type: 'DELTA', revision: '2', visible: 3, total: 2, order: ['argocd/c', 'argocd/a'], rows: [row('c', '2')], facets: {health: [{value: 'Healthy', count: 2}]}})
  expect(after?.items.map(row => [row.name, row.version])).toEqual([['c', '2'], ['a', '1']])
  expect(after?.items[1]).toBe(before.items[0])
  expect([after?.total, after?.facets?.health?.length, after?.facets?.sync?.length]).toEqual([2, 1, 0])
  expect(foldFleet(before, {type: 'BEAT'})).toBe(before)
})
