import {useMemo} from 'react'
import {Link} from 'wouter'

import {segment} from '@/api/client'
import type {Application, ApplicationApplicationResourceResponse, ApplicationTree, EventsEventList} from '@/api/contract'
import {useAsk} from '@/api/queries'
import {Age} from '@/parts/Age'
import {Drawer} from '@/parts/Dialog'
import {EmptyNote} from '@/parts/EmptyNote'
import {ErrorNote} from '@/parts/ErrorNote'
import {KeyValue} from '@/parts/KeyValue'
import {Skeleton} from '@/parts/Skeleton'
import {StatusWord} from '@/parts/StatusGlyph'
import {healthState, syncState} from '@/parts/status'
import {Tabs} from '@/parts/Tabs'
import {applicationHref, useQueryWords} from '@/shell/address'
import Manifest from './Manifest'
import {outline} from '../list/outline'
import css from '../Application.module.css'

/** One object: how it is, its live manifest, what happened to it. */
export default function Resource({app, tree, node: wanted, onClose}: {app: Application; tree?: ApplicationTree; node: string; onClose(): void}) {
  const [words, change] = useQueryWords()
  const key = wanted.split('/').slice(0, 4).join('/')
  const line = useMemo(() => outline(app, tree).find(one => one.key === key), [app, tree, key])
  const tab = ['events', 'manifest'].includes(words.get('tab') ?? '') ? (words.get('tab') ?? 'summary') : 'summary'
  const base = `api/v1/applications/${segment(app.metadata.name ?? '')}`
  const [group, kind, namespace, name] = key.split('/')
  const about = {appNamespace: app.metadata.namespace, project: app.spec.project}
  const live = useAsk<ApplicationApplicationResourceResponse>(line && tab !== 'events' ? `${base}/resource` : null, {...about, namespace, resourceName: name, version: line?.node.version ?? line?.status?.version, kind, group})
  const events = useAsk<EventsEventList>(line?.node.uid && tab === 'events' ? `${base}/events` : null, {...about, resourceNamespace: namespace, resourceName: name, resourceUID: line?.node.uid})
  const manifest = useMemo(() => {
    try {
      return JSON.parse(live.data?.manifest ?? 'null') as {spec?: {containers?: Array<{name: string}>; template?: {spec?: {containers?: Array<{name: string}>}}}} | null
    } catch {
      return null
    }
  }, [live.data])
  const containers = manifest?.spec?.containers ?? manifest?.spec?.template?.spec?.containers ?? []
  const logs = (container: string) => `${applicationHref({name: app.metadata.name ?? '', namespace: app.metadata.namespace ?? ''})}/${segment(namespace ?? '')}/${segment(container)}/logs?${kind === 'Pod' ? `podName=${encodeURIComponent(name ?? '')}` : new URLSearchParams({group: group ?? '', kind: kind ?? '', name: name ?? ''})}`
  return (
    <Drawer open flush onClose={onClose} title={<><span className={css.dim}>{kind}</span> {name}</>}>
      <Tabs label="About the object" tabs={[{id: 'summary', label: 'Summary'}, {id: 'manifest', label: 'Live manifest'}, {id: 'events', label: 'Events'}]} value={tab} onChange={id => change({tab: id})}>
        <div className={css.pad}>
          {!line && <EmptyNote title="This object is not part of the application any more." />}
          {line && tab === 'summary' && (
            <KeyValue
              pairs={[
                ['Health', line.node.health?.status && <StatusWord state={healthState(line.node.health.status)} />],
                ['Why', line.node.health?.message],
                ['Sync', line.status?.status && <StatusWord state={syncState(line.status.status)} />],
                ['In Git', line.status?.requiresPruning ? 'no longer' : line.status ? 'yes' : 'no: made by its owner'],
                ['Namespace', namespace],
                ['API', [group, line.node.version].filter(Boolean).join('/')],
                ['Images', line.node.images?.join(', ')],
                ...(line.node.info ?? []).map((one): [string, string] => [one.name ?? '', one.value ?? '']),
                ['Created', line.node.createdAt && <Age time={String(line.node.createdAt)} />],
                ['Logs', containers.length > 0 && containers.map(one => <Link key={one.name} href={logs(one.name)}>{one.name} </Link>)],
              ]}
            />
          )}
          {line && tab === 'manifest' && (live.error ? <ErrorNote what="The manifest cannot be read." error={live.error} retry={() => void live.refetch()} /> : manifest ? <Manifest value={manifest} /> : <Skeleton lines={12} />)}
          {line && tab === 'events' && (events.error ? <ErrorNote what="The events cannot be read." error={events.error} retry={() => void events.refetch()} /> : events.isPending && line.node.uid ? <Skeleton lines={4} /> : !events.data?.items?.length ? <EmptyNote title="No events." >The cluster forgets them after an hour or so.</EmptyNote> : (
            <ul className={css.results}>
              {[...events.data.items].sort((a, b) => String(b.lastTimestamp).localeCompare(String(a.lastTimestamp))).map((event, index) => (
                <li key={index}><StatusWord state={event.type === 'Warning' ? {look: 'warn', word: event.reason ?? ''} : {look: 'ok', word: event.reason ?? ''}} /><span className={css.words}>{event.message} <span className={css.dim}>{event.count && event.count > 1 ? `${event.count} times, last ` : ''}<Age time={String(event.lastTimestamp ?? event.eventTime)} /></span></span></li>
              ))}
            </ul>
          ))}
        </div>
      </Tabs>
    </Drawer>
  )
}
