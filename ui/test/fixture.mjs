// A server of made-up answers for pictures and measurements: `node test/fixture.mjs --port 8099 --apps 500`.
// It serves dist/ as the program does (policy, compression, the index for every page) and answers what the first screens ask.
import {createServer} from 'node:http'
import {existsSync, readFileSync} from 'node:fs'
import {gzipSync} from 'node:zlib'
import {extname, join, normalize} from 'node:path'
import {parseArgs} from 'node:util'
import {fileURLToPath} from 'node:url'

import {createServer as createVite} from 'vite'

import {answer, deeds, logLines} from './deeds.mjs'
import {answerSettings} from './fixture-settings.mjs'
import {applications} from './fleet.mjs'
import {shell} from './terminal.mjs'
import {objects, planOf, treeOf} from './tree.mjs'

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
const TYPES = {'.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2'}
const root = fileURLToPath(new URL('..', import.meta.url))

/** The UI's own reading of applications, compiled once for all servers of a run. */
let fold
async function loadFold() {
  const vite = await createVite({root, server: {middlewareMode: true, hmr: false, ws: false}, appType: 'custom', logLevel: 'error', optimizeDeps: {noDiscovery: true}})
  const loaded = await vite.ssrLoadModule('/src/api/fleet-fold.ts')
  await vite.close()
  return loaded
}

/**
 * Starts it; `contract` leaves the project's own endpoints out, as an Argo CD does, `past` adds the applications of deeds.mjs, `rate` changes
 * so many applications a second, `flood` makes logs of so many `first` lines and a `rate` of them a second. Trees have `nodes` objects,
 * and are sent anew `treeRate` times a second; `forbid: 'tree'` refuses them.
 */
