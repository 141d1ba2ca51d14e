import {Tooltip as Base} from '@base-ui/react/tooltip'
import type {ReactElement, ReactNode} from 'react'

import css from './Tooltip.module.css'

/** More about `children` (one element that can have the focus), on hover and on focus. Never the only place of anything. */
export function Tooltip({text, children}: {text: ReactNode; children: ReactElement<Record<string, unknown>>}) {
  return (
    <Base.Root>
      <Base.Trigger render={children} delay={300} />
      <Base.Portal>
        <Base.Positioner className={css.positioner} sideOffset={6}>
          <Base.Popup className={css.popup}>{text}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
