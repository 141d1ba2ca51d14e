import {span} from '@/parts/time'

const WAIT = /,? since (\d{4}-\d\d-\d\dT\S+?Z),? until (\d{4}-\d\d-\d\dT\S+?Z) at most/

/** Since when an operation waits and until when it may, where its message says so. */
export function waitIn(message: string): {since: number; until: number} | undefined {
  const [, since, until] = WAIT.exec(message) ?? []
  return since && until ? {since: Date.parse(since), until: Date.parse(until)} : undefined
}

/** A message of an operation with its times as people say them: `waiting for Job/migrate for 6 s, at most 9 min more`. */
export function readable(message: string, now: number): string {
  const wait = waitIn(message)
  if (!wait) return message
  return message.replace(WAIT, ` for ${span(now - wait.since) === 'now' ? 'a moment' : span(now - wait.since)}, ${wait.until > now ? `at most ${span(wait.until - now)} more` : 'and its time is over'}`)
}
