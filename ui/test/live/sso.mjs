// Somebody comes by an identity provider: one without groups, who may nothing, and an author, whose group may everything.
import {check} from './world.mjs'

export default async function sso(world) {
  world.mayFail.push(/\b401\b/, /\b403\b/)
  world.origins.push(world.provider)
  const page = await world.person()
  const toProvider = async connector => {
    await page.getByRole('link', {name: /single sign-on|Example/}).click()
    await page.waitForURL(url => url.href.startsWith(world.provider))
    await page.getByText(connector).click()
  }
  const leave = async () => {
    await page.getByRole('button', {name: 'Log out', exact: true}).click()
    await page.waitForURL(url => url.href.startsWith(world.url) && url.pathname === '/login')
  }

  await page.goto(`${world.url}user-info`, {waitUntil: 'domcontentloaded'})
  await page.waitForURL(url => url.pathname === '/login')
  await toProvider('Readers')
  await page.locator('input[name=login]').fill('trout')
  await page.locator('input[name=password]').fill('fish')
  await page.locator('button[type=submit]').click()
  // Where somebody wanted to go is where they come to, also by way of another server.
  await page.waitForURL(url => url.href.startsWith(world.url) && url.pathname === '/user-info')
  await page.getByText(/kilgore/i).first().waitFor()
  const may = async what => (await page.evaluate(async what => (await fetch(`api/v1/account/can-i/${what}`)).json(), what)).value
  check((await may('applications/create/default%2Fx')) === 'no', 'who is in no group may not make applications')
  await leave()

  await toProvider('Authors')
  await page.waitForURL(url => url.href.startsWith(world.url) && url.pathname !== '/login')
  await page.goto(`${world.url}user-info`, {waitUntil: 'domcontentloaded'})
  await page.getByText('authors').first().waitFor()
  check((await may('applications/create/default%2Fx')) === 'yes', 'authors may make applications')

  // A provider that says no is told of.
  await page.context().clearCookies()
  await page.goto(`${world.url}login?has_sso_error=true`, {waitUntil: 'domcontentloaded'})
  await page.getByText(/single sign-on.*(not work|failed)/i).first().waitFor()
}
