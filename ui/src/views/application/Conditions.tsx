import {X} from 'lucide-react'

import type {Application} from '@/api/contract'
import {Age} from '@/parts/Age'
import {IconButton} from '@/parts/Button'
import {Copy} from '@/parts/Copy'
import {StatusWord} from '@/parts/StatusGlyph'
import type {Look} from '@/parts/status'
import {adviceOn} from '@/explain/conditions'
import css from './Application.module.css'

const ORDER: Look[] = ['bad', 'warn', 'held']

/** What people should know of an application: each condition in full, with what to do about it. */
export default function Conditions({app, onClose}: {app: Application; onClose(): void}) {
  const all = (app.status?.conditions ?? []).map(one => ({...one, look: (one.type.endsWith('Error') ? 'bad' : one.type.endsWith('Warning') ? 'warn' : 'held') as Look})).sort((a, b) => ORDER.indexOf(a.look) - ORDER.indexOf(b.look))
  return (
    <section className={css.conditions} aria-label="Conditions">
      <IconButton label="Close the conditions" small className={css.corner} onClick={onClose}><X size={14} /></IconButton>
      {all.length === 0 && <p className={css.dim}>There are no conditions.</p>}
      <ul>
        {all.map((one, index) => (
          <li key={index}>
            <span className={css.conditionHead}><StatusWord state={{look: one.look, word: one.type}} /> <Age className={css.dim} time={one.lastTransitionTime} /> <Copy what="the message" text={`${one.type}: ${one.message}`} /></span>
            <p className={css.words}>{one.message}</p>
            {adviceOn(one.type) && <p className={css.dim}>{adviceOn(one.type)}</p>}
          </li>
        ))}
      </ul>
    </section>
  )
}
