import {useMemo, useState} from 'react'

import {ask, segment} from '@/api/client'
import type {Application, ApplicationManagedResourcesResponse} from '@/api/contract'
import {useAsk} from '@/api/queries'
import {Draft, type Problem} from '@/draft/draft'
import {Button} from '@/parts/Button'
import {EmptyNote} from '@/parts/EmptyNote'
import {ErrorNote} from '@/parts/ErrorNote'
import {Checkbox} from '@/parts/Field'
import {Skeleton} from '@/parts/Skeleton'
import {toast} from '@/parts/Toast'
import {YamlEditor} from '@/yaml/YamlEditor'
import {aboutOf} from '../acts'
import ManifestText, {LongText} from './Manifest'
import {mergePatch} from './mergePatch'
import {readManifest, type KubeObject, type Manifest} from './object'
import type {Target} from './Resource'
import css from './Resource.module.css'
import {toYaml} from './yaml'

interface ManifestsProps {
  app: Application
  target: Target
  live: Manifest | null
  there: boolean
  error?: Error
  retry(): void
}

/** The object as the cluster has it, which can be edited, and as Git wants it. */
export default function Manifests({app, target, live, there, error, retry}: ManifestsProps) {
  const [side, setSide] = useState<'live' | 'desired'>(there ? 'live' : 'desired')
  const [all, setAll] = useState(false)
  const [editing, setEditing] = useState(false)
  const managed = useAsk<ApplicationManagedResourcesResponse>(side === 'desired' ? `api/v1/applications/${segment(app.metadata.name ?? '')}/managed-resources` : null, {...aboutOf(app), namespace: target.namespace, name: target.name, version: target.version, kind: target.kind, group: target.group})
  const desired = useMemo(() => readManifest(managed.data?.items?.find(one => one.kind === target.kind && one.name === target.name && (one.namespace ?? '') === target.namespace)?.targetState), [managed.data, target.kind, target.name, target.namespace])
  if (editing && live?.object) return <Edit app={app} target={target} object={live.object} onClose={() => setEditing(false)} />
  const shown = side === 'live' ? live : desired
  return (
    <>
      <div className={css.tools}>
        <span role="group" aria-label="Which manifest" className={css.refs}>
          <Button small aria-pressed={side === 'live'} onClick={() => setSide('live')}>Live</Button>
          <Button small aria-pressed={side === 'desired'} onClick={() => setSide('desired')}>Desired</Button>
        </span>
        {side === 'live' && <Checkbox checked={all} onChange={event => setAll(event.target.checked)}>Who wrote which field</Checkbox>}
        <span className={css.space} />
        {side === 'live' && <Button small refused={!there ? 'It is not in the cluster.' : live?.long ? 'It is too long to be edited here.' : !live?.object && 'It is not read yet.'} onClick={() => setEditing(true)}>Edit</Button>}
      </div>
      {side === 'live' && !there ? <EmptyNote title="It is not in the cluster.">What Git wants stands under Desired.</EmptyNote>
      : side === 'live' && error && !live ? <ErrorNote what="The live manifest cannot be read." error={error} retry={retry} />
      : side === 'desired' && managed.error ? <ErrorNote what="The desired manifest cannot be read." error={managed.error} retry={() => void managed.refetch()} />
      : side === 'desired' && managed.data && !desired ? <EmptyNote title="Git does not say anything of this object.">It was made by its owner, or it is no longer in Git.</EmptyNote>
      : !shown ? <Skeleton lines={14} />
      : shown.object && !shown.long ? <ManifestText value={shown.object} all={all} label={side === 'live' ? 'Live manifest' : 'Desired manifest'} />
      : <LongText text={shown.text} name={`${target.kind}-${target.name}.json`} />}
    </>
  )
}

/** Edits the object in the cluster. Only what was changed is sent; what was typed stays, whatever the server says. */
function Edit({app, target, object, onClose}: {app: Application; target: Target; object: KubeObject; onClose(): void}) {
  // The object as it was when editing began: changes of others meanwhile are not undone by ours.
  const [before] = useState(object)
  const [text, setText] = useState(() => toYaml(before))
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const draft = useMemo(() => Draft.parse(text), [text])
  const faults = useMemo(() => draft.problems.filter((one: Problem) => one.severity === 'error'), [draft])
  const changed = text !== toYaml(before)
  const stop = faults.length > 0 ? 'The YAML cannot be read yet' : !changed ? 'Nothing is changed' : busy && 'Under way'
  const save = async () => {
    if (stop) return
    setBusy(true)
    setError(null)
    try {
      const {metadata, ...rest} = before
      const {managedFields: _, ...kept} = metadata ?? {}
      const patch = mergePatch({...rest, metadata: kept}, draft.value())
      await ask(`api/v1/applications/${segment(app.metadata.name ?? '')}/resource`, {
        method: 'POST',
        query: {...aboutOf(app), namespace: target.namespace, resourceName: target.name, version: target.version, kind: target.kind, group: target.group, patchType: 'application/merge-patch+json'},
        body: JSON.stringify(patch),
      })
      toast(`${target.kind} ${target.name} is changed in the cluster`, 'ok')
      onClose()
    } catch (thrown) {
      setError(thrown)
      setBusy(false)
    }
  }
  return (
    <div className={css.editor}>
      <p className={css.dim}>This changes the cluster, not Git: the next sync may set it back.</p>
      <YamlEditor className={css.fill} value={text} onChange={setText} onSave={() => void save()} label={`Edit ${target.kind} ${target.name}`} />
      {error !== null && <ErrorNote what="The cluster did not take it; what you typed is kept." error={error} />}
      <div className={css.tools}>
        <span className={css.space} />
        <Button onClick={onClose}>{changed ? 'Throw my changes away' : 'Back'}</Button>
        <Button look="primary" refused={stop} onClick={() => void save()}>Save</Button>
      </div>
    </div>
  )
}
