import {Plus, Trash2} from 'lucide-react'
import {useState} from 'react'

import {ask, segment} from '@/api/client'
import type {AppProject, JWTToken, ProjectRole} from '@/api/contract'
import {queries} from '@/api/queries'
import {Age} from '@/parts/Age'
import {Button, IconButton} from '@/parts/Button'
import {Confirm} from '@/parts/Confirm'
import {Field, Input} from '@/parts/Field'
import {RowsEditor, TextList} from '@/parts/RowsEditor'
import {toast} from '@/parts/Toast'
import {actionsOf, fault, nameFault, parse, print, RESOURCES, say, type Policy} from '@/policy/policy'
import {FormDrawer} from '../FormDrawer'
import {NewToken} from '../NewToken'
import css from '../Settings.module.css'
import {TokenOnce} from '../TokenOnce'
import {changeProject, pathOf, tokensOf} from './model'

const ACTIONS = [...new Set(RESOURCES.flatMap(actionsOf))]

/** A role: whom it is for, and what it may do, each line checked as the server would; with its tokens where it is there already. */
export default function RoleForm({project, role, noUpdate, onClose}: {project: AppProject; role?: ProjectRole; noUpdate: string | false; onClose(): void}) {
  const owner = project.metadata.name ?? ''
  const [first] = useState(() => {
    const lines = (role?.policies ?? []).map(text => parse(text, owner, role?.name ?? ''))
    return {
      name: role?.name ?? '',
      description: role?.description ?? '',
      groups: role?.groups ?? [],
      policies: role ? lines.flatMap(line => (line.policy ? [{...line.policy} as Partial<Record<keyof Policy, string>>] : [])) : [{resource: 'applications', action: 'get', object: `${owner}/*`, effect: 'allow'}],
      // Lines that cannot be taken apart are kept as they are until somebody removes them.
      lost: lines.filter(line => !line.policy).map(line => line.text),
    }
  })
  const [now, setNow] = useState(first)
  const [gone, setGone] = useState(false)
  const set = (change: Partial<typeof now>) => setNow(before => ({...before, ...change}))
  const wholeOf = (row: Partial<Record<string, string>>): Policy => ({resource: row.resource ?? '', action: row.action ?? '', object: row.object ?? '', effect: row.effect === 'deny' ? 'deny' : 'allow'})
  const policies = now.policies.map(wholeOf)
  const wrongName = role ? undefined : nameFault(now.name, (project.spec.roles ?? []).map(one => one.name))
  const wrong = policies.some(policy => fault(policy, owner))
  const dirty = JSON.stringify(now) !== JSON.stringify(first)
  const save = async () => {
    if (wrongName) throw new Error(wrongName)
    const lines = [...policies.map(policy => print(policy, owner, now.name)), ...now.lost]
    await changeProject(owner, spec => {
      const roles = spec.roles ?? []
      const before = roles.find(one => one.name === now.name)
      const next: ProjectRole = {...before, name: now.name, description: now.description || undefined, policies: lines, groups: now.groups.map(group => group.trim()).filter(Boolean)}
      return {...spec, roles: before ? roles.map(one => (one.name === now.name ? next : one)) : [...roles, next]}
    })
    toast(role ? `The role ${now.name} is changed` : `The role ${now.name} is made`, 'ok')
  }
  return (
    <>
      <FormDrawer
        title={role ? `Role ${role.name}` : 'New role'}
        verb={role ? 'Save' : 'Create'}
        onClose={onClose}
        onSave={save}
        dirty={dirty}
        refused={noUpdate || (role && !dirty && 'Nothing is changed') || (wrong && 'A policy is not right yet: see below')}
        buttons={role && <Button look="danger" refused={noUpdate} onClick={() => setGone(true)}>Delete…</Button>}
      >
        <div className={css.fields}>
          <Field label="Name" error={!role && now.name !== '' ? wrongName : undefined}><Input value={now.name} readOnly={role !== undefined} onChange={event => set({name: event.target.value})} /></Field>
          <Field label="What it is for"><Input value={now.description} onChange={event => set({description: event.target.value})} /></Field>
        </div>
        <RowsEditor
          legend="What it may do"
          name="Policy"
          add="Add a policy"
          none="Nothing yet."
          rows={now.policies as Array<Record<string, string | undefined>>}
          fields={[{key: 'resource', label: 'Kind', options: RESOURCES}, {key: 'action', label: 'Action', options: ACTIONS}, {key: 'object', label: 'Object', placeholder: `${owner}/*`, mono: true, options: [`${owner}/*`]}, {key: 'effect', label: 'Effect', placeholder: 'allow', options: ['allow', 'deny']}]}
          onChange={rows => set({policies: rows})}
          faultOf={row => fault(wholeOf(row), owner)}
          hint="Objects are PROJECT/NAME; * stands for every one. What is denied is denied, whatever else allows it."
        />
        {policies.length > 0 && !wrong && <p className={`${css.note} ${css.good}`} role="status">It {policies.map(policy => say(policy, owner)).join('; ')}.</p>}
        {now.lost.length > 0 && <TextList legend="Lines that cannot be read" name="Line" mono values={now.lost} onChange={lost => set({lost})} />}
        <TextList legend="Groups that have it" name="Group" add="Add a group" values={now.groups} onChange={groups => set({groups})} none="None: only holders of its tokens." hint="Exactly as the identity provider names them; see User for your own." />
        {role && <Tokens project={project} role={role.name} noUpdate={noUpdate} />}
      </FormDrawer>
      {gone && role && (
        <Confirm
          open
          onClose={() => setGone(false)}
          title={`Delete the role ${role.name}?`}
          verb="Delete"
          name={role.name}
          onConfirm={async () => {
            await changeProject(owner, spec => ({...spec, roles: (spec.roles ?? []).filter(one => one.name !== role.name)}))
            toast(`The role ${role.name} is gone`, 'ok')
            onClose()
          }}
        >
          <p>{(role.groups ?? []).length > 0 ? `The groups ${role.groups?.join(', ')} lose what it allowed. ` : ''}{tokensOf(project, role.name).length > 0 ? `Its ${tokensOf(project, role.name).length} tokens are refused from now on.` : 'It has no tokens.'}</p>
        </Confirm>
      )}
    </>
  )
}

