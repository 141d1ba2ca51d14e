// Opens every screen in Chromium: what is expected must be there; axe, the policy and the console must have nothing to say; and
// nothing may be asked of another server. `--pictures DIR` takes pictures of them at three widths in both themes instead.
// `--width 1440,420` says other widths, `--only PATTERN` takes the screens whose names it fits.
import {mkdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {execFileSync} from 'node:child_process'
import {parseArgs} from 'node:util'

import {chromium} from 'playwright-core'

import {fixture} from './fixture.mjs'
import {screens} from './screens.mjs'

const {values} = parseArgs({options: {pictures: {type: 'string'}, only: {type: 'string', default: ''}, width: {type: 'string', default: '1440,1024,420'}}})
// Without `region`: an open menu is beside the landmarks, as lists of menus are.
const AXE = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const PATIENCE = 60_000

const axe = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')
const browser = await chromium.launch({
  executablePath: findBrowser(),
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--force-color-profile=srgb', '--font-render-hinting=none'],
})
const wrong = []
const todo = screens.filter(one => new RegExp(values.only).test(one.name)).flatMap(screen => (values.pictures ? [1440, 1024, 420] : [1440]).map(width => ({screen, width})))
if (!todo.length) throw new Error(`no screen has a name like ${values.only}`)
const count = todo.length
// Most of the time a page waits for something: several at once use that.
await Promise.all(
  [1, 2, 3].map(async () => {
    for (let next = todo.shift(); next; next = todo.shift()) {
      const {screen, width} = next
      const server = await fixture(screen)
      try {
        await open(server.url, screen, width)
      } catch (error) {
        wrong.push(`${screen.name} (${width}): ${error.message.split('\n').slice(0, 3).join(' ')}`)
      }
      await server.close()
    }
  }),
)
await browser.close()
if (wrong.length > 0) {
  console.error(wrong.join('\n'))
  process.exit(1)
}
console.log(`${count} pages of ${screens.length} screens are in order, in both themes`)
process.exit(0)

async function open(base, screen, width) {
  const context = await browser.newContext({viewport: {width, height: 900}, reducedMotion: 'reduce', colorScheme: 'dark', locale: 'en-GB', timezoneId: 'UTC'})
  const page = await context.newPage()
  const say = text => wrong.push(`${screen.name} (${width}): ${text}`)
  page.on('pageerror', error => say(`fault of the page: ${error.message}`))
  page.on('console', message => {
    // A refused request is an error for the console, and part of some screens.
    if (message.type() === 'error' && !(screen.mayFail && message.text().startsWith('Failed to load'))) say(`console: ${message.text()}`)
  })
  page.on('request', request => {
    if (!request.url().startsWith(base) && !/^(data|blob):/.test(request.url())) say(`asks another server: ${request.url()}`)
  })
  await page.addInitScript(() => addEventListener('securitypolicyviolation', event => console.error(`policy: ${event.violatedDirective} ${event.sourceFile}`)))
  try {
    await page.goto(base + screen.path, {waitUntil: 'domcontentloaded'})
    await page.waitForFunction(() => document.querySelector('h1')?.textContent && !document.querySelector('[role=status][aria-label=Loading]'), undefined, {timeout: PATIENCE})
    await page.waitForTimeout(400)
    for (const key of screen.keys ?? []) {
      // What needs the keyboard or a wide screen is not part of the small one.
      if (key.startsWith('click:')) await page.locator(key.slice(6)).first().click({timeout: PATIENCE})
      else if (key.startsWith('type:')) await page.keyboard.type(key.slice(5))
      else await page.keyboard.press(key)
      await page.waitForTimeout(120)
    }
    // A picture of a small screen may leave it out.
    if (screen.expect) await page.waitForFunction(([text, part]) => new RegExp(text).test(document.body[part]), [screen.expect, values.pictures ? 'textContent' : 'innerText'], {timeout: PATIENCE})
    await page.evaluate(() => document.fonts.ready)
    if (values.pictures) mkdirSync(values.pictures, {recursive: true})
    else await page.evaluate(axe)
    for (const theme of ['dark', 'light']) {
      await page.emulateMedia({colorScheme: theme, reducedMotion: 'reduce'})
      // What is drawn by hand is drawn anew.
      await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))
      if (values.pictures) {
        await page.screenshot({path: join(values.pictures, `${screen.name}-${theme}-${width}.png`), animations: 'disabled', caret: 'hide'})
        continue
      }
      const found = await page.evaluate(tags => globalThis.axe.run({runOnly: tags, rules: {region: {enabled: false}}}), AXE)
      for (const violation of found.violations) say(`axe, ${theme}, ${violation.impact}: ${violation.id}: ${violation.nodes[0]?.html.slice(0, 160)}`)
    }
  } finally {
    await context.close()
  }
}

function findBrowser() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    try {
      return execFileSync('/bin/sh', ['-c', `command -v ${name}`], {encoding: 'utf8'}).trim()
    } catch {
      // The next name.
    }
  }
  throw new Error('No Chromium was found: install it (apt-get install chromium), or say where it is in CHROMIUM')
}
