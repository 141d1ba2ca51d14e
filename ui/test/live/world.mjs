// What a story has: a browser, and the server, cluster and repository behind the pages.
import {execFileSync} from 'node:child_process'
import {readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

import {chromium} from 'playwright-core'

/** How long anything may take. Nothing takes a tenth of it on an idle machine. */
export const PATIENCE = 60_000

const AXE = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const axe = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')

export class World {
  /** What was not as it should be. */
  faults = []
  /** Answers that are part of the story: the console tells of each that is no success. */
  mayFail = []
  /** Addresses beside the server's that pages may ask: an identity provider's. */
  origins = []
  #pages = []

  static async open(given, ask) {
    const browser = await chromium.launch({
      executablePath: given.browser,
      headless: true,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--font-render-hinting=none'],
    })
    return Object.assign(new World(), given, {browser, ask})
  }

  async close() {
    await this.browser.close()
  }

  fault(text) {
    this.faults.push(text)
  }

  /** A page of a person of their own: nothing is shared with the others. */
  async person({theme = 'dark', width = 1440} = {}) {
    const context = await this.browser.newContext({viewport: {width, height: 900}, reducedMotion: 'reduce', colorScheme: theme, locale: 'en-GB', timezoneId: 'UTC'})
    context.setDefaultTimeout(PATIENCE)
    await context.addInitScript(() => addEventListener('securitypolicyviolation', event => console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`)))
    const page = await context.newPage()
    this.#pages.push(page)
    page.on('pageerror', error => this.fault(`fault of the page ${page.url()}: ${error.message}`))
    page.on('console', message => {
      if (message.type() !== 'error' || [this.url, ...this.origins].every(origin => !page.url().startsWith(origin))) return
      const {url} = message.location()
      if (message.text().startsWith('Failed to load') && this.mayFail.some(pattern => pattern.test(`${message.text()} ${url}`))) return
      this.fault(`console of ${page.url()}: ${message.text()} ${url}`)
    })
    context.on('request', request => {
      if (![this.url, ...this.origins].some(origin => request.url().startsWith(origin)) && !/^(data|blob):/.test(request.url())) this.fault(`asks another server: ${request.url()}`)
    })
    return page
  }

  /** Logs somebody in by the form of names and passwords. */
  async logIn(page, name, password) {
    await page.goto(`${this.url}login`, {waitUntil: 'domcontentloaded'})
    await page.getByLabel('Name', {exact: true}).fill(name)
    await page.getByLabel('Password', {exact: true}).fill(password)
    await page.getByRole('button', {name: 'Log in', exact: true}).click()
    await page.waitForURL(url => !url.pathname.endsWith('/login'))
  }

  /** A page of `admin`, logged in without the form: a story is about something else. */
  async admin(options) {
    const page = await this.person(options)
    await this.cookie(page, 'admin', this.password)
    return page
  }

  /** Gives the page of somebody the cookie of a login. */
  async cookie(page, username, password) {
    const {token} = await this.call('POST', 'api/v1/session', {username, password}, '')
    await page.context().addCookies([{name: 'argocd.token', value: token, url: this.url, httpOnly: true, sameSite: 'Lax'}])
  }

  /** Asks the server, as `admin` where no token is given. */
  async call(method, path, body, token) {
    const bearer = token ?? (this.token ??= (await this.call('POST', 'api/v1/session', {username: 'admin', password: this.password}, '')).token)
    const answer = await fetch(this.url + path, {method, headers: {'Content-Type': 'application/json', ...(bearer && {Authorization: `Bearer ${bearer}`})}, body: body && JSON.stringify(body)})
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return text && JSON.parse(text)
  }

  /** Gives a local account a password. */
  async setPassword(name, newPassword) {
    await until(`the account ${name} has a password`, async () => {
      try {
        await this.call('PUT', 'api/v1/account/password', {name, newPassword, currentPassword: this.password})
        return true
      } catch (error) {
        if (/not.found|does not exist|denied/i.test(error.message)) return false
        throw error
      }
    })
  }

  kube(...words) {
    return execFileSync(this.kubectl, words, {encoding: 'utf8', env: {...process.env, KUBECONFIG: this.kubeconfig}, stdio: ['ignore', 'pipe', 'pipe']})
  }

  /** An object of the cluster; nothing where there is none. */
  object(kind, name, namespace = this.target) {
    const text = this.kube('-n', namespace, 'get', kind, name, '--ignore-not-found', '-o', 'json')
    return text ? JSON.parse(text) : undefined
  }

  app(name) {
    return this.object('applications', name, this.control)
  }

  /** Writes files (`null` removes one), commits, and gives the commit. */
  commit(message, files) {
    const folder = fileURLToPath(this.repo)
    for (const [path, text] of Object.entries(files)) {
      if (text === null) rmSync(join(folder, path))
      else writeFileSync(join(folder, path), text)
    }
    const git = (...words) => execFileSync('git', ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.com', '-c', 'commit.gpgsign=false', ...words], {cwd: folder, encoding: 'utf8'})
    git('add', '--all')
    git('commit', '--quiet', '--message', message)
    return git('rev-parse', 'HEAD').trim()
  }

  /** Nothing may be wrong for those who do not see the page as others do, in either theme. */
  async fair(page, what) {
    await page.evaluate(axe)
    for (const theme of ['light', 'dark']) {
      await page.emulateMedia({colorScheme: theme, reducedMotion: 'reduce'})
      const found = await page.evaluate(tags => globalThis.axe.run({runOnly: tags, rules: {region: {enabled: false}}}), AXE)
      for (const one of found.violations) this.fault(`axe, ${what}, ${theme}, ${one.impact}: ${one.id}: ${one.nodes[0]?.html.slice(0, 200)}`)
    }
  }

  /** Adds what the open pages show, for whoever reads of a failure. */
  async describe() {
    for (const page of this.#pages.filter(one => !one.isClosed())) {
      const shown = await page.locator('body').ariaSnapshot({timeout: 5000}).catch(() => '')
      this.fault(`at ${page.url()}\n${shown.slice(0, 6000)}`)
    }
  }
}

/** Waits until `good` gives something, and gives it. */
export async function until(what, good) {
  const end = Date.now() + PATIENCE
  for (;;) {
    const value = await good()
    if (value) return value
    if (Date.now() > end) throw new Error(`not so within ${PATIENCE / 1000} s: ${what}`)
    await new Promise(done => setTimeout(done, 50))
  }
}

/** Fails with a sentence. */
export function check(good, what) {
  if (!good) throw new Error(`not so: ${what}`)
}
