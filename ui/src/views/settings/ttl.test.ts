import {expect, test} from 'vitest'

import {readTtl} from './ttl'

test.each<[string, number]>([
  ['', 0], ['0', 0], ['45s', 45], ['30m', 1800], ['12h', 43_200], ['90d', 7_776_000], ['1d 12h', 129_600], ['1Y', 31_536_000],
])('%s is %i seconds', (text, seconds) => expect(readTtl(text)).toBe(seconds))

test.each(['90', 'soon', '-1h', '1.5h', '3 months'])('%s is told to be none', text => expect(readTtl(text)).toMatch(/number with a unit/))
