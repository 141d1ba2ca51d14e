import {Menu as Base} from '@base-ui/react/menu'
import {Fragment, type RefObject} from 'react'

import {cx} from './cx'
import type {MenuItem} from './Menu'
import css from './Menu.module.css'

/** The list of a `Menu`. */
export default function MenuPopup({anchor, items, align, labelledBy, onClose}: {anchor: RefObject<HTMLElement | null>; items: MenuItem[]; align: 'start' | 'end' | 'center'; labelledBy: string; onClose(): void}) {
  return (
    <Base.Root open onOpenChange={open => !open && onClose()}>
      <Base.Portal>
        {/* For React the list is inside of the row that its button is in: what is pressed here is not pressed there. */}
        <Base.Positioner className={css.positioner} anchor={anchor} align={align} sideOffset={4} onClick={event => event.stopPropagation()}>
          <Base.Popup className={css.popup} finalFocus={anchor} aria-labelledby={labelledBy}>
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
