import {useMemo} from 'react'

import {segment} from '@/api/client'
import type {Application, EventsEvent, EventsEventList} from '@/api/contract'
import {useAsk} from '@/api/queries'
import {Age} from '@/parts/Age'
import {Copy} from '@/parts/Copy'
import {EmptyNote} from '@/parts/EmptyNote'
import {ErrorNote} from '@/parts/ErrorNote'
import {Skeleton} from '@/parts/Skeleton'
import {StatusWord} from '@/parts/StatusGlyph'
import {aboutOf} from '../acts'
import css from './Resource.module.css'

const EVERY = 15_000
const MOST = 500

export interface About {
  namespace: string
  name: string
  uid: string
}

/** What happened to the application, or to one object of it; the newest first. */
export default function Events({app, of}: {app: Application; of?: About}) {
  const events = useAsk<EventsEventList>(`api/v1/applications/${segment(app.metadata.name ?? '')}/events`, {...aboutOf(app), resourceNamespace: of?.namespace, resourceName: of?.name, resourceUID: of?.uid}, {every: EVERY})
  const list = useMemo(() => [...(events.data?.items ?? [])].sort((a, b) => lastOf(b) - lastOf(a) || Number(b.metadata?.resourceVersion ?? 0) - Number(a.metadata?.resourceVersion ?? 0)).slice(0, MOST), [events.data])
  if (events.error && !events.data) return <ErrorNote what="The events cannot be read." error={events.error} retry={() => void events.refetch()} />
  if (events.isPending) return <Skeleton lines={5} />
  if (list.length === 0) return <EmptyNote title="No events.">A cluster forgets them after an hour or so; an object that has been quiet has none.</EmptyNote>
  return (
    <>
      {events.error && <p className={css.warn} role="status">These may be old: {events.error.message}</p>}
      <ul className={css.events}>
        {list.map((event, index) => (
          <li key={event.metadata?.uid ?? index}>
            {event.type === 'Warning' ? <StatusWord state={{look: 'warn', word: event.reason ?? ''}} className={css.reason} /> : <span className={css.reason}>{event.reason}</span>}
            <span className={css.message}>
              {event.message}
              <span className={css.dim}>
                {' '}{event.count && event.count > 1 ? `${event.count} times, last ` : ''}<Age time={lastOf(event)} />
                {event.source?.component || event.reportingComponent ? ` by ${event.source?.component || event.reportingComponent}` : ''}
                {!of && event.involvedObject?.name && event.involvedObject.uid !== app.metadata.uid ? `; ${event.involvedObject.kind ?? ''} ${event.involvedObject.name}` : ''}
              </span>
            </span>
            <Copy what="the event" text={`${event.reason ?? ''}: ${event.message ?? ''}`} />
          </li>
        ))}
      </ul>
    </>
  )
}

/** When it happened last, as far as it says so. */
function lastOf(event: EventsEvent): number {
  for (const time of [event.lastTimestamp, event.series?.lastObservedTime, event.eventTime, event.firstTimestamp, event.metadata?.creationTimestamp]) {
    const at = Date.parse(String(time ?? ''))
    if (at > 0) return at
  }
  return 0
}
