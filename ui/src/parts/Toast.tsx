import {X} from 'lucide-react'

import {cell, useCell} from '@/api/cell'
import {IconButton} from './Button'
import {cx} from './cx'
import css from './Toast.module.css'

export interface Note {
  id: number
  text: string
  tone: 'plain' | 'ok' | 'bad'
  action?: {label: string; do(): void}
}

const LASTS = 6000
const MOST = 4
const notes = cell<Note[]>([])
let counter = 0

/** Says something for a moment. Never the only place of an error: those stand where they happened. */
export function toast(text: string, tone: Note['tone'] = 'plain', action?: Note['action']) {
  const id = ++counter
  notes.set([...notes.get(), {id, text, tone, action}].slice(-MOST))
  // What has something to press stays until it is closed.
  if (!action) setTimeout(() => close(id), LASTS)
}

function close(id: number) {
  notes.set(notes.get().filter(note => note.id !== id))
}

export function Toasts() {
  const shown = useCell(notes)
  return (
    <div className={css.stack} role="status" aria-live="polite">
      {shown.map(note => (
        <div key={note.id} className={cx(css.toast, note.tone !== 'plain' && css[note.tone])}>
          <span className={css.text}>{note.text}</span>
          {note.action && (
            <button type="button" onClick={() => { note.action?.do(); close(note.id) }}>
              {note.action.label}
            </button>
          )}
          <IconButton label="Dismiss" small onClick={() => close(note.id)}>
            <X size={14} />
          </IconButton>
        </div>
      ))}
    </div>
  )
}
