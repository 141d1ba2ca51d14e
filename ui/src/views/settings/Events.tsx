import type {EventsEventList} from '@/api/contract'
import type {ApiError} from '@/api/client'
import {Age} from '@/parts/Age'
import {EmptyNote} from '@/parts/EmptyNote'
import {ErrorNote} from '@/parts/ErrorNote'
import {Skeleton} from '@/parts/Skeleton'
import {StatusGlyph} from '@/parts/StatusGlyph'
import css from './Settings.module.css'

/** Events of Kubernetes, those that were seen last first. */
export function Events({asked, what}: {asked: {data?: EventsEventList; error: ApiError | null; refetch(): unknown}; what: string}) {
  if (asked.error) return <div className={css.pad}><ErrorNote what="The events cannot be listed." error={asked.error} retry={() => void asked.refetch()} /></div>
  if (!asked.data) return <div className={css.pad}><Skeleton lines={6} /></div>
  const events = [...(asked.data.items ?? [])].sort((a, b) => lastSeen(b).localeCompare(lastSeen(a)))
  if (events.length === 0) return <EmptyNote title="No events.">Kubernetes keeps them for an hour or so; nothing happened to this {what} since.</EmptyNote>
  return (
    <div className={css.pad}>
      <ul className={css.list}>
        {events.map((event, index) => (
          <li key={event.metadata?.uid ?? index}>
            <StatusGlyph look={event.type === 'Warning' ? 'warn' : 'ok'} label={event.type ?? 'Normal'} />
            <span className={css.what}>
              <b>{event.reason}</b>
              <span>{event.message}</span>
              {event.involvedObject?.kind && <span className={css.dim}>{event.involvedObject.kind} {event.involvedObject.name}</span>}
            </span>
            <span className={css.dim}>{(event.count ?? 0) > 1 && `${event.count} times, `}<Age time={lastSeen(event)} /></span>
          </li>
        ))}
      </ul>
    </div>
  )
}

function lastSeen(event: {lastTimestamp?: string | null; eventTime?: string | null; firstTimestamp?: string | null}): string {
  return event.lastTimestamp || event.eventTime || event.firstTimestamp || ''
}
