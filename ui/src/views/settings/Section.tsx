import type {ReactNode} from 'react'

import css from './Settings.module.css'

/** A part of a page of settings: its heading, what may be done with it, and what it says. */
export function Section({title, actions, hint, children}: {title: ReactNode; actions?: ReactNode; hint?: ReactNode; children: ReactNode}) {
  return (
    <section className={css.section}>
      <div className={css.sectionHead}>
        <h2 className={css.grow}>{title}</h2>
        {actions}
      </div>
      {hint && <p className={css.small}>{hint}</p>}
      {children}
    </section>
  )
}
