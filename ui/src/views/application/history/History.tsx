import {useMemo, useState} from 'react'

import {segment} from '@/api/client'
import type {Application, RepositoryManifestResponse} from '@/api/contract'
import {useAsk} from '@/api/queries'
import {Age, useNow} from '@/parts/Age'
import {Button} from '@/parts/Button'
import {EmptyNote} from '@/parts/EmptyNote'
import {ErrorNote} from '@/parts/ErrorNote'
import {Skeleton} from '@/parts/Skeleton'
import {StatusGlyph, StatusWord} from '@/parts/StatusGlyph'
import {span} from '@/parts/time'
import {useQueryWords} from '@/shell/address'
import {LineDiff} from '@/views/plan/LineDiff'
import {yamlOf} from '@/views/plan/lines'
import {useRefusal} from '../rights'
import {isAutomated} from '../sync/choice'
import {atRevisions, deployments, differing, imagesOf, kindOf, short, type Deployment} from './model'
import {Revision} from './Revision'
import {Rollback} from './Rollback'
import css from './History.module.css'

/** What was deployed, when, by whom and of which commit; any two of them beside each other; and the way back. */
export default function History({application}: {application: Application}) {
  const all = useMemo(() => deployments(application), [application])
  const [words, change] = useQueryWords()
  const [now, later] = [Number(words.get('from') ?? Number.NaN), Number(words.get('to') ?? Number.NaN)]
  const [from, to] = [all.find(one => one.id === now), all.find(one => one.id === later)]
  const back = all.find(one => String(one.id) === words.get('back'))
  const forbidden = useRefusal(application, 'sync')
  if (all.length === 0) {
    return <EmptyNote title="It was never synced.">Each whole sync that succeeds is kept here: {application.spec.revisionHistoryLimit ?? 10} of them, as its history limit says. Dry runs and syncs of some objects are not.</EmptyNote>
  }
  const pick = (side: 'from' | 'to', one: Deployment) => change({[side]: words.get(side) === String(one.id) ? null : String(one.id)})
  return (
    <div className={css.page}>
      <p className={css.dim}>
        {all.length} {all.length === 1 ? 'deployment' : 'deployments'}, newest first; {application.spec.revisionHistoryLimit ?? 10} are kept. Choose two to compare them.
      </p>
      <ol className={css.list}>
        {all.map((one, index) => (
          <Entry
            key={one.id}
            application={application}
            deployment={one}
            newest={index === 0}
            from={one === from}
            to={one === to}
            onPick={side => pick(side, one)}
            onBack={() => change({back: String(one.id)})}
            refused={forbidden}
          />
        ))}
      </ol>
      {from && to && from !== to ? <Compare application={application} from={from} to={to} /> : (from ?? to) && <p className={css.hint}><StatusGlyph look="person" /> Choose the other one to compare with.</p>}
      {back && <Rollback application={application} deployment={back} newest={back === all[0]} automated={isAutomated(application)} onClose={() => change({back: null})} />}
    </div>
  )
}

function Entry({application, deployment, newest, from, to, onPick, onBack, refused}: {application: Application; deployment: Deployment; newest: boolean; from: boolean; to: boolean; onPick(side: 'from' | 'to'): void; onBack(): void; refused: string | false}) {
  const now = useNow()
  const {id, at, until, took, by, automated, revisions, sources} = deployment
  const [more, setMore] = useState(false)
  return (
    <li className={css.entry} data-newest={newest || undefined}>
      <div className={css.when}>
        <span className={css.id}>#{id}</span> <Age time={at} />
        <span className={css.dim}>{until ? `ran for ${span(until - at)}` : `runs for ${span(now - at)}`}</span>
      </div>
      <div className={css.what}>
        {revisions.map((revision, index) => <Revision key={index} application={application} revision={revision} source={sources[index]} index={index} several={revisions.length > 1} version={id} />)}
        <span className={css.dim}>
          deployed by {automated ? 'auto-sync' : by || 'somebody unnamed'}{took !== undefined && took >= 0 ? ` in ${took < 1000 ? 'under a second' : span(took)}` : ''}
        </span>
        <details className={css.body} onToggle={event => setMore(event.currentTarget.open)}>
          <summary>Images and source</summary>
          {more && <More application={application} deployment={deployment} />}
        </details>
      </div>
      <div className={css.acts}>
        <span role="group" aria-label={`Compare deployment ${id}`} className={css.pick}>
          <Button small aria-pressed={from} onClick={() => onPick('from')} aria-label={`Compare from ${id}`}>From</Button>
          <Button small aria-pressed={to} onClick={() => onPick('to')} aria-label={`Compare to ${id}`}>To</Button>
        </span>
        <Button small refused={refused} onClick={onBack}>{newest ? 'Deploy again…' : 'Roll back…'}</Button>
      </div>
    </li>
  )
}

