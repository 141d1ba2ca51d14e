// The budgets of the tree, measured in Chromium on an application of 2,000 and one of 20,000 objects: one JSON line for each figure, and a
// failure where one is over its budget by half (machines are shared). `make bench` runs it.
import {execFileSync} from 'node:child_process'

import {chromium} from 'playwright-core'

import {fixture} from './fixture.mjs'

const SLACK = 1.5
const browser = await chromium.launch({executablePath: process.env.CHROMIUM || execFileSync(new URL('chromium', import.meta.url).pathname, {encoding: 'utf8'}).trim(), headless: true, args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']})
let over = false
const figure = (name, value, budget, unit) => {
  console.log(JSON.stringify({bench: `ui/${name}`, value: Math.round(value * 10) / 10, unit, budget}))
  if (value > budget * SLACK) {
    console.error(`ui/${name}: ${value} ${unit} is over the budget of ${budget}`)
    over = true
  }
}
const NAME = 'applications/argocd/data-web-18'
for (const nodes of [2000, 20_000]) {
  const label = `tree-${nodes}`
  const {page, cdp, close} = await open({nodes})
  const at = await page.evaluate(() => performance.getEntriesByName('tree-drawn')[0].startTime)
  const took = await page.evaluate(() => performance.getEntriesByName('tree-arrived').map(mark => mark.detail))
  figure(`${label}/drawn`, at, 1200, 'ms')
  figure(`${label}/objects`, Math.max(...took.map(one => one.objects)), 120, 'ms')
  figure(`${label}/layout`, took.at(-1).picture, 60, 'ms')
  for (const zoom of ['everything', 'near']) {
    if (zoom === 'near') for (let turn = 0; turn < 8; turn++) await page.keyboard.press('+')
    figure(`${label}/pan-${zoom}-frame-p95`, await pan(page), 20, 'ms')
  }
  figure(`${label}/key-to-paint`, await search(page), 150, 'ms')
  await cdp.send('HeapProfiler.collectGarbage')
  figure(`${label}/heap`, (await metric(cdp, 'JSHeapUsedSize')) / 1e6, 30, 'MB')
  await close()
}
const RATE = 2
const {page, cdp, close} = await open({nodes: 20_000, treeRate: RATE})
const count = () => page.evaluate(() => performance.getEntriesByName('tree-arrived').length)
const [before, first] = [await metric(cdp, 'TaskDuration'), await count()]
await page.waitForTimeout(6000)
const updates = (await count()) - first
figure('tree-20000-resent/main-thread-per-update', (((await metric(cdp, 'TaskDuration')) - before) * 1000) / Math.max(1, updates), 16, 'ms')
figure('tree-20000-resent/worker-per-update', await page.evaluate(() => { const {objects, picture} = performance.getEntriesByName('tree-arrived').at(-1).detail; return objects + picture }), 150, 'ms')
figure('tree-20000-resent/pan-frame-p95', await pan(page), 20, 'ms')
await close()
await browser.close()
process.exit(over ? 1 : 0)

async function open(options) {
  const server = await fixture({apps: 24, ...options})
  const context = await browser.newContext({viewport: {width: 1440, height: 900}})
  const page = await context.newPage()
  const cdp = await context.newCDPSession(page)
  // The time of the page's own thread: on a machine with other work the clock would tell of that.
  await cdp.send('Performance.enable', {timeDomain: 'threadTicks'})
  // The first time fills the browser's and the server's caches of code.
  for (const _ of [1, 2]) {
    await page.goto(server.url + NAME, {waitUntil: 'domcontentloaded'})
    await page.waitForFunction(() => performance.getEntriesByName('tree-drawn').length > 0, undefined, {timeout: 30_000})
  }
  await page.waitForTimeout(1500)
  return {page, cdp, close: async () => { await context.close(); await server.close() }}
}

async function metric(cdp, name) {
  return (await cdp.send('Performance.getMetrics')).metrics.find(one => one.name === name).value
}

/** The frames while the picture is dragged around. */
async function pan(page) {
  await page.evaluate(() => {
    globalThis.frames_ = []
    let last = performance.now()
    const step = now => {
      globalThis.frames_.push(now - last)
      last = now
      globalThis.running_ = requestAnimationFrame(step)
    }
    requestAnimationFrame(step)
  })
  await page.mouse.move(900, 500)
  await page.mouse.down()
  for (let turn = 0; turn < 100; turn++) {
    await page.mouse.move(900 + 200 * Math.sin(turn / 8), 500 + 120 * Math.cos(turn / 8))
    await page.waitForTimeout(10)
  }
  await page.mouse.up()
  return page.evaluate(() => {
    cancelAnimationFrame(globalThis.running_)
    const frames = globalThis.frames_.sort((a, b) => a - b)
    return frames[Math.floor(frames.length * 0.95)]
  })
}

/** From the last letter of a search to the picture that shows what it found, without the pause that waits for more letters. */
async function search(page) {
  const before = await page.evaluate(() => performance.getEntriesByName('tree-arrived').length)
  await page.locator('input[aria-label="Search objects"]').fill('svc-11')
  const start = await page.evaluate(() => performance.now())
  await page.waitForFunction(count => performance.getEntriesByName('tree-arrived').length > count, before)
  return (await page.evaluate(() => performance.getEntriesByName('tree-arrived').at(-1).startTime)) - start
}
