import {useRef, useState, type ReactNode} from 'react'

import {Button} from './Button'
import {Dialog} from './Dialog'
import {ErrorNote} from './ErrorNote'
import {Field, Input} from './Field'

/** Asks before something that cannot be undone: what happens stands in `children`; `name` must be typed where it is given. */
export function Confirm({open, onClose, title, verb, name, onConfirm, danger = true, children, refused}: {open: boolean; onClose(): void; title: ReactNode; verb: string; name?: string; onConfirm(): Promise<unknown> | void; danger?: boolean; children?: ReactNode; refused?: string | false}) {
  return open ? <Ask {...{open, onClose, title, verb, name, onConfirm, danger, children, refused}} /> : null
}

function Ask({onClose, title, verb, name, onConfirm, danger, children, refused}: Parameters<typeof Confirm>[0]) {
  const [typed, setTyped] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const input = useRef<HTMLInputElement>(null)
  const missing = name !== undefined && typed.trim() !== name
  const stop = refused || (missing ? `Type ${name} first` : busy ? 'Under way' : false)
  const act = async () => {
    if (stop) return
    setBusy(true)
    setError(null)
    try {
      await onConfirm()
      onClose()
    } catch (thrown) {
      setError(thrown)
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      first={name === undefined ? undefined : input}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look={danger ? 'danger' : 'primary'} refused={stop} onClick={() => void act()}>
            {verb}
          </Button>
        </>
      }
    >
      <form
        onSubmit={event => {
          event.preventDefault()
          void act()
        }}
      >
        {children}
        {name !== undefined && (
          <Field label={<>To go on, type <b>{name}</b></>}>
            <Input ref={input} mono value={typed} onChange={event => setTyped(event.target.value)} />
          </Field>
        )}
        {error !== null && <ErrorNote what={`${verb}: it did not work`} error={error} />}
      </form>
    </Dialog>
  )
}
