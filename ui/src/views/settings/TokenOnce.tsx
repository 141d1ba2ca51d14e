import {useState} from 'react'

import {Button} from '@/parts/Button'
import {Confirm} from '@/parts/Confirm'
import {Copy} from '@/parts/Copy'
import {Dialog} from '@/parts/Dialog'
import css from './Settings.module.css'

/** A token that was just made: it is told once. A slip does not lose it: other ways to close than the button ask first. */
export function TokenOnce({token, whose, onClose}: {token: string; whose: string; onClose(): void}) {
  const [asks, setAsks] = useState(false)
  return (
    <>
      <Dialog open onClose={() => setAsks(true)} title="The token is made" foot={<Button look="primary" onClick={onClose}>I have kept it</Button>}>
        <div className={css.form}>
          <p>This is the only time that it is shown: the server keeps no copy. Whoever has it may do what {whose} may.</p>
          <div className={css.secret}>
            <span data-token="">{token}</span>
            <Copy what="the token" text={token} />
          </div>
          <p className={css.small}>Use it as <code>Authorization: Bearer TOKEN</code>, as <code>ARGOCD_AUTH_TOKEN</code>, or with <code>--auth-token</code>.</p>
        </div>
      </Dialog>
      <Confirm open={asks} onClose={() => setAsks(false)} title="Close without having kept the token?" verb="Close" onConfirm={onClose}>
        <p>It cannot be shown again. It stays valid until it ends or is deleted.</p>
      </Confirm>
    </>
  )
}
