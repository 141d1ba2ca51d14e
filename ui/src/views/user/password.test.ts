import {expect, test} from 'vitest'

import {patternFault} from './password'

test.each<[string, string | undefined, string | undefined]>([
  ['secret', undefined, undefined],
  ['short', '^.{8,32}$', 'At least 8 characters; these are 5.'],
  ['x'.repeat(33), '^.{8,32}$', 'At most 32 characters; these are 33.'],
  ['long enough', '^.{8,32}$', undefined],
  ['letters', '[0-9]', 'It does not match [0-9].'],
  ['anything', '(?P<x>a)[', undefined],
])('%s for %s', (password, pattern, said) => expect(patternFault(password, pattern)).toBe(said))
