import {Menu as Base} from '@base-ui/react/menu'
import {Fragment, type ReactElement, type ReactNode} from 'react'

import {cx} from './cx'
import css from './Menu.module.css'

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

/** A button (`trigger`) with a list of things to do. */
export function Menu({trigger, items, align = 'end'}: {trigger: ReactElement<Record<string, unknown>>; items: MenuItem[]; align?: 'start' | 'end' | 'center'}) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className={css.positioner} align={align} sideOffset={4}>
          <Base.Popup className={css.popup}>
            {items.map(item => (
              <Fragment key={item.id}>
                {item.apart && <Base.Separator className={css.separator} />}
                <Base.Item className={cx(css.item, item.danger && css.danger)} disabled={!!item.refused} onClick={item.do}>
                  {item.icon}
                  <span>
                    {item.label}
                    {item.refused && <span className={css.why}>{item.refused}</span>}
                  </span>
                  {item.keys && <span className={css.keys}>{item.keys}</span>}
                </Base.Item>
              </Fragment>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
