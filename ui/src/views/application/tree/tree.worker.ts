/// <reference lib="webworker" />
// Keeps the tree of one application: reads it, follows its stream, and makes the picture. The page gets columns of numbers, never the tree.
import type {FromHub, ToHub} from '@/api/hub'
import {ApiError, errorOf} from '@/api/client-error'
import type {ApplicationTree} from '@/api/contract'
import {keyOf} from './objects'
import {know, pictureOf, type Known, type Options} from './picture'
import type {FromTree, ToTree} from './protocol'
import type {Root} from './objects'
import {ORPHAN} from './words'

const scope = self as unknown as DedicatedWorkerGlobalScope
const WATCH = 1
const POLL = 15_000
let polling: ReturnType<typeof setInterval> | undefined
let addresses: {list: string; stream: string} | undefined
let hub: MessagePort | undefined
let tree: ApplicationTree | undefined
let root: Root | undefined
let options: Options | undefined
let known: Known | undefined
let version = 0
let sent = 0
/** Answers of the list that a newer one, or a message of the stream, has overtaken do not count. */
let asked = 0
let planned = false
let stale = false
/** The last question had no answer. */
let failed = false
/** The server has ended the stream: it tells of no changes, or could not do so yet. */
let ended = false
let cut = false

scope.onmessage = ({data, ports}: MessageEvent<ToTree>) => {
  switch (data.do) {
    case 'open':
      addresses = data
      if (ports[0]) follow(ports[0])
      void read()
      break
    case 'root':
      root = data.root
      // Before the first comparison there is no tree: a change of the application may be that comparison.
      if (failed) void read()
      plan(true)
      break
    case 'options':
      if (options?.orphans !== data.options.orphans) stale = true
      options = data.options
      plan(false)
      break
    case 'again':
      if (hub && addresses) watch()
      void read()
      break
    case 'close':
      hub?.postMessage({do: 'bye'} satisfies ToHub)
      scope.close()
      break
    case 'full':
      say({say: 'full', id: data.id, full: fullOf(data.key)})
      break
    case 'whole':
      say({say: 'whole', id: data.id, tree: tree ?? null})
      break
  }
}

function say(message: FromTree, transfer: Transferable[] = []) {
  scope.postMessage(message, transfer)
}

async function read() {
  if (!addresses) return
  const mine = ++asked
  try {
    const answer = await fetch(addresses.list, {credentials: 'same-origin', headers: {Accept: 'application/json'}})
    const text = await answer.text()
    if (mine !== asked) return
    if (!answer.ok) throw errorOf(answer.status, text, `GET ${addresses.list}`)
    tree = JSON.parse(text) as ApplicationTree
    failed = false
    if (ended) watch()
    say({say: 'error', error: null, cut})
    plan(true)
  } catch (error) {
    if (mine !== asked) return
    failed = true
    const told = error instanceof ApiError ? error : new ApiError(0, 14, error instanceof Error ? error.message : String(error), `GET ${addresses.list}`)
    say({say: 'error', error: {status: told.status, code: told.code, message: told.message, asked: told.asked}, cut})
  }
}

function watch() {
  // One that ended is begun anew.
  hub?.postMessage({do: 'drop', id: WATCH} satisfies ToHub)
  hub?.postMessage({do: 'watch', id: WATCH, url: addresses?.stream ?? '', replay: 'last', silence: 0} satisfies ToHub)
}

function follow(port: MessagePort) {
  hub = port
  port.onmessage = ({data}: MessageEvent<FromHub>) => {
    if ('message' in data) {
      asked++
      failed = false
      tree = data.message as ApplicationTree
      plan(true)
      return
    }
    // A server that tells of no changes is asked for them, and asked again to tell.
    ended = data.state.state === 'ended'
    if (ended) polling ??= setInterval(() => void read(), POLL)
    if (data.state.state === 'open') {
      clearInterval(polling)
      polling = undefined
    }
    const was = cut
    cut = data.state.state === 'waiting'
    if (was !== cut) say({say: 'error', error: null, cut})
    // What happened while it was cut nobody told.
    if (was && !cut) void read()
  }
  watch()
}

/** Makes the picture once what came in this turn is in. */
function plan(changed: boolean) {
  stale ||= changed
  if (planned) return
  planned = true
  setTimeout(draw, 0)
}

function draw() {
  planned = false
  if (!root || !options || !tree) return
  const start = performance.now()
  if (stale || !known) {
    known = know(root, tree, options.orphans)
    stale = false
    version++
  }
  const middle = performance.now()
  const picture = pictureOf(known, tree, options, version)
  picture.took = {objects: middle - start, picture: performance.now() - middle}
  const fresh = sent !== version
  sent = version
  const {items, sheet} = picture
  const transfer = [items.object, items.depth, items.up, items.fold, picture.fits, picture.shown, ...(sheet ? [sheet.boxes, sheet.of, sheet.card, sheet.lines] : [])].map(array => array.buffer as ArrayBuffer)
  say({say: 'picture', objects: fresh ? known.objects : undefined, picture, orphans: tree.orphanedNodes?.length ?? 0, hosts: tree.hosts?.length ?? 0}, transfer)
}

function fullOf(key: string) {
  if (!known) return null
  const {full, objects} = known
  const at = full.findIndex(one => keyOf(one.node) === key)
  const found = full[at]
  if (!found) {
    // A link to an object of the namespace that belongs to no application, while those are not shown.
    const node = tree?.orphanedNodes?.find(one => keyOf(one) === key)
    return node ? {node, orphan: true, owners: [], owned: []} : null
  }
  const name = (index: number) => keyOf(full[index]?.node ?? {})
  const owners: string[] = []
  for (let up = objects.parent[at] ?? -1; up > 0; up = objects.parent[up] ?? -1) owners.unshift(name(up))
  const owned: string[] = []
  const last = at + (objects.below[at] ?? 0)
  for (let child = at + 1; child <= last && owned.length < 100; child += (objects.below[child] ?? 0) + 1) owned.push(name(child))
  return {...found, orphan: ((objects.flags[at] ?? 0) & ORPHAN) !== 0, owners, owned}
}
