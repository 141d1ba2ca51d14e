import {Plus} from 'lucide-react'

import type {AppProject, ProjectRole} from '@/api/contract'
import {Button} from '@/parts/Button'
import {EmptyNote} from '@/parts/EmptyNote'
import {parse, say} from '@/policy/policy'
import {useQueryWords} from '@/shell/address'
import {later} from '@/parts/later'
import css from '../Settings.module.css'
import {Section} from '../Section'
import {tokensOf} from './model'

const RoleForm = later(() => import('./RoleForm'))

/** Roles of a project: for groups of people, and for tokens of programs. */
export function Roles({project, noUpdate}: {project: AppProject; noUpdate: string | false}) {
  const [words, change] = useQueryWords()
  const roles = project.spec.roles ?? []
  const open = words.get('editRole')
  const edited = roles.find(role => role.name === open)
  const add = <Button look="primary" refused={noUpdate} onClick={() => change({newRole: true, tab: 'roles'}, true)}><Plus size={14} /> New role</Button>
  return (
    <>
      {roles.length === 0 ? (
        <EmptyNote title="No roles yet." actions={add}>A role says what its groups and the holders of its tokens may do with the applications of this project.</EmptyNote>
      ) : (
        <div className={css.page}>
          <Section title="Roles" actions={add} hint="What a role may do inside of this project, on top of what the server’s own roles allow.">
            <ul className={css.list}>
              {roles.map(role => <Role key={role.name} role={role} project={project} onOpen={() => change({editRole: role.name, tab: 'roles'}, true)} />)}
            </ul>
          </Section>
        </div>
      )}
      {words.get('newRole') !== null && <RoleForm project={project} onClose={() => change({newRole: null, tab: 'roles'})} noUpdate={noUpdate} />}
      {edited && <RoleForm key={edited.name} project={project} role={edited} onClose={() => change({editRole: null, tab: 'roles'})} noUpdate={noUpdate} />}
    </>
  )
}

function Role({role, project, onOpen}: {role: ProjectRole; project: AppProject; onOpen(): void}) {
  const name = project.metadata.name ?? ''
  const lines = (role.policies ?? []).map(text => parse(text, name, role.name))
  const tokens = tokensOf(project, role.name).length
  return (
    <li>
      <span className={css.what}>
        <b>{role.name}</b>
        {role.description && <span className={css.dim}>{role.description}</span>}
        {lines.length === 0 ? <span>may do nothing yet</span> : lines.map((line, index) => <span key={index} className={line.problem ? css.bad : undefined}>{line.policy && !line.problem ? say(line.policy, name) : `${line.text}: ${line.problem}`}</span>)}
        <span className={css.dim}>
          {(role.groups ?? []).length > 0 ? `for ${role.groups?.join(', ')}` : 'for no group'}, {tokens === 0 ? 'no tokens' : tokens === 1 ? 'one token' : `${tokens} tokens`}
        </span>
      </span>
      <Button small onClick={onOpen} aria-label={`Open the role ${role.name}`}>Open</Button>
    </li>
  )
}
