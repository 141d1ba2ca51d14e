import {expect, test} from 'vitest'

import {computed, fieldsOf, inOrder, mergePatch, patched, sentence, type Plan, type Step} from './model'

const step = (action: Step['action'], rest: Partial<Step> = {}): Step => ({action, phase: 'Sync', wave: 0, group: '', version: 'v1', kind: 'Service', namespace: '', name: 'a', hook: false, reason: '', error: null, fields: [], live: null, object: null, ...rest})
const plan = (...steps: Step[]): Plan => ({application: 'argocd/a', revisions: [], changes: true, refused: null, summary: {}, steps})

test.each([
  [plan(), 'Nothing would change.'],
  [plan(step('unchanged'), step('keep')), 'Nothing would change; 1 no longer in Git is kept.'],
  [plan(step('change'), step('change'), step('prune'), step('run')), '1 to delete, 2 to change; 1 hook runs.'],
  [plan(step('run'), step('run')), '2 hooks run.'],
])('a plan is one sentence', (one, said) => {
  expect(sentence(one)).toBe(said)
})

test('fields of what is wanted are compared, and nothing else', () => {
  const live = {spec: {replicas: 5, containers: [{name: 'a', image: 'x:1'}, {name: 'side', image: 's'}], other: true}, status: {}}
  const desired = {spec: {replicas: 3, containers: [{name: 'a', image: 'x:2'}], fresh: 'yes'}}
  expect(fieldsOf(live, desired).map(field => [field.path, field.live, field.desired])).toEqual([['spec.replicas', 5, 3], ['spec.containers[a].image', 'x:1', 'x:2'], ['spec.fresh', null, 'yes']])
})

test('a plan can be made of manifests and what the cluster has', () => {
  const managed = [{kind: 'Service', name: 'a', namespace: 'n', liveState: '{"spec":{"x":1}}'}, {kind: 'Service', name: 'old', namespace: 'n', liveState: '{}'}, {kind: 'Service', name: 'same', namespace: 'n', liveState: '{"apiVersion":"v1","kind":"Service","metadata":{"name":"same","namespace":"n"}}'}]
  const manifest = (name: string, rest: object = {}) => JSON.stringify({apiVersion: 'v1', kind: 'Service', metadata: {name, namespace: 'n'}, ...rest})
  const made = computed('argocd/a', ['v2'], [manifest('a', {spec: {x: 2}}), manifest('new'), manifest('same'), JSON.stringify({apiVersion: 'batch/v1', kind: 'Job', metadata: {name: 'h', annotations: {'argocd.argoproj.io/hook': 'PreSync'}}})], managed, true)
  expect(made.steps.map(one => [one.name, one.action])).toEqual([['a', 'change'], ['new', 'create'], ['same', 'unchanged'], ['h', 'run'], ['old', 'prune']])
  expect(computed('a', [], [], managed, false).steps.every(one => one.action === 'keep')).toBe(true)
})

test('steps in order are by phase and wave', () => {
  expect(inOrder([step('run', {phase: 'PostSync'}), step('change', {wave: 2}), step('change', {wave: -1}), step('run', {phase: 'PreSync'})]).map(lane => `${lane.phase} ${lane.wave}`)).toEqual(['PreSync 0', 'Sync -1', 'Sync 2', 'PostSync 0'])
})

test('a patch makes what it was made of', () => {
  const before = {a: 1, b: {c: [1], d: 2}, e: 'x'}
  const after = {a: 1, b: {c: [1, 2]}, f: {g: 1}}
  expect(mergePatch(before, after)).toEqual({b: {c: [1, 2], d: null}, e: null, f: {g: 1}})
  expect(patched(before, mergePatch(before, after))).toEqual(after)
  expect(mergePatch(before, before)).toEqual({})
})
