import {cloneElement, useId, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactElement, type ReactNode} from 'react'

import {later} from './later'

const MenuPopup = later(() => import('./MenuPopup'))

export interface MenuItem {
  id: string
  label: ReactNode
  icon?: ReactNode
  do(): void
  /** The key that does the same. */
  keys?: string
  danger?: boolean
  /** Why it may not be done now. */
  refused?: string | false | null
  /** A line above it. */
  apart?: boolean
}

/** A button (`trigger`) with a list of things to do. The list is fetched when it is opened first: most menus never are. */
export function Menu({trigger, items, align = 'end'}: {trigger: ReactElement<Record<string, unknown>>; items: MenuItem[]; align?: 'start' | 'end' | 'center'}) {
  const [open, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const id = useId()
  return (
    <>
      {cloneElement(trigger, {
        ref: button,
        id,
        'aria-haspopup': 'menu',
        'aria-expanded': open,
        onFocus: () => MenuPopup.preload(),
        onPointerEnter: () => MenuPopup.preload(),
        onClick: (event: MouseEvent) => {
          event.stopPropagation()
          setOpen(!open)
        },
        onKeyDown: (event: KeyboardEvent) => {
          if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
          event.preventDefault()
          event.stopPropagation()
          setOpen(true)
        },
      })}
      {open && <MenuPopup anchor={button} items={items} align={align} labelledBy={id} onClose={() => setOpen(false)} />}
    </>
  )
}
