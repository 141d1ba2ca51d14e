import {useEffect, useRef} from 'react'

import {cell} from './cell'
import {ApiError, address, type Query} from './client'
import {makeHub, type FromHub, type Replay, type StateOnWire, type ToHub} from './hub'
import {sessionEnded} from './session'

/** How the streams of this tab are, for the dot in the rail: when something was heard last, and until when a cut one waits. */
export interface Connection {
  state: 'none' | 'open' | 'waiting'
  heard?: number
  until?: number
  error?: ApiError
}

export const connection = cell<Connection>({state: 'none'})

export interface Watch {
  path: string
  query?: Query
  replay?: Replay
  /** See `readStream`. */
  silence?: number
  onMessage(message: unknown): void
  /** `open` comes again after each cut: list again then, unless the stream begins with everything. */
  onOpen?(): void
  /** Cut; it comes back by itself. */
  onCut?(error: ApiError): void
  /** It does not come back: refused, or not known to this server. */
  onEnd?(error: ApiError): void
}

type Port = Pick<MessagePort, 'postMessage'> & {onmessage: ((event: MessageEvent<FromHub>) => void) | null; start?: () => void}

let port: Port | undefined
let counter = 0
const watches = new Map<number, Watch>()

/** Watches a stream of the server until the function that it gives back is called. All tabs of the browser share one connection for it. */
export function watch(options: Watch): () => void {
  const to = hub()
  const id = ++counter
  watches.set(id, options)
  const url = new URL(address(options.path, options.query), document.baseURI).href
  send(to, {do: 'watch', id, url, replay: options.replay ?? 'none', silence: options.silence ?? 45_000})
  return () => {
    watches.delete(id)
    send(to, {do: 'drop', id})
    if (watches.size === 0) connection.set({state: 'none'})
  }
}

/** `watch` for the life of a component; `null` watches nothing. Another path or query is another stream. */
export function useWatch(options: Watch | null) {
  const latest = useRef(options)
  latest.current = options
  const key = options ? address(options.path, options.query) : null
  useEffect(() => {
    const first = latest.current
    if (key === null || !first) return
    return watch({
      ...first,
      onMessage: message => latest.current?.onMessage(message),
      onOpen: () => latest.current?.onOpen?.(),
      onCut: error => latest.current?.onCut?.(error),
      onEnd: error => latest.current?.onEnd?.(error),
    })
  }, [key])
}

/** A port to the streams for a worker of this page; it speaks as `ToHub` and `FromHub` say, and ends with the page. */
export function joinStreams(): MessagePort {
  const channel = new MessageChannel()
  hub().postMessage({do: 'join'} satisfies ToHub, [channel.port2])
  return channel.port1
}

/** Has every cut stream try again at once: after a login, or when the network is back. */
export function tryAgain() {
  if (port) send(port, {do: 'again'})
}

function send(to: Port, message: ToHub) {
  to.postMessage(message)
}

function hub(): Port {
  if (port) return port
  let made: Port | undefined
  if (typeof SharedWorker === 'function') {
    try {
      made = new SharedWorker(new URL('./hub.worker.ts', import.meta.url), {type: 'module', name: 'bowline-streams'}).port as Port
    } catch {
      // Some browsers forbid them in private windows.
    }
  }
  if (!made) {
    const channel = new MessageChannel()
    makeHub()(channel.port2)
    made = channel.port1 as Port
  }
  port = made
  port.onmessage = ({data}) => heard(data)
  port.start?.()
  addEventListener('pagehide', () => {
    if (port) send(port, {do: 'bye'})
  })
  // A page that comes back from the browser's cache has lost its streams.
  addEventListener('pageshow', (event: Event) => {
    if (!('persisted' in event && event.persisted) || !port) return
    for (const [id, {path, query, replay, silence}] of watches) {
      send(port, {do: 'watch', id, url: new URL(address(path, query), document.baseURI).href, replay: replay ?? 'none', silence: silence ?? 45_000})
    }
  })
  addEventListener('online', tryAgain)
  return port
}

function heard(data: FromHub) {
  const options = watches.get(data.id)
  if (!options) return
  if ('message' in data) {
    const now = Date.now()
    const before = connection.get()
    // The dot shows seconds: more often it need not know.
    if (before.state !== 'open' || now - (before.heard ?? 0) > 1000) connection.set({state: 'open', heard: now})
    options.onMessage(data.message)
    return
  }
  told(options, data.state)
}

function told(options: Watch, state: StateOnWire) {
  if (state.state === 'open') {
    connection.set({state: 'open', heard: Date.now()})
    options.onOpen?.()
    return
  }
  const error = new ApiError(state.error.status, state.error.code, state.error.message, state.error.asked)
  if (state.state === 'waiting') {
    connection.set({state: 'waiting', heard: connection.get().heard, until: state.until, error})
    options.onCut?.(error)
    return
  }
  if (error.status === 401) sessionEnded()
  options.onEnd?.(error)
}
