import {lazy, Suspense} from 'react'
import {Link} from 'wouter'

import {useCell} from '@/api/cell'
import {logOut} from '@/api/login'
import {session} from '@/api/session'
import {Button} from '@/parts/Button'
import {Copy} from '@/parts/Copy'
import {KeyValue} from '@/parts/KeyValue'
import {Skeleton} from '@/parts/Skeleton'
import {Tabs} from '@/parts/Tabs'
import {useQueryWords} from '@/shell/address'
import {usePage} from '@/shell/page'
import {Section} from '@/views/settings/Section'
import css from '@/views/settings/Settings.module.css'
import {PasswordForm} from './PasswordForm'

const Rights = lazy(() => import('./Rights'))
const TABS = [{id: 'account', label: 'Account'}, {id: 'rights', label: 'What may I do?'}]

export default function User() {
  usePage([{label: 'User'}])
  const [words, change] = useQueryWords()
  const tab = words.get('tab') === 'rights' ? 'rights' : 'account'
  return (
    <Tabs label="Parts" tabs={TABS} value={tab} onChange={id => change({tab: id === 'account' ? null : id})}>
      {tab === 'account' ? <Account /> : <Suspense fallback={<div className={css.pad}><Skeleton lines={10} /></div>}><Rights /></Suspense>}
    </Tabs>
  )
}

function Account() {
  const [words, change] = useQueryWords()
  const {username = '', issuer = '', groups = []} = useCell(session)
  const local = issuer === '' || issuer === 'argocd'
  const foreign = 'Your identity provider keeps your password: change it there.'
  return (
    <div className={css.page}>
      <Section
        title="Who you are"
        actions={
          <>
            <Button refused={local ? false : foreign} onClick={() => change({changePassword: true}, true)}>Change your password…</Button>
            <Button onClick={() => void leave(local)}>Log out</Button>
          </>
        }
      >
        <KeyValue
          pairs={[
            ['Name', <span className={css.row}>{username}<Copy what="the name" text={username} /></span>],
            ['Known by', local ? 'this server' : <span className={css.mono}>{issuer}</span>],
            ['Account', local && username && !username.includes(':') && <Link href={`/settings/accounts/${encodeURIComponent(username)}`}>its tokens</Link>],
          ]}
        />
      </Section>
      <Section title={`Groups (${groups.length})`} hint={groups.length === 0 ? (local ? 'Local accounts have none: roles are given to them by name.' : 'Your identity provider names none. Which claim they are read from is set by scopes in argocd-rbac-cm.') : 'Roles can be given to each of them by its exact name.'}>
        {groups.length > 0 && (
          <ul className={css.list}>
            {groups.map(group => <li key={group}><span className={`${css.what} ${css.mono}`}>{group}</span><Copy what={group} text={group} /></li>)}
          </ul>
        )}
      </Section>
      {words.get('changePassword') !== null && local && <PasswordForm name={username} onClose={() => change({changePassword: null})} />}
    </div>
  )
}

/** Ends the session; that of an identity provider by its own way out, where the server knows it. */
async function leave(local: boolean) {
  if (!local) {
    location.assign(new URL('auth/logout', document.baseURI))
    return
  }
  await logOut().catch(() => undefined)
}
