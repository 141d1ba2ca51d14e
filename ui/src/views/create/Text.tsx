import {useRef} from 'react'

import type {Draft} from '@/draft/draft'
import {TextArea} from '@/parts/Field'
import css from './Create.module.css'

/** The document as text. What is wrong with it stands under it, and leads to its place. */
export function Text({draft, onChange}: {draft: Draft; onChange(text: string): void}) {
  const area = useRef<HTMLTextAreaElement>(null)
  const {problems} = draft
  return (
    <>
      <TextArea ref={area} mono className={css.yaml} aria-label="The application as YAML" aria-invalid={problems.length > 0 || undefined} value={draft.text} onChange={event => onChange(event.target.value)} wrap="off" />
      <ul className={css.problems}>
        {problems.map((problem, index) => {
          const line = problem.span ? draft.text.slice(0, problem.span.from).split('\n').length : 0
          return (
            <li key={index}>
              <button type="button" onClick={() => { area.current?.focus(); if (problem.span) area.current?.setSelectionRange(problem.span.from, problem.span.to) }}>
                {line > 0 && `Line ${line}: `}{problem.message}
              </button>
            </li>
          )
        })}
      </ul>
    </>
  )
}
