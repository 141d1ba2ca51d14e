import {kept} from '@/api/cell'
import {Button} from '@/parts/Button'
import {Checkbox} from '@/parts/Field'
import css from './Diff.module.css'
import type {Look} from './ObjectDiff'

const AS: Array<[Look['as'], string]> = [['fields', 'Fields'], ['side', 'Side by side'], ['inline', 'Inline']]

/** How this browser likes differences. */
export const diffLook = kept<Look>('bowline.diff', stored => {
  const {as, wrap, managed} = (typeof stored === 'object' && stored ? stored : {}) as Partial<Look>
  return {as: AS.some(([id]) => id === as) ? (as as Look['as']) : 'fields', wrap: wrap === true, managed: managed === true}
})

export function LookPicker({value, onChange}: {value: Look; onChange(next: Look): void}) {
  return (
    <div className={css.tools}>
      <span role="group" aria-label="Shown as" className={css.tools}>
        {AS.map(([as, label]) => <Button key={as} small aria-pressed={value.as === as} onClick={() => onChange({...value, as})}>{label}</Button>)}
      </span>
      {value.as !== 'fields' && <Checkbox checked={value.wrap} onChange={event => onChange({...value, wrap: event.target.checked})}>Wrap</Checkbox>}
      {value.as !== 'fields' && <Checkbox checked={value.managed} onChange={event => onChange({...value, managed: event.target.checked})}>Who wrote what</Checkbox>}
    </div>
  )
}
