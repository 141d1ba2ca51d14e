import {Select as Base} from '@base-ui/react/select'
import {Check, ChevronDown} from 'lucide-react'
import type {ReactNode} from 'react'

import {cx} from './cx'
import field from './Field.module.css'
import css from './Menu.module.css'

export interface Option {
  value: string
  label?: ReactNode
}

/** One of a few. For many, or for free text, there is `Combobox`. Takes the ids that `Field` gives. */
export function Select({options, value, onChange, label, className, id, disabled, ...rest}: {options: Option[]; value: string; onChange(value: string): void; label?: string; className?: string; id?: string; disabled?: boolean; [aria: `aria-${string}`]: unknown}) {
  const items = options.map(option => ({value: option.value, label: option.label ?? option.value}))
  return (
    <Base.Root items={items} value={value} onValueChange={next => onChange(String(next ?? ''))} disabled={disabled} modal={false}>
      <Base.Trigger {...rest} id={id} aria-label={label} className={cx(field.input, field.select, className)}>
        <Base.Value />
        <Base.Icon>
          <ChevronDown size={14} />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className={css.positioner} sideOffset={4} alignItemWithTrigger={false}>
          <Base.Popup className={css.popup}>
            {items.map(item => (
              <Base.Item key={item.value} value={item.value} className={css.item}>
                <Base.ItemText>{item.label}</Base.ItemText>
                <Base.ItemIndicator className={css.keys}>
                  <Check size={14} />
                </Base.ItemIndicator>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
