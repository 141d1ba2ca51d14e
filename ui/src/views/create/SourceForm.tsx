import {useQuery} from '@tanstack/react-query'
import {Trash2} from 'lucide-react'
import {useEffect, useState} from 'react'

import {ask, segment} from '@/api/client'
import type {RepositoryHelmChartsResponse, RepositoryList, RepositoryRefs, RepositoryRepoAppDetailsResponse, RepositoryRepoAppsResponse} from '@/api/contract'
import {useAsk} from '@/api/queries'
import type {Path} from '@/draft/draft'
import {IconButton} from '@/parts/Button'
import {Combobox} from '@/parts/Combobox'
import {Field, Input} from '@/parts/Field'
import {Select} from '@/parts/Select'
import css from './Create.module.css'
import type {FormProps} from './Form'
import {ToolForm} from './ToolForm'

/** How long a field must rest before the server is asked about it. */
const REST = 500

/** One source: where it is, what in it, and with which parameters. */
export function SourceForm({draft, onChange, faults, path, title, onRemove}: FormProps & {path: Path; title?: string; onRemove?(): void}) {
  const key = path.join('.')
  const text = (name: string) => draft.textAt([...path, name])
  const set = (name: string, value: unknown) => onChange(draft.set([...path, name], value))
  const repositories = useAsk<RepositoryList>('api/v1/repositories', undefined, {stale: 30_000})
  const known = repositories.data?.items ?? []
  const repo = useRested(text('repoURL'))
  const revision = useRested(text('targetRevision'))
  const place = useRested(text('path'))
  const chart = useRested(text('chart'))
  const listed = known.find(one => one.repo === repo)
  const oci = repo.startsWith('oci://')
  const isChart = draft.get([...path, 'chart']) !== undefined || (listed?.type === 'helm' && !text('path'))
  const project = draft.textAt(['spec', 'project'])
  const app = {appName: draft.textAt(['metadata', 'name']), appProject: project}
  const asks = repo !== '' && /^[a-z+]+:\/\/|^[^/\s]+@/.test(repo)
  const base = `api/v1/repositories/${segment(repo)}`
  const refs = useAsk<RepositoryRefs>(asks && !isChart && !oci ? `${base}/refs` : null, {appProject: project}, {stale: 60_000})
  const tags = useAsk<RepositoryRefs>(asks && oci ? `${base}/oci-tags` : null, {appProject: project}, {stale: 60_000})
  const apps = useAsk<RepositoryRepoAppsResponse>(asks && !isChart && !oci ? `${base}/apps` : null, {revision: revision || 'HEAD', ...app}, {stale: 60_000})
  const charts = useAsk<RepositoryHelmChartsResponse>(asks && isChart && !oci ? `${base}/helmcharts` : null, {appProject: project}, {stale: 60_000})
  const details = useDetails(asks && (!!place || !!chart || oci) ? {...(draft.get(path) as object), repoURL: repo, targetRevision: revision || 'HEAD', path: place || undefined, chart: chart || undefined} : null, app)
  const versions = charts.data?.items?.find(one => one.name === chart)?.versions ?? []
  const revisions = isChart ? versions : oci ? (tags.data?.tags ?? []) : ['HEAD', ...(refs.data?.branches ?? []), ...(refs.data?.tags ?? [])]
  const unreachable = refs.error ?? charts.error ?? tags.error
  const found = (apps.data?.items ?? []).map(one => one.path ?? '')
  return (
    <section className={css.source} aria-label={title ?? 'Source'}>
      {title && (
        <div className={css.line}>
          <h3 className={css.grow}>{title}</h3>
          {onRemove && <IconButton small label={`Remove ${title}`} onClick={onRemove}><Trash2 size={14} /></IconButton>}
        </div>
      )}
      <Field label="Repository" error={faults[`${key}.repoURL`]} hint={unreachable ? `It cannot be asked for its contents: ${unreachable.message}` : repositories.isError ? `The repositories cannot be listed: ${repositories.error.message}` : undefined}>
        <Combobox mono options={known.map(one => one.repo ?? '').filter(Boolean)} value={text('repoURL')} onChange={value => set('repoURL', value)} placeholder="https://, ssh://, git@host:path or oci://" empty="Not among those that are set up: public ones can be used all the same." />
      </Field>
      <div className={css.row}>
        {!oci && (
          <Field label="What">
            <Select
              value={isChart ? 'chart' : 'path'}
              onChange={value =>
                onChange(draft.setAll(value === 'chart' ? [[[...path, 'path'], undefined], [[...path, 'chart'], ''], [[...path, 'targetRevision'], '']] : [[[...path, 'chart'], undefined], [[...path, 'path'], ''], [[...path, 'targetRevision'], 'HEAD']]))
              }
              options={[{value: 'path', label: 'A folder of a Git repository'}, {value: 'chart', label: 'A chart of a Helm repository'}]}
            />
          </Field>
        )}
        {isChart && !oci ? (
          <Field label="Chart" error={faults[`${key}.path`]}>
            <Combobox mono options={(charts.data?.items ?? []).map(one => one.name ?? '')} value={text('chart')} onChange={value => set('chart', value)} empty={charts.isFetching ? 'Looking' : 'No chart has this in its name.'} />
          </Field>
        ) : (
          <Field label="Path" error={faults[`${key}.path`]} hint={apps.isError ? `Its folders cannot be listed: ${apps.error.message}` : undefined}>
            <Combobox mono options={found} value={text('path')} onChange={value => set('path', value || undefined)} placeholder="." empty={apps.isFetching ? 'Looking' : found.length > 0 ? 'No application was found in such a folder; it may be one all the same.' : undefined} />
          </Field>
        )}
        <Field label={isChart || oci ? 'Version' : 'Revision'} error={faults[`${key}.targetRevision`]}>
          <Combobox mono options={revisions} value={text('targetRevision')} onChange={value => set('targetRevision', value || undefined)} placeholder={isChart ? '1.2.*' : 'HEAD'} empty={refs.isFetching || charts.isFetching ? 'Looking' : undefined} />
        </Field>
        {path.includes('sources') && (
          <Field label="Name for other sources" hint="They refer to its files as $name/…">
            <Input mono value={text('ref')} onChange={event => set('ref', event.target.value || undefined)} />
          </Field>
        )}
      </div>
      <p className={css.dim} role="status">
        {details.isFetching ? 'Looking what it is' : details.isError ? `What it is cannot be told: ${details.error.message}` : details.data?.type ? `It is ${kindWords(details.data.type)}.` : ''}
      </p>
      <ToolForm draft={draft} onChange={onChange} path={path} details={details.data} />
    </section>
  )
}

function kindWords(type: string): string {
  return {Helm: 'a Helm chart', Kustomize: 'a kustomization', Directory: 'a folder of manifests', Plugin: 'for a plugin'}[type] ?? type
}

/** What the server finds at a source: its type and what can be set. */
function useDetails(source: object | null, app: {appName: string; appProject: string}) {
  const asked = JSON.stringify(source)
  const repo = (source as {repoURL?: string} | null)?.repoURL ?? ''
  return useQuery<RepositoryRepoAppDetailsResponse>({
    queryKey: ['appdetails', asked, app.appProject],
    enabled: source !== null,
    retry: false,
    staleTime: 60_000,
    placeholderData: before => before,
    queryFn: ({signal}) => ask<RepositoryRepoAppDetailsResponse>(`api/v1/repositories/${segment(repo)}/appdetails`, {method: 'POST', body: {source, ...app}, signal}),
  })
}

/** A text once it has rested. */
function useRested(text: string): string {
  const [rested, setRested] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), REST)
    return () => clearTimeout(timer)
  }, [text])
  return rested
}

