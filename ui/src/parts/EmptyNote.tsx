import type {ReactNode} from 'react'

import {cx} from './cx'
import css from './Note.module.css'

/** Why there is nothing here, and what to do next. */
export function EmptyNote({title, children, actions}: {title: ReactNode; children?: ReactNode; actions?: ReactNode}) {
  return (
    <div className={cx(css.note, css.empty)}>
      <span className={css.title}>{title}</span>
      {children && <span className={css.dim}>{children}</span>}
      {actions && <span className={css.row}>{actions}</span>}
    </div>
  )
}
