import {afterEach, expect, test, vi} from 'vitest'

import {makeHub, type FromHub, type ToHub} from './hub'

afterEach(() => vi.unstubAllGlobals())

/** A tab of the hub, with what it heard. */
function tab(connect: (port: MessagePort) => void) {
  const channel = new MessageChannel()
  connect(channel.port2)
  return channel.port1
}

function hear(port: MessagePort) {
  const heard: FromHub[] = []
  port.onmessage = ({data}: MessageEvent<FromHub>) => void heard.push(data)
  return heard
}

const send = (port: MessagePort, message: ToHub, ports: MessagePort[] = []) => port.postMessage(message, ports)

test('a worker that joins shares the streams of its tab, and leaves with it', async () => {
  const signals: AbortSignal[] = []
  vi.stubGlobal('fetch', (_: unknown, {signal}: {signal: AbortSignal}) => {
    signals.push(signal)
    return Promise.resolve(new Response(new ReadableStream({start: body => body.enqueue(new TextEncoder().encode('{"result":{"n":1}}\n'))})))
  })
  const page = tab(makeHub())
  const worker = new MessageChannel()
  send(page, {do: 'join'}, [worker.port2])
  const [first, second] = [hear(page), hear(worker.port1)]
  send(worker.port1, {do: 'watch', id: 1, url: 'http://x/tree', replay: 'last', silence: 0})
  await vi.waitFor(() => expect(second).toContainEqual({id: 1, message: {n: 1}}))
  send(page, {do: 'watch', id: 7, url: 'http://x/tree', replay: 'last', silence: 0})
  await vi.waitFor(() => expect(first).toContainEqual({id: 7, message: {n: 1}}))
  expect(signals).toHaveLength(1)
  expect(signals[0]?.aborted).toBe(false)
  send(page, {do: 'bye'})
  await vi.waitFor(() => expect(signals[0]?.aborted).toBe(true))
  worker.port1.close()
  page.close()
})
