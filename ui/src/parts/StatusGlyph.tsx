import {cx} from './cx'
import css from './Status.module.css'
import {toneOf, type Look} from './status'

/** The shapes on a square of 14, as lines: the canvas draws the same. */
export const PATHS: Record<Look, string> = {
  ok: 'M2.5 7.5 5.5 10.5 11.5 3.5',
  run: 'M7 2a5 5 0 1 1-5 5',
  bad: 'M3 3l8 8M11 3l-8 8',
  warn: 'M7 2.2 12.3 11.5H1.7z',
  missing: 'M7 1.5 12.5 7 7 12.5 1.5 7z',
  held: 'M4.5 2.5v9M9.5 2.5v9',
  unknown: 'M4.3 4.8a2.7 2.7 0 1 1 3.9 2.3C7.3 7.6 7 8 7 8.8M7 11.4v.2',
  delete: 'M2 3.5h10M5 3.5V2h4v1.5M3.5 3.5l.6 8.5h5.8l.6-8.5',
  orphan: 'M12 7a5 5 0 1 1-10 0a5 5 0 1 1 10 0',
  person: 'M4 8V4.5M6 7V2.5M8 7V3M10 8V4.5M4 7.5c0 3 1.2 4.5 3.2 4.5S10 10.5 10 7.5',
}

/** The shape of a state; beside it stands the word, or `label` says it. */
export function StatusGlyph({look, label, size = 14}: {look: Look; label?: string; size?: number}) {
  return (
    <svg className={css[toneOf[look]]} width={size} height={size} viewBox="0 0 14 14" fill="none" stroke="currentColor" strokeWidth="1.700" strokeLinecap="round" strokeLinejoin="round" role={label ? 'img' : undefined} aria-label={label} aria-hidden={label ? undefined : true}>
      <path d={PATHS[look]} strokeDasharray={look === 'orphan' ? '2.2 1.7' : undefined} />
    </svg>
  )
}

/** Shape and word of a state in its colour. */
export function StatusWord({state, className}: {state: {look: Look; word: string; contract?: string}; className?: string}) {
  return (
    <span className={cx(css.word, css[toneOf[state.look]], className)} title={state.contract && state.contract !== state.word ? state.contract : undefined}>
      <StatusGlyph look={state.look} />
      {state.word}
    </span>
  )
}
