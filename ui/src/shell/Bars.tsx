import {useEffect, useState} from 'react'

import {kept, useCell} from '@/api/cell'
import {queries, useSettings} from '@/api/queries'
import {session} from '@/api/session'
import {connection, tryAgain} from '@/api/watch'
import {useNow} from '@/parts/Age'
import {Button} from '@/parts/Button'
import {cx} from '@/parts/cx'
import {later} from '@/parts/later'
import {span} from '@/parts/time'
import css from './Frame.module.css'

const LogInAgain = later(() => import('./LogInAgain'))

const closedBanner = kept<string>('bowline.banner', stored => (typeof stored === 'string' ? stored : ''))
/** Shorter cuts are not worth a word: the dot in the rail shows them. */
const PATIENCE = 3000

/** What concerns the whole page: the operator's banner, a session that ended, a network that is gone. */
export function Bars() {
  return (
    <>
      <OwnStyles />
      <Banner at="top" />
      <Expired />
      <Offline />
    </>
  )
}

/** The operator's banner where it is to stand below the page. */
export function BottomBar() {
  return <Banner at="bottom" />
}

/** The operator's own style sheet, after ours. */
function OwnStyles() {
  const url = useSettings().data?.uiCssURL
  return url && /^(https?:\/\/|\.?\/|[\w-]+\/)/i.test(url) ? <link rel="stylesheet" href={url} /> : null
}

function Banner({at}: {at: 'top' | 'bottom'}) {
  const settings = useSettings()
  const closed = useCell(closedBanner)
  const {uiBannerContent: text, uiBannerURL: url, uiBannerPermanent: permanent, uiBannerPosition: position} = settings.data ?? {}
  const here = position === 'both' || (position === 'bottom') === (at === 'bottom')
  if (!text || !here || (!permanent && closed === text)) return null
  const safe = url && /^https?:\/\//i.test(url)
  return (
    <div className={css.bar} role="note">
      <span>{safe ? <a href={url} target="_blank" rel="noreferrer">{text}</a> : text}</span>
      {!permanent && <Button small onClick={() => closedBanner.set(text)}>Close</Button>}
    </div>
  )
}

function Expired() {
  const {state, username, issuer} = useCell(session)
  const [open, setOpen] = useState(false)
  if (state !== 'expired') return null
  const local = !issuer || issuer === 'argocd'
  return (
    <div className={cx(css.bar, css.warn)} role="alert">
      <span>Your session has ended. What you see may be old; nothing that you typed is lost.</span>
      {local ? (
        <Button small onClick={() => setOpen(true)}>Log in again</Button>
      ) : (
        <a href={`auth/login?return_url=${encodeURIComponent(location.href)}`}>Log in again</a>
      )}
      {open && <LogInAgain username={username ?? ''} onClose={() => setOpen(false)} />}
    </div>
  )
}

function Offline() {
  const {state, until, heard, error} = useCell(connection)
  const {state: who} = useCell(session)
  const now = useNow()
  const [since, setSince] = useState(0)
  useEffect(() => {
    setSince(state === 'waiting' ? Date.now() : 0)
    // What was asked before the cut may be old.
    if (state === 'open') void queries.invalidateQueries({refetchType: 'active'})
  }, [state])
  if (state !== 'waiting' || who === 'expired' || !since || now - since < PATIENCE) return null
  return (
    <div className={cx(css.bar, css.warn)} role="status">
      <span>
        {error?.message ?? 'The server does not answer.'} What you see is {heard ? `${span(now - heard)} old` : 'old'}
        {until && until > now ? `; trying again in ${span(until - now)}.` : '; trying again.'}
      </span>
      <Button small onClick={tryAgain}>Try now</Button>
    </div>
  )
}
