import {Autocomplete as Base} from '@base-ui/react/autocomplete'
import type {ReactNode} from 'react'

import {cx} from './cx'
import field from './Field.module.css'
import {matches} from './matches'
import css from './Menu.module.css'

const MOST = 50

/** Free text with suggestions: every word that is typed must be in a suggestion. Takes the ids that `Field` gives. */
export function Combobox({options, value, onChange, placeholder, mono, id, empty, className, onCommit, ...rest}: {options: readonly string[]; value: string; onChange(value: string): void; placeholder?: string; mono?: boolean; id?: string; /** Said where nothing matches. */ empty?: ReactNode; className?: string; onCommit?(value: string): void; [aria: `aria-${string}`]: unknown}) {
  return (
    <Base.Root items={options} value={value} onValueChange={onChange} limit={MOST} openOnInputClick filter={(item: string, query: string) => matches(item, query)}>
      <Base.Input {...rest} id={id} placeholder={placeholder} className={cx(field.input, mono && field.mono, className)} autoComplete="off" spellCheck={false} onBlur={() => onCommit?.(value)} />
      <Base.Portal>
        <Base.Positioner className={css.positioner} sideOffset={4}>
          <Base.Popup className={css.popup} hidden={options.length === 0 && !empty}>
            <Base.Empty className={css.empty}>{empty}</Base.Empty>
            <Base.List>
              {(item: string) => (
                <Base.Item key={item} value={item} className={cx(css.item, mono && field.mono)}>
                  {item}
                </Base.Item>
              )}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
