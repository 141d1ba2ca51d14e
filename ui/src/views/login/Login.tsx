import {useState} from 'react'

import {logIn} from '@/api/login'
import {useSettings} from '@/api/queries'
import {Button, buttonClass} from '@/parts/Button'
import {Field, Input} from '@/parts/Field'

/** Local names and passwords, and the way to single sign-on where the server has one. */
export default function Login() {
  const words = new URLSearchParams(location.search)
  const settings = useSettings()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [error, setError] = useState(words.get('has_sso_error') ? 'Single sign-on did not work.' : '')
  const back = returnTo(words.get('return_url'))
  const act = async () => {
    setError('')
    try {
      await logIn(name, password)
      location.assign(back)
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown.message : String(thrown))
    }
  }
  const sso = settings.data?.dexConfig?.connectors?.length || settings.data?.oidcConfig?.name
  return (
    <main style={{maxWidth: 360, margin: '12dvh auto', padding: 16}}>
      <h1>Bowline</h1>
      <form onSubmit={event => { event.preventDefault(); void act() }}>
        <Field label="Name"><Input name="username" autoComplete="username" value={name} onChange={event => setName(event.target.value)} /></Field>
        <Field label="Password" error={error}><Input name="password" type="password" autoComplete="current-password" value={password} onChange={event => setPassword(event.target.value)} /></Field>
        <p><Button look="primary" type="submit">Log in</Button></p>
      </form>
      {sso && <a className={buttonClass()} href={`auth/login?return_url=${encodeURIComponent(back)}`}>Log in with single sign-on</a>}
    </main>
  )
}

/** An address of this UI, or its first page: a foreign one would send people away after they logged in. */
export function returnTo(wanted: string | null): string {
  const home = document.baseURI
  if (!wanted) return home
  try {
    const to = new URL(wanted, home)
    return to.href.startsWith(home) && !to.pathname.endsWith('/login') ? to.href : home
  } catch {
    return home
  }
}
