import type {Explained} from '@/explain/explain'
import {cx} from './cx'
import css from './Sentence.module.css'

/** An explained state: what, because, next. `line` keeps it on one line; all of it is in the tool tip then. */
export function Sentence({explained, line, className}: {explained: Explained; line?: boolean; className?: string}) {
  const {what, because, next} = explained
  const rest = [because, next].filter(Boolean).join('; ')
  const text = rest ? `${what}: ${rest}` : what
  return (
    <span className={cx(css.sentence, line && css.line, className)} title={line ? text : undefined}>
      {what}
      {rest && <span className={css.rest}>: {rest}</span>}
    </span>
  )
}
