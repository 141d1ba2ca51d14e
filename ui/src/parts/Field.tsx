import {cloneElement, useId, type ComponentProps, type ReactElement, type ReactNode} from 'react'

import {cx} from './cx'
import css from './Field.module.css'

/** A label, a control, and under it what is wrong or what to know. The control gets the ids that tie them together. */
export function Field({label, hint, error, children, className}: {label: ReactNode; hint?: ReactNode; error?: ReactNode; children: ReactElement<Record<string, unknown>>; className?: string}) {
  const id = useId()
  const own = (children.props.id as string | undefined) ?? id
  const described = [error ? `${id}-error` : '', hint ? `${id}-hint` : ''].filter(Boolean).join(' ') || undefined
  return (
    <div className={cx(css.field, className)}>
      <label className={css.label} htmlFor={own}>
        {label}
      </label>
      {cloneElement(children, {id: own, 'aria-describedby': described, 'aria-invalid': error ? true : undefined})}
      {error && (
        <span id={`${id}-error`} className={css.error} role="alert">
          {error}
        </span>
      )}
      {hint && (
        <span id={`${id}-hint`} className={css.hint}>
          {hint}
        </span>
      )}
    </div>
  )
}

export function Input({mono, className, ...rest}: ComponentProps<'input'> & {mono?: boolean}) {
  return <input autoComplete="off" spellCheck={false} {...rest} className={cx(css.input, mono && css.mono, className)} />
}

export function TextArea({mono, className, ...rest}: ComponentProps<'textarea'> & {mono?: boolean}) {
  return <textarea autoComplete="off" spellCheck={false} {...rest} className={cx(css.input, mono && css.mono, className)} />
}

export function Checkbox({children, className, ...rest}: Omit<ComponentProps<'input'>, 'type'>) {
  return (
    <label className={cx(css.check, className)}>
      <input {...rest} type="checkbox" />
      <span>{children}</span>
    </label>
  )
}
