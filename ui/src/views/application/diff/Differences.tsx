import {ChevronDown, ChevronRight} from 'lucide-react'
import {useMemo, useState} from 'react'

import {useCell} from '@/api/cell'
import type {Application} from '@/api/contract'
import {EmptyNote} from '@/parts/EmptyNote'
import {ErrorNote} from '@/parts/ErrorNote'
import {Skeleton} from '@/parts/Skeleton'
import {StatusWord} from '@/parts/StatusGlyph'
import {usePlan} from '@/views/plan/ask'
import {effectOf, sentence, type Step} from '@/views/plan/model'
import css from './Diff.module.css'
import {diffLook, LookPicker} from './LookPicker'
import ObjectDiff, {type Compared} from './ObjectDiff'

/** So many objects are open at first, and shown at once. */
const OPEN = 6
const MOST = 200

interface Entry extends Compared {
  key: string
  step?: Step
  word: {look: Parameters<typeof StatusWord>[0]['state']['look']; word: string}
  why: string
}

/** Every object that differs from Git, with the cause of each difference. */
export default function Differences({app, onOpen}: {app: Application; onOpen(key: string): void}) {
  const look = useCell(diffLook)
  const plan = usePlan(useMemo(() => ({application: app, revisions: []}), [app]))
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set())
  const entries = useMemo((): Entry[] => {
    const key = (one: {group?: string; kind?: string; namespace?: string; name?: string}) => `${one.group ?? ''}/${one.kind ?? ''}/${one.namespace ?? ''}/${one.name ?? ''}`
    const planned = (plan.data?.steps ?? []).filter(step => !step.hook && (['create', 'change', 'replace', 'prune', 'keep'].includes(step.action) || step.error))
    const known = new Set(planned.map(key))
    // What the application's status says differs and the plan does not know: the plan failed, or is of an older state.
    const rest = (app.status?.resources ?? []).filter(one => (one.status === 'OutOfSync' || one.requiresPruning) && !one.hook && !known.has(key(one)) && (!plan.data || plan.error))
    return [
      ...planned.map((step): Entry => ({...step, key: key(step), step, word: step.error ? {look: 'bad', word: 'Refused'} : step.action === 'change' ? {look: 'warn', word: 'Differs'} : step.action === 'create' ? {look: 'missing', word: 'Missing'} : step.action === 'keep' ? {look: 'delete', word: 'Not in Git'} : effectOf(step.action), why: step.reason})),
      ...rest.map((one): Entry => ({group: one.group ?? '', version: one.version, kind: one.kind ?? '', namespace: one.namespace ?? '', name: one.name ?? '', key: key(one), word: one.requiresPruning ? {look: 'delete', word: 'Not in Git'} : {look: 'warn', word: 'OutOfSync'}, why: ''})),
    ]
  }, [plan.data, plan.error, app])
  if (plan.isPending && entries.length === 0) return <div className={css.page}><Skeleton lines={8} /></div>
  return (
    <div className={css.page}>
      <div className={css.head}>
        <p className={css.verdict}>{plan.data ? sentence(plan.data).replace(/^Nothing would change\.$/, 'Nothing differs from Git.') : entries.length === 0 ? 'Nothing differs from Git.' : `${entries.length} ${entries.length === 1 ? 'object differs' : 'objects differ'} from Git.`}{plan.isFetching && plan.data && <span className={css.dim}> Comparing anew…</span>}</p>
        <LookPicker value={look} onChange={next => diffLook.set(next)} />
      </div>
      {plan.data?.computed && <p className={css.dim}>This server does not tell why fields differ: they were compared in the browser.</p>}
      {plan.data?.refused && <p className={css.delete}>A sync would be refused: {plan.data.refused}</p>}
      {plan.error && <ErrorNote what="The server cannot say why they differ; what follows is compared in the browser." error={plan.error} retry={() => void plan.refetch()} />}
      {entries.length === 0 && !plan.error && <EmptyNote title="The cluster is as Git says." />}
      {entries.slice(0, MOST).map((entry, index) => {
        const open = index < OPEN !== turned.has(entry.key)
        const toggle = () => setTurned(before => { const next = new Set(before); if (!next.delete(entry.key)) next.add(entry.key); return next })
        return (
          <article key={entry.key} className={css.object} aria-label={`${entry.kind} ${entry.name}`}>
            <header className={css.objectHead}>
              <button type="button" className={css.toggle} aria-expanded={open} onClick={toggle}>
                {open ? <ChevronDown size={14} /> : <ChevronRight size={14} />}
                <StatusWord state={entry.word} />
                <span className={css.name}><span className={css.dim}>{entry.kind}</span> {entry.name}</span>
              </button>
              <span className={css.dim}>{[entry.step && entry.step.fields.length > 0 && `${entry.step.fields.length} ${entry.step.fields.length === 1 ? 'field' : 'fields'}`, entry.why].filter(Boolean).join('; ')}</span>
              <button type="button" className={css.link} onClick={() => onOpen(entry.key)}>Open</button>
            </header>
            {open && <ObjectDiff app={app} of={entry} step={entry.step} look={look} />}
          </article>
        )
      })}
      {entries.length > MOST && <p className={css.dim}>{(entries.length - MOST).toLocaleString('en')} more differ; the list view has all of them.</p>}
    </div>
  )
}
