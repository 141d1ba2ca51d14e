import {expect, test} from 'vitest'

import {ending, said, sized, terminalUrl, typed} from './protocol'

const place = {name: 'shop', appNamespace: 'argocd', project: 'p', namespace: 'web', pod: 'cart 1', container: 'web'}

test.each([
  ['http://localhost:8080/', 'ws://localhost:8080/terminal?pod=cart+1&container=web&appName=shop&appNamespace=argocd&projectName=p&namespace=web'],
  ['https://example.com/argo/', 'wss://example.com/argo/terminal?pod=cart+1&container=web&appName=shop&appNamespace=argocd&projectName=p&namespace=web'],
])('below %s it stands at %s', (base, url) => {
  expect(terminalUrl(place, base)).toBe(url)
})

test('frames of ours', () => {
  expect(JSON.parse(typed('ls\r'))).toEqual({operation: 'stdin', data: 'ls\r'})
  expect(JSON.parse(sized(80, 24))).toEqual({operation: 'resize', cols: 80, rows: 24})
})

test.each([
  ['{"operation":"stdout","data":"hi"}', {output: 'hi'}],
  ['{"Code":1}', 'again'],
  ['{"operation":"stdout"}', 'nothing'],
  ['{"operation":"toast","data":"x"}', 'nothing'],
  ['not JSON', 'nothing'],
  ['null', 'nothing'],
  [new ArrayBuffer(1), 'nothing'],
])('the frame %j says %j', (frame, want) => {
  expect(said(frame)).toEqual(want)
})

test('an end is told in words', () => {
  expect(ending(1006, '', false)).toMatch('refused')
  expect(ending(1000, '', true)).toBe('The shell has ended.')
  expect(ending(1006, '', true)).toMatch('1006')
  expect(ending(1011, 'permission denied', true)).toBe('permission denied')
})
