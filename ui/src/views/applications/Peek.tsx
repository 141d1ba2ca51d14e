import {useRef} from 'react'
import {Link} from 'wouter'

import type {Row} from '@/api/fleet'
import type {Fleet} from '@/api/fleet-list'
import {explain} from '@/explain/explain'
import {Age, useNow} from '@/parts/Age'
import {Button, buttonClass} from '@/parts/Button'
import {Copy} from '@/parts/Copy'
import {Drawer} from '@/parts/Dialog'
import {KeyValue} from '@/parts/KeyValue'
import {Sentence} from '@/parts/Sentence'
import {StatusWord} from '@/parts/StatusGlyph'
import {healthState, phaseState, syncState} from '@/parts/status'
import {applicationHref} from '@/shell/address'
import css from './Applications.module.css'
import {destination, type RowActions} from './cells'

/** All that the list knows of one application, without leaving the list. */
export default function Peek({id, fleet, actions, onClose}: {id: string; fleet: Fleet; actions: RowActions; onClose(): void}) {
  const now = useNow()
  const known = useRef<Row>(undefined)
  const row = fleet.near.find(row => row.key === id) ?? known.current
  known.current = row
  if (!row) return null
  const {operation} = row
  return (
    <Drawer
      open
      onClose={onClose}
      title={row.name}
      foot={
        <>
          <Button onClick={() => actions.refresh(row, false)}>Refresh</Button>
          <Button onClick={() => { onClose(); actions.sync(row) }}>Sync…</Button>
          <Link className={buttonClass('primary')} href={applicationHref(row)}>Open</Link>
        </>
      }
    >
      <div className={css.form}>
        <p className={css.verdict}><Sentence explained={explain(row, now)} /></p>
        <KeyValue
          pairs={[
            ['Health', <StatusWord state={healthState(row.health.status)} />],
            ['Sync', <StatusWord state={syncState(row.sync.status)} />],
            ['Last operation', operation && <><StatusWord state={phaseState(operation.phase)} /> <Age time={operation.finishedAt ?? operation.startedAt} /> {operation.automated ? 'by auto-sync' : operation.by ? `by ${operation.by}` : ''}</>],
            ['It said', operation?.message],
            ['First failure', operation?.failed && `${operation.failed.object}: ${operation.failed.message}`],
            ['Project', row.project],
            ['Destination', destination(row)],
            ['Owned by', row.owner && <Link href={`/applicationsets/${encodeURIComponent(row.namespace)}/${encodeURIComponent(row.owner)}`}>{row.owner}</Link>],
            ['Auto-sync', row.autoSync ? ['on', row.autoSync.prune && 'prunes', row.autoSync.selfHeal && 'heals itself'].filter(Boolean).join(', ') : 'off'],
            ...row.sources.map((source, index): [string, React.ReactNode] => [row.sources.length > 1 ? `Source ${index + 1}` : 'Source', [source.repoURL, source.chart || source.path, source.targetRevision || 'HEAD'].filter(Boolean).join(' · ')]),
            ['Runs', row.sync.revisions?.length ? <span className={css.mono}>{row.sync.revisions.join(', ')} <Copy what="revision" text={row.sync.revisions.join(',')} /></span> : null],
            ['Since', row.revisionSince && <Age time={row.revisionSince} />],
            ['Objects', `${row.resources.total}${row.resources.outOfSync ? `, ${row.resources.outOfSync} differ` : ''}${row.resources.prune ? `, ${row.resources.prune} no longer in Git` : ''}`],
            ['Images', row.images && `${row.images.first.join(', ')}${row.images.count > row.images.first.length ? ` and ${row.images.count - row.images.first.length} more` : ''}`],
            ['Links', row.urls?.filter(url => /^https?:\/\//i.test(url)).map(url => <a key={url} href={url} target="_blank" rel="noreferrer">{url} </a>)],
            ['Labels', Object.entries(row.labels).map(([key, value]) => `${key}=${value}`).join(', ')],
            ['Created', <Age time={row.created} />],
          ]}
        />
        {row.resources.first?.length ? (
          <section>
            <h2>Not in order</h2>
            <ul>{row.resources.first.map(one => <li key={one.object}>{one.object}: {one.why}</li>)}</ul>
          </section>
        ) : null}
        {row.conditions?.length ? (
          <section>
            <h2>Conditions</h2>
            <ul>{row.conditions.map((one, index) => <li key={index} className={css.words}><b>{one.type}</b>: {one.message} {one.time && <Age className={css.dim} time={one.time} />}</li>)}</ul>
          </section>
        ) : null}
      </div>
    </Drawer>
  )
}
