import {Plus, Trash2} from 'lucide-react'
import {useEffect, useMemo, useRef, useState} from 'react'
import {useLocation} from 'wouter'

import {ask, segment} from '@/api/client'
import type {Application} from '@/api/contract'
import {sourcesOf} from '@/api/fleet-fold'
import {queries} from '@/api/queries'
import {Draft} from '@/draft/draft'
import {Button, IconButton} from '@/parts/Button'
import {ErrorNote} from '@/parts/ErrorNote'
import {Input} from '@/parts/Field'
import {toast} from '@/parts/Toast'
import {applicationHref, useQueryWords} from '@/shell/address'
import {Form} from '@/views/create/Form'
import {faultsOf} from '@/views/create/model'
import {Text} from '@/views/create/Text'
import {LineDiff} from '@/views/plan/LineDiff'
import {mergePatch, shownValue} from '@/views/plan/model'
import {useRefusal} from '../rights'
import {changes, editable, pathText, rebase, type Change} from './rebase'
import {Summary} from './Summary'
import css from './Details.module.css'

type Side = 'summary' | 'form' | 'text'

/** What was changed and not saved, by application: another view of it, or another page, loses nothing. */
const kept = new Map<string, {text: string; base: Record<string, unknown>}>()

/** What the application is, to read and to change: a summary, every field as a form, and the document; form and document are one. */
export default function Details({application}: {application: Application}) {
  const key = `${application.metadata.namespace}/${application.metadata.name}`
  return <Editor key={key} id={key} application={application} />
}

function Editor({id, application}: {id: string; application: Application}) {
  const {metadata, spec} = application
  const name = metadata.name ?? ''
  const path = `api/v1/applications/${segment(name)}`
  const now = useMemo(() => editable(application), [application])
  const [base, setBase] = useState<Record<string, unknown>>(() => kept.get(id)?.base ?? now)
  const [draft, setDraft] = useState<Draft>(() => Draft.parse(kept.get(id)?.text ?? Draft.of(now).text))
  const [words] = useQueryWords()
  const [side, setSide] = useState<Side>(() => (kept.has(id) ? 'form' : sideOf(words)))
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const [compare, setCompare] = useState(false)
  const top = useRef<HTMLDivElement>(null)
  const [, go] = useLocation()
  const forbidden = useRefusal(application, 'update')
  const mine = useMemo(() => (draft.readable ? changes(base, draft.value()) : []), [draft, base])
  const dirty = mine.length > 0 || !draft.readable
  const merge = useMemo(() => rebase(base, draft.readable ? draft.value() : base, now), [base, draft, now])
  const moved = merge.theirs.length > 0
  const faults = faultsOf(draft)
  const wrong = !draft.readable ? 'The YAML cannot be read' : Object.values(faults)[0]
  const renamed = draft.readable && (draft.textAt(['metadata', 'name']) !== name || (draft.textAt(['metadata', 'namespace']) || metadata.namespace) !== metadata.namespace)

  const set = (next: Draft) => setDraft(next)
  useEffect(() => {
    if (dirty) kept.set(id, {text: draft.text, base})
    else kept.delete(id)
  }, [id, dirty, draft, base])
  // Nothing of it was changed here: it follows what it is.
  useEffect(() => {
    if (dirty || !moved) return
    setBase(now)
    setDraft(Draft.of(now))
  }, [dirty, moved, now])

  const throwAway = () => {
    setBase(now)
    setDraft(Draft.of(now))
    setTried(false)
    setError(null)
    setCompare(false)
  }
  /** Others' changes come in; mine stand on top of them. */
  const takeTheirs = () => {
    const next = Draft.of(now).setAll(merge.mine.map(change => [change.path, change.after] as const))
    setBase(now)
    setDraft(next)
  }
  const save = async () => {
    setTried(true)
    if (wrong || renamed) {
      setSide(draft.readable ? 'form' : 'text')
      return
    }
    setBusy(true)
    setError(null)
    try {
      // What it is at this moment: the server takes what it is given, whatever was written meanwhile.
      const fresh = await ask<Application>(path, {query: {appNamespace: metadata.namespace, project: spec.project}})
      if (changes(base, editable(fresh)).length > 0) {
        queries.setQueriesData<Application>({queryKey: [path]}, before => (before?.metadata?.name === name ? fresh : before))
        setBusy(false)
        top.current?.scrollTo({top: 0})
        return
      }
      const value = draft.value() as Application
      const saved = await ask<Application>(path, {method: 'PUT', query: {project: spec.project}, body: {...value, metadata: {...value.metadata, resourceVersion: fresh.metadata.resourceVersion}}})
      kept.delete(id)
      queries.setQueriesData<Application>({queryKey: [path]}, before => (before?.metadata?.name === name ? {...before, ...saved} : before))
      const stored = editable(saved)
      setBase(stored)
      setDraft(Draft.of(stored))
      setTried(false)
      setCompare(false)
      toast(`${name} is saved`, 'ok')
    } catch (thrown) {
      setError(thrown)
      top.current?.scrollTo({top: 0})
    }
    setBusy(false)
  }
  const planHref = () => {
    const value = draft.value() as Application
    const own = sourcesOf(value).map(source => encodeURIComponent(source.targetRevision || 'HEAD')).join(',')
    return applicationHref({name, namespace: metadata.namespace ?? ''}, {plan: own || 'HEAD', edit: JSON.stringify(mergePatch(JSON.parse(JSON.stringify(spec)), value.spec))})
  }
  const changesSpec = mine.some(change => change.path[0] === 'spec')
  return (
    <div className={css.page}>
      <div className={css.bar} role="group" aria-label="How it is shown">
        {(['summary', 'form', 'text'] as const).map(one => (
          <Button key={one} small aria-pressed={side === one} onClick={() => setSide(one)}>
            {{summary: 'Summary', form: 'Form', text: 'YAML'}[one]}
          </Button>
        ))}
        <span className={css.dim} role="status">
          {dirty ? `${mine.length === 1 ? 'One field is' : `${mine.length} fields are`} changed and not saved.` : forbidden || ''}
        </span>
      </div>
      {dirty && moved && <Moved theirs={merge.theirs} conflicts={merge.conflicts} onTake={takeTheirs} onThrow={throwAway} />}
      <div className={css.scroll} ref={top}>
        {error !== null && <div className={css.pad}><ErrorNote what="The server does not take it; what you typed is still here." error={error} /></div>}
        {renamed && <p className={css.bad}>An application cannot be given another name or namespace: make a new one in its place.</p>}
        {compare && dirty && draft.readable && (
          <div className={css.pad}>
            <LineDiff label="What you changed" before={Draft.of(base).text} after={Draft.of(draft.value()).text} />
          </div>
        )}
        {side === 'summary' && <Summary application={application} onEdit={() => setSide('form')} />}
        {side === 'form' && (
          <div className={css.form}>
            {!draft.readable && <p className={css.bad}>The fields wait until the YAML can be read again.</p>}
            <Form draft={draft} onChange={set} faults={tried ? faults : {}} existing />
            <InfoPairs draft={draft} onChange={set} />
          </div>
        )}
        {side === 'text' && (
          <div className={css.text}>
            <Text draft={draft} onChange={text => set(Draft.parse(text))} onSave={() => void save()} />
          </div>
        )}
      </div>
      {dirty && (
        <footer className={css.foot}>
          <Button look="quiet" onClick={throwAway}>Throw the changes away</Button>
          <span className={css.space}>{tried && wrong ? <span className={css.bad}>{wrong}</span> : null}</span>
          <Button aria-pressed={compare} onClick={() => { setCompare(!compare); top.current?.scrollTo({top: 0}) }}>What I changed</Button>
          <Button refused={!draft.readable ? 'The YAML cannot be read' : !changesSpec && 'Nothing was changed that a sync would see'} onClick={() => go(planHref())}>What would it do?</Button>
          <Button look="primary" refused={forbidden ? forbidden : busy ? 'Under way' : moved ? 'It was changed meanwhile: take that in first' : false} onClick={() => void save()}>Save</Button>
        </footer>
      )}
    </div>
  )
}

