import {expect, test} from 'vitest'

import type {Sheet} from './layout'
import {boxAt, fit, paintOrder, toSee, zoom} from './paint'
import {LOOKS} from './words'

const sheet: Sheet = {mode: 'packed', width: 1000, height: 500, count: 3, boxes: Float32Array.from([0, 0, 10, 10, 100, 0, 10, 10, 900, 400, 50, 20]), of: Int32Array.from([0, 1, 2]), card: new Uint8Array(3), lines: new Float32Array()}

test('what is worst is painted last', () => {
  const looks = ['bad', 'ok', 'warn'].map(look => LOOKS.indexOf(look as 'bad'))
  expect([...paintOrder(sheet, of => looks[of] ?? 0).order]).toEqual([1, 2, 0])
})

test('a sheet fits, is never larger than life, and where it would be too small its beginning is shown', () => {
  expect(fit(sheet, 500, 500).k).toBe(0.5)
  expect(fit(sheet, 5000, 5000).k).toBe(1)
  expect(fit({width: 1000, height: 20_000}, 1000, 1000, 0.6)).toMatchObject({k: 0.6, y: 0})
})

test('zooming keeps the point under the pointer where it is', () => {
  const eye = zoom({x: 10, y: 20, k: 0.5}, 1.5, 200, 100)
  expect((200 - eye.x) / eye.k).toBeCloseTo((200 - 10) / 0.5)
  expect((100 - eye.y) / eye.k).toBeCloseTo((100 - 20) / 0.5)
})

test('a point of the screen finds its box, or one that is a few pixels away', () => {
  const eye = {x: 0, y: 0, k: 1}
  expect(boxAt(sheet, eye, 105, 5)).toBe(1)
  expect(boxAt(sheet, eye, 112, 5)).toBe(1)
  expect(boxAt(sheet, eye, 300, 300)).toBe(-1)
})

test('what is out of sight comes into the middle, and what can be seen stays', () => {
  const eye = {x: 0, y: 0, k: 1}
  expect(toSee(eye, sheet, 1, 400, 300).x).toBe(200 - 105)
  const moved = toSee(eye, sheet, 2, 400, 300)
  expect(moved.x + 925).toBe(200)
  expect(toSee(moved, sheet, 2, 400, 300)).toBe(moved)
})
