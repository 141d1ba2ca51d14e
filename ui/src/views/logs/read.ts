import {useEffect, useRef, useState} from 'react'

import {address, segment} from '@/api/client'
import type {ApiError} from '@/api/client-error'
import type {ApplicationLogEntry} from '@/api/contract'
import {readStream} from '@/api/stream'
import {Ring} from './ring'
import type {Target} from './target'

/** One line of some container. */
export interface Line {
  text: string
  pod: string
  container: string
  /** RFC 3339 with fractions. */
  time: string
}

/** What is asked for. */
export interface Wish {
  follow: boolean
  tail: number
  /** Seconds; 0 for any time. */
  since: number
  filter: string
  matchCase: boolean
  previous: boolean
}

const MOST_LINES = 200_000
const MOST_CHARACTERS = 40_000_000
const LONGEST = 64 * 1024
/** How long the first lines of several containers are gathered, to be put in order. */
const GATHER = 600
const MOST_PENDING = 50_000

/** How it stands: of each container that does not go on by itself the reason. */
export interface Reading {
  lines: Ring<Line>
  /** Another number whenever there is something new to show. */
  version: number
  state: 'asking' | 'open' | 'waiting' | 'ended'
  /** Why it waits or why a container cannot be read. */
  errors: Array<{container: string; error: ApiError; ends: boolean}>
  again(): void
}

/** The path and query of a container's logs, for streams and downloads. */
export function logsPath(target: Target, container: string, wish: Wish): string {
  return address(`api/v1/applications/${segment(target.name)}/logs`, {
    appNamespace: target.appNamespace,
    project: target.project,
    namespace: target.namespace,
    container,
    ...(target.podName ? {podName: target.podName} : {group: target.group, kind: target.kind, resourceName: target.resourceName}),
    follow: wish.follow,
    tailLines: wish.tail || undefined,
    sinceSeconds: wish.since || undefined,
    filter: wish.filter,
    matchCase: wish.matchCase || undefined,
    previous: wish.previous || undefined,
  })
}

/** Reads the logs of some containers into one ring, in the order of their times. What is cut goes on where it was. */
export function useLogs(target: Target, containers: readonly string[], wish: Wish): Reading {
  const ring = useRef<Ring<Line>>(undefined)
  ring.current ??= new Ring<Line>(MOST_LINES, MOST_CHARACTERS, line => line.text.length + 16)
  const lines = ring.current
  const [version, setVersion] = useState(0)
  const [round, setRound] = useState(0)
  const [states, setStates] = useState<Record<string, {state: Reading['state']; error?: ApiError}>>({})
  const key = containers.map(container => logsPath(target, container, wish)).join('\n')
  useEffect(() => {
    lines.clear()
    setStates({})
    setVersion(before => before + 1)
    const stop = new AbortController()
    let pending: Line[] = []
    let frame = 0
    const begun = Date.now()
    const flush = () => {
      frame = 0
      // The pasts of several containers come side by side and belong into each other.
      if (containers.length > 1) {
        if (Date.now() - begun < GATHER && pending.length < MOST_PENDING) {
          frame = requestAnimationFrame(flush)
          return
        }
        pending.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
      }
      for (const line of pending) lines.push(line)
      pending = []
      setVersion(before => before + 1)
    }
    for (const container of containers) {
      let heard = 0
      // Each message has its own copy of a name that is the same for thousands of lines.
      const pods = new Map<string, string>()
      // Of each pod its newest line, and of those at the last cut: what comes again is told by its time.
      const newest = new Map<string, string>()
      let told = new Map<string, string>()
      const set = (state: Reading['state'], error?: ApiError) => setStates(before => ({...before, [container]: {state, error}}))
      const inner = new AbortController()
      stop.signal.addEventListener('abort', () => inner.abort(), {once: true})
      void readStream({
        url: () => {
          // After a cut: what came since, and a little of what was told already, which is left out by its time.
          const seconds = heard === 0 ? wish.since : Math.ceil((Date.now() - heard) / 1000) + 10
          return new URL(logsPath(target, container, heard === 0 ? wish : {...wish, since: seconds, tail: MOST_LINES}), document.baseURI).href
        },
        silence: 0,
        signal: inner.signal,
        onMessage(message) {
          const {content = '', last, podName: name = '', timeStampStr = ''} = message as ApplicationLogEntry
          if (last) {
            set('ended')
            inner.abort()
            return
          }
          const podName = pods.get(name) ?? name
          pods.set(podName, podName)
          if (timeStampStr !== '' && timeStampStr <= (told.get(podName) ?? '')) return
          pending.push({text: content.length > LONGEST ? `${content.slice(0, LONGEST)} … and ${content.length - LONGEST} more characters` : content, pod: podName, container, time: timeStampStr})
          if (timeStampStr > (newest.get(podName) ?? '')) newest.set(podName, timeStampStr)
          heard = Date.now()
          // A page that is not looked at has no frames, and its lines come all the same.
          if (pending.length >= MOST_PENDING) {
            cancelAnimationFrame(frame)
            flush()
          } else if (!frame) frame = requestAnimationFrame(flush)
        },
        onState(now) {
          if (now.state === 'open') {
            told = new Map(newest)
            set('open')
          } else set(now.state, now.error)
        },
      })
    }
    return () => {
      stop.abort()
      cancelAnimationFrame(frame)
    }
    // `key` says all that the request does.
  }, [key, round, lines])

  const said = containers.map(container => ({container, ...states[container]}))
  const state = said.some(one => one.state === 'open') ? 'open' : said.some(one => one.state === 'waiting') ? 'waiting' : said.length > 0 && said.every(one => one.state === 'ended') ? 'ended' : 'asking'
  const errors = said.flatMap(({container, state, error}) => (error ? [{container, error, ends: state === 'ended'}] : []))
  return {lines, version, state, errors, again: () => setRound(round + 1)}
}
