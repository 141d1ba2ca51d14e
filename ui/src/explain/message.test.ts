import {expect, test} from 'vitest'

import {readable, waitIn} from './message'

const NOW = Date.parse('2026-01-01T00:05:00Z')

test.each([
  ['waiting for completion of hook batch/Job/migrate since 2026-01-01T00:02:00.963315117Z, until 2026-01-01T00:15:00Z at most', 'waiting for completion of hook batch/Job/migrate for 2 min, at most 10 min more'],
  ['waiting for healthy state of apps/Deployment/web since 2026-01-01T00:04:59.900Z, until 2026-01-01T00:04:59.950Z at most', 'waiting for healthy state of apps/Deployment/web for a moment, and its time is over'],
  ['waiting for healthy state of apps/Deployment/web and 2 more resources', 'waiting for healthy state of apps/Deployment/web and 2 more resources'],
])('%s reads %s', (message, text) => {
  expect(readable(message, NOW)).toBe(text)
})

test('a message without times has no wait', () => {
  expect(waitIn('one or more objects failed to apply')).toBeUndefined()
})
