import {act, render, screen} from '@testing-library/react'
import {expect, test} from 'vitest'

import {later} from './later'

test('what is there already is shown in the same moment', async () => {
  let loads = 0
  const Part = later<{name: string}>(async () => {
    loads++
    return {default: ({name}) => <p>{`hello ${name}`}</p>}
  })
  const first = render(<Part name="a" />)
  expect(screen.queryByText('hello a')).toBeNull()
  await act(async () => undefined)
  expect(screen.getByText('hello a')).toBeTruthy()
  first.unmount()
  render(<Part name="b" />)
  expect(screen.getByText('hello b')).toBeTruthy()
  expect(loads).toBe(1)
})
