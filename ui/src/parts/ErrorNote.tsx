import type {ReactNode} from 'react'

import {ApiError} from '@/api/client'
import {Button} from './Button'
import {Copy} from './Copy'
import {cx} from './cx'
import css from './Note.module.css'

/** What failed, the server's words, its code, what to do, and a way to copy it all. */
export function ErrorNote({what, error, retry, children}: {what: string; error: unknown; retry?(): void; children?: ReactNode}) {
  const words = error instanceof Error ? error.message : String(error)
  const told = error instanceof ApiError && error.status > 0 ? `HTTP ${error.status}, code ${error.code}: ${error.asked}` : error instanceof ApiError ? error.asked : ''
  return (
    <div className={cx(css.note, css.panel)} role="alert">
      <span className={css.title}>{what}</span>
      <span className={css.words}>{words}</span>
      {advice(error) && <span className={css.dim}>{advice(error)}</span>}
      {children}
      <span className={css.row}>
        {retry && <Button onClick={retry}>Try again</Button>}
        <Copy what="the error" text={[what, words, told].filter(Boolean).join('\n')} />
        <span className={css.dim}>{told}</span>
      </span>
    </div>
  )
}

function advice(error: unknown): string | null {
  if (!(error instanceof ApiError)) return null
  if (error.offline) return 'Is the server running, and is this machine connected to it? The page tries again by itself where it can.'
  if (error.status === 403) return 'Your roles do not allow this. Who looks after the project, or the RBAC policy, can grant it.'
  if (error.status === 401) return 'Log in again to go on.'
  if (error.status >= 500) return 'The server could not do it; its log may say more.'
  return null
}
