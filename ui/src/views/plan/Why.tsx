import {Age} from '@/parts/Age'
import type {FieldChange} from './model'
import css from './Plan.module.css'

/** Where the server gives no sentence, what its word for the cause means. */
const WORDS: Record<string, string> = {git: 'Git says something else', changed: 'changed in the cluster', removed: 'removed from Git', adoption: 'taken over from another writer', server: 'set by the API server'}

/** Why a field differs: the cause, and who wrote what is there and when, unless the cause names the writer already. */
export function Why({field: {cause, why, owner}}: {field: FieldChange}) {
  return (
    <>
      {cause || WORDS[why ?? ''] || why || 'it is not known why'}
      {owner && !cause?.includes(owner.manager) && (
        <span className={css.dim}>
          ; written by {owner.manager}{owner.subresource ? ` (${owner.subresource})` : ''}{owner.since && <> <Age time={owner.since} /></>}
        </span>
      )}
    </>
  )
}
