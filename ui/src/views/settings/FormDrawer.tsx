import {useState, type ReactNode} from 'react'

import {Button} from '@/parts/Button'
import {Confirm} from '@/parts/Confirm'
import {Dialog, Drawer} from '@/parts/Dialog'
import {ErrorNote} from '@/parts/ErrorNote'
import css from './Settings.module.css'

export interface FormProps {
  title: ReactNode
  verb: string
  onClose(): void
  /** Does it; the form closes after it, and stays with all that was typed where it throws. A function that it gives is called once the form is closed: to go elsewhere. */
  onSave(): Promise<unknown>
  /** Why it cannot be done yet. */
  refused?: string | false | null
  /** Something was typed that closing would lose. */
  dirty?: boolean
  /** More buttons, left of the main one. */
  buttons?: ReactNode
  /** Beside the title. */
  actions?: ReactNode
  /** What to do about an error, in place of its own advice. */
  mend?(error: unknown, again: (save: () => Promise<unknown>) => void): ReactNode
  small?: boolean
  wide?: boolean
  flush?: boolean
  children: ReactNode
}

/** A form from the right edge (`small`: in the middle). What was typed stays where the server refuses it; closing asks first. */
export function FormDrawer({title, verb, onClose, onSave, refused, dirty, buttons, actions, mend, small, wide, flush, children}: FormProps) {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const [asks, setAsks] = useState(false)
  const stop = busy ? 'Under way' : refused
  const save = async (how = onSave) => {
    if (stop) return
    setBusy(true)
    setError(null)
    try {
      const after = await how()
      onClose()
      if (typeof after === 'function') after()
    } catch (thrown) {
      setError(thrown)
      setBusy(false)
    }
  }
  const close = () => (dirty && !busy ? setAsks(true) : onClose())
  const note = error !== null && <ErrorNote what={`${verb}: the server does not take it. What you typed is kept.`} error={error}>{mend?.(error, how => void save(how))}</ErrorNote>
  const Layer = small ? Dialog : Drawer
  return (
    <>
      <Layer
        open
        wide={wide}
        flush={flush}
        title={title}
        actions={actions}
        onClose={close}
        foot={
          <>
            {buttons}
            <Button onClick={close}>Cancel</Button>
            <Button look="primary" refused={stop} onClick={() => void save()}>{verb}</Button>
          </>
        }
      >
        {flush ? (
          <>
            {note && <div className={css.pad}>{note}</div>}
            {children}
          </>
        ) : (
          <form className={css.form} onSubmit={event => { event.preventDefault(); void save() }}>
            {note}
            {children}
            <button type="submit" hidden />
          </form>
        )}
      </Layer>
      <Confirm open={asks} onClose={() => setAsks(false)} title="Throw away what you typed?" verb="Throw away" onConfirm={() => { setAsks(false); onClose() }}>
        <p>Nothing of it was saved.</p>
      </Confirm>
    </>
  )
}
