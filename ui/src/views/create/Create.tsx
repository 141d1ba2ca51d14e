import {useEffect, useRef, useState} from 'react'
import {useLocation} from 'wouter'

import {ApiError, ask} from '@/api/client'
import type {Application} from '@/api/contract'
import {queries} from '@/api/queries'
import {Draft} from '@/draft/draft'
import {Button} from '@/parts/Button'
import {Drawer} from '@/parts/Dialog'
import {ErrorNote} from '@/parts/ErrorNote'
import {toast} from '@/parts/Toast'
import {applicationHref} from '@/shell/address'
import css from './Create.module.css'
import {Form} from './Form'
import {draftOf, faultsOf} from './model'
import {Text} from './Text'

const KEPT = 'bowline.create'

/** A new application by form or YAML: two sides of one document, in step. What was typed is kept until it is made or thrown away. */
export default function Create({given, onClose}: {given: string; onClose(): void}) {
  const [draft, setDraft] = useState(() => first(given))
  const [side, setSide] = useState<'form' | 'text'>('form')
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const [plan, setPlan] = useState<PlanSaid | null>(null)
  const [, go] = useLocation()
  const top = useRef<HTMLDivElement>(null)
  useEffect(() => {
    try {
      sessionStorage.setItem(KEPT, draft.text)
    } catch {
      // Without a store it lives as long as the panel.
    }
  }, [draft])
  const faults = faultsOf(draft)
  const many = Object.keys(faults).length
  const wrong = !draft.readable ? 'The YAML cannot be read' : many > 0 ? `${many === 1 ? 'One field needs' : `${many} fields need`} something` : false

  const attempt = async (what: () => Promise<void>) => {
    setTried(true)
    setError(null)
    setPlan(null)
    if (wrong) {
      setSide(draft.readable ? 'form' : 'text')
      setTimeout(() => top.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus())
      return
    }
    setBusy(true)
    try {
      await what()
    } catch (thrown) {
      setError(thrown)
    } finally {
      top.current?.firstElementChild?.scrollTo({top: 0})
      setBusy(false)
    }
  }
  const create = () =>
    attempt(async () => {
      const made = await ask<Application>('api/v1/applications', {method: 'POST', body: draft.value()})
      sessionStorage.removeItem(KEPT)
      void queries.invalidateQueries({queryKey: ['api/v1/applications']})
      toast(`${made.metadata.name} is made`, 'ok')
      onClose()
      go(applicationHref({name: made.metadata.name ?? draft.textAt(['metadata', 'name']), namespace: made.metadata.namespace ?? ''}))
    })
  const preview = () =>
    attempt(async () => {
      try {
        setPlan(await ask<PlanSaid>('api/bowline/v1/plan', {method: 'POST', body: {name: draft.textAt(['metadata', 'name']), appNamespace: draft.textAt(['metadata', 'namespace']), application: draft.value()}}))
      } catch (thrown) {
        if (thrown instanceof ApiError && thrown.missing && thrown.code !== 5) throw new ApiError(404, 12, 'This server does not make plans.', thrown.asked)
        throw thrown
      }
    })

  return (
    <Drawer
      open
      wide
      flush
      onClose={onClose}
      title="New application"
      actions={
        <span className={css.switch} role="group" aria-label="Side">
          <Button small aria-pressed={side === 'form'} onClick={() => setSide('form')}>Form</Button>
          <Button small aria-pressed={side === 'text'} onClick={() => setSide('text')}>YAML</Button>
        </span>
      }
      foot={
        <>
          <Button look="quiet" onClick={() => { setDraft(draftOf('{}')); setTried(false); setError(null); setPlan(null) }}>Begin anew</Button>
          <span className={css.grow} role="status">{tried && wrong ? <span className={css.problems}>{wrong}.</span> : busy ? 'Asking the server' : ''}</span>
          <Button refused={busy && 'Under way'} onClick={() => void preview()}>What would it do?</Button>
          <Button look="primary" refused={busy && 'Under way'} onClick={() => void create()}>Create</Button>
        </>
      }
    >
      <div ref={top} className={css.both} data-side={side}>
        <div className={`${css.side} ${css.form}`}>
          {error !== null && <ErrorNote what="The server does not take it." error={error} />}
          {plan && <Plan plan={plan} />}
          {!draft.readable && <p className={css.problems}>The fields wait until the YAML can be read again; what they say is what it said last.</p>}
          <Form draft={draft} onChange={setDraft} faults={tried ? faults : {}} />
        </div>
        <div className={`${css.side} ${css.text}`}>
          <Text draft={draft} onChange={text => setDraft(Draft.parse(text))} onSave={() => { if (!busy) void create() }} />
        </div>
      </div>
    </Drawer>
  )
}

function first(given: string): Draft {
  const empty = given.trim() === '' || given.trim() === '{}'
  try {
    const kept = sessionStorage.getItem(KEPT)
    if (empty && kept) return Draft.parse(kept)
  } catch {
    // There is no store.
  }
  return draftOf(given)
}

interface PlanSaid {
  refused?: string | null
  summary?: Record<string, number>
  steps?: Array<{action: string; kind: string; namespace?: string; name: string; reason?: string; error?: string | null}>
}

const WORDS: Record<string, string> = {create: 'to create', change: 'to change', replace: 'to replace', prune: 'to delete', keep: 'to keep', unchanged: 'unchanged', run: 'hooks to run', 'run on failure': 'hooks to run if it fails'}

function Plan({plan}: {plan: PlanSaid}) {
  const counts = Object.entries(plan.summary ?? {}).filter(([, count]) => count > 0).map(([action, count]) => `${count} ${WORDS[action] ?? action}`)
  return (
    <section role="status">
      <h3>{plan.refused ? `It would be refused: ${plan.refused}` : counts.length > 0 ? `It would do this: ${counts.join(', ')}.` : 'It would change nothing.'}</h3>
      <ul className={css.plan}>
        {(plan.steps ?? []).slice(0, 200).map((step, index) => (
          <li key={index}>
            {step.action} {step.kind}/{step.name} {step.namespace && <span className={css.dim}>in {step.namespace}</span>} {step.error && <span className={css.problems}>{step.error}</span>}
          </li>
        ))}
      </ul>
    </section>
  )
}
