// A reader sees everything and changes nothing; what is refused says why, before or after somebody tries.
import {check} from './world.mjs'

export default async function reader(world) {
  world.mayFail.push(/\b401\b/, /\b403\b/)
  await world.setPassword('rita', 'password-of-rita')
  const page = await world.person()
  await world.logIn(page, 'rita', 'password-of-rita')
  await page.goto(`${world.url}applications?view=list`, {waitUntil: 'domcontentloaded'})
  await page.getByRole('row', {name: /shop/}).waitFor()

  await page.goto(`${world.url}applications/${world.control}/shop`, {waitUntil: 'domcontentloaded'})
  await page.getByRole('main').getByText('Healthy', {exact: true}).first().waitFor()
  await refused(page, page.getByRole('main').getByRole('button', {name: 'Sync', exact: true}))
  check(!world.app('shop').operation, 'no sync began')

  const denied = await page.evaluate(async () => (await fetch('api/v1/applications/shop', {method: 'DELETE', headers: {'Content-Type': 'application/json'}})).status)
  check(denied === 403, 'a reader cannot delete')

  // The account loses its right while the page is open.
  world.kube('-n', world.control, 'patch', 'configmap', 'argocd-rbac-cm', '--type', 'merge', '-p', '{"data":{"policy.csv":"g, authors, role:admin\\n"}}')
  await page.goto(`${world.url}applications?view=list`, {waitUntil: 'domcontentloaded'})
  await page.getByText('No applications yet.').waitFor()
}

/** The button does not do it: it says beforehand that it may not, or its dialog says what the server said. */
async function refused(page, button) {
  await button.waitFor()
  if ((await button.getAttribute('aria-disabled')) === 'true') {
    check(await button.getAttribute('title'), 'a button that may not be pressed says why')
    return
  }
  await button.click()
  await page.getByRole('dialog').getByRole('button', {name: /^Sync/}).click()
  await page.getByRole('dialog').getByText(/permission denied/).first().waitFor()
  await page.keyboard.press('Escape')
}
