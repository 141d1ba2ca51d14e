import {useState} from 'react'

import {useCell} from '@/api/cell'
import {ask} from '@/api/client'
import {useSettings} from '@/api/queries'
import {session} from '@/api/session'
import {Field, Input} from '@/parts/Field'
import {toast} from '@/parts/Toast'
import {FormDrawer} from '@/views/settings/FormDrawer'
import {patternFault} from './password'

/** A new password for an account; whoever sets that of another proves himself by his own. */
export function PasswordForm({name, onClose}: {name: string; onClose(): void}) {
  const {username} = useCell(session)
  const settings = useSettings()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [again, setAgain] = useState('')
  const own = name === username
  const weak = next === '' ? undefined : patternFault(next, settings.data?.passwordPattern)
  const differs = again !== '' && again !== next ? 'The two are not the same.' : undefined
  return (
    <FormDrawer
      small
      title={own ? 'Change your password' : `Change the password of ${name}`}
      verb="Change it"
      onClose={onClose}
      dirty={next !== ''}
      refused={weak || differs || (next === '' && 'Type a new password') || (again === '' && 'Type it twice')}
      onSave={async () => {
        await ask('api/v1/account/password', {method: 'PUT', body: {name, currentPassword: current, newPassword: next}})
        toast(own ? 'Your password is changed; other sessions are to log in again' : `The password of ${name} is changed`, 'ok')
      }}
    >
      <input type="text" autoComplete="username" value={name} readOnly hidden />
      <Field label={own ? 'Password now' : `Your own password (${username})`}>
        <Input type="password" autoComplete="current-password" value={current} onChange={event => setCurrent(event.target.value)} />
      </Field>
      <Field label="New password" error={weak} hint={settings.data?.passwordPattern ? <>The server wants it to match <code>{settings.data.passwordPattern}</code>.</> : undefined}>
        <Input type="password" autoComplete="new-password" value={next} onChange={event => setNext(event.target.value)} />
      </Field>
      <Field label="The same again" error={differs}>
        <Input type="password" autoComplete="new-password" value={again} onChange={event => setAgain(event.target.value)} />
      </Field>
    </FormDrawer>
  )
}
