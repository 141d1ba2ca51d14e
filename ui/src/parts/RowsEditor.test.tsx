import {fireEvent, render, screen} from '@testing-library/react'
import {useState} from 'react'
import {expect, test} from 'vitest'

import {PairsEditor} from './RowsEditor'

let latest: Record<string, string> = {}

function Labels({first}: {first: Record<string, string>}) {
  const [pairs, setPairs] = useState(first)
  latest = pairs
  return <PairsEditor legend="Labels" pairs={pairs} onChange={setPairs} />
}

const type = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), {target: {value}})

test('a name that is typed through another one leaves that alone', () => {
  render(<Labels first={{a: '1'}} />)
  fireEvent.click(screen.getByRole('button', {name: 'Add: Labels'}))
  type('Name, Labels 2', 'a')
  expect(latest).toEqual({a: '1'})
  expect(screen.getAllByText(/there twice/).length).toBe(2)
  type('Name, Labels 2', 'ab')
  type('Value, Labels 2', '2')
  expect(latest).toEqual({a: '1', ab: '2'})
  fireEvent.click(screen.getByRole('button', {name: 'Remove Labels 1'}))
  expect(latest).toEqual({ab: '2'})
})