function Tokens({project, role, noUpdate}: {project: AppProject; role: string; noUpdate: string | false}) {
  const owner = project.metadata.name ?? ''
  const path = `${pathOf(owner)}/roles/${segment(role)}/token`
  const [adding, setAdding] = useState(false)
  const [token, setToken] = useState<string | null>(null)
  const [gone, setGone] = useState<JWTToken | null>(null)
  const tokens = tokensOf(project, role)
  const again = () => void queries.invalidateQueries({queryKey: [`${pathOf(owner)}/detailed`]})
  return (
    <section className={css.section}>
      <div className={css.sectionHead}>
        <h3 className={css.grow}>Tokens ({tokens.length})</h3>
        <Button small refused={noUpdate} onClick={() => setAdding(true)}><Plus size={14} /> New token</Button>
      </div>
      {tokens.length === 0 ? (
        <p className={css.small}>None. Programs log in by a token; it may do what the role may.</p>
      ) : (
        <ul className={css.list}>
          {tokens.map(one => (
            <li key={`${one.iat} ${one.id}`}>
              <span className={css.what}>
                <span className={css.mono}>{one.id || one.iat}</span>
                <span className={css.dim}>made <Age time={one.iat * 1000} />, {one.exp ? <>ends <Age time={one.exp * 1000} /></> : 'without an end'}</span>
              </span>
              <IconButton small label={`Delete token ${one.id || one.iat}`} refused={noUpdate} onClick={() => setGone(one)}><Trash2 size={14} /></IconButton>
            </li>
          ))}
        </ul>
      )}
      {adding && <NewToken path={path} body={{project: owner, role}} onClose={() => setAdding(false)} onMade={made => { setToken(made); again() }} />}
      {token !== null && <TokenOnce token={token} whose={`the role ${role} of ${owner}`} onClose={() => setToken(null)} />}
      {gone && (
        <Confirm
          open
          onClose={() => setGone(null)}
          title="Delete the token?"
          verb="Delete"
          onConfirm={async () => {
            await ask(`${path}/${gone.iat}`, {method: 'DELETE', query: {id: gone.id}})
            again()
            toast('The token is gone', 'ok')
          }}
        >
          <p>Whatever uses <span className={css.mono}>{gone.id || gone.iat}</span> is refused from now on.</p>
        </Confirm>
      )}
    </section>
  )
}
