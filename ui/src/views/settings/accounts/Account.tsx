import {Plus, Trash2} from 'lucide-react'
import {useState} from 'react'
import {useParams} from 'wouter'

import {useCell} from '@/api/cell'
import {ask, segment} from '@/api/client'
import type {AccountAccount, AccountToken} from '@/api/contract'
import {queries, useAsk} from '@/api/queries'
import {useRefusal} from '@/api/rights'
import {session} from '@/api/session'
import {Age} from '@/parts/Age'
import {Button, IconButton} from '@/parts/Button'
import {Confirm} from '@/parts/Confirm'
import {ErrorNote} from '@/parts/ErrorNote'
import {KeyValue} from '@/parts/KeyValue'
import {Skeleton} from '@/parts/Skeleton'
import {StatusWord} from '@/parts/StatusGlyph'
import {toast} from '@/parts/Toast'
import {usePage} from '@/shell/page'
import {PasswordForm} from '@/views/user/PasswordForm'
import {NewToken} from '../NewToken'
import {Section} from '../Section'
import css from '../Settings.module.css'
import {TokenOnce} from '../TokenOnce'
import {enabledState, sayCan} from './Accounts'

/** One account: its state, its password, its tokens. */
export default function Account() {
  const name = decodeURIComponent(useParams<{name: string}>().name ?? '')
  usePage([{label: 'Settings', href: '/settings'}, {label: 'Accounts', href: '/settings/accounts'}, {label: name}])
  const path = `api/v1/account/${segment(name)}`
  const asked = useAsk<AccountAccount>(path)
  const me = useCell(session).username
  const cannot = useRefusal('accounts', 'update', name)
  const refused = me === name ? false : cannot
  const [adding, setAdding] = useState(false)
  const [token, setToken] = useState<string | null>(null)
  const [gone, setGone] = useState<AccountToken | null>(null)
  const [password, setPassword] = useState(false)
  const again = () => void queries.invalidateQueries({queryKey: [path]})
  if (asked.error) return <div className={css.pad}><ErrorNote what="The account cannot be shown." error={asked.error} retry={() => void asked.refetch()} /></div>
  if (!asked.data) return <div className={css.pad}><Skeleton lines={6} /></div>
  const account = asked.data
  const tokens = account.tokens ?? []
  const canToken = account.capabilities?.includes('apiKey')
  const noToken = canToken ? refused : 'This account can have no tokens: its entry in argocd-cm lacks apiKey.'
  return (
    <div className={css.page}>
      <Section title="Account" actions={account.capabilities?.includes('login') && <Button refused={refused} onClick={() => setPassword(true)}>Change the password…</Button>}>
        <KeyValue
          pairs={[
            ['Name', account.name],
            ['State', <StatusWord state={enabledState(account)} />],
            ['Can', sayCan(account) || 'nothing'],
          ]}
        />
        <p className={css.small}>Which accounts there are, what they can do and whether they are enabled stands in the ConfigMap <code>argocd-cm</code>; what they may do in <code>argocd-rbac-cm</code>.</p>
      </Section>
      <Section title={`Tokens (${tokens.length})`} actions={<Button refused={noToken} onClick={() => setAdding(true)}><Plus size={14} /> New token</Button>}>
        {tokens.length === 0 ? (
          <p className={css.small}>None.</p>
        ) : (
          <ul className={css.list}>
            {tokens.map(one => (
              <li key={one.id}>
                <span className={css.what}>
                  <span className={css.mono}>{one.id}</span>
                  <span className={css.dim}>made <Age time={(one.issuedAt ?? 0) * 1000} />, {one.expiresAt ? <>ends <Age time={one.expiresAt * 1000} /></> : 'without an end'}</span>
                </span>
                <IconButton small label={`Delete token ${one.id}`} refused={refused} onClick={() => setGone(one)}><Trash2 size={14} /></IconButton>
              </li>
            ))}
          </ul>
        )}
      </Section>
      {adding && <NewToken path={`${path}/token`} onClose={() => setAdding(false)} onMade={made => { setToken(made); again() }} />}
      {token !== null && <TokenOnce token={token} whose={`the account ${name}`} onClose={() => setToken(null)} />}
      {password && <PasswordForm name={name} onClose={() => setPassword(false)} />}
      {gone && (
        <Confirm
          open
          onClose={() => setGone(null)}
          title="Delete the token?"
          verb="Delete"
          onConfirm={async () => {
            await ask(`${path}/token/${segment(gone.id ?? '')}`, {method: 'DELETE'})
            again()
            toast('The token is gone', 'ok')
          }}
        >
          <p>Whatever uses the token <span className={css.mono}>{gone.id}</span> is refused from now on. It cannot be made again; another one can.</p>
        </Confirm>
      )}
    </div>
  )
}
