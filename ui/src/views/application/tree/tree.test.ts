import {expect, test} from 'vitest'

import type {ApplicationTree, ResourceNode} from '@/api/contract'
import {amount} from './amount'
import {fitting, isEmpty, readFilter, withOwners, writeFilter} from './filter'
import {packed} from './layout'
import {OBJECT, OUTSIDE} from './network'
import {GAP, keyOf, objectsOf, type Root} from './objects'
import {know, MANY, pictureOf, type Known, type Options} from './picture'
import {plural, rollUp} from './words'

const root: Root = {name: 'shop', namespace: 'argocd', health: 'Degraded', sync: 'OutOfSync', resources: [
  {group: 'apps', kind: 'Deployment', namespace: 'x', name: 'web', status: 'Synced', syncWave: 2},
  {kind: 'Service', namespace: 'x', name: 'web', status: 'Synced'},
  {kind: 'ConfigMap', namespace: 'x', name: 'gone', status: 'OutOfSync', health: {status: 'Missing'}},
  {kind: 'ConfigMap', namespace: 'x', name: 'old', status: 'OutOfSync', requiresPruning: true},
]}
const ref = (kind: string, name: string, group = '') => ({group, kind, namespace: 'x', name})
const pods = (count: number, bad = 0): ResourceNode[] => Array.from({length: count}, (_, index) => ({
  ...ref('Pod', `web-1-${String(index).padStart(5, '0')}`), uid: `p${index}`, parentRefs: [ref('ReplicaSet', 'web-1', 'apps')],
  health: {status: index < bad ? 'Degraded' : 'Healthy', message: index < bad ? 'crashes' : undefined},
  info: [{name: 'Node', value: index % 2 ? 'n1' : 'n2'}, {name: 'Containers', value: '1/1'}], networkingInfo: {labels: {app: 'web'}},
}))
const treeOf = (count: number, bad = 0): ApplicationTree => ({
  nodes: [
    ...pods(count, bad),
    {...ref('ReplicaSet', 'web-1', 'apps'), parentRefs: [ref('Deployment', 'web', 'apps')], health: {status: 'Healthy'}},
    {...ref('Deployment', 'web', 'apps'), health: {status: 'Healthy'}},
    {...ref('Service', 'web'), networkingInfo: {targetLabels: {app: 'web'}, ingress: [{ip: '10.0.0.1'}]}},
    {...ref('ConfigMap', 'old')},
    {...ref('Thing', 'a'), parentRefs: [ref('Thing', 'b')]},
    {...ref('Thing', 'b'), parentRefs: [ref('Thing', 'a')]},
  ],
  orphanedNodes: [ref('ConfigMap', 'left-behind')],
  hosts: [{name: 'n1'}, {name: 'n2'}, {name: 'n3'}],
})
const options = (more: Partial<Options> = {}): Options => ({view: 'tree', filter: '', orphans: false, turned: [], aspect: 1.6, podSort: 'node', ...more})

/** The outline as text. */
function lines(known: Known, tree: ApplicationTree, more: Partial<Options> = {}): string[] {
  const {items} = pictureOf(known, tree, options(more), 1)
  const names = known.objects.names.split(GAP)
  return Array.from(items.object, (of, at) => {
    const group = items.groups[-1 - of]
    const kind = (index: number) => (known.objects.kinds[known.objects.kind[index] ?? 0] ?? '').split('/')[1] ?? ''
    const what = group ? rollUp(kind(group.members[0] ?? 0), group.members.length, group.tally) : `${kind(of)}/${names[of]}`
    return `${' '.repeat(items.depth[at] ?? 0)}${['', '- ', '+ '][items.fold[at] ?? 0]}${what}`
  })
}

test('objects stand below their owners; what is missing and what goes in circles is among them', () => {
  const tree = treeOf(2)
  expect(lines(know(root, tree, false), tree)).toEqual([
    '- Application/shop', ' - Deployment/web', '  - ReplicaSet/web-1', '   Pod/web-1-00000', '   Pod/web-1-00001', ' Service/web', ' ConfigMap/gone', ' ConfigMap/old', ' - Thing/a', '  Thing/b',
  ])
  expect(lines(know(root, tree, true), tree).at(-3)).toBe(' ConfigMap/left-behind')
})

