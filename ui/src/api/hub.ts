/// <reference lib="webworker" />
// The SharedWorker: one for all tabs of this browser. It holds each stream once, however many tabs look at it.
import {foldFleet, type FleetMessage, type FleetWindow} from './fleet'
import {readStream, type StreamState} from './stream'

/** How a tab that joins a stream under way learns what went before: by a folded window, by the last message, or by asking itself. */
export type Replay = 'fleet' | 'last' | 'none'

/** `join` brings a port along, for a worker of the page: what comes over it ends with the page that sent it. */
export type ToHub = {do: 'watch'; id: number; url: string; replay: Replay; silence: number} | {do: 'drop'; id: number} | {do: 'bye'} | {do: 'again'} | {do: 'join'}
export type FromHub = {id: number; message: unknown} | {id: number; state: StateOnWire}
export type StateOnWire = {state: 'open'} | {state: 'waiting' | 'ended'; until?: number; error: {status: number; code: number; message: string; asked: string}}

interface Shared {
  url: string
  replay: Replay
  silence: number
  stop: AbortController
  state?: StateOnWire
  last?: unknown
  listeners: Set<{port: MessagePort; id: number}>
}

export function makeHub() {
  const streams = new Map<string, Shared>()

  const start = (shared: Shared) => {
    shared.stop = new AbortController()
    const {signal} = shared.stop
    void readStream({
      url: shared.url,
      silence: shared.silence,
      signal,
      onMessage(message) {
        if (shared.replay === 'last') shared.last = message
        if (shared.replay === 'fleet') shared.last = foldFleet(shared.last as FleetWindow | undefined, message as FleetMessage)
        for (const {port, id} of shared.listeners) port.postMessage({id, message} satisfies FromHub)
      },
      onState(state) {
        shared.state = onWire(state)
        if (state.state === 'waiting') shared.last = undefined
        for (const {port, id} of shared.listeners) port.postMessage({id, state: shared.state} satisfies FromHub)
      },
    })
  }

  const drop = (port: MessagePort, id?: number) => {
    for (const [url, shared] of streams) {
      for (const listener of [...shared.listeners]) {
        if (listener.port === port && (id === undefined || listener.id === id)) shared.listeners.delete(listener)
      }
      if (shared.listeners.size === 0) {
        shared.stop.abort()
        streams.delete(url)
      }
    }
  }

  const connect = (port: MessagePort) => {
    const joined: MessagePort[] = []
    port.onmessage = ({data, ports}: MessageEvent<ToHub>) => {
      if (data.do === 'join') {
        joined.push(...ports)
        for (const other of ports) connect(other)
      }
      if (data.do === 'bye') for (const one of [port, ...joined]) drop(one)
      if (data.do === 'drop') drop(port, data.id)
      if (data.do === 'again') {
        for (const shared of streams.values()) if (shared.state?.state !== 'open') {
          shared.stop.abort()
          start(shared)
        }
      }
      if (data.do === 'watch') {
        let shared = streams.get(data.url)
        const listener = {port, id: data.id}
        if (shared) {
          shared.listeners.add(listener)
          if (shared.state) port.postMessage({id: data.id, state: shared.state} satisfies FromHub)
          if (shared.last !== undefined) {
            const message = shared.replay === 'fleet' ? {type: 'WINDOW', ...(shared.last as FleetWindow)} : shared.last
            port.postMessage({id: data.id, message} satisfies FromHub)
          }
          return
        }
        shared = {url: data.url, replay: data.replay, silence: data.silence, stop: new AbortController(), listeners: new Set([listener])}
        streams.set(data.url, shared)
        start(shared)
      }
    }
  }
  return connect
}

export function onWire(state: StreamState): StateOnWire {
  if (state.state === 'open') return state
  const {status, code, message, asked} = state.error
  return {state: state.state, until: state.state === 'waiting' ? state.until : undefined, error: {status, code, message, asked}}
}
