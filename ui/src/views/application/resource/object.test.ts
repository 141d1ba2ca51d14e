import {expect, test} from 'vitest'

import {annotationLinks, containersOf, containerWords, LONG, readManifest, safeUrl} from './object'

test.each([
  ['https://example.com/x?y=1', true],
  ['HTTP://example.com', true],
  ['javascript:alert(1)', false],
  [' https://example.com', false],
  ['data:text/html,<script>', false],
  ['//example.com', false],
  [undefined, false],
])('the link %s is followed: %s', (url, safe) => expect(safeUrl(url)).toBe(safe))

test('links of annotations have titles, and those of no web page are left out', () => {
  const object = {metadata: {annotations: {'link.argocd.argoproj.io/a': 'Wiki|https://wiki.example.com', 'link.argocd.argoproj.io/b': 'https://b.example.com', 'link.argocd.argoproj.io/c': 'Gift|javascript:alert(1)', other: 'https://c.example.com'}}}
  expect(annotationLinks(object)).toEqual([{title: 'Wiki', url: 'https://wiki.example.com'}, {title: 'https://b.example.com', url: 'https://b.example.com'}])
})

test.each([
  [{name: 'a', ready: true, state: {running: {}}}, 'ok', 'runs and is ready'],
  [{name: 'a', state: {waiting: {reason: 'CrashLoopBackOff'}}, lastState: {terminated: {exitCode: 137, reason: 'OOMKilled'}}}, 'bad', 'waits: CrashLoopBackOff; before that it ended with exit code 137 (OOMKilled)'],
  [{name: 'a', state: {waiting: {reason: 'ContainerCreating'}}}, 'run', 'waits: ContainerCreating'],
  [{name: 'a', state: {terminated: {exitCode: 0, reason: 'Completed'}}}, 'held', 'ended with exit code 0 (Completed)'],
  [{name: 'a'}, 'run', 'not started yet'],
])('a container says how it is', (status, look, words) => expect(containerWords(status)).toEqual({look, words}))

test('what is no object, what is broken and what is huge are told apart', () => {
  expect(readManifest('null')).toBeNull()
  expect(readManifest('')).toBeNull()
  expect(readManifest('{"kind":"Pod"}')?.object?.kind).toBe('Pod')
  expect(readManifest('{"kind":')).toMatchObject({long: false, text: '{"kind":'})
  const huge = readManifest(`{"data":"${'x'.repeat(LONG)}"}`)
  expect(huge?.long).toBe(true)
  expect(huge?.object).toBeUndefined()
})

test('the containers of a pod, a workload and a cron job are found', () => {
  const spec = {containers: [{name: 'web'}], initContainers: [{name: 'first'}]}
  const names = (object: Record<string, unknown>) => containersOf({spec: object}).map(one => one.name)
  expect(names(spec)).toEqual(['web', 'first'])
  expect(names({template: {spec}})).toEqual(['web', 'first'])
  expect(names({jobTemplate: {spec: {template: {spec}}}})).toEqual(['web', 'first'])
  expect(containersOf(undefined)).toEqual([])
})
