import {useState} from 'react'
import {Link} from 'wouter'

import {segment} from '@/api/client'
import type {Application, ApplicationSource} from '@/api/contract'
import {rowOf, sourcesOf} from '@/api/fleet-fold'
import {queries, useSettings} from '@/api/queries'
import {Age} from '@/parts/Age'
import {Button} from '@/parts/Button'
import {Confirm} from '@/parts/Confirm'
import {Copy} from '@/parts/Copy'
import {KeyValue} from '@/parts/KeyValue'
import {StatusGlyph} from '@/parts/StatusGlyph'
import {yamlOf} from '@/views/plan/lines'
import {patchApplication} from '../acts'
import {useRefusal} from '../rights'
import {isAutomated} from '../sync/choice'
import css from './Details.module.css'

/** What the application is, to read: where from, where to, by which rules. */
export function Summary({application, onEdit}: {application: Application; onEdit(): void}) {
  const {metadata, spec, status} = application
  const row = rowOf(application)
  const settings = useSettings()
  const sources = sourcesOf(application)
  const options = spec.syncPolicy?.syncOptions ?? []
  const retry = spec.syncPolicy?.retry
  const pairs = (map: Record<string, string> | undefined) => Object.entries(map ?? {}).filter(([key]) => !key.startsWith('kubectl.kubernetes.io/'))
  return (
    <div className={css.summary}>
      {row.conditions && row.conditions.length > 0 && (
        <section aria-label="Conditions">
          <h2>Conditions</h2>
          <ul>
            {row.conditions.map((one, index) => (
              <li key={index} className={css.condition}>
                <StatusGlyph look={one.level === 'error' ? 'bad' : one.level === 'warning' ? 'warn' : 'held'} /> <b>{one.type}</b>: {one.message} <Age className={css.dim} time={one.time} /> <Copy what="message" text={one.message} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <div className={css.cards}>
        <section className={css.card}>
          <h2>What it is</h2>
          <KeyValue
            pairs={[
              ['Project', <Link key="project" href={`/settings/projects/${encodeURIComponent(spec.project)}`}>{spec.project}</Link>],
              ['Cluster', `${row.destination.cluster}${spec.destination.server && spec.destination.server !== row.destination.cluster ? ` (${spec.destination.server})` : ''}`],
              ['Namespace', spec.destination.namespace],
              ['Created', <Age key="created" time={row.created} />],
              ['Compared', row.reconciledAt && <Age time={row.reconciledAt} />],
              ['Made by', row.owner && <Link href={`/applicationsets/${encodeURIComponent(row.namespace)}/${encodeURIComponent(row.owner)}`}>{row.owner}</Link>],
              ['Labels', pairs(metadata.labels).map(([key, value]) => <code key={key} className={css.tag}>{key}={value}</code>)],
              ['Annotations', pairs(metadata.annotations).length > 0 && <details><summary>{pairs(metadata.annotations).length}</summary>{pairs(metadata.annotations).map(([key, value]) => <code key={key} className={css.block}>{key}={value}</code>)}</details>],
              ['With it go', metadata.finalizers?.some(one => one.startsWith('resources-finalizer.argocd.argoproj.io')) ? 'the objects that it made' : 'no objects, unless its deletion says so'],
              ['Remembers', `${spec.revisionHistoryLimit ?? 10} deployments`],
            ]}
          />
        </section>
        <Policy application={application} />
        {sources.map((source, index) => <Source key={index} source={source} title={sources.length > 1 ? `Source ${index + 1}${source.ref ? `, $${source.ref}` : ''}` : 'Source'} type={status?.sourceTypes?.[index] ?? (sources.length === 1 ? status?.sourceType : undefined)} />)}
        <section className={css.card}>
          <h2>How it syncs</h2>
          <KeyValue
            pairs={[
              ['Options', options.length > 0 ? options.map(option => <code key={option} className={css.tag}>{option}</code>) : 'none'],
              ['Tries again', retry ? `${(retry.limit ?? 0) < 0 ? 'without end' : `${retry.limit ?? 0} times`}, after ${retry.backoff?.duration ?? '5s'}, ×${retry.backoff?.factor ?? 2} each, at most ${retry.backoff?.maxDuration ?? '3m'}${retry.refresh ? ', with the newest revision' : ''}` : isAutomated(application) ? '5 times, as automated syncs do' : 'no'],
              ['Namespace gets', spec.syncPolicy?.managedNamespaceMetadata && Object.entries({...spec.syncPolicy.managedNamespaceMetadata.labels, ...spec.syncPolicy.managedNamespaceMetadata.annotations}).map(([key, value]) => `${key}=${value}`).join(', ')],
              ['Ignores', (spec.ignoreDifferences ?? []).length > 0 && (spec.ignoreDifferences ?? []).map((one, at) => <code key={at} className={css.block}>{[one.group, one.kind, one.namespace, one.name].filter(Boolean).join('/')}: {[...(one.jsonPointers ?? []), ...(one.jqPathExpressions ?? []), ...(one.managedFieldsManagers ?? []).map(manager => `fields of ${manager}`)].join(', ')}</code>)],
            ]}
          />
        </section>
        {(row.urls?.length || (spec.info ?? []).length > 0 || (status?.summary?.images ?? []).length > 0) && (
          <section className={css.card}>
            <h2>Links, facts and images</h2>
            <KeyValue
              pairs={[
                ['Links', row.urls?.filter(safe).map(url => <a key={url} className={css.block} href={url} target="_blank" rel="noreferrer">{url}</a>)],
                ...(spec.info ?? []).map((one): [string, React.ReactNode] => [one.name ?? '', safe(one.value ?? '') ? <a href={one.value} target="_blank" rel="noreferrer">{one.value}</a> : one.value]),
                ['Images', (status?.summary?.images ?? []).map(image => <code key={image} className={css.block}>{image}</code>)],
              ]}
            />
          </section>
        )}
        {settings.data?.statusBadgeEnabled && <Badge application={application} root={settings.data.statusBadgeRootUrl} />}
      </div>
      <p className={css.dim}>
        <Button small onClick={onEdit}>Change it</Button> Everything here can be changed as a form or as YAML.
      </p>
    </div>
  )
}

const safe = (url: string) => /^https?:\/\//i.test(url)

/** Whether it syncs by itself, with switches that say first what they do. */
function Policy({application}: {application: Application}) {
  const {metadata, spec} = application
  const name = metadata.name ?? ''
  const automated = spec.syncPolicy?.automated
  const on = isAutomated(application)
  const refused = useRefusal(application, 'update')
  const [wish, setWish] = useState<{title: string; verb: string; says: string; patch: Record<string, unknown>} | null>(null)
  const toggle = (field: 'prune' | 'selfHeal', label: string, says: string) => {
    const now = automated?.[field] ?? false
    return (
      <Button small refused={refused || (!on && 'Auto-sync is off')} onClick={() => setWish({title: `${now ? 'Switch off' : 'Switch on'}: ${label}`, verb: now ? 'Switch off' : 'Switch on', says: now ? `Up to now it ${says}; from now on it does not.` : `It ${says} from now on, without asking.`, patch: {[field]: !now}})}>
        {now ? 'Switch off' : 'Switch on'}
      </Button>
    )
  }
  return (
    <section className={css.card}>
      <h2>Auto-sync</h2>
      <KeyValue
        pairs={[
          ['Auto-sync', <span key="auto" className={css.switch}>{on ? 'on' : automated ? 'off, its settings are kept' : 'off'} <Button small refused={refused} onClick={() => setWish(on ? {title: 'Switch auto-sync off', verb: 'Switch off', says: 'What is in Git is not applied any more until a person asks for it.', patch: {enabled: false}} : {title: 'Switch auto-sync on', verb: 'Switch on', says: 'What is in Git is applied from now on, at once where it differs.', patch: {enabled: true}})}>{on ? 'Switch off' : 'Switch on'}</Button></span>],
          ['Prunes', <span key="prune" className={css.switch}>{automated?.prune ? 'yes' : 'no'} {toggle('prune', 'pruning', 'deletes what is no longer in Git')}</span>],
          ['Heals itself', <span key="heal" className={css.switch}>{automated?.selfHeal ? 'yes' : 'no'} {toggle('selfHeal', 'self-heal', 'undoes changes that others make in the cluster')}</span>],
          ['Allows nothing', automated?.allowEmpty && 'yes: Git may hold no object at all'],
        ]}
      />
      <Confirm
        open={wish !== null}
        onClose={() => setWish(null)}
        title={wish?.title ?? ''}
        verb={wish?.verb ?? ''}
        danger={wish?.verb === 'Switch on' && wish.patch.prune === true}
        onConfirm={async () => {
          const path = `api/v1/applications/${segment(name)}`
          const saved = await patchApplication(application, {spec: {syncPolicy: {automated: wish?.patch}}})
          queries.setQueriesData<Application>({queryKey: [path]}, before => (before?.metadata?.name === name ? saved : before))
        }}
      >
        <p>{wish?.says}</p>
      </Confirm>
    </section>
  )
}

const TOOLS = ['helm', 'kustomize', 'directory', 'plugin'] as const

function Source({source, title, type}: {source: ApplicationSource; title: string; type?: string}) {
  const tool = TOOLS.find(one => source[one] !== undefined)
  const parameters = tool ? yamlOf(source[tool] as object) : ''
  const web = source.repoURL.replace(/^git@([^:]+):/, 'https://$1/').replace(/\.git$/, '')
  return (
    <section className={css.card}>
      <h2>{title}</h2>
      <KeyValue
        pairs={[
          ['Repository', <>{safe(web) ? <a href={web} target="_blank" rel="noreferrer">{source.repoURL}</a> : source.repoURL} <Copy what="repository" text={source.repoURL} /></>],
          ['Chart', source.chart],
          ['Path', source.path && <code>{source.path}</code>],
          [source.chart ? 'Version' : 'Revision', <code key="revision">{source.targetRevision || 'HEAD'}</code>],
          ['Rendered by', type ?? tool],
          ['Parameters', parameters.trim() !== '{}' && parameters !== '' && <pre className={css.parameters} tabIndex={0} aria-label={`Parameters of ${title}`}>{parameters}</pre>],
        ]}
      />
    </section>
  )
}

function Badge({application, root}: {application: Application; root?: string}) {
  const {name = '', namespace = ''} = application.metadata
  const at = new URL(`api/badge?name=${encodeURIComponent(name)}&namespace=${encodeURIComponent(namespace)}&revision=true`, root || document.baseURI).href
  const page = new URL(`applications/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`, document.baseURI).href
  const forms: Array<[string, string]> = [['URL', at], ['Markdown', `[![App Status](${at})](${page})`], ['HTML', `<a href="${page}"><img src="${at}"></a>`]]
  return (
    <section className={css.card}>
      <h2>Status badge</h2>
      <KeyValue pairs={forms.map(([form, text]) => [form, <span key={form} className={css.switch}><code className={css.clip}>{text}</code> <Copy what={`${form} of the badge`} text={text} /></span>])} />
    </section>
  )
}
