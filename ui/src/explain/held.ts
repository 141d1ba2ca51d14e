import {span} from '@/parts/time'
import {sayCron, parseCron} from '@/window/cron'
import {parseDuration, sayDuration, standing, type SyncWindow} from '@/window/window'

/** Why sync windows hold an application back, and until when: `a window that forbids syncs (at 22:00 every day, for 8 h) is open; it closes in 3 h`. */
export function heldBy(active: readonly SyncWindow[], assigned: readonly SyncWindow[], now: Date): string {
  const deny = active.find(window => window.kind === 'deny')
  if (deny) {
    const closes = standing(deny, now)
    return `a window that forbids syncs (${when(deny)}) is open${closes?.isOpen ? `; it closes in ${span(closes.to.getTime() - now.getTime())}` : ''}`
  }
  const next = assigned
    .filter(window => window.kind === 'allow')
    .map(window => standing(window, now))
    .filter(one => one !== undefined && !one.isOpen)
    .sort((a, b) => Number(a?.from) - Number(b?.from))[0]
  return `no window that allows syncs is open${next ? `; the next opens in ${span(next.from.getTime() - now.getTime())}` : ''}`
}

function when(window: SyncWindow): string {
  const [schedule, duration] = [parseCron(window.schedule ?? ''), parseDuration(window.duration ?? '')]
  return [typeof schedule === 'string' ? window.schedule : sayCron(schedule), typeof duration === 'string' ? window.duration : `for ${sayDuration(duration)}`].join(', ')
}
