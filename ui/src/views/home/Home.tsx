import {useMemo, useState} from 'react'
import {Link, Redirect, useLocation} from 'wouter'

import type {Row} from '@/api/fleet'
import {useFleet, type Fleet} from '@/api/fleet-list'
import {Age, useNow} from '@/parts/Age'
import {buttonClass} from '@/parts/Button'
import {ErrorNote} from '@/parts/ErrorNote'
import {later} from '@/parts/later'
import {Sentence} from '@/parts/Sentence'
import {Skeleton} from '@/parts/Skeleton'
import {StatusGlyph} from '@/parts/StatusGlyph'
import {toast} from '@/parts/Toast'
import {explain} from '@/explain/explain'
import {applicationHref} from '@/shell/address'
import {useKeys} from '@/shell/keys'
import {usePage} from '@/shell/page'
import {Tile} from '@/views/applications/AppTiles'
import {refreshApplication} from '@/views/applications/actions'
import list from '@/views/applications/Applications.module.css'
import type {RowActions} from '@/views/applications/cells'
import {groupByCause, verdict} from './attention'
import css from './Home.module.css'
import {Welcome} from './Welcome'

const Bulk = later(() => import('@/views/applications/Bulk'))
const Peek = later(() => import('@/views/applications/Peek'))
const Badge = later(() => import('@/views/badge/Badge'))

/** Up to so many applications all of them are shown; beyond, what needs somebody. */
const SMALL = 50

/** The first screen: what is wrong, why, and what is under way, in the form that fits the size of the fleet. */
export default function Home() {
  const fleet = useFleet({})
  const words = fleet.loading ? undefined : verdict(fleet.visible, fleet.facets)
  usePage([{label: 'Home'}], words?.short)
  if (fleet.error) return <div className={css.home}><ErrorNote what="The applications cannot be listed." error={fleet.error} /></div>
  if (fleet.loading) return <div className={css.home}><Skeleton lines={8} /></div>
  if (fleet.visible === 0) return <Welcome />
  const [only] = fleet.near
  if (fleet.visible === 1 && only) return <Redirect to={applicationHref(only)} replace />
  return <Overview fleet={fleet} />
}

function Overview({fleet}: {fleet: Fleet}) {
  const [sync, setSync] = useState<{kind: 'sync' | 'delete'; row: Row} | null>(null)
  const [peek, setPeek] = useState<string | null>(null)
  const [badge, setBadge] = useState<Row | null>(null)
  const [, go] = useLocation()
  const actions = useMemo<RowActions>(
    () => ({
      sync: row => setSync({kind: 'sync', row}),
      remove: row => setSync({kind: 'delete', row}),
      peek: row => setPeek(row.key),
      badge: setBadge,
      refresh: (row, hard) => void refreshApplication(row, hard).then(() => toast(`${row.name} is refreshed`, 'ok'), error => toast(`${row.name}: ${error instanceof Error ? error.message : String(error)}`, 'bad')),
    }),
    [],
  )
  useKeys('Home', {m: {label: 'Map of the fleet', do: () => go('/applications?view=map')}})
  const words = verdict(fleet.visible, fleet.facets)
  const many = (fleet.facets.appNamespace?.length ?? 0) > 1
  return (
    <div className={css.home}>
      <div className={css.verdict}>
        <StatusGlyph look={words.look} size={20} />
        <p role="status">{words.text}</p>
        <Link className={buttonClass()} href="/applications">All applications</Link>
        <Link className={buttonClass()} href="/applications?view=map">Map</Link>
      </div>
      {fleet.visible <= SMALL ? (
        <ul className={css.tiles}>
          {fleet.near.map(row => (
            <li key={row.key} className={list.tile} onClick={event => { if (!(event.target as HTMLElement).closest('a, button')) go(applicationHref(row)) }}>
              <Tile row={row} actions={actions} many={many} />
            </li>
          ))}
        </ul>
      ) : (
        <Attention fleet={fleet} />
      )}
      {sync && <Bulk kind={sync.kind} apps={[sync.row]} onClose={() => setSync(null)} />}
      {badge && <Badge name={badge.name} namespace={badge.namespace} onClose={() => setBadge(null)} />}
      {peek && <Peek id={peek} fleet={fleet} actions={actions} onClose={() => setPeek(null)} />}
    </div>
  )
}

const SHOWN = 8

function Attention({fleet}: {fleet: Fleet}) {
  const now = useNow()
  // Both are answered from the index of the server; only these rows travel.
  const flight = useFleet({operation: ['Running', 'Terminating']})
  const causes = useMemo(() => groupByCause(fleet.near.filter(row => row.severity >= 3 && row.operation?.phase !== 'Running'), now), [fleet.near, Math.floor(now / 60_000)])
  const wrong = causes.reduce((sum, cause) => sum + cause.rows.length, 0)
  return (
    <>
      <section>
        <h2 className={css.heading}>Needs attention</h2>
        {causes.length === 0 && <p className={css.dim}>Nothing.</p>}
        <ul className={css.causes}>
          {causes.slice(0, 20).map(cause => (
            <li key={cause.text} className={css.cause}>
              <StatusGlyph look={cause.look} />
              <div className={css.causeText}>
                <p>
                  <b>{cause.rows.length > 1 ? `${cause.rows.length} applications` : cause.rows[0]?.name}</b> {cause.text}
                  {cause.where && <span className={css.dim}>, all {cause.where}</span>}
                </p>
                <p className={css.names}>
                  {cause.rows.slice(0, SHOWN).map(row => <Link key={row.key} href={applicationHref(row)}>{row.name}</Link>)}
                  {cause.rows.length > SHOWN && <span className={css.dim}>and {cause.rows.length - SHOWN} more</span>}
                </p>
              </div>
            </li>
          ))}
        </ul>
        {wrong >= 150 && <p className={css.dim}>These are the worst {wrong}; <Link href="/applications">the list</Link> has all.</p>}
      </section>
      <section>
        <h2 className={css.heading}>In flight</h2>
        {flight.total === 0 && <p className={css.dim}>No operation is under way.</p>}
        <ul className={css.flight}>
          {flight.near.slice(0, 12).map(row => (
            <li key={row.key}>
              <StatusGlyph look="run" />
              <Link href={applicationHref(row)}>{row.name}</Link>
              <Sentence line explained={explain(row, now)} />
              <Age className={css.dim} time={row.operation?.startedAt} />
            </li>
          ))}
          {flight.total > 12 && <li><Link href="/applications?operation=Running,Terminating">{flight.total - 12} more</Link></li>}
        </ul>
      </section>
    </>
  )
}
