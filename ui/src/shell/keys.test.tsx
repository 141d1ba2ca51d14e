import {fireEvent, render} from '@testing-library/react'
import {beforeEach, expect, test} from 'vitest'

import {setAppearance} from './appearance'
import {keyName, useKeys} from './keys'

const done: string[] = []
const say = (what: string) => ({label: what, do: () => void done.push(what)})

function Page() {
  useKeys('Everywhere', {'g a': say('applications'), s: say('outer'), 'ctrl+k': {...say('palette'), always: true}, '?': say('sheet')})
  return (
    <>
      <Inner />
      <input aria-label="field" />
    </>
  )
}

function Inner() {
  useKeys('Inner', {s: say('inner'), 'g g': say('top')})
  return null
}

const press = (target: Element | Document, ...keys: Array<string | object>) => {
  for (const key of keys) fireEvent.keyDown(target, typeof key === 'string' ? {key} : key)
}

beforeEach(() => {
  done.length = 0
  setAppearance({keys: true, moved: {}})
})

test.each([
  [{key: 'k', metaKey: true}, 'ctrl+k'], [{key: 'K', ctrlKey: true, shiftKey: true}, 'ctrl+shift+k'], [{key: 'G', shiftKey: true}, 'G'], [{key: ' '}, 'Space'], [{key: 'Enter', shiftKey: true}, 'shift+Enter'], [{key: '?', shiftKey: true}, '?'],
])('%j is %s', (event, name) => {
  expect(keyName({ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...event})).toBe(name)
})

test('one key, two keys, and a key of a part before that of the page', () => {
  const page = render(<Page />)
  press(document.body, 'g', 'a', 's', 'g', 'g', 'g', 's', '?')
  expect(done).toEqual(['applications', 'outer', 'top', 'outer', 'sheet'])
  page.unmount()
  press(document.body, 's')
  expect(done.length).toBe(5)
})

test('nothing but chords while something is typed', () => {
  const page = render(<Page />)
  press(page.getByLabelText('field'), 's', {key: 'k', ctrlKey: true})
  expect(done).toEqual(['palette'])
})

test('keys are moved and switched off', () => {
  render(<Page />)
  setAppearance({moved: {'?': 'h'}})
  press(document.body, '?', 'h')
  expect(done).toEqual(['sheet'])
  setAppearance({keys: false})
  press(document.body, 'h', {key: 'k', ctrlKey: true})
  expect(done).toEqual(['sheet', 'palette'])
})
