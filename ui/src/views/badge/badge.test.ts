import {expect, test} from 'vitest'

import {badgePage, badgeText, badgeUrl} from './badge'

const none = {revision: false, showAppName: false, keepFullRevision: false}

test.each([
  [{name: 'shop'}, none, 'https://cd.example/api/badge?name=shop'],
  [{name: 'shop', namespace: 'team'}, {...none, revision: true}, 'https://cd.example/api/badge?name=shop&namespace=team&revision=true'],
  [{project: 'payments'}, {...none, keepFullRevision: true}, 'https://cd.example/api/badge?project=payments'],
  [{name: 'shop'}, {revision: true, keepFullRevision: true, showAppName: true}, 'https://cd.example/api/badge?name=shop&revision=true&keepFullRevision=true&showAppName=true'],
])('%j with %j', (of, look, url) => expect(badgeUrl('https://cd.example/', of, look)).toBe(url))

test('where it leads', () => {
  expect(badgePage('https://cd.example', {name: 'shop'})).toBe('https://cd.example/applications/shop')
  expect(badgePage('https://cd.example', {name: 'shop', namespace: 'team'})).toBe('https://cd.example/applications/team/shop')
  expect(badgePage('https://cd.example', {project: 'a b'})).toBe('https://cd.example/applications?proj=a%20b')
})

test('texts', () => {
  expect(badgeText('Markdown', 'I', 'P', 'shop')).toBe('[![Status of shop](I)](P)')
  expect(badgeText('HTML', 'I?a&b', 'P', 'shop')).toBe('<a href="P"><img src="I?a&amp;b" alt="Status of shop"></a>')
})