/** The side that old links mean. */
function sideOf(words: URLSearchParams): Side {
  if (words.get('view') === 'manifest' || words.get('tab') === 'manifest') return 'text'
  return words.get('tab') === 'parameters' ? 'form' : 'summary'
}

function Moved({theirs, conflicts, onTake, onThrow}: {theirs: Change[]; conflicts: Change[]; onTake(): void; onThrow(): void}) {
  const clash = (change: Change) => conflicts.some(one => pathText(one.path) === pathText(change.path))
  return (
    <section className={css.moved} role="alert">
      <b>It was changed by somebody else meanwhile.</b>
      <ul>
        {theirs.slice(0, 20).map(change => (
          <li key={pathText(change.path)}>
            <code>{pathText(change.path)}</code> is now <code>{clip(change.after)}</code>
            {clash(change) && <span className={css.bad}> and you changed it too</span>}
          </li>
        ))}
        {theirs.length > 20 && <li className={css.dim}>and {theirs.length - 20} more</li>}
      </ul>
      <span className={css.line}>
        <Button small onClick={onTake}>{conflicts.length > 0 ? 'Take that in; where both changed something, mine counts' : 'Take that in and keep my changes'}</Button>
        <Button small look="quiet" onClick={onThrow}>Throw my changes away</Button>
      </span>
    </section>
  )
}

const LONG = 80

function clip(value: unknown): string {
  const text = value === undefined ? 'gone' : shownValue(value)
  return text.length > LONG ? `${text.slice(0, LONG)}…` : text
}

/** Facts and links for people: `info` of the spec. */
function InfoPairs({draft, onChange}: {draft: Draft; onChange(draft: Draft): void}) {
  const path = ['spec', 'info'] as const
  const list = draft.listAt(path) as Array<{name?: string; value?: string}>
  return (
    <fieldset className={css.group}>
      <legend>Info</legend>
      {list.map((item, index) => (
        <div key={index} className={css.line}>
          <Input className={css.grow} value={item?.name ?? ''} onChange={event => onChange(draft.set([...path, index, 'name'], event.target.value))} aria-label={`Name of info ${index + 1}`} placeholder="name" />
          <Input className={css.grow} value={item?.value ?? ''} onChange={event => onChange(draft.set([...path, index, 'value'], event.target.value))} aria-label={`Value of info ${index + 1}`} placeholder="text or URL" />
          <IconButton small label={`Remove info ${item?.name || index + 1}`} onClick={() => onChange(draft.set(path, list.length > 1 ? list.filter((_, at) => at !== index) : undefined))}><Trash2 size={14} /></IconButton>
        </div>
      ))}
      <span><Button small onClick={() => onChange(draft.append(path, {name: '', value: ''}))}><Plus size={14} /> info</Button></span>
    </fieldset>
  )
}
