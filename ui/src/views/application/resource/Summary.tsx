import {useMemo} from 'react'
import {Link} from 'wouter'

import {segment} from '@/api/client'
import type {Application, ApplicationLinksResponse} from '@/api/contract'
import {useAsk} from '@/api/queries'
import {explainObject} from '@/explain/object'
import {Age} from '@/parts/Age'
import {Copy} from '@/parts/Copy'
import {ErrorNote} from '@/parts/ErrorNote'
import {KeyValue} from '@/parts/KeyValue'
import {Sentence} from '@/parts/Sentence'
import {StatusGlyph, StatusWord} from '@/parts/StatusGlyph'
import {healthState, syncState} from '@/parts/status'
import {applicationHref} from '@/shell/address'
import {aboutOf} from '../acts'
import type {FullObject} from '../tree/protocol'
import {annotationLinks, containersOf, containerWords, safeUrl, type Manifest} from './object'
import type {Target} from './Resource'
import css from './Resource.module.css'

/** How an object is and why, whose it is, and what it has. */
export default function Summary({app, full, target, live, error, retry, onOpen}: {app: Application; full: FullObject; target: Target; live: Manifest | null; error?: Error; retry(): void; onOpen(key: string): void}) {
  const {node, status} = full
  const object = live?.object
  const explained = explainObject(full, app)
  const links = useAsk<ApplicationLinksResponse>(node.uid ? `api/v1/applications/${segment(app.metadata.name ?? '')}/resource/links` : null, {...aboutOf(app), namespace: target.namespace, resourceName: target.name, version: target.version, kind: target.kind, group: target.group}, {stale: 60_000})
  const offered = useMemo(() => {
    const all: Array<{title: string; url: string; about?: string}> = [...(links.data?.items ?? []).map(one => ({title: one.title || one.url || '', url: one.url ?? '', about: one.description})), ...annotationLinks(object), ...(node.networkingInfo?.externalURLs ?? []).map(url => ({title: url, url}))]
    return all.filter((one, at) => safeUrl(one.url) && all.findIndex(other => other.url === one.url) === at)
  }, [links.data, object, node])
  const containers = [...(object?.status?.containerStatuses ?? []), ...(object?.status?.initContainerStatuses ?? [])]
  const gates = object?.spec?.readinessGates ?? []
  const gateOf = (type: string | undefined) => object?.status?.conditions?.find(one => one.type === type)
  const images = node.images?.length ? node.images : containersOf(object).flatMap(one => one.image ?? [])
  return (
    <div className={css.stack}>
      <p className={css.verdict}><StatusGlyph look={explained.look} /> <Sentence explained={explained} /></p>
      {target.kind === 'Application' && target.group === 'argoproj.io' && <p><Link href={applicationHref({name: target.name, namespace: target.namespace})}>Open the application</Link></p>}
      {error && <ErrorNote what="The live object cannot be read; what follows is what the tree tells." error={error} retry={retry} />}
      {containers.length > 0 && (
        <section>
          <h2>Containers</h2>
          <ul className={css.events}>
            {containers.map(one => {
              const {look, words} = containerWords(one)
              return <li key={one.name}><StatusWord state={{look, word: one.name}} className={css.reason} /><span className={css.message}>{words}{one.restartCount ? <span className={css.dim}>; {one.restartCount} {one.restartCount === 1 ? 'restart' : 'restarts'}</span> : ''}</span></li>
            })}
          </ul>
        </section>
      )}
      {gates.length > 0 && (
        <section>
          <h2>Readiness gates</h2>
          <ul className={css.events}>
            {gates.map(gate => {
              const found = gateOf(gate.conditionType)
              return <li key={gate.conditionType}><StatusWord state={{look: found?.status === 'True' ? 'ok' : 'run', word: found?.status === 'True' ? 'passed' : 'waits'}} className={css.reason} /><span className={css.message}>{gate.conditionType} <span className={css.dim}>{found?.message ?? found?.reason}</span></span></li>
            })}
          </ul>
        </section>
      )}
      <KeyValue
        pairs={[
          ['Health', node.health?.status && <StatusWord state={healthState(node.health.status)} />],
          ['Sync', status?.status && <StatusWord state={status.requiresPruning ? {look: 'delete', word: 'No longer in Git', contract: 'OutOfSync'} : syncState(status.status)} />],
          ['In Git', full.orphan ? 'no: it belongs to no application' : status?.requiresPruning ? 'no longer' : status ? `yes${status.hook ? ', as a hook' : ''}${status.syncWave ? `, in wave ${status.syncWave}` : ''}` : 'no: made by its owner'],
          ['Owners', full.owners.length > 0 && <span className={css.refs}>{full.owners.map(key => <Ref key={key} of={key} onOpen={onOpen} />)}</span>],
          ['Owns', full.owned.length > 0 && <span className={css.refs}>{full.owned.slice(0, 12).map(key => <Ref key={key} of={key} onOpen={onOpen} />)}{full.owned.length > 12 && <span className={css.dim}>and {full.owned.length - 12} more</span>}</span>],
          ['Namespace', target.namespace],
          ['API', [target.group, target.version].filter(Boolean).join('/')],
          ...(node.info ?? []).map((one): [string, string] => [one.name ?? '', one.value ?? '']),
          ['Images', images.length > 0 && <ul>{images.map(image => <li key={image} className={css.mono}>{image} <Copy what="the image" text={image} /></li>)}</ul>],
          ['Links', offered.length > 0 && <ul>{offered.map(one => <li key={one.url}><a href={one.url} target="_blank" rel="noreferrer noopener">{one.title}</a>{one.about && <span className={css.dim}> {one.about}</span>}</li>)}</ul>],
          ['Labels', object?.metadata?.labels && <ul>{Object.entries(object.metadata.labels).map(([name, value]) => <li key={name} className={css.mono}>{name}={value}</li>)}</ul>],
          ['Created', (node.createdAt || object?.metadata?.creationTimestamp) && <Age time={node.createdAt ?? object?.metadata?.creationTimestamp} />],
          ['Being deleted', object?.metadata?.deletionTimestamp && <><Age time={object.metadata.deletionTimestamp} />{object.metadata.finalizers?.length ? `; waits for ${object.metadata.finalizers.join(', ')}` : ''}</>],
        ]}
      />
      {(object?.status?.conditions?.length ?? 0) > 0 && (
        <section>
          <h2>Conditions</h2>
          <ul className={css.events}>
            {object?.status?.conditions?.map(one => <li key={one.type}><span className={css.reason}>{one.type}: {one.status}</span><span className={css.message}>{[one.reason, one.message].filter(Boolean).join(': ')} <Age className={css.dim} time={one.lastTransitionTime} /></span></li>)}
          </ul>
        </section>
      )}
    </div>
  )
}

function Ref({of, onOpen}: {of: string; onOpen(key: string): void}) {
  const [, kind, , name] = of.split('/')
  return <button type="button" className={css.ref} onClick={() => onOpen(of)}><span className={css.dim}>{kind}</span> {name}</button>
}
