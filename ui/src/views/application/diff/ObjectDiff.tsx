import {useMemo} from 'react'

import {segment} from '@/api/client'
import type {Application, ApplicationManagedResourcesResponse} from '@/api/contract'
import {useAsk} from '@/api/queries'
import {EmptyNote} from '@/parts/EmptyNote'
import {ErrorNote} from '@/parts/ErrorNote'
import {Skeleton} from '@/parts/Skeleton'
import {fieldsOf, type FieldChange, type Step} from '@/views/plan/model'
import {aboutOf} from '../acts'
import {readManifest, type KubeObject, type Manifest} from '../resource/object'
import {toYaml} from '../resource/yaml'
import Causes from './Causes'
import css from './Diff.module.css'
import TextDiff, {MOST_TEXT} from './TextDiff'

/** How a difference is shown. */
export interface Look {
  as: 'fields' | 'side' | 'inline'
  wrap: boolean
  managed: boolean
}

export interface Compared {
  group: string
  version?: string
  kind: string
  namespace: string
  name: string
}

/** One object, live and as Git wants it. `step` is what the server's plan says of it; without, the fields are found here. */
export default function ObjectDiff({app, of, step, look}: {app: Application; of: Compared; step?: Step; look: Look}) {
  // The plan has said all there is, unless the text is asked for.
  const said = look.as === 'fields' && step !== undefined && step.fields.length > 0
  const answer = useAsk<ApplicationManagedResourcesResponse>(said ? null : `api/v1/applications/${segment(app.metadata.name ?? '')}/managed-resources`, {...aboutOf(app), namespace: of.namespace, name: of.name, version: of.version, kind: of.kind, group: of.group})
  const item = answer.data?.items?.find(one => one.kind === of.kind && one.name === of.name && (one.group ?? '') === of.group && (one.namespace ?? '') === of.namespace)
  const [live, wanted] = useMemo((): [Manifest | null, Manifest | null] => {
    // Of what is made or goes the plan has all; of what changes only the other answer knows how it would be afterwards.
    if (step?.action === 'create' || step?.action === 'prune') return [ofObject(step.live), ofObject(step.action === 'create' ? step.object : null)]
    return [readManifest(item?.normalizedLiveState || item?.liveState), readManifest(item?.predictedLiveState || item?.targetState)]
  }, [item, step])
  const known = item !== undefined || live !== null || wanted !== null
  const gone = known && !wanted
  const fields = useMemo((): FieldChange[] => (step ? step.fields : live?.object && wanted?.object ? fieldsOf(live.object, wanted.object).filter(one => !one.path.startsWith('metadata.managedFields')) : []), [step, live, wanted])
  const texts = useMemo(() => (look.as === 'fields' && fields.length > 0 ? null : [toYaml(live?.object, look.managed), toYaml(wanted?.object, look.managed)]), [look.as, look.managed, live, wanted, fields.length])
  const note = step?.error ? <ErrorNote what="The API server would not take what Git says." error={step.error} />
    : gone && live ? <p className={css.delete}>Git does not say anything of it any more: a sync that prunes deletes it whole.</p>
    : wanted && !live ? <p className={css.dim}>It is not in the cluster: a sync makes it.</p> : null
  if (look.as === 'fields' && fields.length > 0) return <>{note}<Causes object={of} fields={fields} /></>
  if (answer.error && !known) return <>{note}<ErrorNote what="The object cannot be compared." error={answer.error} retry={() => void answer.refetch()} /></>
  if (answer.isPending && !known) return <Skeleton lines={6} />
  if (!known) return <>{note}<EmptyNote title="There is nothing to compare it with.">It was made by its owner, and Git does not say anything of it.</EmptyNote></>
  if (live?.long || wanted?.long || (texts && texts[0]!.length + texts[1]!.length > MOST_TEXT)) return <>{note}<EmptyNote title="It is too long to be compared line by line.">The fields say what differs, where the server knows them; the manifests can be downloaded.</EmptyNote></>
  const [before = '', after = ''] = texts ?? []
  if (before === after) return <>{note}<EmptyNote title="Nothing differs.">{item?.modified ? 'What differs is a default or is written by the cluster itself; it is left out.' : undefined}</EmptyNote></>
  return <>{note}<TextDiff before={before} after={after} layout={look.as === 'inline' ? 'inline' : 'side'} wrap={look.wrap} label={`${of.kind} ${of.name}: live and as Git wants it`} /></>
}

function ofObject(object: object | null): Manifest | null {
  return object && {object: object as KubeObject, text: '', long: false}
}
