import {Tabs as Base} from '@base-ui/react/tabs'
import type {ReactNode} from 'react'

import {cx} from './cx'
import css from './Tabs.module.css'

export interface Tab {
  id: string
  label: ReactNode
}

/** Tabs whose choice the caller keeps (in the address). `children` is the panel of the chosen one. */
export function Tabs({tabs, value, onChange, label, children, className}: {tabs: Tab[]; value: string; onChange(id: string): void; label: string; children?: ReactNode; className?: string}) {
  return (
    <Base.Root className={cx(css.root, className)} value={value} onValueChange={id => onChange(String(id))}>
      <Base.List className={css.list} aria-label={label}>
        {tabs.map(tab => (
          <Base.Tab key={tab.id} value={tab.id} className={css.tab}>
            {tab.label}
          </Base.Tab>
        ))}
      </Base.List>
      <Base.Panel key={value} value={value} className={css.panel}>
        {children}
      </Base.Panel>
    </Base.Root>
  )
}