test('many alike are one line that says how many are in trouble, and open with those first', () => {
  const tree = treeOf(12, 3)
  const known = know(root, tree, false)
  expect(lines(known, tree)).toContain('   + 12 pods, 3 degraded')
  const opened = lines(known, tree, {turned: ['group:apps/ReplicaSet/x/web-1:/Pod']})
  const at = opened.indexOf('   - 12 pods, 3 degraded')
  expect(opened.slice(at + 1, at + 5)).toEqual(['    Pod/web-1-00000', '    Pod/web-1-00001', '    Pod/web-1-00002', '    Pod/web-1-00003'])
})

test('what must be seen is unfolded, however large the tree is', () => {
  const tree = treeOf(MANY + 10, 1)
  const known = know(root, tree, false)
  expect(lines(known, tree).some(line => line.includes('Pod/'))).toBe(false)
  expect(lines(known, tree, {reveal: '/Pod/x/web-1-00007'})).toContain('    Pod/web-1-00007')
  expect(lines(known, tree, {turned: ['apps/Deployment/x/web']})).toContain('  + ReplicaSet/web-1')
})

test('the filter keeps what fits and its owners', () => {
  const tree = treeOf(3, 1)
  const known = know(root, tree, false)
  expect(lines(known, tree, {filter: 'health:Degraded'})).toEqual(['- Application/shop', ' - Deployment/web', '  - ReplicaSet/web-1', '   Pod/web-1-00000'])
  expect(lines(known, tree, {filter: 'kind:ConfigMap,sync:OutOfSync'})).toEqual(['- Application/shop', ' ConfigMap/gone', ' ConfigMap/old'])
  expect(lines(known, tree, {filter: 'name:service web'})).toEqual(['- Application/shop', ' Service/web'])
  expect(lines(known, tree, {filter: 'name:nothing'})).toEqual(['Application/shop'])
})

test.each(['', 'kind:Pod', 'name:a%2Cb,kind:Pod,kind:Service,health:Degraded,namespace:x'])('the filter %j is written as it was read', text => {
  expect(writeFilter(readFilter(text)) ?? '').toBe([...text.split(',')].join(','))
})

test('words that are no filter are none', () => expect(isEmpty(readFilter('nonsense,also:this'))).toBe(true))

/** Whether two boxes of a sheet cover each other. */
function overlaps(boxes: Float32Array): number {
  const order = Array.from({length: boxes.length / 4}, (_, index) => index).sort((a, b) => (boxes[a * 4] ?? 0) - (boxes[b * 4] ?? 0))
  let count = 0
  for (let at = 0; at < order.length; at++) {
    const a = (order[at] ?? 0) * 4
    for (let next = at + 1; next < order.length; next++) {
      const b = (order[next] ?? 0) * 4
      if ((boxes[b] ?? 0) >= (boxes[a] ?? 0) + (boxes[a + 2] ?? 0) - 0.01) break
      if ((boxes[b + 1] ?? 0) < (boxes[a + 1] ?? 0) + (boxes[a + 3] ?? 0) - 0.01 && (boxes[a + 1] ?? 0) < (boxes[b + 1] ?? 0) + (boxes[b + 3] ?? 0) - 0.01) count++
    }
  }
  return count
}

/** Many workloads of a few pods each. */
function large(count: number): ApplicationTree {
  const nodes: ResourceNode[] = []
  for (let n = 0; nodes.length < count; n++) {
    nodes.push({...ref('Deployment', `d${n}`, 'apps')}, {...ref('ReplicaSet', `r${n}`, 'apps'), parentRefs: [ref('Deployment', `d${n}`, 'apps')]}, ref('ConfigMap', `c${n}`))
    for (let pod = 0; pod < (n * 7) % 23 && nodes.length < count; pod++) nodes.push({...ref('Pod', `p${n}-${pod}`), parentRefs: [ref('ReplicaSet', `r${n}`, 'apps')], health: {status: pod === 0 && n % 9 === 0 ? 'Degraded' : 'Healthy'}})
  }
  return {nodes}
}