export async function fixture({port = 0, apps = 500, contract = false, rate = 0, extensions = '', past = false, nodes = 0, treeRate = 0, forbid = '', flood = null, ...screen} = {}) {
  const {askRows, rowOf} = await (fold ??= loadFold())
  const whole = [...applications(apps), ...(past ? deeds() : [])]
  const rows = new Map(whole.map(app => [`argocd/${app.metadata.name}`, rowOf(app)]))
  const files = new Map()
  let revision = 1
  let streams = 0
  const watchers = new Set()
  const tick = rate > 0 && setInterval(() => {
    const keys = [...rows.keys()]
    for (let n = 0; n < Math.ceil(rate / 5); n++) {
      const key = keys[Math.floor(Math.random() * keys.length)]
      const row = rows.get(key)
      rows.set(key, {...row, version: String(++revision), reconciledAt: new Date().toISOString(), health: {...row.health, status: Math.random() < 0.9 ? 'Healthy' : 'Progressing'}})
    }
    for (const told of watchers) told()
  }, 200)

  const denied = app => forbid === 'tree' && app !== undefined

  const windowOf = words => {
    const query = {}
    for (const name of new Set(words.keys())) query[name] = ['search', 'sort', 'order', 'offset', 'limit', 'facets'].includes(name) ? words.get(name) : words.getAll(name).flatMap(value => value.split(','))
    const {items, facets} = askRows(rows.values(), query)
    const [offset, limit] = [Number(query.offset ?? 0), Number(query.limit ?? 100)]
    return {revision: String(revision), visible: rows.size, total: items.length, offset, limit, facets, items: items.slice(offset, offset + limit)}
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://localhost')
    const json = (value, status = 200) => {
      const body = JSON.stringify(value)
      const packed = body.length > 1000 && /gzip/.test(request.headers['accept-encoding'] ?? '')
      response.writeHead(status, {'Content-Type': 'application/json', ...(packed ? {'Content-Encoding': 'gzip'} : {})})
      response.end(packed ? gzipSync(body, {level: 1}) : body)
    }
    const text = (words, status) => {
      response.writeHead(status, {'Content-Type': 'text/plain'})
      response.end(words)
    }
    const missing = () => json({error: 'Not Found', code: 5, message: `no such path: ${url.pathname}`}, 404)
    const stream = (begin, path) => {
      response.writeHead(200, {'Content-Type': 'application/json'})
      streams++
      const say = value => response.write(`${JSON.stringify({result: value})}\n`)
      const end = begin(say)
      const beat = setInterval(() => response.write(path === 'fleet' ? `${JSON.stringify({result: {type: 'BEAT'}})}\n` : '\n'), 15_000)
      response.on('close', () => {
        streams--
        clearInterval(beat)
        end?.()
      })
    }
    const path = url.pathname.slice(1)
    if (path === 'debug/streams') return json({streams})
    if (path === 'extensions.js') {
      response.writeHead(200, {'Content-Type': 'text/javascript'})
      return response.end(extensions)
    }
    if (path === 'api/version') return json({Version: 'v3.6.0+bowline.0.1.0'})
    if (path === 'api/badge') {
      response.writeHead(200, {'Content-Type': 'image/svg+xml'})
      return response.end('<svg xmlns="http://www.w3.org/2000/svg" width="131" height="20"><rect width="131" height="20" rx="3" fill="#15794a"/><text x="10" y="14" fill="#fff" font-size="11" font-family="sans-serif">Healthy Synced</text></svg>')
    }
    const settled = answerSettings(path, request.method, url, screen)
    if (settled !== undefined) return json(settled, typeof settled.status === 'number' ? settled.status : 200)
    if (path === 'api/v1/session/userinfo') return json({loggedIn: true, username: 'ana', iss: 'argocd', groups: ['platform']})
    if (path === 'api/v1/session') return json({token: 'made-up'})
    if (path === 'api/v1/settings') return json({resourceViewEnabled: true, execEnabled: true, statusBadgeEnabled: true, syncWithReplaceAllowed: true, appsInAnyNamespaceEnabled: false, controllerNamespace: 'argocd', passwordPattern: '^.{8,32}$', uiBannerContent: '', ...screen.settings})
    if (path.startsWith('api/v1/account/can-i/')) return json({value: 'yes'})
    if (path === 'api/v1/projects') return json({items: ['default', ...new Set(whole.map(app => app.spec.project))].map(name => ({metadata: {name}, spec: {sourceRepos: ['*'], destinations: [{server: '*', namespace: '*'}]}}))})
    if (path === 'api/v1/clusters') return json({items: [{name: 'in-cluster', server: 'https://kubernetes.default.svc', connectionState: {status: 'Successful'}}, {name: 'prod-eu-1', server: 'https://10.1.0.1', connectionState: {status: 'Failed', message: 'connection refused'}}]})
    if (path === 'api/v1/repositories') return json({items: [...new Set(whole.map(app => app.spec.source.repoURL))].map(repo => ({repo, type: 'git', connectionState: {status: 'Successful'}}))})
    if (/^api\/v1\/repositories\/.*\/refs$/.test(path)) return json({branches: ['main', 'release-1.8'], tags: ['v1.8.2', 'v1.8.1']})
    if (/^api\/v1\/repositories\/.*\/apps$/.test(path)) return json({items: [{type: 'Kustomize', path: 'apps/api'}, {type: 'Helm', path: 'apps/web'}, {type: 'Directory', path: 'apps/worker'}]})
    if (/^api\/v1\/repositories\/.*\/helmcharts$/.test(path)) return json({items: [{name: 'redis', versions: ['20.1.0', '20.0.3']}, {name: 'postgresql', versions: ['16.0.1']}]})
    if (/^api\/v1\/repositories\/.*\/appdetails$/.test(path)) return json({type: 'Helm', helm: {name: 'web', valueFiles: ['values.yaml', 'values-prod.yaml'], parameters: [{name: 'replicas', value: '2'}, {name: 'image.tag', value: '1.8.2'}]}})
    if (path === 'api/bowline/v1/applications' && !contract) return json(windowOf(url.searchParams))
    if (path === 'api/bowline/v1/stream/applications' && !contract) {
      return stream(say => {
        say({type: 'WINDOW', ...windowOf(url.searchParams)})
        const told = () => say({type: 'WINDOW', ...windowOf(url.searchParams)})
        watchers.add(told)
        return () => watchers.delete(told)
      }, 'fleet')
    }
    if (path === 'api/v1/applications' && request.method === 'GET') return json({metadata: {resourceVersion: '1'}, items: whole})
    if (path === 'api/v1/stream/applications') return stream(() => undefined, 'events')
    const told = past ? answer(path, url, contract) : undefined
    if (told) return json(told)
    if (told === null) return text('Not Found', 404)
    if (/^api\/v1\/applications\/[^/]+\/revisions\/[^/]+\/metadata$/.test(path)) return json({author: 'Ana Ruiz <ana@example.com>', date: new Date(Date.now() - 5 * 3_600_000).toISOString(), message: 'Raise the memory of web\n\nIt was killed twice.'})
    if (path === 'api/bowline/v1/plan') {
      if (contract) return text('Not Found', 404)
      let body = ''
      request.on('data', piece => { body += piece })
      request.on('end', () => json(planOf(whole, JSON.parse(body || '{}'))))
      return
    }
    if (/^api\/v1\/applications\/[^/]+\/syncwindows$/.test(path)) return json({canSync: true})
    const tree = /^api\/v1\/(stream\/)?applications\/([^/]+)\/resource-tree$/.exec(path)
    if (tree) {
      const app = whole.find(app => app.metadata.name === decodeURIComponent(tree[2]))
      if (!app) return missing()
      if (denied(app)) return json({error: 'permission denied', code: 7, message: `permission denied: applications, get, ${app.spec.project}/${app.metadata.name}, sub: ana`}, 403)
      if (!tree[1]) return json(treeOf(app, nodes))
      return stream(say => {
        if (!treeRate) return
        const timer = setInterval(() => say(treeOf(app, nodes, ++revision)), 1000 / treeRate)
        return () => clearInterval(timer)
      }, 'tree')
    }
    const thing = objects(path, url, whole)
    if (thing) return json(thing)
    if (/^api\/v1\/applications\/[^/]+\/events$/.test(path)) return json({items: [{type: 'Warning', reason: 'BackOff', message: 'Back-off restarting failed container', count: 12, lastTimestamp: new Date().toISOString()}]})
    if (/^api\/v1\/applications\/[^/]+\/logs$/.test(path)) {
      if (flood) {
        let n = 0
        const line = () => ({content: `INFO GET /cart/${n} 200 in ${n % 90} ms, user ${(n * 7919) % 10_007}, from 10.${n % 250}.3.4`, podName: 'cart-7d9f8b6c5-abcde', timeStampStr: new Date(1_700_000_000_000 + n++).toISOString()})
        return stream(say => {
          for (let first = 0; first < flood.first; first++) say(line())
          const timer = setInterval(() => { for (let more = 0; more < flood.rate / 20; more++) say(line()) }, 50)
          return () => clearInterval(timer)
        }, 'logs')
      }
      const lines = past ? logLines(url.searchParams.get('container')) : Array.from({length: 500}, (_, n) => ({content: `${n} GET /cart <b>200</b> in ${n % 90} ms`, podName: `cart-${n % 3}`, timeStampStr: `2026-01-01T00:00:00.${String(n).padStart(3, '0')}Z`}))
      return stream(say => lines.forEach(say), 'logs')
    }
    if (/^api\/v1\/applications\/[^/]+\/revisions\/[^/]+\/metadata$/.test(path)) return json({author: 'Ana Ruiz <ana@example.com>', date: '2026-01-01T00:00:00Z', message: 'Raise the replicas'})
    const one = /^api\/v1\/applications\/([^/]+)(\/sync)?$/.exec(path)
    if (one) {
      const app = whole.find(app => app.metadata.name === decodeURIComponent(one[1]))
      if (!app) return json({error: 'not found', code: 5, message: `applications.argoproj.io "${one[1]}" not found`}, 404)
      if (app.spec.project === 'data' && request.method !== 'GET') return json({error: 'permission denied', code: 7, message: `permission denied: applications, sync, ${app.spec.project}/${app.metadata.name}, sub: ana`}, 403)
      return json(app)
    }
    if (path.startsWith('api/')) return missing()
    const name = normalize(path).replace(/^(\.\.[/\\])+/, '')
    const file = join(root, 'dist', name)
    const page = !extname(name) || !existsSync(file)
    const from = page ? join(root, 'dist/index.html') : file
    if (!files.has(from)) files.set(from, gzipSync(readFileSync(from)))
    response.writeHead(200, {'Content-Type': TYPES[extname(from)] ?? 'application/octet-stream', 'Content-Encoding': 'gzip', 'Content-Security-Policy': POLICY, 'Cache-Control': name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'})
    response.end(files.get(from))
  })
  server.on('upgrade', (request, socket) => (request.url?.startsWith('/terminal?') ? shell(request, socket) : socket.destroy()))
  await new Promise(done => server.listen(port, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    async close() {
      clearInterval(tick)
      server.closeAllConnections()
      server.close()
    },
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const {values} = parseArgs({options: {nodes: {type: 'string', default: '0'}, treeRate: {type: 'string', default: '0'}, port: {type: 'string', default: '8099'}, apps: {type: 'string', default: '500'}, rate: {type: 'string', default: '0'}, contract: {type: 'boolean', default: false}}})
  const {url} = await fixture({port: Number(values.port), apps: Number(values.apps), rate: Number(values.rate), contract: values.contract, nodes: Number(values.nodes), treeRate: Number(values.treeRate)})
  console.log(url)
}
