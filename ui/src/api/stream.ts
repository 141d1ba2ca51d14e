import {ApiError, errorOf} from './client-error'

/** How a stream is: `open` is told before its first message, `waiting` while it is cut, `ended` where another try would not help. */
export type StreamState = {state: 'open'} | {state: 'waiting'; until: number; error: ApiError} | {state: 'ended'; error: ApiError}

export interface StreamOptions {
  /** The absolute address; a function is asked anew for each try, so that a stream can go on where it was cut. */
  url: string | (() => string)
  onMessage(message: unknown): void
  onState(state: StreamState): void
  signal: AbortSignal
  /** Silence after which the stream counts as cut, in ms; 0 for streams that may be silent for ever. */
  silence?: number
}

const FIRST_WAIT = 500
const LAST_WAIT = 15_000

/** Reads a stream of JSON lines until `signal` ends it; where it is cut it comes back by itself. The contract wraps each line in `result`. */
export async function readStream(options: StreamOptions): Promise<void> {
  let wait = FIRST_WAIT
  while (!options.signal.aborted) {
    let error: ApiError
    const url = typeof options.url === 'string' ? options.url : options.url()
    try {
      await once({...options, url}, () => {
        wait = FIRST_WAIT
      })
      error = new ApiError(0, 14, 'The server closed the stream.', url)
    } catch (thrown) {
      if (options.signal.aborted) return
      error = thrown instanceof ApiError ? thrown : new ApiError(0, 14, 'The stream was cut.', url)
    }
    if (options.signal.aborted) return
    if (error.status >= 400 && error.status < 500 && error.status !== 408 && error.status !== 429) {
      options.onState({state: 'ended', error})
      return
    }
    const pause = wait * (0.75 + Math.random() / 2)
    wait = Math.min(wait * 2, LAST_WAIT)
    options.onState({state: 'waiting', until: Date.now() + pause, error})
    await sleep(pause, options.signal)
  }
}

async function once({url, onMessage, onState, signal, silence = 45_000}: StreamOptions & {url: string}, alive: () => void): Promise<void> {
  const inner = new AbortController()
  const stop = () => inner.abort()
  signal.addEventListener('abort', stop, {once: true})
  let watchdog: ReturnType<typeof setTimeout> | undefined
  const heard = () => {
    clearTimeout(watchdog)
    if (silence > 0) watchdog = setTimeout(stop, silence)
  }
  try {
    heard()
    const response = await fetch(url, {signal: inner.signal, credentials: 'same-origin', headers: {Accept: 'application/json'}})
    if (!response.ok || !response.body) throw errorOf(response.status, await response.text(), url)
    onState({state: 'open'})
    alive()
    const lines = lineReader(line => {
      const said = JSON.parse(line) as {result?: unknown; error?: {message?: string; http_code?: number; code?: number; grpc_code?: number}}
      if (said.error) throw new ApiError(said.error.http_code ?? statusOf(said.error.grpc_code ?? said.error.code), said.error.grpc_code ?? said.error.code ?? 2, said.error.message ?? 'The stream failed.', url)
      onMessage('result' in said ? said.result : said)
    })
    const reader = response.body.getReader()
    const text = new TextDecoder()
    for (;;) {
      const {done, value} = await reader.read()
      heard()
      if (done) return
      lines(text.decode(value, {stream: true}))
    }
  } finally {
    clearTimeout(watchdog)
    signal.removeEventListener('abort', stop)
    inner.abort()
  }
}

/** Calls `line` for each whole line of what it is given in pieces; empty lines are heartbeats. */
export function lineReader(line: (text: string) => void): (piece: string) => void {
  let rest = ''
  return piece => {
    rest += piece
    let from = 0
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', from)) {
      const text = rest.slice(from, end).trim()
      from = end + 1
      if (text !== '') line(text)
    }
    rest = rest.slice(from)
  }
}

/** The HTTP status for gRPC's code, where a stream names no other. */
function statusOf(code = 2): number {
  return {3: 400, 5: 404, 7: 403, 12: 404, 16: 401}[code] ?? 500
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(done => {
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      done()
    }, {once: true})
  })
}