/** Manifests of a deployment: those of its revisions, rendered as the application is now. */
function useManifests(application: Application, deployment: Deployment) {
  return useAsk<RepositoryManifestResponse>(`api/v1/applications/${segment(application.metadata.name ?? '')}/manifests`, {appNamespace: application.metadata.namespace, project: application.spec.project, ...atRevisions(deployment.revisions)}, {stale: Infinity})
}

function More({application, deployment}: {application: Application; deployment: Deployment}) {
  const manifests = useManifests(application, deployment)
  const images = useMemo(() => imagesOf(manifests.data?.manifests ?? []), [manifests.data])
  return (
    <div className={css.more}>
      {manifests.isPending ? <Skeleton lines={2} /> : manifests.isError ? <span className={css.dim}>Its images cannot be told: {manifests.error.message}</span> : images.length === 0 ? <span className={css.dim}>It has no container images.</span> : <ul>{images.map(image => <li key={image} className={css.mono}>{image}</li>)}</ul>}
      {deployment.sources.length > 0 && <pre className={css.source} tabIndex={0} aria-label="Source">{deployment.sources.map(source => yamlOf(source)).join('---\n')}</pre>}
    </div>
  )
}

/** Two deployments object by object. */
function Compare({application, from, to}: {application: Application; from: Deployment; to: Deployment}) {
  const [before, after] = [useManifests(application, from), useManifests(application, to)]
  const pairs = useMemo(() => (before.data && after.data ? differing(before.data.manifests ?? [], after.data.manifests ?? []) : null), [before.data, after.data])
  const sources = [from, to].map(one => one.sources.map(source => yamlOf(without(source))).join('---\n'))
  const error = before.error ?? after.error
  const name = (one: Deployment) => `#${one.id} (${one.revisions.map(short).join(', ')})`
  return (
    <section className={css.compare} aria-label="Comparison">
      <h2>{name(from)} → {name(to)}</h2>
      <p className={css.dim}>What the two revisions render to with the application’s parameters of today. What the cluster had beside that is not kept by anybody.</p>
      {sources[0] !== sources[1] && <LineDiff label="The application’s source was changed between them" before={sources[0] ?? ''} after={sources[1] ?? ''} />}
      {error ? (
        <ErrorNote what="The two cannot be compared." error={error} retry={() => { void before.refetch(); void after.refetch() }}>{kindOf(from.sources[0]) === 'git' ? <span>Is the commit still in the repository?</span> : null}</ErrorNote>
      ) : !pairs ? (
        <Skeleton lines={6} />
      ) : pairs.length === 0 ? (
        <p><StatusGlyph look="ok" /> Both render to the same objects.</p>
      ) : (
        pairs.map(pair => (
          <details key={pair.key} open={pairs.length <= 12} className={css.pair}>
            <summary>
              <StatusWord state={pair.after === null ? {look: 'delete', word: 'Goes'} : pair.before === null ? {look: 'missing', word: 'Comes'} : {look: 'warn', word: 'Changes'}} /> <span className={css.dim}>{pair.kind}</span> {pair.name}
            </summary>
            <LineDiff label={`${pair.kind}/${pair.name}`} before={yamlOf(pair.before)} after={yamlOf(pair.after)} />
          </details>
        ))
      )}
    </section>
  )
}

function without<T extends {targetRevision?: string}>(source: T): Omit<T, 'targetRevision'> {
  const {targetRevision: _, ...rest} = source
  return rest
}
