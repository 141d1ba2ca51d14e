import {ChevronLeft, Copy as CopyIcon} from 'lucide-react'
import {useEffect, useMemo, useRef, useState} from 'react'

import type {Application} from '@/api/contract'
import {sourcesOf} from '@/api/fleet-fold'
import {Button} from '@/parts/Button'
import {copyText} from '@/parts/Copy'
import {cx} from '@/parts/cx'
import {EmptyNote} from '@/parts/EmptyNote'
import {ErrorNote} from '@/parts/ErrorNote'
import {Checkbox, Field} from '@/parts/Field'
import {Combobox} from '@/parts/Combobox'
import {later} from '@/parts/later'
import {Skeleton} from '@/parts/Skeleton'
import {StatusGlyph} from '@/parts/StatusGlyph'
import {toast} from '@/parts/Toast'
import {useAsk} from '@/api/queries'
import {segment} from '@/api/client'
import type {RepositoryRefs} from '@/api/contract'
import {useQueryWords} from '@/shell/address'
import {useKeys} from '@/shell/keys'
import {usePlan} from './ask'
import {effectOf, EFFECTS, inOrder, patched, precious, sentence, stepKey, writes, type Step} from './model'
import {StepDetail} from './StepDetail'
import css from './Plan.module.css'

const SyncDialog = later(() => import('@/views/application/sync/SyncDialog'))

/**
 * What a sync of a revision, or of an edited application, would do. All of the question is in the address: `plan` (a revision for each
 * source, with commas), `prune`, `confirmed`, and `edit` (a JSON merge patch of the spec).
 */
