import {expect, test} from 'vitest'

import {isError, markedRuns, placesOf, plainOf, runsOf} from './ansi'

const ESC = '\u001b'

test.each([
  ['plain', 'plain'],
  [`${ESC}[31mred${ESC}[0m end`, 'red end'],
  [`${ESC}]0;a new title\u0007text`, 'text'],
  [`${ESC}]8;;https://evil.example\u001b\\click${ESC}]8;;\u001b\\`, 'click'],
  [`${ESC}[2J${ESC}[1;1Hgone`, 'gone'],
  [`${ESC}P+q544e\u001b\\after`, 'after'],
  [`cut ${ESC}[3`, 'cut 3'],
  [`bell\u0007 back\b null\u0000`, 'bell back null'],
  ['a\u202egnp.exe', 'agnp.exe'],
  ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
  ['tab\tstays', 'tab\tstays'],
])('%j is %j without what terminals obey', (line, text) => {
  expect(plainOf(line)).toBe(text)
})

test.each([
  [`${ESC}[1;31ma`, {bold: true, tone: 'red'}],
  [`${ESC}[91ma`, {tone: 'red'}],
  [`${ESC}[38;5;196ma`, {tone: 'red'}],
  [`${ESC}[38;2;80;250;123ma`, {tone: 'green'}],
  [`${ESC}[38;2;200;200;200ma`, {tone: undefined}],
  [`${ESC}[48;5;196ma`, {}],
  [`${ESC}[31m${ESC}[39ma`, {}],
  [`${ESC}[4m${ESC}[24m${ESC}[3ma`, {italic: true}],
])('%j looks like %j', (line, style) => {
  expect(runsOf(line)[0]).toEqual({text: 'a', style})
})

test('what was looked for is marked, through colours', () => {
  const runs = runsOf(`GET ${ESC}[32m/cart${ESC}[0m cart`)
  const text = runs.map(run => run.text).join('')
  expect(markedRuns(runs, placesOf(text, 'CART', false)).map(run => [run.text, run.mark ?? false])).toEqual([['GET ', false], ['/', false], ['cart', true], [' ', false], ['cart', true]])
  expect(placesOf(text, 'CART', true)).toEqual([])
  expect(markedRuns(runs, [])).toEqual(runs)
})

test.each([['level=error msg=x', true], ['panic: runtime', true], ['found 0 errors', false], ['terror', false]])('%s: an error is %s', (line, is) => {
  expect(isError(line)).toBe(is)
})
