// A whole day without a mouse: the focus is never lost, and each key does what the sheet says.
import {check, until} from './world.mjs'

export default async function keyboard(world) {
  world.mayFail.push(/\b401\b/)
  const page = await world.person()
  const press = key => page.keyboard.press(key)
  const type = text => page.keyboard.type(text)
  const path = wanted => page.waitForURL(url => url.pathname + url.search === wanted || url.pathname === wanted)
  const kept = async what => {
    await until(`the focus is somewhere after ${what}`, () => page.evaluate(() => document.activeElement !== null && document.activeElement !== document.body))
  }

  await page.goto(`${world.url}applications?view=list`, {waitUntil: 'domcontentloaded'})
  await page.getByRole('button', {name: 'Log in', exact: true}).waitFor()
  await tabTo(page, 'Name')
  await type('admin')
  await press('Tab')
  await type(world.password)
  await press('Enter')
  await path('/applications?view=list')
  await page.getByRole('row', {name: /shop-too/}).waitFor()

  // Places.
  await press('g')
  await press('h')
  await path('/')
  await kept('going home')
  await press('g')
  await press('a')
  await path('/applications')
  await page.getByRole('row', {name: /shop-too/}).waitFor()

  // The sheet of keys, and back.
  await press('?')
  await page.getByRole('dialog', {name: 'Keys'}).waitFor()
  await press('Escape')
  await page.getByRole('dialog').waitFor({state: 'detached'})

  // Rows: the first, the next, a look at it, and back to where one was.
  await press('g')
  await press('g')
  await page.locator('[data-index="0"]:focus').waitFor()
  await press('j')
  await page.locator('[data-index="1"]:focus').waitFor()
  await press('Space')
  await page.getByRole('dialog').waitFor()
  await press('Escape')
  await page.getByRole('dialog').waitFor({state: 'detached'})
  await page.locator('[data-index="1"]:focus').waitFor()

  // The filter.
  await press('/')
  await type('too')
  await page.getByRole('row', {name: /shop-too/}).waitFor()
  await until('the filter counts', async () => (await page.locator('[data-index]').count()) === 1)
  await press('Escape')

  // The palette opens an application.
  await press('Control+k')
  await page.getByRole('combobox', {name: 'Search or type a command'}).waitFor()
  await type('shop-too')
  await press('Enter')
  await page.waitForURL(url => url.pathname.endsWith('/shop-too'))
  await page.getByRole('main').getByText('OutOfSync', {exact: true}).first().waitFor()
  await kept('opening an application')

  // Sync it.
  await press('s')
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  await tabTo(page, /^Sync everything/)
  await press('Enter')
  await until('it is in the cluster', () => world.object('configmap', 'shop-settings'))
  await dialog.waitFor({state: 'detached'})
  await kept('closing the dialog')
  await page.getByRole('main').getByText('Synced', {exact: true}).first().waitFor()

  // Its views by their numbers, and back.
  await press('7')
  await page.getByRole('tab', {name: 'History', selected: true}).waitFor()
  await press('1')
  await page.getByRole('tab', {name: 'Tree', selected: true}).waitFor()

  // Leave.
  await press('Control+k')
  await type('>')
  await page.getByRole('option').first().waitFor()
  await press('Escape')
  check(await page.getByRole('dialog').count() === 0, 'the palette is closed')
}

/** Presses Tab until what has this label or name has the focus. */
async function tabTo(page, name) {
  for (let turn = 0; turn < 120; turn++) {
    const found = await page.evaluate(() => {
      const at = document.activeElement
      const label = at?.labels?.[0]?.textContent ?? at?.getAttribute('aria-label') ?? at?.textContent ?? ''
      return label.trim()
    })
    if (typeof name === 'string' ? found === name : name.test(found)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not come to ${name}`)
}
