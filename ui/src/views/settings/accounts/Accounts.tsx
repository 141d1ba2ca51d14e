import {useMemo} from 'react'
import {useLocation} from 'wouter'

import type {AccountAccount, AccountAccountsList} from '@/api/contract'
import {useAsk} from '@/api/queries'
import {StatusWord} from '@/parts/StatusGlyph'
import {usePage} from '@/shell/page'
import css from '../Settings.module.css'
import {SettingsList, type ListColumn} from '../SettingsList'

const CAN: Record<string, string> = {login: 'log in here', apiKey: 'have tokens'}

/** What an account can do, in words. */
export const sayCan = (account: AccountAccount) => (account.capabilities ?? []).map(one => CAN[one] ?? one).join(', ')

export const enabledState = (account: AccountAccount) => (account.enabled ? ({look: 'ok', word: 'Enabled'} as const) : ({look: 'held', word: 'Disabled'} as const))

/** The users that this server keeps itself. */
export default function Accounts() {
  usePage([{label: 'Settings', href: '/settings'}, {label: 'Accounts'}])
  const asked = useAsk<AccountAccountsList>('api/v1/account')
  const [, go] = useLocation()
  const columns = useMemo<ListColumn<AccountAccount>[]>(
    () => [
      {id: 'name', title: 'Name', sortBy: row => row.name ?? '', cell: row => row.name},
      {id: 'state', title: 'State', width: '110px', sortBy: row => (row.enabled ? 0 : 1), cell: row => <StatusWord state={enabledState(row)} />},
      {id: 'can', title: 'Can', priority: 2, cell: row => <span className={css.dim}>{sayCan(row)}</span>},
      {id: 'tokens', title: 'Tokens', width: '70px', number: true, priority: 2, sortBy: row => row.tokens?.length ?? 0, cell: row => row.tokens?.length ?? 0},
    ],
    [],
  )
  return (
    <div className={css.view}>
      <SettingsList label="Accounts" asked={asked} items={asked.data?.items ?? []} columns={columns} rowKey={row => row.name ?? ''} text={row => `${row.name} ${sayCan(row)}`} onOpen={row => go(`/settings/accounts/${encodeURIComponent(row.name ?? '')}`)} empty="None that you may see: accounts stand in the ConfigMap argocd-cm, as accounts.NAME." />
    </div>
  )
}
