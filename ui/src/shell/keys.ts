import {useEffect, useRef} from 'react'

import {cell} from '@/api/cell'
import {appearance} from './appearance'

export interface KeyAction {
  /** What it does, for the sheet of keys. */
  label: string
  do(event: KeyboardEvent): void
  /** Also while a dialog is open, or while something is typed: for chords like Ctrl+K. */
  always?: boolean
}

/** Keys as `s`, `G`, `?`, `Escape`, `ctrl+k` (also ⌘), `alt+ArrowUp`, or two after another: `g a`. */
export type KeyMap = Record<string, KeyAction>

interface Scope {
  name: string
  keys: {current: KeyMap}
}

const SECOND_KEY = 1200
export const scopes = cell<Scope[]>([])
let waiting = ''
let waitingSince = 0
let listening = false

/** The keys of a part of the page, as long as it is there. The scope that came last wins; `name` is its heading in the sheet. */
export function useKeys(name: string, map: KeyMap) {
  const keys = useRef(map)
  keys.current = map
  useEffect(() => {
    if (!listening) {
      listening = true
      document.addEventListener('keydown', onKeyDown)
    }
    const scope = {name, keys}
    scopes.set([...scopes.get(), scope])
    return () => scopes.set(scopes.get().filter(other => other !== scope))
  }, [name])
}

/** The name of the pressed key as a `KeyMap` has it. */
export function keyName(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): string {
  const key = event.key === ' ' ? 'Space' : event.key
  const chord = event.ctrlKey || event.metaKey
  const named = key.length > 1
  return `${chord ? 'ctrl+' : ''}${event.altKey ? 'alt+' : ''}${event.shiftKey && (named || chord) ? 'shift+' : ''}${chord ? key.toLowerCase() : key}`
}

/** The key that does what `key` does in the map: the user may have moved it. */
export function shownKey(key: string): string {
  return appearance.get().moved[key] ?? key
}

function find(name: string): KeyAction | undefined {
  for (const scope of [...scopes.get()].reverse()) {
    for (const [key, action] of Object.entries(scope.keys.current)) if (shownKey(key) === name) return action
  }
  return undefined
}

function starts(name: string): boolean {
  return scopes.get().some(scope => Object.keys(scope.keys.current).some(key => shownKey(key).startsWith(`${name} `)))
}

function onKeyDown(event: KeyboardEvent) {
  if (event.defaultPrevented || event.isComposing || ['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return
  const name = keyName(event)
  const now = Date.now()
  const sequence = waiting && now - waitingSince < SECOND_KEY ? `${waiting} ${name}` : name
  const action = find(sequence) ?? (sequence === name ? undefined : find(name))
  waiting = ''
  if (action && (action.always || free(event))) {
    event.preventDefault()
    action.do(event)
    return
  }
  if (free(event) && starts(name)) {
    waiting = name
    waitingSince = now
  }
}

/** Whether letters are free to do things: nothing is typed, no dialog is open, and the user wants it. */
function free(event: KeyboardEvent): boolean {
  const single = !event.ctrlKey && !event.metaKey && !event.altKey && event.key.length === 1
  if (single && !appearance.get().keys) return false
  const target = event.target instanceof Element ? event.target : null
  if (target?.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true], [role=textbox], [role=menu], [role=listbox], [data-keys=own]')) return false
  if ((event.key === ' ' || event.key === 'Enter') && target?.closest('button, a, summary, input')) return false
  const dialog = document.querySelector('[role=dialog], [role=alertdialog]')
  return !dialog || dialog.hasAttribute('data-keys-through')
}
