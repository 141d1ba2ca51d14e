import type {ComponentProps, ReactNode, Ref} from 'react'

import {cx} from './cx'
import css from './Button.module.css'

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'disabled'> {
  look?: 'plain' | 'primary' | 'danger' | 'quiet'
  small?: boolean
  /** Why it may not be pressed now: it stays reachable and says so. */
  refused?: string | false | null
  ref?: Ref<HTMLButtonElement>
}

export function Button({look = 'plain', small, refused, className, onClick, title, type = 'button', ...rest}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      title={refused || title}
      aria-disabled={refused ? true : rest['aria-disabled']}
      onClick={event => {
        if (refused) event.preventDefault()
        else onClick?.(event)
      }}
      className={cx(css.button, look !== 'plain' && css[look], small && css.small, className)}
    />
  )
}

export interface IconButtonProps extends Omit<ButtonProps, 'children'> {
  /** What it does, for those who do not see the icon. */
  label: string
  children: ReactNode
}

export function IconButton({label, look = 'quiet', className, title, ...rest}: IconButtonProps) {
  return <Button {...rest} look={look} aria-label={label} title={title ?? label} className={cx(css.icon, className)} />
}

/** The classes of a button, for links that look like one. */
export const buttonClass = (look: NonNullable<ButtonProps['look']> = 'plain', small = false) => cx(css.button, look !== 'plain' && css[look], small && css.small)
