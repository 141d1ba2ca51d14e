import {Dialog as Base} from '@base-ui/react/dialog'
import {useEffect, useId, useRef, useState, type KeyboardEvent} from 'react'
import {useLocation} from 'wouter'

import {useCell} from '@/api/cell'
import dialog from '@/parts/Dialog.module.css'
import {useFocusBack} from '@/parts/focus-back'
import {StatusGlyph} from '@/parts/StatusGlyph'
import {paletteOpen} from './commands'
import css from './Palette.module.css'
import {remember} from './recent'
import {useFound, type Found} from './search'

/** One line for everything: words find applications, `>` commands, `@` projects, `#` labels, `:` kinds, `?` help. */
export default function Palette({first}: {first: string}) {
  const [text, setText] = useState(first)
  const [at, setAt] = useState(0)
  const [, go] = useLocation()
  const list = useRef<HTMLDivElement>(null)
  const input = useRef<HTMLInputElement>(null)
  const id = useId()
  const back = useFocusBack()
  const {found, says, coming} = useFound(text)
  // Who presses Enter right after the last letter means what that finds, not what stands there from before.
  const eager = useRef(false)
  useCell(paletteOpen)
  const close = () => paletteOpen.set(false)
  useEffect(() => {
    setAt(0)
    eager.current = false
  }, [text])
  const chosen = Math.min(at, Math.max(0, found.length - 1))
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({block: 'nearest'})
  }, [chosen, found.length])

  const run = (one: Found | undefined) => {
    if (!one || one.refused) return
    if (one.fill !== undefined) {
      setText(one.fill)
      return
    }
    close()
    if (one.href) {
      remember({title: one.title, href: one.href})
      go(one.href)
    }
    one.do?.()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = {ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8}[event.key]
    if (step !== undefined && found.length > 0) {
      event.preventDefault()
      setAt((chosen + step + found.length) % found.length)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      if (coming && chosen === 0) eager.current = true
      else run(found[chosen])
    }
  }
  useEffect(() => {
    if (coming || !eager.current) return
    eager.current = false
    run(found[0])
  })
  return (
    <Base.Root open onOpenChange={open => !open && close()}>
      <Base.Portal>
        <Base.Backdrop className={dialog.scrim} />
        <Base.Popup className={css.palette} aria-label="Search or type a command" initialFocus={input} finalFocus={back}>
          <input ref={input} className={css.input} value={text} onChange={event => setText(event.target.value)} onKeyDown={onKeyDown} placeholder="Search applications, or type > for commands" role="combobox" aria-expanded="true" aria-controls={`${id}-list`} aria-activedescendant={found.length > 0 ? `${id}-${chosen}` : undefined} aria-label="Search or type a command" autoComplete="off" spellCheck={false} />
          <div ref={list} className={css.list} role="listbox" id={`${id}-list`} aria-label="What was found" tabIndex={-1}>
            {found.map((one, index) => (
              <div key={one.id} id={`${id}-${index}`} role="option" aria-selected={index === chosen} aria-disabled={one.refused ? true : undefined} className={css.item} onMouseMove={() => setAt(index)} onClick={() => run(one)}>
                {one.look && <StatusGlyph look={one.look} />}
                <span className={css.text}>
                  {one.title} <span className={css.dim}>{one.refused || one.more}</span>
                </span>
                {one.keys && <kbd className={css.dim}>{one.keys}</kbd>}
              </div>
            ))}
          </div>
          <div className={css.foot} role="status">
            {says}
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
