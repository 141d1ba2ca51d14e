import {useState} from 'react'

import {ask} from '@/api/client'
import {Combobox} from '@/parts/Combobox'
import {Field, Input} from '@/parts/Field'
import {FormDrawer} from './FormDrawer'
import {readTtl, TTLS} from './ttl'

/** Makes a token of an account or of a project's role: `body` is what its endpoint wants besides its name and how long it is good for. */
export function NewToken({path, body, onClose, onMade}: {path: string; body?: object; onClose(): void; onMade(token: string): void}) {
  const [id, setId] = useState('')
  const [ttl, setTtl] = useState('90d')
  const seconds = readTtl(ttl)
  return (
    <FormDrawer
      small
      title="New token"
      verb="Make it"
      onClose={onClose}
      refused={typeof seconds === 'string' && 'How long it is good for cannot be read'}
      onSave={async () => {
        const {token = ''} = await ask<{token?: string}>(path, {method: 'POST', body: {...body, id: id || undefined, expiresIn: seconds}})
        onMade(token)
      }}
    >
      <Field label="Name of the token" hint="What it is for; made up where it is empty.">
        <Input value={id} onChange={event => setId(event.target.value)} />
      </Field>
      <Field label="Good for" error={typeof seconds === 'string' ? seconds : undefined} hint={seconds === 0 ? 'For ever: it works until somebody deletes it.' : undefined}>
        <Combobox options={TTLS} value={ttl} onChange={setTtl} placeholder="for ever" />
      </Field>
    </FormDrawer>
  )
}
