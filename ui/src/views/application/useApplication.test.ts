import {expect, test} from 'vitest'

import type {Application} from '@/api/contract'
import {newer} from './useApplication'

const app = (uid: string, resourceVersion: string) => ({metadata: {name: 'a', namespace: 'n', uid, resourceVersion}, spec: {}}) as unknown as Application

test('what the stream told is not taken back by an answer that was under way', () => {
  const told = app('u', '10')
  for (const [after, want] of [
    [app('u', '9'), 'before'],
    [app('u', '10'), 'after'],
    [app('u', '11'), 'after'],
    // Made anew under its old name.
    [app('v', '3'), 'after'],
  ] as const) {
    expect(newer(told, after) === told ? 'before' : 'after').toBe(want)
  }
  expect(newer(undefined, told)).toBe(told)
})
