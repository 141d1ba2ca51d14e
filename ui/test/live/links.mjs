// Each address that bookmarks, chat messages and badges have opens what it says.
import {until} from './world.mjs'

export default async function links(world) {
  const page = await world.admin()
  const app = `applications/${world.control}/shop`
  const key = `apps/Deployment/${world.target}/shop`
  const pod = `${world.target}/shop/logs?group=apps&kind=Deployment&name=shop`
  const project = {metadata: {name: 'team'}, spec: {sourceRepos: ['*'], destinations: [{server: '*', namespace: '*'}], roles: [{name: 'ci', description: 'of pipelines'}]}}
  await world.call('POST', 'api/v1/projects', {project, upsert: true})

  // What must be on the page: a text, or the name of a dialog.
  const table = [
    ['', 'shop'],
    ['applications', 'shop'],
    ['applications?view=tiles', 'shop'],
    ['applications?view=list&search=shop&proj=default&sync=Synced&health=Healthy&autoSync=disabled&namespace=' + world.target, '1 application'],
    ['applications?view=list&labels=team%253Dweb', '1 application'],
    ['applications?view=list&labels=team%253Dnone', 'No application matches.'],
    ['applications?view=list&operation=Succeeded&cluster=in-cluster&targetRevision=HEAD', '1 application'],
    ['applications?view=list&repo=' + encodeURIComponent(encodeURIComponent(world.repo)), '1 application'],
    ['applications?view=list&showFavorites=true', 'No application matches.'],
    ['applications?view=summary', 'Last operation'],
    ['applications?new={}', {dialog: /New application/}],
    ['applications?new=' + encodeURIComponent(JSON.stringify({metadata: {name: 'from-a-link'}})), {dialog: /New application/, value: 'from-a-link'}],
    ['applications?syncApps=true', {dialog: /Sync shop/}],
    ['applications?refreshApps=true', {dialog: /Refresh shop/}],
    [`applications?syncApp=shop&appNamespace=${world.control}`, {dialog: /Sync shop/}],
    ['applications/shop', 'Healthy'],
    [app, 'Healthy'],
    ...['tree', 'pods', 'network', 'list'].map(view => [`${app}?view=${view}`, 'Healthy']),
    [`${app}?view=list&resource=${encodeURIComponent('kind:Service')}`, 'shop'],
    [`${app}?node=${encodeURIComponent(`${key}/0`)}`, {dialog: /shop/}],
    [`${app}?node=${encodeURIComponent(`${key}/0`)}&tab=events`, {dialog: /shop/}],
    [`${app}?operation=true`, 'Succeeded|succeeded'],
    [`${app}?conditions=true`, 'Healthy'],
    [`${app}?orphaned=true`, 'Healthy'],
    [`${app}?rollback=0`, 'Healthy'],
    [`${app}?deploy=all`, 'Healthy'],
    [`applications/${world.control}/shop/${pod}`, 'shop'],
    [`applications/shop/${pod}`, 'shop'],
    ['applicationsets', 'ApplicationSets'],
    ['resources', 'Resources'],
    ['activity', 'Activity'],
    ...['', '/repos', '/certs', '/gpgkeys', '/clusters', '/projects', '/accounts', '/appearance', '/advanced', '/nonsense'].map(path => [`settings${path}`, 'Settings']),
    ['settings/projects/team', 'Settings'],
    ['settings/projects/team?tab=roles', 'Settings'],
    ['settings/accounts/admin', 'Settings'],
    [`settings/clusters/${encodeURIComponent('https://kubernetes.default.svc')}`, 'Settings'],
    ['settings/repos?addRepo=true', 'Settings'],
    ['user-info', 'admin'],
    ['help', 'Help'],
    ['nothing/here', 'There is no page at this address.'],
  ]
  for (const [path, wanted] of table) {
    try {
      await page.goto(world.url + path, {waitUntil: 'domcontentloaded'})
      await shows(page, wanted)
      if (path !== 'nothing/here' && (await page.getByText('There is no page at this address.').count()) > 0) world.fault(`${path}: there is no such page`)
    } catch (error) {
      world.fault(`${path}: ${error.message.split('\n')[0]}`)
      await world.describe()
      break
    }
  }
}

async function shows(page, wanted) {
  const {dialog, value, text} = typeof wanted === 'string' ? {text: wanted} : wanted
  if (dialog) await page.getByRole('dialog', {name: dialog}).waitFor()
  if (value) await until(`a field says ${value}`, () => page.getByRole('dialog').locator('input').evaluateAll((inputs, value) => inputs.some(input => input.value === value), value))
  if (text) await page.waitForFunction(text => document.querySelector('h1') && new RegExp(text).test(document.body.innerText), text)
}
