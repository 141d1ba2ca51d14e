import {useState} from 'react'

import {ask} from '@/api/client'
import type {Application, ApplicationList, ApplicationSet} from '@/api/contract'
import {StatusWord} from '@/parts/StatusGlyph'
import type {Look} from '@/parts/status'
import css from './ApplicationSets.module.css'
import {compare, type Effect} from './model'

/** What a set would make, beside what it has made; asked of the server, nothing is written. */
export async function preview(set: ApplicationSet): Promise<Effect[]> {
  const made = await ask<{applications?: Application[]}>('api/v1/applicationsets/generate', {method: 'POST', body: {applicationSet: set}})
  const existing = await ask<ApplicationList>('api/v1/applications', {query: {appNamespace: set.metadata.namespace, fields: 'items.metadata.name,items.metadata.labels,items.metadata.ownerReferences,items.spec'}})
  return compare(made.applications ?? [], existing.items ?? [], set.metadata.name ?? '')
}

const WORDS: Record<Effect['effect'], {look: Look; word: string}> = {
  create: {look: 'ok', word: 'Create'},
  change: {look: 'warn', word: 'Change'},
  delete: {look: 'delete', word: 'Delete'},
  same: {look: 'held', word: 'As it is'},
}
const KEPT: Record<string, string> = {'create-only': 'only new ones are made: nothing is changed or deleted', 'create-update': 'nothing is deleted', 'create-delete': 'nothing is changed'}

/** The applications by what becomes of them, the fields that differ with each. */
export function Effects({effects, set}: {effects: readonly Effect[]; set: ApplicationSet}) {
  const [all, setAll] = useState(false)
  const count = (effect: Effect['effect']) => effects.filter(one => one.effect === effect).length
  const said = [count('create') && `${count('create')} to create`, count('change') && `${count('change')} to change`, count('delete') && `${count('delete')} to delete`].filter(Boolean).join(', ')
  const policy = KEPT[set.spec.syncPolicy?.applicationsSync ?? '']
  const shown = effects.filter(one => all || one.effect !== 'same')
  return (
    <div className={css.form} role="status">
      <p className={css.verdict}>{effects.length === 0 ? 'Its generators give nothing: it would make no application.' : said ? `It would do this: ${said}; ${count('same')} stay as they are.` : `All ${effects.length} applications stay as they are.`}</p>
      {policy && <p className={css.dim}>By its policy {policy}.</p>}
      {count('delete') > 0 && <p className={css.dim}>{set.spec.syncPolicy?.preserveResourcesOnDeletion ? 'What deleted applications have deployed keeps running.' : 'Deleted applications take with them what they have deployed.'}</p>}
      <ul className={css.list}>
        {shown.slice(0, 300).map(one => (
          <li key={`${one.effect} ${one.name}`}>
            <StatusWord state={WORDS[one.effect]} />
            <span className={css.grow}>
              <b>{one.name}</b>
              {one.fields.slice(0, 20).map(field => (
                <span key={field.path} className={css.field}>
                  <span className={css.mono}>{field.path}</span> {field.before !== undefined && <del>{field.before}</del>} {field.after !== undefined && <ins>{field.after}</ins>}
                </span>
              ))}
              {one.fields.length > 20 && <span className={css.dim}>and {one.fields.length - 20} more fields</span>}
            </span>
          </li>
        ))}
      </ul>
      {!all && count('same') > 0 && <span><button type="button" className={css.mark} onClick={() => setAll(true)}>Show the {count('same')} that stay</button></span>}
    </div>
  )
}
