import {Check, Copy as Icon} from 'lucide-react'
import {useEffect, useState} from 'react'

import {IconButton} from './Button'

/** Copies `text`, or what it gives when it is asked; `what` says what that is ("revision"). */
export function Copy({text, what}: {text: string | (() => string); what: string}) {
  const [done, setDone] = useState(false)
  useEffect(() => {
    if (!done) return
    const timer = setTimeout(() => setDone(false), 1500)
    return () => clearTimeout(timer)
  }, [done])
  return (
    <IconButton small label={done ? `Copied ${what}` : `Copy ${what}`} onClick={() => void copyText(typeof text === 'string' ? text : text()).then(() => setDone(true))}>
      {done ? <Check size={14} /> : <Icon size={14} />}
    </IconButton>
  )
}

/** Puts text into the clipboard, also where the page came over plain HTTP and the browser's API for it is missing. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  const area = document.createElement('textarea')
  area.value = text
  area.style.position = 'fixed'
  area.style.opacity = '0'
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}
