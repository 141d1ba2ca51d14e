import {useEffect, useMemo, useRef, useState} from 'react'
import {Link} from 'wouter'

import {ask, segment} from '@/api/client'
import type {ApplicationApplicationSyncWindowsResponse} from '@/api/contract'
import {sourcesOf} from '@/api/fleet-fold'
import {queries, useAsk, useSettings} from '@/api/queries'
import {Button} from '@/parts/Button'
import {Dialog} from '@/parts/Dialog'
import {ErrorNote} from '@/parts/ErrorNote'
import {Field, Input} from '@/parts/Field'
import {StatusGlyph} from '@/parts/StatusGlyph'
import {toast} from '@/parts/Toast'
import {applicationHref} from '@/shell/address'
import {usePlan} from '@/views/plan/ask'
import {precious, sentence, stepKey} from '@/views/plan/model'
import type {SyncDialogProps} from '../dialogs'
import {useRefusal} from '../rights'
import {choiceFor, faultsOf, isAutomated, objectsOf, otherRevision, requestOf, wordFor, type SyncChoice} from './choice'
import {How} from './How'
import {Objects} from './Objects'
import css from './Sync.module.css'


/** What was typed for an application and not sent: it is there again when the dialog is. */
const kept = new Map<string, SyncChoice>()

/** Asks for a sync: on one side what it would do to which object, on the other how. */
export default function SyncDialog(props: SyncDialogProps) {
  return props.open ? <Ask {...props} /> : null
}

