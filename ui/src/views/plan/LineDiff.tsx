import {useMemo, useState} from 'react'

import {cx} from '@/parts/cx'
import {hunksOf, linesOf, type DiffLine} from './lines'
import css from './LineDiff.module.css'

const MOST = 3000

/** Two texts line by line, what is the same folded. */
export function LineDiff({before, after, label}: {before: string; after: string; label: string}) {
  const lines = useMemo(() => linesOf(before, after), [before, after])
  const hunks = useMemo(() => hunksOf(lines), [lines])
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set())
  const [most, setMost] = useState(MOST)
  const [added, gone] = [lines.filter(line => line.kind === 'new').length, lines.filter(line => line.kind === 'gone').length]
  let left = most
  return (
    <figure className={css.diff}>
      <figcaption className={css.head}>
        {label} <span className={css.count}>{added === 0 && gone === 0 ? 'no line differs' : `+${added} −${gone} lines`}</span>
      </figcaption>
      <div className={css.box} tabIndex={0} role="group" aria-label={label}>
        <div className={css.lines}>
          {hunks.map((hunk, index) => {
            if (left <= 0) return null
            if ('folded' in hunk && !opened.has(index)) {
              return (
                <button key={index} type="button" className={css.fold} onClick={() => setOpened(new Set([...opened, index]))}>
                  {hunk.folded.length} lines that are the same
                </button>
              )
            }
            const some = ('folded' in hunk ? hunk.folded : hunk.lines).slice(0, left)
            left -= some.length
            return some.map((line, at) => <Line key={`${index}.${at}`} line={line} />)
          })}
        </div>
        {left <= 0 && <button type="button" className={css.fold} onClick={() => setMost(most + MOST)}>Show more lines</button>}
      </div>
    </figure>
  )
}

const MARKS: Record<DiffLine['kind'], [string, string]> = {same: [' ', ''], gone: ['−', 'removed: '], new: ['+', 'added: ']}

function Line({line}: {line: DiffLine}) {
  const [mark, said] = MARKS[line.kind]
  return (
    <div className={cx(css.line, line.kind !== 'same' && css[line.kind])}>
      <span className={css.number}>{line.before ?? ''}</span>
      <span className={css.number}>{line.after ?? ''}</span>
      <span className={css.mark} aria-hidden="true">{mark}</span>
      <span className={css.text}>{said && <span className={css.hidden}>{said}</span>}{line.text}</span>
    </div>
  )
}
