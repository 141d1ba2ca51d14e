import {useSyncExternalStore} from 'react'

import {useCell} from '@/api/cell'
import {appearance} from '@/shell/appearance'
import {exact, relative, span} from './time'

const TICK = 5000
let now = Date.now()
const watchers = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

/** The time now, anew every five seconds: one clock for the whole page. */
export function useNow(): number {
  return useSyncExternalStore(watchClock, readClock)
}

function watchClock(told: () => void) {
  watchers.add(told)
  now = Date.now()
  timer ??= setInterval(() => {
    now = Date.now()
    for (const watcher of [...watchers]) watcher()
  }, TICK)
  return () => {
    watchers.delete(told)
    if (watchers.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

function readClock() {
  return now
}

/** When something was, as people say it; the exact time in the viewer's zone on hover. `bare` leaves out "ago". */
export function Age({time, bare, className}: {time: string | number | undefined | null; bare?: boolean; className?: string}) {
  const now = useNow()
  const {zone} = useCell(appearance)
  const at = typeof time === 'number' ? time : Date.parse(time ?? '')
  if (Number.isNaN(at)) return null
  return (
    <time dateTime={new Date(at).toISOString()} title={exact(at, zone)} className={className}>
      {bare ? span(now - at) : relative(at, now)}
    </time>
  )
}