function Ask({application, onClose, selected, revision}: SyncDialogProps) {
  const {metadata, spec} = application
  const named = {name: metadata.name ?? '', namespace: metadata.namespace ?? '', project: spec.project}
  const key = `${named.namespace}/${named.name}`
  const sources = sourcesOf(application)
  const [choice, setChoice] = useState<SyncChoice>(() => {
    const first = kept.get(key) ?? choiceFor(application)
    return {...first, ...(selected?.length ? {objects: [...selected]} : {}), ...(revision ? {revisions: sources.map((_, index) => (index === 0 ? revision : ''))} : {})}
  })
  const change = (changes: Partial<SyncChoice>) => {
    const next = {...choice, ...changes}
    setChoice(next)
    kept.set(key, next)
  }
  const [typed, setTyped] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const top = useRef<HTMLDivElement>(null)

  const settings = useSettings()
  const forbidden = useRefusal(application, 'sync')
  const windows = useAsk<ApplicationApplicationSyncWindowsResponse>(`api/v1/applications/${segment(named.name)}/syncwindows`, {appNamespace: named.namespace, project: spec.project})
  const rested = useRested(choice.revisions.join('\n')).split('\n')
  const question = useMemo(() => ({application, revisions: rested, prune: choice.prune}), [application, rested.join('\n'), choice.prune])
  const plan = usePlan(question)

  const objects = useMemo(() => objectsOf(application), [application])
  const faults = faultsOf(choice)
  const other = otherRevision(application, choice)
  const doomed = (plan.data?.steps ?? []).filter(step => step.action === 'prune' && precious(step) && (choice.objects === null || choice.objects.includes(stepKey(step))))
  const word = wordFor(application, choice, doomed.map(step => step.name))
  const running = application.operation !== undefined && application.operation !== null || ['Running', 'Terminating'].includes(application.status?.operationState?.phase ?? '')
  const refusal =
    forbidden ||
    (metadata.deletionTimestamp
      ? 'It is being deleted.'
      : running
        ? 'An operation is under way; end it first, or wait until it is over.'
        : windows.data && !windows.data.canSync
          ? 'A sync window holds it: no person may sync it now.'
          : other && isAutomated(application) && !choice.dryRun
            ? `Auto-sync follows ${other.own}, so it cannot be synced to ${other.wanted}: switch auto-sync off first, or make it a dry run.`
            : null)
  const stop = refusal ?? (Object.values(faults)[0] || (word !== undefined && typed.trim() !== word ? `Type ${word} first` : busy ? 'Under way' : false))
  const count = choice.objects?.length ?? objects.length
  const verb = choice.dryRun ? 'Try' : 'Sync'

  const send = async () => {
    if (stop) return
    setBusy(true)
    setError(null)
    try {
      await ask(`api/v1/applications/${segment(named.name)}/sync`, {method: 'POST', body: requestOf(named, choice, sources.length)})
      kept.delete(key)
      toast(choice.dryRun ? `A dry run of ${named.name} is asked for` : `${named.name} is asked to sync`, 'ok')
      void queries.invalidateQueries({queryKey: [`api/v1/applications/${segment(named.name)}`]})
      onClose()
    } catch (thrown) {
      setError(thrown)
      setBusy(false)
      top.current?.scrollIntoView({block: 'start'})
    }
  }
  const selectedOnly = choice.objects !== null && choice.objects.length < objects.length
  return (
    <Dialog
      open
      wide
      flush
      onClose={onClose}
      title={<>Sync {named.name}</>}
      foot={
        <>
          <Button look="quiet" onClick={() => { kept.delete(key); setChoice(choiceFor(application)); setTyped(''); setError(null) }}>Begin anew</Button>
          <span className={css.space} role="status">{refusal}</span>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" refused={stop} onClick={() => void send()}>
            {verb} {selectedOnly ? `${count} of ${objects.length} objects` : 'everything'}
          </Button>
        </>
      }
    >
      <form
        className={css.sides}
        onSubmit={event => {
          event.preventDefault()
          void send()
        }}
      >
        <div className={css.what} ref={top}>
          {error !== null && <div className={css.pad}><ErrorNote what="The server did not take it." error={error} /></div>}
          <p className={css.verdict} role="status">
            {plan.data ? (
              <>
                <StatusGlyph look={plan.data.refused ? 'bad' : plan.data.changes ? 'warn' : 'ok'} />
                <span>
                  {plan.data.refused ? `It would be refused: ${plan.data.refused}` : sentence(plan.data)}{' '}
                  {plan.data.computed && <span className={css.dim}>Computed in the browser. </span>}
                  <Link href={applicationHref(named, {plan: rested.some(Boolean) ? rested.map(encodeURIComponent).join(',') : sources.map(source => encodeURIComponent(source.targetRevision || 'HEAD')).join(','), ...(choice.prune ? {prune: 'true'} : {})})} onClick={onClose}>Look at it field by field</Link>
                </span>
              </>
            ) : plan.isError ? (
              <span className={css.dim}>What it would do cannot be told: {plan.error.message}</span>
            ) : (
              <span className={css.dim}>Asking what it would do</span>
            )}
          </p>
          <Objects objects={objects} plan={plan.data} chosen={choice.objects} onChange={keys => change({objects: keys})} fault={faults.objects} />
          {selectedOnly && <p className={css.note}>A sync of some objects runs no hooks and is not written into the history.</p>}
        </div>
        <div className={css.how}>
          {word !== undefined && (
            <Field label={<>{doomed.length > 0 && word !== 'replace' && word !== 'force' ? `${doomed.map(step => `${step.kind}/${step.name}`).join(', ')} would be deleted, and ${doomed.length === 1 && doomed[0] ? precious(doomed[0]) : 'what is in them'}` : word === named.name ? 'Every chosen object would be deleted' : 'This can lose what others wrote'}. To go on, type <b>{word}</b></>}>
              <Input mono value={typed} onChange={event => setTyped(event.target.value)} />
            </Field>
          )}
          <How choice={choice} onChange={change} faults={faults} replaceAllowed={settings.data?.syncWithReplaceAllowed !== false} sources={sources} project={spec.project} automated={isAutomated(application)} />
        </div>
      </form>
    </Dialog>
  )
}

const REST = 500

/** A text once it has rested. */
function useRested(text: string): string {
  const [rested, setRested] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), REST)
    return () => clearTimeout(timer)
  }, [text])
  return rested
}
