import {expect, test} from 'vitest'

import type {Application} from '@/api/contract'
import {Draft} from '@/draft/draft'
import {changes, editable, pathText, rebase, touches} from './rebase'

test('changes are told by field', () => {
  expect(changes({a: 1, b: {c: [1]}, d: [{x: 1}, {x: 2}]}, {a: 1, b: {c: [1, 2]}, d: [{x: 1}, {x: 3}], e: true}).map(change => pathText(change.path))).toEqual(['b.c', 'd[1].x', 'e'])
})

test('paths meet where one leads through the other', () => {
  expect(touches(['spec', 'source'], ['spec', 'source', 'path'])).toBe(true)
  expect(touches(['spec', 'source'], ['spec', 'project'])).toBe(false)
})

test('mine and theirs live together unless they meet', () => {
  const base = {spec: {a: 1, b: 1}}
  expect(rebase(base, {spec: {a: 2, b: 1}}, {spec: {a: 1, b: 2}}).conflicts).toEqual([])
  expect(rebase(base, {spec: {a: 2, b: 1}}, {spec: {a: 3, b: 1}}).conflicts.map(change => pathText(change.path))).toEqual(['spec.a'])
  expect(rebase(base, {spec: {a: 2, b: 1}}, {spec: {a: 2, b: 1}}).conflicts).toEqual([])
})

test('my changes stand on top of theirs', () => {
  const base = {spec: {a: 1, list: [1]}}
  const merge = rebase(base, {spec: {list: [1, 2]}}, {spec: {a: 5, list: [1], c: 1}})
  const next = Draft.of({spec: {a: 5, list: [1], c: 1}}).setAll(merge.mine.map(change => [change.path, change.after] as const))
  expect(next.value()).toEqual({spec: {list: [1, 2], c: 1}})
})

test('what is edited leaves out what is the server’s', () => {
  const app = {metadata: {name: 'a', namespace: 'n', uid: 'u', resourceVersion: '1', annotations: {'argocd.argoproj.io/refresh': 'hard'}}, spec: {project: 'p'}, status: {}} as unknown as Application
  expect(editable(app)).toEqual({apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: {name: 'a', namespace: 'n'}, spec: {project: 'p'}})
})
