import {Dialog as Base} from '@base-ui/react/dialog'
import {X} from 'lucide-react'
import type {ReactNode, RefObject} from 'react'

import {IconButton} from './Button'
import {cx} from './cx'
import css from './Dialog.module.css'
import {useFocusBack} from './focus-back'

export interface DialogProps {
  open: boolean
  onClose(): void
  title: ReactNode
  /** Beside the title, before the close button. */
  actions?: ReactNode
  children: ReactNode
  /** Buttons, at the bottom. */
  foot?: ReactNode
  wide?: boolean
  /** No padding: the content brings its own. */
  flush?: boolean
  /** What gets the focus first, in place of the first control. */
  first?: RefObject<HTMLElement | null>
}

/** A box in the middle. Focus goes in, stays in, and comes back to what opened it. */
export function Dialog(props: DialogProps) {
  return <Layer {...props} kind={css.dialog} />
}

/** The same from the right edge, as high as the page: for one thing in full. */
export function Drawer(props: DialogProps) {
  return <Layer {...props} kind={css.drawer} />
}

function Layer({open, onClose, ...rest}: DialogProps & {kind: string | undefined}) {
  return (
    <Base.Root open={open} onOpenChange={now => !now && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={css.scrim} />
        <Popup {...rest} />
      </Base.Portal>
    </Base.Root>
  )
}

function Popup({title, actions, children, foot, wide, flush, first, kind}: Omit<DialogProps, 'open' | 'onClose'> & {kind: string | undefined}) {
  const back = useFocusBack()
  return (
    <Base.Popup className={cx(kind, wide && css.wide)} initialFocus={first} finalFocus={back}>
      <div className={css.head}>
        <Base.Title className={css.title}>{title}</Base.Title>
        {actions}
        <Base.Close render={<IconButton label="Close"><X size={16} /></IconButton>} />
      </div>
      <div className={cx(css.body, flush && css.flush)}>{children}</div>
      {foot && <div className={css.foot}>{foot}</div>}
    </Base.Popup>
  )
}
