import {useRef, useState} from 'react'

import {segment} from '@/api/client'
import type {ApplicationManagedResourcesResponse} from '@/api/contract'
import {queries, useAsk} from '@/api/queries'
import {Button} from '@/parts/Button'
import {Dialog} from '@/parts/Dialog'
import {ErrorNote} from '@/parts/ErrorNote'
import {Field, Input} from '@/parts/Field'
import {Skeleton} from '@/parts/Skeleton'
import {StatusGlyph} from '@/parts/StatusGlyph'
import type {Look} from '@/parts/status'
import {toast} from '@/parts/Toast'
import {deleteApplication, type Cascade} from '@/views/applications/actions'
import type {RemoveDialogProps} from '../dialogs'
import {useRefusal} from '../rights'
import {consequences, deletionHooks, parentOf, setOf, tally, type Consequence} from './consequences'
import css from './Remove.module.css'

const CASCADES: Array<[Cascade, string, string]> = [
  ['foreground', 'With everything that it made', 'The application goes when all of it is gone; what an object owns goes before it.'],
  ['background', 'With everything that it made, in the background', 'Each object goes at once, and the cluster clears up behind it.'],
  ['orphan', 'The application alone', 'What it made keeps running, and nobody looks after it.'],
]

/** Asks how to delete an application, and says object by object what that means. */
export default function RemoveDialog(props: RemoveDialogProps) {
  return props.open ? <Ask {...props} /> : null
}

function Ask({application, onClose, onGone}: RemoveDialogProps) {
  const {metadata, spec} = application
  const name = metadata.name ?? ''
  const named = {name, namespace: metadata.namespace ?? '', project: spec.project}
  const [cascade, setCascade] = useState<Cascade>('foreground')
  const [typed, setTyped] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const input = useRef<HTMLInputElement>(null)
  const managed = useAsk<ApplicationManagedResourcesResponse>(`api/v1/applications/${segment(name)}/managed-resources`, {appNamespace: named.namespace, project: spec.project})
  const forbidden = useRefusal(application, 'delete')
  const all = consequences(application, managed.data?.items ?? undefined, cascade)
  const goes = all.filter(one => one.fate === 'goes')
  const asks = all.filter(one => one.fate === 'asks')
  const stays = all.filter(one => one.fate === 'stays')
  const hooks = cascade === 'orphan' ? [] : deletionHooks(managed.data?.items ?? undefined)
  const [set, parent] = [setOf(application), parentOf(application)]
  const refusal = forbidden || (metadata.deletionTimestamp ? 'It is being deleted already.' : null)
  const stop = refusal ?? (typed.trim() !== name ? `Type ${name} first` : busy ? 'Under way' : false)
  const remove = async () => {
    if (stop) return
    setBusy(true)
    setError(null)
    try {
      await deleteApplication(named, cascade)
      toast(`${name} is being deleted`, 'ok')
      void queries.invalidateQueries({queryKey: ['api/v1/applications']})
      onClose()
      onGone?.()
    } catch (thrown) {
      setError(thrown)
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={<>Delete {name}</>}
      first={input}
      foot={
        <>
          <span className={css.refusal} role="status">{refusal}</span>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" refused={stop} onClick={() => void remove()}>
            {cascade === 'orphan' ? 'Delete the application alone' : `Delete it and ${goes.length + asks.length} ${goes.length + asks.length === 1 ? 'object' : 'objects'}`}
          </Button>
        </>
      }
    >
      <form
        className={css.form}
        onSubmit={event => {
          event.preventDefault()
          void remove()
        }}
      >
        {error !== null && <ErrorNote what="The server did not do it." error={error} />}
        <fieldset className={css.choices}>
          <legend>What goes</legend>
          {CASCADES.map(([value, label, hint]) => (
            <label key={value} className={css.choice}>
              <input type="radio" name="cascade" checked={cascade === value} onChange={() => setCascade(value)} />
              <span>
                {label} <span className={css.dim}>{hint}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <section className={css.fates} aria-label="Consequences" aria-live="polite">
          <Fate look="delete" title={`${goes.length} ${goes.length === 1 ? 'is' : 'are'} deleted`} some={goes} open />
          <Fate look="person" title={`${asks.length} ${asks.length === 1 ? 'waits' : 'wait'} for a person to confirm, and the application with ${asks.length === 1 ? 'it' : 'them'}`} some={asks} />
          <Fate look="ok" title={`${stays.length} ${stays.length === 1 ? 'stays' : 'stay'}`} some={stays} />
          {all.length === 0 && <p className={css.dim}>It has nothing in the cluster.</p>}
          {managed.isPending && <Skeleton lines={1} />}
          {managed.isError && <p className={css.warn}>What the objects say of their own deletion (Delete=false, keep, confirm) could not be read: {managed.error.message}</p>}
          {hooks.length > 0 && <p><StatusGlyph look="run" /> Hooks run: {hooks.join(', ')}. The deletion waits for them.</p>}
          <p className={css.dim}>What these objects made themselves (ReplicaSets, Pods, volumes by claim) goes with them.{' '}Prune=false counts for syncs, not here.</p>
          {set && <p className={css.warn}><StatusGlyph look="warn" /> The ApplicationSet <b>{set}</b> makes it; it makes it anew as long as its generators name it.</p>}
          {parent && <p className={css.warn}><StatusGlyph look="warn" /> The application <b>{parent}</b> declares it, and makes it anew with its next sync as long as Git has it.</p>}
        </section>
        <Field label={<>To go on, type <b>{name}</b></>}>
          <Input ref={input} mono value={typed} onChange={event => setTyped(event.target.value)} />
        </Field>
      </form>
    </Dialog>
  )
}

const MOST = 500

function Fate({look, title, some, open}: {look: Look; title: string; some: Consequence[]; open?: boolean}) {
  if (some.length === 0) return null
  const special = open ? some.filter(one => one.because) : []
  return (
    <details className={css.fate}>
      <summary>
        <StatusGlyph look={look} /> <b>{title}</b> <span className={css.dim}>{tally(some)}</span>
        {special.map(one => <span key={one.key} className={css.special}>{one.kind}/{one.name}: {one.because}</span>)}
      </summary>
      <ul>
        {some.slice(0, MOST).map(one => (
          <li key={one.key}>
            <span className={css.dim}>{one.kind}</span> {one.name} {one.namespace && <span className={css.dim}>in {one.namespace}</span>} {one.because && <span className={css.dim}>({one.because})</span>}
          </li>
        ))}
        {some.length > MOST && <li className={css.dim}>and {some.length - MOST} more</li>}
      </ul>
    </details>
  )
}
