import {segment} from '@/api/client'
import type {Application, ApplicationSource, ChartDetails, OCIMetadata, RevisionMetadata} from '@/api/contract'
import {useAsk} from '@/api/queries'
import {Age} from '@/parts/Age'
import {Copy} from '@/parts/Copy'
import {StatusGlyph} from '@/parts/StatusGlyph'
import {kindOf, short} from './model'
import css from './History.module.css'

interface RevisionProps {
  application: Application
  revision: string
  source: ApplicationSource | undefined
  /** Of the source, among several. */
  index: number
  several: boolean
  /** Of the deployment, where the source was another one then. */
  version?: number
}

/** A revision with who wrote it, when and what it says, as far as its kind of source knows. */
export function Revision(props: RevisionProps) {
  const {revision, source, several} = props
  const kind = kindOf(source)
  return (
    <span className={css.revision}>
      <span className={css.mono} title={revision}>{short(revision)}</span> <Copy what="revision" text={revision} />
      {several && <span className={css.dim}>{source?.chart || source?.path || source?.ref || source?.repoURL}</span>}{' '}
      {kind === 'git' ? <Commit {...props} /> : kind === 'chart' ? <Chart {...props} /> : <Artifact {...props} />}
    </span>
  )
}

/** Where the server tells about a revision. Deployments without an index have one source. */
function useTold<T>({application, revision, index, several, version}: RevisionProps, what: string) {
  return useAsk<T>(`api/v1/applications/${segment(application.metadata.name ?? '')}/revisions/${segment(revision)}/${what}`, {appNamespace: application.metadata.namespace, project: application.spec.project, ...(several ? {sourceIndex: index} : {}), ...(version === undefined ? {} : {versionId: version})}, {stale: Infinity})
}

function Commit(props: RevisionProps) {
  const told = useTold<RevisionMetadata>(props, 'metadata')
  if (told.isError) return <span className={css.dim}>{told.error.message}</span>
  if (!told.data) return null
  const {author = '', date, message = '', tags, signatureInfo, references} = told.data
  const [subject, ...rest] = message.trim().split('\n')
  const body = rest.join('\n').trim()
  return (
    <>
      <span className={css.subject}>{subject}</span>{' '}
      <span className={css.dim}>
        {author.replace(/\s*<.*>$/, '')} <Age time={date} /> {tags && tags.length > 0 && <>tagged {tags.join(', ')} </>}
      </span>
      {signatureInfo && (
        <span className={css.dim} title={signatureInfo}>
          <StatusGlyph look={/good/i.test(signatureInfo) ? 'ok' : 'warn'} /> {signatureInfo.split('\n')[0]}
        </span>
      )}
      {body && (
        <details className={css.body}>
          <summary>The whole message</summary>
          <pre>{body}</pre>
        </details>
      )}
      {(references ?? []).map(({commit}, index) => commit && <span key={index} className={css.reference}>from {short(commit.sha ?? '')} {commit.subject} <span className={css.dim}>{commit.author} {commit.date && <Age time={commit.date} />}</span></span>)}
    </>
  )
}

function Chart(props: RevisionProps) {
  const told = useTold<ChartDetails>(props, 'chartdetails')
  return <span className={css.dim}>{told.isError ? told.error.message : [told.data?.description, told.data?.maintainers?.length ? `by ${told.data.maintainers.join(', ')}` : ''].filter(Boolean).join(' ')}</span>
}

function Artifact(props: RevisionProps) {
  const told = useTold<OCIMetadata>(props, 'ocimetadata')
  const {version, description, authors, createdAt} = told.data ?? {}
  return (
    <span className={css.dim}>
      {told.isError ? told.error.message : [version, description, authors ? `by ${authors}` : ''].filter(Boolean).join(' ')} {createdAt && <Age time={createdAt} />}
    </span>
  )
}
