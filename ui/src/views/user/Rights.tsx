import {useQueries} from '@tanstack/react-query'
import {useState} from 'react'

import type {AppProjectList} from '@/api/contract'
import {useAsk} from '@/api/queries'
import {may} from '@/api/rights'
import {Button} from '@/parts/Button'
import {Combobox} from '@/parts/Combobox'
import {Copy} from '@/parts/Copy'
import {ErrorNote} from '@/parts/ErrorNote'
import {Field, Input} from '@/parts/Field'
import {Select} from '@/parts/Select'
import {StatusGlyph} from '@/parts/StatusGlyph'
import {useQueryWords} from '@/shell/address'
import {ACTIONS, KINDS, lacking, objectOf} from '@/rights/rights'
import {Section} from '@/views/settings/Section'
import css from '@/views/settings/Settings.module.css'

/** What the caller's roles allow: every kind of thing with every action, and any single question. */
export default function Rights() {
  const [words, change] = useQueryWords()
  const project = words.get('project') ?? ''
  const projects = useAsk<AppProjectList>('api/v1/projects', {fields: 'items.metadata.name'}, {stale: 30_000})
  const names = (projects.data?.items ?? []).map(one => one.metadata.name ?? '').sort()
  const questions = KINDS.flatMap(kind => kind.actions.map(action => ({resource: kind.resource, action, object: objectOf(kind, project)})))
  const answers = useQueries({
    queries: questions.map(({resource, action, object}) => ({
      queryKey: ['can-i', resource, action, object],
      queryFn: ({signal}: {signal: AbortSignal}) => may(resource, action, object, signal),
      staleTime: 60_000,
    })),
  })
  const of = (resource: string, action: string) => answers[questions.findIndex(one => one.resource === resource && one.action === action)]
  const failed = answers.find(answer => answer.error)
  return (
    <div className={css.page}>
      <Section title="By kind" hint={project ? `Asked for everything in the project ${project}.` : 'Asked for everything at once. Rights in single projects, or for single names, show once a project is chosen, or by a question of your own below.'}>
        <div className={css.fields}>
          <Field label="Project">
            <Combobox options={names} value={project} onChange={value => change({project: value})} placeholder="all of them" />
          </Field>
        </div>
        {failed?.error && <ErrorNote what="Not everything could be asked." error={failed.error} />}
        <div className={css.scroll} tabIndex={0} role="region" aria-label="What you may do, by kind">
          <table className={css.grid}>
            <thead>
              <tr><th scope="col">Kind</th>{ACTIONS.map(action => <th key={action} scope="col">{action}</th>)}</tr>
            </thead>
            <tbody>
              {KINDS.map(kind => (
                <tr key={kind.resource}>
                  <th scope="row">{kind.label}</th>
                  {ACTIONS.map(action => {
                    if (!kind.actions.includes(action)) return <td key={action} />
                    const can = of(kind.resource, action)?.data
                    const title = can === false ? lacking(kind.resource, action, objectOf(kind, project)) : undefined
                    return <td key={action} title={title}>{can === undefined ? <span className={css.dim}>…</span> : can ? <StatusGlyph look="ok" label="yes" /> : <StatusGlyph look="bad" label="no" />}</td>
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Section>
      <Question />
    </div>
  )
}

function Question() {
  const [resource, setResource] = useState('applications')
  const [action, setAction] = useState('sync')
  const [object, setObject] = useState('')
  const [said, setSaid] = useState<{can?: boolean; error?: unknown; asked: string} | null>(null)
  const ask = async () => {
    const asked = `${action} ${resource} ${object}`
    setSaid({asked})
    try {
      setSaid({asked, can: await may(resource, action, object.trim() || '*')})
    } catch (error) {
      setSaid({asked, error})
    }
  }
  const policy = `p, ROLE, ${resource}, ${action}, ${object.trim() || '*'}, allow`
  return (
    <Section title="One question">
      <form className={css.fields} onSubmit={event => { event.preventDefault(); void ask() }}>
        <Field label="Kind"><Select value={resource} onChange={setResource} options={KINDS.map(kind => ({value: kind.resource, label: kind.label}))} /></Field>
        <Field label="Action" hint="Also action/apps/Deployment/restart, update/*/Pod/*."><Combobox options={ACTIONS} value={action} onChange={setAction} /></Field>
        <Field label="Object" hint="PROJECT/NAME for applications, logs and terminals; an address for repositories and clusters."><Input mono value={object} onChange={event => setObject(event.target.value)} placeholder="payments/cart" /></Field>
        <span><Button type="submit" look="primary">Ask</Button></span>
      </form>
      <div role="status">
        {said?.can === true && <p className={`${css.note} ${css.good}`}>Yes: you may {said.asked}.</p>}
        {said?.can === false && <p className={css.note}>No: you may not {said.asked}. Who looks after the roles can allow it by <code>{policy}</code> <Copy what="the policy" text={policy} /></p>}
      </div>
      {said?.error !== undefined && <ErrorNote what="It could not be asked." error={said.error} />}
    </Section>
  )
}
