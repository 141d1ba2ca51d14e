import { expect, test } from 'vitest'

import { fault, normal, revisionPage, shortName, wayOf, webPage, type Kind } from './url'

test.each([
  ['https://git.example/a/b.git', 'https'],
  ['HTTP://x', 'http'],
  ['git@git.example:a/b', 'ssh'],
  ['ssh://git@git.example:2222/a/b', 'ssh'],
  ['oci://registry.example/charts', 'oci'],
  ['file:///srv/x', 'file'],
  ['registry.example/charts', 'unknown'],
  ['', 'unknown'],
])('%j is reached by %s', (url, way) => expect(wayOf(url)).toBe(way))

test.each<[string, Kind, RegExp | undefined]>([
  ['https://x/y', 'git', undefined],
  ['git@h:p', 'git', undefined],
  ['registry.example/charts', 'helm', undefined],
  ['oci://r/x', 'oci', undefined],
  ['', 'git', /needed/],
  ['a b', 'git', /blanks/],
  ['https://me:secret@x/y', 'git', /own fields/],
  ['oci://r/x', 'git', /choose that type/],
  ['x/y', 'git', /begin with/],
  ['ssh://x/y', 'helm', /https/],
  ['https://r/x', 'oci', /oci:/],
])('%j as %s', (url, kind, words) => {
  if (words) expect(fault(url, kind)).toMatch(words)
  else expect(fault(url, kind)).toBeUndefined()
})

test('spellings of one repository are one', () => {
  expect(normal('https://Git.example/a/b.git')).toBe(normal('https://git.example/A/b/'))
  expect(normal('git@h:a/b.git')).toBe(normal('ssh://git@h/a/b'))
})

test.each([
  ['https://git.example/team/shop.git', 'team/shop'],
  ['git@h:shop', 'h/shop'],
  ['oci://r/charts/', 'r/charts'],
])('%s is called %s', (url, name) => expect(shortName(url)).toBe(name))

test.each<[string, string | undefined]>([
  ['https://me:pw@git.example/a/b.git', 'https://git.example/a/b'],
  ['git@git.example:a/b.git', 'https://git.example/a/b'],
  ['ssh://git@git.example:2222/a/b', 'https://git.example/a/b'],
  ['javascript://x', undefined],
  ['oci://r/x', undefined],
  ['file:///x', undefined],
])('%s is looked at under %s', (url, page) => expect(webPage(url)).toBe(page))

test.each([
  ['https://github.example/a/b', 'a1b2c3d', 'https://github.example/a/b/commit/a1b2c3d'],
  ['https://gitlab.example/a/b', 'main', 'https://gitlab.example/a/b/-/tree/main'],
  ['https://git.example/a/b', 'main', 'https://git.example/a/b'],
])('%s at %s', (url, revision, page) => expect(revisionPage(url, revision)).toBe(page))
