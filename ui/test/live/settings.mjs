// What an installation consists of is made, looked at and taken away.
export default async function settings(world) {
  const page = await world.admin()
  await page.goto(`${world.url}settings`, {waitUntil: 'domcontentloaded'})
  await page.getByRole('heading', {name: 'Settings'}).first().waitFor()
}