export default function Plan({application}: {application: Application}) {
  const [words, change] = useQueryWords()
  const sources = sourcesOf(application)
  const said = words.get('plan') ?? ''
  const asked = said.split(',').map(one => decoded(one))
  const own = sources.map(source => source.targetRevision || 'HEAD')
  const revisions = sources.map((_, index) => asked[index] ?? '')
  const edit = words.get('edit')
  const patch = useMemo(() => parsed(edit), [edit])
  const edited = useMemo(() => (patch === undefined ? application : {...application, spec: patched(application.spec, patch) as Application['spec']}), [application, patch])
  const prune = words.get('prune') === null ? undefined : words.get('prune') === 'true'
  const confirmed = words.get('confirmed') === 'true'
  const plan = usePlan({application: edited, revisions: revisions.map((revision, index) => (revision === own[index] ? '' : revision)), prune, confirmed, edited: patch !== undefined})
  const [by, setBy] = useState<'effect' | 'order'>('effect')
  const [whole, setWhole] = useState(false)
  const [read, setRead] = useState<ReadonlySet<string>>(new Set())
  const [syncing, setSyncing] = useState(false)
  const [text, setText] = useState('')

  const groups = useMemo(() => {
    const wanted = text.toLowerCase().split(/\s+/).filter(Boolean)
    const steps = (plan.data?.steps ?? []).filter(step => (whole || step.action !== 'unchanged') && wanted.every(word => `${step.kind} ${step.name} ${step.namespace} ${step.action} ${step.fields.map(field => field.path).join(' ')}`.toLowerCase().includes(word)))
    if (by === 'order') return inOrder(steps).map(lane => ({title: lane.phase === 'Sync' ? (lane.wave === 0 ? 'Sync' : `Sync, wave ${lane.wave}`) : `${lane.phase}${lane.wave === 0 ? '' : `, wave ${lane.wave}`}`, steps: lane.steps}))
    return EFFECTS.map(effect => ({title: effect.word, steps: steps.filter(step => step.action === effect.action)})).filter(group => group.steps.length > 0)
  }, [plan.data, whole, by, text])
  const list = useMemo(() => groups.flatMap(group => group.steps), [groups])
  const at = words.get('step')
  const index = Math.max(0, list.findIndex(step => idOf(step) === at))
  const shown = list[index]
  const show = (step: Step | undefined) => step && change({step: idOf(step)})
  useKeys('This plan', {
    j: {label: 'The next object', do: () => show(list[Math.min(list.length - 1, index + 1)])},
    k: {label: 'The object before', do: () => show(list[Math.max(0, index - 1)])},
    m: {label: 'Mark as read, go to the next', do: () => {
      if (!shown) return
      setRead(new Set([...read, idOf(shown)]))
      show(list[index + 1])
    }},
    u: {label: 'Show what stays too', do: () => setWhole(!whole)},
  })
  const current = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    current.current?.scrollIntoView({block: 'nearest'})
  }, [at])
  const deleted = plan.data?.steps.filter(step => step.action === 'prune') ?? []
  const dangerous = deleted.filter(precious)
  const doing = plan.data?.steps.filter(writes).length ?? 0

  return (
    <div className={css.page}>
      <header className={css.head}>
        <div className={css.line}>
          <Button small onClick={() => change({plan: null, prune: null, confirmed: null, edit: null, step: null})}><ChevronLeft size={14} /> Back to the application</Button>
          <span className={css.space} />
          <Button small onClick={() => void copyText(location.href).then(() => toast('The address of this plan is copied', 'ok'))}><CopyIcon size={14} /> Copy the address</Button>
        </div>
        <div className={css.asked}>
          {sources.map((source, at) => (
            <Revision key={at} repo={source.repoURL} project={application.spec.project} chart={!!source.chart || source.repoURL.startsWith('oci://')} label={sources.length > 1 ? `Revision of ${source.chart || source.path || source.ref || source.repoURL}` : 'Revision'} value={revisions[at] || (own[at] ?? '')} onChange={value => change({plan: sources.map((_, other) => encodeURIComponent(other === at ? value : revisions[other] || (own[other] ?? ''))).join(',')})} />
          ))}
          <Checkbox checked={prune ?? edited.spec.syncPolicy?.automated?.prune ?? false} onChange={event => change({prune: String(event.target.checked)})}>Prune what is no longer in Git</Checkbox>
          <Checkbox checked={confirmed} onChange={event => change({confirmed: event.target.checked})}>As if deletions were confirmed</Checkbox>
        </div>
        {patch !== undefined && <p className={css.edited}>Of the application as it was edited, not as it is stored: <code>{JSON.stringify(patch)}</code></p>}
        {edit !== null && patch === undefined && <p className={css.bad}>The edit in the address cannot be read: it was cut on its way. This is the plan of the application as it is.</p>}
        {plan.data && (
          <div role="status" className={css.verdict}>
            <StatusGlyph look={plan.data.refused ? 'bad' : deleted.length > 0 ? 'delete' : plan.data.changes ? 'warn' : 'ok'} size={18} />
            <span>
              {sentence(plan.data)}
              {plan.isFetching && <span className={css.dim}> Asking anew.</span>}
              {plan.data.computed && <span className={css.dim}> Computed in the browser of what the server tells: hooks, waves and admission are not in it.</span>}
            </span>
          </div>
        )}
        {plan.data?.refused && <p className={css.bad}>The sync would be refused, with nothing written: {plan.data.refused}</p>}
        {dangerous.length > 0 && <ul className={css.bad}>{dangerous.slice(0, 8).map(step => <li key={stepKey(step)}>{step.kind}/{step.name}: {precious(step)}</li>)}</ul>}
        {plan.data && plan.data.revisions.length > 0 && <p className={css.dim}>Made of {plan.data.revisions.map(revision => <code key={revision}>{revision.slice(0, 12)} </code>)}as the cluster was a moment ago.</p>}
      </header>
      {plan.isError && !plan.data ? (
        <div className={css.pad}><ErrorNote what="The plan cannot be made." error={plan.error} retry={() => void plan.refetch()} /></div>
      ) : !plan.data ? (
        <div className={css.pad} role="status" aria-label="Asking the server"><Skeleton lines={8} /></div>
      ) : (
        <div className={css.columns}>
          <nav className={css.steps} aria-label="Objects of the plan">
            <div className={css.tools}>
              <input className={css.filter} type="search" value={text} onChange={event => setText(event.target.value)} placeholder="Filter objects and fields" aria-label="Filter objects and fields" />
              <Button small aria-pressed={by === 'order'} onClick={() => setBy(by === 'order' ? 'effect' : 'order')}>In order</Button>
              <Button small aria-pressed={whole} onClick={() => setWhole(!whole)}>Unchanged {plan.data.summary.unchanged ?? 0}</Button>
            </div>
            {groups.map(group => (
              <section key={group.title}>
                <h2 className={css.title}>{group.title} <span className={css.dim}>{group.steps.length}</span></h2>
                <ul>
                  {group.steps.map(step => {
                    const id = idOf(step)
                    const effect = effectOf(step.action)
                    return (
                      <li key={id}>
                        <button type="button" ref={step === shown ? current : undefined} className={cx(css.step, step === shown && css.current, read.has(id) && css.read)} aria-current={step === shown ? 'true' : undefined} onClick={() => show(step)} title={`${effect.word}: ${stepKey(step)}`}>
                          <StatusGlyph look={step.error ? 'bad' : read.has(id) ? 'ok' : effect.look} label={read.has(id) ? 'read' : effect.word} />
                          <span className={css.name}><span className={css.dim}>{step.kind}</span> {step.name}</span>
                          {step.fields.length > 0 && <span className={css.dim}>{step.fields.length}</span>}
                        </button>
                      </li>
                    )
                  })}
                </ul>
              </section>
            ))}
            {list.length === 0 && <p className={css.none}>{text ? 'No object fits the filter.' : 'Every object is as it would be.'}</p>}
          </nav>
          <div className={css.detail}>
            {shown ? <StepDetail step={shown} /> : <EmptyNote title="Nothing would change." actions={<Button onClick={() => setWhole(true)}>Show what stays</Button>} />}
          </div>
        </div>
      )}
      {plan.data && (
        <footer className={css.foot}>
          <span className={css.dim}>{read.size > 0 ? `${Math.min(read.size, list.length)} of ${list.length} read` : list.length > 1 ? 'j and k walk, m marks as read' : ''}</span>
          <span className={css.space} />
          <Button look="primary" refused={patch !== undefined ? 'This is the plan of an edited application: save it first, in its configuration' : doing === 0 ? 'Nothing would change' : false} onClick={() => setSyncing(true)}>
            {doing === 0 ? 'Sync' : `Sync ${doing} ${doing === 1 ? 'object' : 'objects'}`}…
          </Button>
        </footer>
      )}
      {syncing && <SyncDialog application={application} open onClose={() => setSyncing(false)} revision={revisions[0] && revisions[0] !== own[0] ? revisions[0] : undefined} />}
    </div>
  )
}

const idOf = (step: Step) => `${stepKey(step)}${step.hook ? ` ${step.phase}` : ''}`

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function parsed(text: string | null): unknown {
  if (!text) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function Revision({repo, project, chart, label, value, onChange}: {repo: string; project: string; chart: boolean; label: string; value: string; onChange(value: string): void}) {
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  const refs = useAsk<RepositoryRefs>(chart ? null : `api/v1/repositories/${segment(repo)}/refs`, {appProject: project}, {stale: 60_000})
  const options = [...new Set([...(refs.data?.branches ?? []), ...(refs.data?.tags ?? [])])]
  return (
    <form
      className={css.revision}
      onSubmit={event => {
        event.preventDefault()
        onChange(typed)
      }}
    >
      <Field label={label}>
        <Combobox
          mono
          options={options}
          value={typed}
          onChange={next => {
            setTyped(next)
            // A chosen one is meant at once; what is typed is when it is done.
            if (options.includes(next)) onChange(next)
          }}
          onCommit={next => next !== value && next !== '' && onChange(next)}
        />
      </Field>
    </form>
  )
}
