// Bad days: the server goes and comes back, a session ends. The page says so, goes on, and what was typed stays.
import {until} from './world.mjs'

export default async function days(world) {
  world.mayFail.push(/ERR_|\b401\b|\b50\d\b/)
  const page = await world.admin()
  await page.goto(`${world.url}applications?view=list`, {waitUntil: 'domcontentloaded'})
  const row = page.getByRole('row', {name: /shop/})
  await row.waitFor()
  await row.getByText('OutOfSync', {exact: true}).waitFor()

  await world.ask('kill')
  await page.getByRole('status').filter({hasText: /trying again/}).waitFor()
  await row.waitFor()
  await world.ask('start')
  await page.getByRole('status').filter({hasText: /trying again/}).waitFor({state: 'detached'})
  // It hears of changes again.
  await until('the server answers', () => world.call('POST', 'api/v1/applications/shop/sync', {}).then(() => true, error => (/fetch|50\d/.test(String(error)) ? false : Promise.reject(error))))
  await row.getByText('Synced', {exact: true}).waitFor()

  // A session ends while somebody types.
  await page.goto(`${world.url}applications?new={}`, {waitUntil: 'domcontentloaded'})
  const drawer = page.getByRole('dialog', {name: 'New application'})
  await drawer.getByLabel('Name', {exact: true}).fill('half-typed')
  await page.context().clearCookies()
  await drawer.getByLabel('Repository').fill(world.repo)
  await page.getByText('Your session has ended').waitFor()
  await page.reload({waitUntil: 'domcontentloaded'})
  await page.waitForURL(url => url.pathname === '/login')
  await page.getByLabel('Name', {exact: true}).fill('admin')
  await page.getByLabel('Password', {exact: true}).fill(world.password)
  await page.getByRole('button', {name: 'Log in', exact: true}).click()
  await until('what was typed is there again', async () => (await drawer.getByLabel('Name', {exact: true}).inputValue()) === 'half-typed')
}