test.each([[100], [2000], [20_000]])('a sheet of %i objects has the shape of the screen, and no box covers another', count => {
  const {objects} = objectsOf({...root, resources: []}, large(count), false)
  const sheet = packed(objects, new Uint8Array(objects.count).fill(1), 1.6)
  expect(sheet.count).toBe(objects.count - 1)
  expect(new Set(sheet.of).size).toBe(sheet.count)
  expect(overlaps(sheet.boxes)).toBe(0)
  if (count >= 2000) expect(sheet.width / sheet.height).toBeGreaterThan(1)
  expect(sheet.width / sheet.height).toBeLessThan(2.6)
})

test('a layered picture has no box over another, and a line to each that has an owner', () => {
  const tree = treeOf(5)
  const {sheet, items} = pictureOf(know(root, tree, false), tree, options(), 1)
  expect(sheet?.mode).toBe('layered')
  expect(overlaps(sheet?.boxes ?? new Float32Array())).toBe(0)
  expect(sheet?.lines.length).toBe((items.count - 1) * 4)
})

test('traffic goes from outside over the service to its pods', () => {
  const tree = treeOf(3)
  const {network, sheet} = pictureOf(know(root, tree, false), tree, options({view: 'network'}), 1)
  expect(network?.outside).toEqual(['10.0.0.1'])
  expect([...(network?.sort ?? [])].filter(one => one === OBJECT)).toHaveLength(4)
  const x = (of: number) => sheet?.boxes[of * 4] ?? 0
  const outside = [...(network?.sort ?? [])].indexOf(OUTSIDE)
  const columns = [...new Set(Array.from({length: network?.count ?? 0}, (_, of) => x(of)))].sort((a, b) => a - b)
  expect(columns).toHaveLength(3)
  expect(x(outside)).toBe(columns[0])
  expect(overlaps(sheet?.boxes ?? new Float32Array())).toBe(0)
  const many = treeOf(30, 2)
  expect(pictureOf(know(root, many, false), many, options({view: 'network'}), 1).network?.groups.map(group => group.members.length)).toEqual([30])
})

test('pods stand together by node, owner or top owner', () => {
  const tree = treeOf(4, 1)
  const known = know(root, tree, false)
  const groups = (podSort: Options['podSort']) => pictureOf(known, tree, options({view: 'pods', podSort}), 1).pods?.map(group => `${group.title}: ${group.pods.length}`)
  expect(groups('node')).toEqual(['n1: 2', 'n2: 2', 'n3: 0'])
  expect(groups('parentResource')).toEqual(['ReplicaSet web-1: 4'])
  expect(groups('topLevelResource')).toEqual(['Deployment web: 4'])
})

test('the worst of what is below is known above', () => {
  const {objects} = know(root, treeOf(3, 1), false)
  const fits = fitting(objects, readFilter('health:Degraded'))
  const shown = withOwners(objects, fits)
  expect([...shown].reduce((sum, one) => sum + one, 0)).toBe(4)
  const deployment = objects.kinds.indexOf('apps/Deployment')
  const at = objects.kind.indexOf(deployment)
  expect(objects.worst[at]).toBeGreaterThan(objects.look[at] ?? 0)
  expect(keyOf({kind: 'Pod', name: 'a'})).toBe('/Pod//a')
})

test.each([['cpu', 250, '250m'], ['cpu', 8000, '8'], ['memory', 34_359_738_368_000, '32 GiB'], ['memory', 0, '0 B'], ['pods', 110, '110']])('%s of %i is %s', (name, value, words) => expect(amount(name, value)).toBe(words))
test.each([['Pod', 1, 'pod'], ['Pod', 2, 'pods'], ['NetworkPolicy', 2, 'networkpolicies'], ['Ingress', 3, 'ingresses'], ['Gateway', 2, 'gateways']])('%s, %i times: %s', (kind, count, words) => expect(plural(kind, count)).toBe(words))
