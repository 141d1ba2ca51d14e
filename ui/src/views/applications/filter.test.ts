import {expect, test} from 'vitest'

import {changed} from '@/shell/address'
import {addTyped, clearAll, isFiltered, parseTyped, readFilter, writeList} from './filter'

test('the addresses of the contract are read', () => {
  const filter = readFilter(new URLSearchParams('search=cart&proj=payments,web&health=Degraded&repo=https%253A%252F%252Fx%252Fa%252Cb&labels=env%253Dprod&showFavorites=true&sort=name&order=desc&other=1'))
  expect(filter).toEqual({
    search: 'cart', proj: ['payments', 'web'], health: ['Degraded'], repo: ['https://x/a,b'], labels: ['env=prod'], favourites: true, sort: 'name', order: 'desc',
  })
})

test('what is written is read again, and what is unknown stays', () => {
  const words = changed(new URLSearchParams('keep=me&page=3'), writeList('labels', ['env=prod', 'a,b=c']))
  expect(readFilter(new URLSearchParams(words)).labels).toEqual(['env=prod', 'a,b=c'])
  expect(new URLSearchParams(words).get('keep')).toBe('me')
  expect(new URLSearchParams(words).get('page')).toBeNull()
  expect(isFiltered(readFilter(new URLSearchParams(changed(new URLSearchParams(words), clearAll()))))).toBe(false)
})

test.each([
  ['cart api', {search: 'cart api', lists: {}, favourites: false}],
  ['health:degraded,missing cart', {search: 'cart', lists: {health: ['Degraded', 'Missing']}, favourites: false}],
  ['sync:differs proj:payments', {search: '', lists: {sync: ['OutOfSync'], proj: ['payments']}, favourites: false}],
  ['env:prod -tier:dev', {search: '', lists: {labels: ['env=prod', 'tier!=dev']}, favourites: false}],
  ['https://git.example/x is:fav', {search: 'https://git.example/x', lists: {}, favourites: true}],
  ['repo:https://git.example/x', {search: '', lists: {repo: ['https://git.example/x']}, favourites: false}],
])('typed: %s', (text, typed) => expect(parseTyped(text)).toEqual(typed))

test('typed conditions join those that are there', () => {
  const change = addTyped(readFilter(new URLSearchParams('health=Degraded')), parseTyped('health:missing x'))
  expect(change).toMatchObject({health: 'Degraded,Missing', search: 'x'})
})
