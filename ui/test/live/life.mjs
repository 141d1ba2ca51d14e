// The life of an application: made by the form, synced, changed in Git, changed by hand, rolled back, deleted.
import {check, until} from './world.mjs'

export default async function life(world) {
  // Before somebody logs in, and once with a wrong password.
  world.mayFail.push(/\b401\b/)
  const page = await world.person()
  await page.goto(`${world.url}applications?view=list`, {waitUntil: 'domcontentloaded'})
  await page.waitForURL(url => url.pathname === '/login')
  const name = page.getByLabel('Name', {exact: true})
  const password = page.getByLabel('Password', {exact: true})
  const enter = page.getByRole('button', {name: 'Log in', exact: true})
  await enter.waitFor()
  await world.fair(page, 'login')
  await name.fill('admin')
  await password.fill('wrong')
  await enter.click()
  await page.getByText('Invalid username or password').waitFor()
  await password.fill(world.password)
  await enter.click()
  // Where somebody wanted to go is where they come to.
  await page.waitForURL(url => url.pathname === '/applications' && url.searchParams.get('view') === 'list')
  // There is no tree before the first comparison, and the server says so.
  world.mayFail = [/\b400\b.*\/resource-tree/]

  await page.goto(world.url, {waitUntil: 'domcontentloaded'})
  await page.getByText('Nothing runs from Git yet.').waitFor()
  await world.fair(page, 'an empty home')
  await page.getByRole('link', {name: 'New application'}).click()
  await create(world, page)

  await state(page, 'OutOfSync')
  await sync(page)
  await until('it is in the cluster', () => world.object('configmap', 'shop-settings')?.data.key === 'light')
  await state(page, 'Synced')
  await state(page, 'Healthy')
  await world.fair(page, 'an application')

  // A commit is seen when somebody asks, before any poll.
  const first = world.app('shop').status.sync.revision
  const commit = world.commit('A dark theme', {'shop/settings.yaml': settings('dark')})
  await refresh(page)
  await state(page, 'OutOfSync')
  await plan(world, page, 'data.key')
  await sync(page)
  await until('the commit is in the cluster', () => world.object('configmap', 'shop-settings').data.key === 'dark')
  await state(page, 'Synced')
  check(world.app('shop').status.sync.revision === commit, 'it is synced to the commit')

  // What somebody changes by hand shows by itself.
  world.kube('-n', world.target, 'patch', 'configmap', 'shop-settings', '--type', 'merge', '-p', '{"data":{"key":"by hand"}}')
  await state(page, 'OutOfSync')
  for (const view of ['List', 'Diff', 'Operation', 'Events', 'Config']) {
    await page.getByRole('tab', {name: view, exact: true}).click()
    await page.getByRole('tabpanel', {name: view, exact: true}).waitFor()
    // What differs, and because of whom.
    if (view === 'Diff') await page.getByRole('article', {name: 'ConfigMap shop-settings'}).getByText(/kubectl-patch/).first().waitFor()
    await world.fair(page, `an application that differs: ${view}`)
  }

  await rollBack(world, page, first)
  await until('what was before is in the cluster', () => world.object('configmap', 'shop-settings').data.key === 'light')

  await remove(world, page)
  await page.waitForURL(url => url.pathname === '/applications')
  await until('what it made is gone', () => !world.object('configmap', 'shop-settings') && !world.app('shop'))
  await page.getByText('No applications yet.').waitFor()
}

const settings = theme => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: shop-settings\ndata:\n  key: "${theme}"\n`

/** A word of the application's state is on the page. */
async function state(page, word) {
  await page.getByRole('main').getByText(word, {exact: true}).first().waitFor()
}

async function create(world, page) {
  const drawer = page.getByRole('dialog', {name: 'New application'})
  await drawer.getByLabel('Name', {exact: true}).fill('shop')
  await drawer.getByLabel('Repository').fill(world.repo)
  await drawer.getByLabel('Path').fill('shop')
  await drawer.getByLabel('Namespace', {exact: true}).fill(world.target)
  await drawer.getByLabel('Policy').click()
  await page.getByRole('option', {name: /^Manual/}).click()
  await drawer.getByText('It is a folder of manifests.').waitFor()
  await world.fair(page, 'the form')
  await drawer.getByRole('button', {name: 'Create', exact: true}).click()
  await page.waitForURL(url => url.pathname.endsWith('/shop'))
  check(world.app('shop'), 'the application is made')
}

async function sync(page) {
  await page.getByRole('main').getByRole('button', {name: 'Sync', exact: true}).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', {name: /^Sync /}).click()
  await dialog.waitFor({state: 'detached'})
}

async function refresh(page) {
  await page.getByRole('main').getByRole('button', {name: 'Refresh', exact: true}).click()
}

async function rollBack(world, page, revision) {
  await page.getByRole('tab', {name: 'History'}).click()
  const deployment = page.getByRole('listitem').filter({hasText: revision.slice(0, 7)})
  await deployment.getByRole('button', {name: /^Roll back/}).click()
  const dialog = page.getByRole('dialog')
  // What it would change is said before it is done.
  await dialog.getByText('shop-settings').first().waitFor()
  await world.fair(page, 'a rollback')
  await dialog.getByRole('button', {name: 'Roll back', exact: true}).click()
  await dialog.waitFor({state: 'detached'})
}

async function remove(world, page) {
  await page.getByRole('button', {name: 'More actions'}).click()
  await page.getByRole('menuitem', {name: /^Delete/}).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('3 are deleted').waitFor()
  await world.fair(page, 'a deletion')
  await dialog.getByLabel(/type shop/).fill('shop')
  await dialog.getByRole('button', {name: /^Delete it/}).click()
}

/** What a sync would do stands at its own address. */
async function plan(world, page, field) {
  await page.goto(`${world.url}applications/${world.control}/shop?plan=HEAD`, {waitUntil: 'domcontentloaded'})
  await page.getByRole('main').getByText(field).first().waitFor()
  await world.fair(page, 'a plan')
  await page.getByRole('button', {name: 'Back to the application'}).click()
}
