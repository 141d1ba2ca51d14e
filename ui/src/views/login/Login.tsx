import {useEffect, useState} from 'react'

import {logIn, whoAmI} from '@/api/login'
import {session} from '@/api/session'
import {useAsk, useSettings} from '@/api/queries'
import {Button, buttonClass} from '@/parts/Button'
import {ErrorNote} from '@/parts/ErrorNote'
import {Field, Input} from '@/parts/Field'
import css from './Login.module.css'
import {returnTo, ssoWays} from './ways'

/** Local names and passwords, and the way to single sign-on where the server has one. */
export default function Login() {
  const words = new URLSearchParams(location.search)
  const settings = useSettings()
  const version = useAsk<{Version?: string}>('api/version', undefined, {stale: Infinity})
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const [caps, setCaps] = useState(false)
  const back = returnTo(words.get('return_url'), document.baseURI)
  const elsewhere = new URL(back).pathname !== new URL(document.baseURI).pathname
  useEffect(() => {
    document.title = 'Log in · Bowline'
    // Who is in already, by another tab or a link from a mail, goes on at once.
    whoAmI().then(() => session.get().state === 'in' && location.replace(back), () => undefined)
  }, [back])
  const act = async () => {
    if (busy) return
    setError(null)
    setBusy(true)
    try {
      await logIn(name.trim(), password)
      location.replace(back)
    } catch (thrown) {
      setError(thrown)
      setBusy(false)
    }
  }
  const sso = ssoWays(settings.data)
  const local = settings.data && !settings.data.userLoginsDisabled
  return (
    <main className={css.page}>
      <div className={css.box}>
        <h1 className={css.brand}><img src="icon.svg" alt="" /> Bowline</h1>
        {elsewhere && <p className={css.dim}>After this you are back at <code>{decodeURI(back.slice(new URL(document.baseURI).href.length - 1))}</code>.</p>}
        {words.get('has_sso_error') === 'true' && (
          <p className={css.error} role="alert">Single sign-on did not work: the identity provider refused, or the server could not talk to it. Try once more; the server’s log names the reason.</p>
        )}
        {settings.error && <ErrorNote what="The server does not say how to log in." error={settings.error} retry={() => void settings.refetch()} />}
        {sso.map(way => (
          <a key={way.label} className={buttonClass('primary')} href={`auth/login?return_url=${encodeURIComponent(back)}`}>{way.label}</a>
        ))}
        {sso.length > 0 && local && <p className={css.or}>or with an account of this server</p>}
        {local && (
          <form className={css.form} onSubmit={event => { event.preventDefault(); void act() }} onKeyUp={event => setCaps(event.getModifierState('CapsLock'))}>
            <Field label="Name"><Input name="username" autoComplete="username" autoCapitalize="none" autoFocus={sso.length === 0} required value={name} onChange={event => setName(event.target.value)} /></Field>
            <Field label="Password" hint={caps ? 'Caps Lock is on.' : undefined} error={error !== null ? (error instanceof Error ? error.message : String(error)) : undefined}>
              <Input name="password" type="password" autoComplete="current-password" required value={password} onChange={event => setPassword(event.target.value)} />
            </Field>
            <Button look={sso.length > 0 ? 'plain' : 'primary'} type="submit" refused={busy && 'Under way'}>Log in</Button>
          </form>
        )}
        {settings.data && !local && sso.length === 0 && <p className={css.error} role="alert">Nobody can log in here: local accounts are switched off and there is no single sign-on. Who runs the server can set <code>admin.enabled</code> in argocd-cm.</p>}
      </div>
      <p className={css.foot}>{version.data?.Version}</p>
    </main>
  )
}
