import type {Application} from '@/api/contract'
import {rowOf, sourcesOf} from '@/api/fleet-fold'
import {Age} from '@/parts/Age'
import {Copy} from '@/parts/Copy'
import {KeyValue} from '@/parts/KeyValue'
import css from '../Application.module.css'
import Manifest from '../resource/Manifest'

/** What the application is: where from, where to, by which rules. */
export default function Details({application: app}: {application: Application}) {
  const row = rowOf(app)
  return (
    <div className={css.pad}>
      {row.conditions?.length ? (
        <section>
          <h2>Conditions</h2>
          <ul>{row.conditions.map((one, index) => <li key={index} className={css.words}><b>{one.type}</b>: {one.message} <Age className={css.dim} time={one.time} /> <Copy what="message" text={one.message} /></li>)}</ul>
        </section>
      ) : null}
      <KeyValue
        pairs={[
          ['Project', row.project],
          ['Cluster', row.destination.cluster],
          ['Namespace', row.destination.namespace],
          ...sourcesOf(app).map((source, index): [string, string] => [row.sources.length > 1 ? `Source ${index + 1}` : 'Source', [source.repoURL, source.chart || source.path, source.targetRevision || 'HEAD'].filter(Boolean).join(' · ')]),
          ['Auto-sync', row.autoSync ? ['on', row.autoSync.prune && 'prunes', row.autoSync.selfHeal && 'heals itself'].filter(Boolean).join(', ') : 'off'],
          ['Sync options', app.spec.syncPolicy?.syncOptions?.join(', ')],
          ['Images', app.status?.summary?.images?.join(', ')],
          ['Links', row.urls?.filter(url => /^https?:\/\//i.test(url)).map(url => <a key={url} href={url} target="_blank" rel="noreferrer">{url} </a>)],
          ['Labels', Object.entries(row.labels).map(([key, value]) => `${key}=${value}`).join(', ')],
          ['Created', <Age time={row.created} />],
          ['Compared', row.reconciledAt && <Age time={row.reconciledAt} />],
        ]}
      />
      <section>
        <h2>Manifest</h2>
        <Manifest value={app} />
      </section>
    </div>
  )
}
