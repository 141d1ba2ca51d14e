import {useMemo} from 'react'
import {stringify} from 'yaml'

import {Copy} from '@/parts/Copy'
import css from '../Application.module.css'

/** A value as YAML, to read and to copy. Who wrote which field is left out. */
export default function Manifest({value}: {value: object}) {
  const text = useMemo(() => {
    const {metadata, ...rest} = value as {metadata?: Record<string, unknown>}
    const {managedFields: _, ...kept} = metadata ?? {}
    const ordered = {...rest, ...(metadata ? {metadata: kept} : {})} as Record<string, unknown>
    const first = Object.fromEntries(['apiVersion', 'kind', 'metadata', 'spec'].filter(key => key in ordered).map(key => [key, ordered[key]]))
    return stringify({...first, ...ordered}, {lineWidth: 0, aliasDuplicateObjects: false})
  }, [value])
  return (
    <div className={css.manifest}>
      <span className={css.copy}><Copy what="manifest" text={text} /></span>
      <pre tabIndex={0} aria-label="Manifest">{text}</pre>
    </div>
  )
}
