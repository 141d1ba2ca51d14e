// What an installation consists of is made, looked at and taken away: a project with a role and its token, a repository, host keys, an
// account's token, a password.
import {check, until} from './world.mjs'

const KEY = 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'

export default async function settings(world) {
  const page = await world.admin()
  const open = path => page.goto(`${world.url}${path}`, {waitUntil: 'domcontentloaded'})
  const button = (name, inside = page) => inside.getByRole('button', {name, exact: true}).last()
  const dialog = name => page.getByRole('dialog', {name})
  const gone = layer => layer.waitFor({state: 'detached'})

  // A project, by its form; a role with a token, which may what the role may.
  await open('settings/projects')
  await page.getByRole('row', {name: /default/}).waitFor()
  await world.fair(page, 'projects')
  await page.getByRole('button', {name: /New project/}).click()
  let form = dialog('New project')
  await form.getByLabel('Name', {exact: true}).fill('team')
  await form.getByLabel('What it is for').fill('The web team')
  await world.fair(page, 'a new project')
  await button('Create', form).click()
  await page.waitForURL(url => url.pathname === '/settings/projects/team')
  await page.getByText('The web team').first().waitFor()
  await world.fair(page, 'a project')
  await open('settings/projects/team?tab=roles&newRole=true')
  form = dialog('New role')
  await form.getByLabel('Name', {exact: true}).fill('ci')
  await button('Create', form).click()
  await gone(form)
  await until('the project has the role', async () => (await world.call('GET', 'api/v1/projects/team')).spec.roles?.some(role => role.name === 'ci'))
  await page.getByRole('button', {name: 'Open the role ci'}).waitFor()
  await world.fair(page, 'roles')

  // A repository, tried before it is kept.
  await open('settings/repos?addRepo=true')
  form = dialog('Connect a repository')
  await form.getByLabel('Address', {exact: true}).fill(world.repo)
  await button('Test the connection', form).click()
  await form.getByText('It answers').waitFor()
  await world.fair(page, 'a new repository')
  await button('Connect', form).click()
  await gone(form)
  const repo = page.getByRole('row', {name: new RegExp(world.repo)})
  await repo.getByText('Reachable').waitFor()
  await repo.click()
  await page.getByRole('button', {name: 'Disconnect…'}).click()
  await button('Disconnect', dialog(/Disconnect/)).click()
  await until('no repository is connected', async () => !(await world.call('GET', 'api/v1/repositories')).items?.length)

  // Host keys.
  await open('settings/certs?addSSHKnownHosts=true')
  form = dialog('Add known hosts')
  await form.getByLabel('Host keys').fill(`git.example.com ssh-ed25519 ${KEY}`)
  await button('Add', form).click()
  await gone(form)
  await page.getByRole('row', {name: /git\.example\.com/}).waitFor()
  await page.getByRole('button', {name: /^Remove git\.example\.com/}).click()
  await button('Remove', dialog(/git\.example\.com/)).click()
  await gone(page.getByRole('row', {name: /git\.example\.com/}))

  // An account's token is told once, and counts until it is deleted.
  await open('settings/accounts/ci')
  await page.getByRole('button', {name: /New token/}).first().click()
  form = dialog('New token')
  await form.getByLabel('Name of the token').fill('pipeline')
  await button('Make it', form).click()
  const token = await page.locator('[data-token]').innerText()
  await button('I have kept it').click()
  check((await world.call('GET', 'api/v1/session/userinfo', undefined, token)).username === 'ci', 'the token is that of the account')
  await page.getByText('pipeline').first().waitFor()
  await world.fair(page, 'an account')

  for (const path of ['settings', 'settings/clusters', 'settings/gpgkeys', 'settings/appearance', 'settings/advanced', 'user-info', 'user-info?tab=rights']) {
    await open(path)
    await page.waitForFunction(() => document.querySelector('h1')?.textContent && document.querySelector('main')?.textContent && !document.querySelector('[role=status][aria-label=Loading]'))
    await world.fair(page, path)
  }

  // The project goes.
  await open('settings/projects/team')
  await page.getByRole('button', {name: 'Delete…'}).click()
  form = dialog(/Delete the project team/)
  await form.getByLabel(/To go on, type/).fill('team')
  await button('Delete', form).click()
  await page.waitForURL(url => url.pathname === '/settings/projects')
  await until('the project is gone', () => !world.object('appprojects', 'team', world.control))
}
