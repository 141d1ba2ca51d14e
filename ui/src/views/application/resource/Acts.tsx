import {MoreHorizontal} from 'lucide-react'
import {useState} from 'react'
import {useLocation} from 'wouter'

import {ask, segment} from '@/api/client'
import type {Application, ApplicationResourceActionsListResponse, ResourceAction} from '@/api/contract'
import {useAsk} from '@/api/queries'
import {Button} from '@/parts/Button'
import {Confirm} from '@/parts/Confirm'
import {copyText} from '@/parts/Copy'
import {Dialog} from '@/parts/Dialog'
import {ErrorNote} from '@/parts/ErrorNote'
import {Field, Input} from '@/parts/Field'
import {Menu, type MenuItem} from '@/parts/Menu'
import {toast} from '@/parts/Toast'
import {useQueryWords} from '@/shell/address'
import {aboutOf} from '../acts'
import type {FullObject} from '../tree/protocol'
import type {Container} from './object'
import type {Target} from './Resource'
import css from './Resource.module.css'

interface ActsProps {
  app: Application
  full: FullObject
  target: Target
  /** It is in the cluster. */
  there: boolean
  containers: Container[]
  onGone(): void
}

/** What can be done with an object: sync it alone, run its actions, read its logs, delete it. */
export default function Acts({app, full, target, there, onGone}: ActsProps) {
  const [, change] = useQueryWords()
  const [, go] = useLocation()
  const [action, setAction] = useState<ResourceAction | null>(null)
  const [deleting, setDeleting] = useState(false)
  const named = {...aboutOf(app), namespace: target.namespace, resourceName: target.name, version: target.version, kind: target.kind, group: target.group}
  const path = `api/v1/applications/${segment(app.metadata.name ?? '')}/resource`
  const actions = useAsk<ApplicationResourceActionsListResponse>(there ? `${path}/actions` : null, named, {stale: 15_000})
  const run = (one: ResourceAction, parameters: Array<{name: string; value: string}>) =>
    ask(`${path}/actions/v2`, {method: 'POST', body: {...named, name: app.metadata.name, action: one.name, resourceActionParameters: parameters}})
  const titleOf = (one: ResourceAction) => one.displayName || (one.name ?? '').replace(/[-_]/g, ' ').replace(/^./, first => first.toUpperCase())
  const key = `${target.group}/${target.kind}/${target.namespace}/${target.name}`
  const items: MenuItem[] = [
    ...(full.status ? [{id: 'sync', label: 'Sync this object…', do: () => change({deploy: key, node: null, tab: null})}] : []),
    ...(target.kind === 'Application' && target.group === 'argoproj.io' ? [{id: 'open', label: 'Open the application', do: () => go(`/applications/${segment(target.namespace)}/${segment(target.name)}`)}] : []),
    {id: 'link', label: 'Copy the link', do: () => void copyText(location.href).then(() => toast('The link is copied', 'ok'))},
    ...(actions.data?.actions ?? []).map((one, index): MenuItem => ({id: `action ${one.name}`, label: titleOf(one), apart: index === 0, refused: one.disabled && 'It cannot be done as the object is now.', do: () => setAction(one)})),
    ...(actions.error ? [{id: 'no-actions', label: 'Its actions cannot be listed', apart: true, refused: actions.error.message, do: () => undefined}] : []),
    {id: 'delete', label: 'Delete…', danger: true, apart: true, refused: !there && 'It is not in the cluster.', do: () => setDeleting(true)},
  ]
  return (
    <>
      <Menu trigger={<Button small aria-label="What can be done with it"><MoreHorizontal size={14} /></Button>} items={items} />
      {action && <RunAction action={action} title={titleOf(action)} target={target} run={parameters => run(action, parameters)} onClose={() => setAction(null)} />}
      {deleting && <Remove app={app} full={full} target={target} onClose={() => setDeleting(false)} onGone={onGone} />}
    </>
  )
}

/** Asks for what an action must be told, and says what the server answered. */
function RunAction({action, title, target, run, onClose}: {action: ResourceAction; title: string; target: Target; run(parameters: Array<{name: string; value: string}>): Promise<unknown>; onClose(): void}) {
  const names = (action.params ?? []).map(one => one.name ?? '').filter(Boolean)
  const [values, setValues] = useState<Record<string, string>>({})
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const missing = names.find(name => !values[name]?.trim())
  const act = async () => {
    if (missing || busy) return
    setBusy(true)
    setError(null)
    try {
      await run(names.map(name => ({name, value: values[name]?.trim() ?? ''})))
      toast(`${title}: done on ${target.kind} ${target.name}`, 'ok')
      onClose()
    } catch (thrown) {
      setError(thrown)
      setBusy(false)
    }
  }
  return (
    <Dialog open onClose={onClose} title={`${title}: ${target.kind} ${target.name}`} foot={<><Button onClick={onClose}>Cancel</Button><Button look="primary" refused={missing ? `${missing} is needed` : busy && 'Under way'} onClick={() => void act()}>{title}</Button></>}>
      <form className={css.stack} onSubmit={event => { event.preventDefault(); void act() }}>
        {names.length === 0 && <p>The action changes the object in the cluster, not in Git.</p>}
        {names.map(name => <Field key={name} label={name}><Input value={values[name] ?? ''} onChange={event => setValues({...values, [name]: event.target.value})} /></Field>)}
        {error !== null && <ErrorNote what="The action did not work." error={error} />}
      </form>
    </Dialog>
  )
}

type How = 'foreground' | 'force' | 'orphan'
const HOWS: Array<[How, string, string]> = [
  ['foreground', 'With what it owns', 'what it owns goes first, then it goes'],
  ['force', 'At once', 'without waiting for it to end in peace: what runs may be cut off'],
  ['orphan', 'It alone', 'what it owns stays, without an owner'],
]

function Remove({app, full, target, onClose, onGone}: {app: Application; full: FullObject; target: Target; onClose(): void; onGone(): void}) {
  const [how, setHow] = useState<How>('foreground')
  const automated = app.spec.syncPolicy?.automated
  const heals = full.status && automated && (automated as {enabled?: boolean}).enabled !== false && automated.selfHeal
  return (
    <Confirm
      open
      onClose={onClose}
      title={`Delete ${target.kind} ${target.name}`}
      verb="Delete"
      name={target.name}
      onConfirm={async () => {
        await ask(`api/v1/applications/${segment(app.metadata.name ?? '')}/resource`, {method: 'DELETE', query: {...aboutOf(app), namespace: target.namespace, resourceName: target.name, version: target.version, kind: target.kind, group: target.group, force: how === 'force', orphan: how === 'orphan'}})
        toast(`${target.kind} ${target.name} is being deleted`, 'ok')
        onGone()
      }}
    >
      <fieldset className={css.hows}>
        <legend>How</legend>
        {HOWS.map(([id, label, words]) => <label key={id}><input type="radio" name="how" checked={how === id} onChange={() => setHow(id)} /> {label} <span className={css.dim}>{words}</span></label>)}
      </fieldset>
      {full.owned.length > 0 && how !== 'orphan' && <p>{full.owned.length}{full.owned.length >= 100 ? ' or more' : ''} {full.owned.length === 1 ? 'object that it owns goes' : 'objects that it owns go'} with it.</p>}
      <p className={css.dim}>{heals ? 'It is in Git and auto-sync heals: it comes back at once.' : full.status && !full.status.requiresPruning ? 'It is in Git: the next sync makes it again.' : full.owners.length > 0 ? 'Its owner may make another one.' : 'It is not in Git: nothing makes it again.'}</p>
    </Confirm>
  )
}
