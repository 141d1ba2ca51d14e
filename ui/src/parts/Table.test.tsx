import {fireEvent, render, screen} from '@testing-library/react'
import {expect, test} from 'vitest'

import {Table, type TableProps} from './Table'

// There is no layout here; the list asks how high it is.
for (const [name, value] of [['offsetHeight', 640], ['offsetWidth', 1024], ['clientHeight', 640], ['clientWidth', 1024]] as const) Object.defineProperty(HTMLElement.prototype, name, {configurable: true, value})

const rows = Array.from({length: 1000}, (_, index) => ({id: `row-${index}`}))

function show(more: Partial<TableProps<{id: string}>> = {}) {
  const columns = [
    {id: 'name', title: 'Name', sortable: true, cell: (row: {id: string}) => row.id},
    {id: 'act', title: 'Act', cell: (row: {id: string}) => <button type="button">{`do ${row.id}`}</button>},
  ]
  return render(<Table label="Things" columns={columns} count={rows.length} at={index => rows[index]} rowKey={row => row.id} {...more} />)
}

test('only rows on the screen exist, and the table says how many there are', () => {
  show()
  expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('1001')
  expect(screen.getAllByRole('row').length).toBeLessThan(60)
})

test('one row has the tab stop; arrows, Home and End move it, Enter opens', () => {
  const opened: string[] = []
  show({onOpen: row => opened.push(row.id)})
  const row = (index: number) => screen.getByRole('grid').querySelector<HTMLElement>(`[data-index="${index}"]`)
  row(0)?.focus()
  fireEvent.keyDown(row(0)!, {key: 'ArrowDown'})
  fireEvent.keyDown(document.activeElement!, {key: 'j'})
  expect(document.activeElement).toBe(row(2))
  fireEvent.keyDown(document.activeElement!, {key: 'Enter'})
  fireEvent.keyDown(document.activeElement!, {key: 'Home'})
  expect(document.activeElement).toBe(row(0))
  expect(opened).toEqual(['row-2'])
  expect(screen.getAllByRole('row').filter(one => one.tabIndex === 0).length).toBe(1)
})

test('a row opens where it is pressed, not where a button in it is', () => {
  const opened: string[] = []
  show({onOpen: row => opened.push(row.id)})
  fireEvent.click(screen.getByText('row-3'))
  fireEvent.click(screen.getByText('do row-4'))
  expect(opened).toEqual(['row-3'])
})

test('heads sort and say how; rows that are not there yet are bones', () => {
  const sorted: string[] = []
  show({sort: {by: 'name', down: true}, onSort: by => sorted.push(by), at: index => (index === 1 ? undefined : rows[index])})
  expect(screen.getByRole('columnheader', {name: 'Name'}).getAttribute('aria-sort')).toBe('descending')
  fireEvent.click(screen.getByRole('button', {name: 'Name'}))
  expect(sorted).toEqual(['name'])
  expect(screen.queryByText('row-1')).toBeNull()
  expect(screen.getByText('row-2')).toBeTruthy()
})
