import {useState} from 'react'

import {logIn} from '@/api/login'
import {tryAgain} from '@/api/watch'
import {Button} from '@/parts/Button'
import {Dialog} from '@/parts/Dialog'
import {Field, Input} from '@/parts/Field'

/** A new login over the page that is there. */
export default function LogInAgain({username, onClose}: {username: string; onClose(): void}) {
  const [name, setName] = useState(username)
  const [password, setPassword] = useState('')
  const [error, setError] = useState('')
  const act = async () => {
    setError('')
    try {
      await logIn(name, password)
      tryAgain()
      onClose()
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown.message : String(thrown))
    }
  }
  return (
    <Dialog open onClose={onClose} title="Log in again" foot={<Button look="primary" onClick={() => void act()}>Log in</Button>}>
      <form onSubmit={event => { event.preventDefault(); void act() }}>
        <Field label="Name"><Input value={name} autoComplete="username" onChange={event => setName(event.target.value)} /></Field>
        <Field label="Password" error={error}><Input type="password" autoComplete="current-password" value={password} onChange={event => setPassword(event.target.value)} /></Field>
        <button type="submit" hidden />
      </form>
    </Dialog>
  )
}
