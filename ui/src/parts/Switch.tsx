import {Switch as Base} from '@base-ui/react/switch'
import type {ReactNode} from 'react'

import css from './Field.module.css'

export function Switch({checked, onChange, disabled, children}: {checked: boolean; onChange(now: boolean): void; disabled?: boolean; children: ReactNode}) {
  return (
    <label className={css.check}>
      <Base.Root className={css.switch} checked={checked} onCheckedChange={onChange} disabled={disabled}>
        <Base.Thumb className={css.thumb} />
      </Base.Root>
      <span>{children}</span>
    </label>
  )
}
