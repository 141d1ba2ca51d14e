import type {Application} from '@/api/contract'
import {Age} from '@/parts/Age'
import {Copy} from '@/parts/Copy'
import {StatusWord} from '@/parts/StatusGlyph'
import type {Look} from '@/parts/status'
import css from './Application.module.css'

const LOOKS: Record<string, Look> = {Hydrated: 'ok', Hydrating: 'run', Failed: 'bad'}

/** What the hydrator did last: which commit it rendered, and into which. */
export default function Hydrated({app, open, onOpen}: {app: Application; open: boolean; onOpen(open: boolean): void}) {
  const one = app.status?.sourceHydrator?.currentOperation
  if (!one) return null
  return (
    <details className={css.facts} open={open} onToggle={event => event.currentTarget.open !== open && onOpen(event.currentTarget.open)}>
      <summary className={css.state}><StatusWord state={{look: LOOKS[one.phase] ?? 'unknown', word: one.phase}} /> <Age time={one.finishedAt ?? one.startedAt} /></summary>
      <p>
        {one.drySHA && <>From <span className={css.mono}>{one.drySHA.slice(0, 7)}</span></>}
        {one.hydratedSHA && <> into <span className={css.mono}>{one.hydratedSHA.slice(0, 7)}</span></>}
        {one.sourceHydrator?.syncSource?.targetBranch && <> on {one.sourceHydrator.syncSource.targetBranch}</>}
        {one.message && <span className={css.words}>: {one.message} <Copy what="the message" text={one.message} /></span>}
      </p>
    </details>
  )
}
