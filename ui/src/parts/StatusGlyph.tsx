import type {JSX} from 'react'

import {cx} from './cx'
import css from './Status.module.css'
import {toneOf, type Look} from './status'

const SHAPES: Record<Look, JSX.Element> = {
  ok: <path d="M2.5 7.5 5.5 10.500 11.500 3.500" />,
  run: <path d="M7 2a5 5 0 1 1-5 5" />,
  bad: <path d="M3 3l8 8M11 3l-8 8" />,
  warn: <path d="M7 2.200 12.300 11.500H1.700z" />,
  missing: <path d="M7 1.500 12.500 7 7 12.500 1.500 7z" />,
  held: <path d="M4.500 2.500v9M9.500 2.500v9" />,
  unknown: <path d="M4.300 4.800a2.700 2.700 0 1 1 3.900 2.300C7.300 7.600 7 8 7 8.800M7 11.400v.2" />,
  delete: <path d="M2 3.500h10M5 3.500V2h4v1.500M3.500 3.500l.6 8.500h5.800l.6-8.500" />,
  orphan: <circle cx="7" cy="7" r="5" strokeDasharray="2.200 1.700" />,
  person: <path d="M4 8V4.500M6 7V2.500M8 7V3M10 8V4.500M4 7.500c0 3 1.200 4.500 3.200 4.500S10 10.500 10 7.500" />,
}

/** The shape of a state; beside it stands the word, or `label` says it. */
export function StatusGlyph({look, label, size = 14}: {look: Look; label?: string; size?: number}) {
  return (
    <svg className={css[toneOf[look]]} width={size} height={size} viewBox="0 0 14 14" fill="none" stroke="currentColor" strokeWidth="1.700" strokeLinecap="round" strokeLinejoin="round" role={label ? 'img' : undefined} aria-label={label} aria-hidden={label ? undefined : true}>
      {SHAPES[look]}
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
