import {Plus, Trash2} from 'lucide-react'
import {useEffect, useRef, useState, type ReactNode} from 'react'

import {Button, IconButton} from './Button'
import {Combobox} from './Combobox'
import {Input} from './Field'
import css from './RowsEditor.module.css'

export interface RowField {
  key: string
  label: string
  placeholder?: string
  /** Suggestions; any other text may be typed too. */
  options?: readonly string[]
  mono?: boolean
}

export type RowValue = Readonly<Record<string, string | undefined>>

interface Frame {
  /** What the rows are. */
  legend: ReactNode
  /** The same in plain words, for the labels of buttons; the legend where it is a text. */
  name?: string
  hint?: ReactNode
  /** What the button for one more says. */
  add?: string
  /** What is meant where there is no row. */
  none?: ReactNode
}

/** A list of rows with the same few fields each; empty fields are left out of a row. */
export function RowsEditor<T extends RowValue>({legend, name, hint, add = 'Add', none, rows, fields, onChange, faultOf}: Frame & {rows: readonly T[]; fields: readonly RowField[]; onChange(rows: T[]): void; faultOf?(row: T): string | undefined}) {
  const box = useRef<HTMLFieldSetElement>(null)
  const count = useRef(rows.length)
  const says = name ?? (typeof legend === 'string' ? legend : 'row')
  useEffect(() => {
    // One more row was asked for: it is the next to be typed in.
    if (rows.length === count.current + 1 && box.current?.contains(document.activeElement)) box.current.querySelector<HTMLElement>(`[data-row="${rows.length - 1}"] input`)?.focus()
    count.current = rows.length
  }, [rows.length])
  const set = (index: number, key: string, value: string) => onChange(rows.map((row, at) => (at === index ? {...row, [key]: value === '' ? undefined : value} : row)))
  return (
    <fieldset ref={box} className={css.rows}>
      <legend className={css.legend}>{legend}</legend>
      {rows.length === 0 && none && <span className={css.hint}>{none}</span>}
      {rows.map((row, index) => {
        const fault = faultOf?.(row)
        return (
          <div key={index} className={css.row} data-row={index}>
            <div className={css.cells}>
              {fields.map(field => {
                const shared = {'aria-label': fields.length > 1 ? `${field.label}, ${says} ${index + 1}` : `${says} ${index + 1}`, placeholder: field.placeholder ?? field.label, 'aria-invalid': fault ? true : undefined}
                const value = row[field.key] ?? ''
                return field.options ? (
                  <Combobox key={field.key} {...shared} mono={field.mono} options={field.options} value={value} onChange={next => set(index, field.key, next)} />
                ) : (
                  <Input key={field.key} {...shared} mono={field.mono} value={value} onChange={event => set(index, field.key, event.target.value)} />
                )
              })}
              {fault && <span className={css.fault}>{fault}</span>}
            </div>
            <IconButton label={`Remove ${says} ${index + 1}`} onClick={() => onChange(rows.filter((_, at) => at !== index))}>
              <Trash2 size={14} />
            </IconButton>
          </div>
        )
      })}
      <span>
        <Button small onClick={() => onChange([...rows, {} as T])} aria-label={`${add}: ${says}`}>
          <Plus size={14} /> {add}
        </Button>
      </span>
      {hint && <span className={css.hint}>{hint}</span>}
    </fieldset>
  )
}

/** A list of texts. */
export function TextList({values, onChange, options, placeholder, mono, faultOf, ...frame}: Frame & {values: readonly string[]; onChange(values: string[]): void; options?: readonly string[]; placeholder?: string; mono?: boolean; faultOf?(value: string): string | undefined}) {
  return (
    <RowsEditor
      {...frame}
      rows={values.map(text => ({text}))}
      fields={[{key: 'text', label: placeholder ?? 'Value', placeholder, options, mono}]}
      onChange={rows => onChange(rows.map(row => row.text ?? ''))}
      faultOf={faultOf && (row => (row.text ? faultOf(row.text) : undefined))}
    />
  )
}

/** Names with values, such as labels. Rows whose name is missing, or there already, are shown as they are typed and told of once they have one of their own. */
export function PairsEditor({pairs, onChange, ...frame}: Frame & {pairs: Readonly<Record<string, string>>; onChange(pairs: Record<string, string>): void}) {
  const rowsOf = (from: Readonly<Record<string, string>>): RowValue[] => Object.entries(from).map(([key, value]) => ({key, value}))
  const [rows, setRows] = useState(() => rowsOf(pairs))
  const now = JSON.stringify(pairs)
  const told = useRef(now)
  useEffect(() => {
    // Somebody else changed them: the text beside the form, or what was loaded.
    if (now === told.current) return
    told.current = now
    setRows(rowsOf(pairs))
  }, [now])
  const change = (next: RowValue[]) => {
    setRows(next)
    const made: Record<string, string> = {}
    for (const {key, value} of next) if (key && !(key in made)) made[key] = value ?? ''
    told.current = JSON.stringify(made)
    onChange(made)
  }
  const names = rows.map(row => row.key)
  return (
    <RowsEditor
      {...frame}
      rows={rows}
      fields={[{key: 'key', label: 'Name'}, {key: 'value', label: 'Value'}]}
      onChange={change}
      faultOf={row => (!row.key ? 'A name is needed.' : names.filter(name => name === row.key).length > 1 ? 'This name is there twice: the first counts.' : undefined)}
    />
  )
}
