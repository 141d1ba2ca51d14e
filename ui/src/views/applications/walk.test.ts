import {afterEach, expect, test, vi} from 'vitest'

import {keepWalk, readWalk, walkFrom} from './walk'

const NAMES = Array.from({length: 300}, (_, index) => `app-${String(index).padStart(3, '0')}`)

/** A server with three hundred applications, which tells what it was asked for. */
function serve(): string[] {
  const asked: string[] = []
  vi.stubGlobal('fetch', (url: URL) => {
    asked.push(url.search)
    const [offset, limit] = [Number(url.searchParams.get('offset')), Number(url.searchParams.get('limit'))]
    const items = NAMES.slice(offset, offset + limit).map(name => ({key: `argocd/${name}`, name, namespace: 'argocd'}))
    return Promise.resolve(new Response(JSON.stringify({total: NAMES.length, visible: NAMES.length, offset, limit, items})))
  })
  return asked
}

afterEach(() => {
  vi.unstubAllGlobals()
  sessionStorage.clear()
})

test.each<[string, number | undefined, 1 | -1, string | undefined]>([
  ['app-000', 0, 1, 'app-001'],
  ['app-000', 0, -1, undefined],
  ['app-299', 299, 1, undefined],
  ['app-150', 150, -1, 'app-149'],
  ['app-200', undefined, 1, 'app-201'],
  ['app-119', 0, 1, 'app-120'],
  ['not-in-it', 0, 1, 'app-000'],
])('from %s at %s by %i', async (name, at, step, to) => {
  serve()
  keepWalk({query: {health: ['Degraded']}, at})
  expect((await walkFrom(key => key === `argocd/${name}`, step))?.name).toBe(to)
})

test('the filter of the list is that of the walk, and the place is kept', async () => {
  const asked = serve()
  keepWalk({query: {health: ['Degraded']}, at: 10})
  await walkFrom(key => key === 'argocd/app-010', 1)
  expect(asked[0]).toContain('health=Degraded')
  expect(readWalk()).toEqual({query: {health: ['Degraded']}, at: 11})
})

test('what is no walk is none', () => {
  sessionStorage.setItem('bowline.walk', '"x"')
  expect(readWalk()).toEqual({query: {}, at: undefined})
  sessionStorage.setItem('bowline.walk', '{')
  expect(readWalk()).toEqual({query: {}})
})
