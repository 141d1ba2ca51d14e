import {cleanup, fireEvent, render, screen} from '@testing-library/react'
import {useState} from 'react'
import {afterEach, expect, test} from 'vitest'

import type {ApplicationTree} from '@/api/contract'
import Outline from './Outline'
import {know, pictureOf} from './picture'
import {shownOf} from './useTree'

afterEach(cleanup)

// There is no layout here; the list asks how high it is.
for (const [name, value] of [['offsetHeight', 640], ['offsetWidth', 1024], ['clientHeight', 640], ['clientWidth', 1024]] as const) Object.defineProperty(HTMLElement.prototype, name, {configurable: true, value})

const ref = (kind: string, name: string, group = '') => ({group, kind, namespace: 'x', name})
const tree: ApplicationTree = {nodes: [
  {...ref('Deployment', 'web', 'apps'), health: {status: 'Healthy'}},
  {...ref('ReplicaSet', 'web-1', 'apps'), parentRefs: [ref('Deployment', 'web', 'apps')]},
  ...Array.from({length: 7}, (_, index) => ({...ref('Pod', `web-1-${index}`), parentRefs: [ref('ReplicaSet', 'web-1', 'apps')], health: {status: index === 4 ? 'Degraded' : 'Healthy', message: index === 4 ? 'crashes' : ''}})),
  ref('Service', 'web'),
]}
const known = know({name: 'shop', namespace: 'argocd', resources: []}, tree, false)

function Page({told}: {told: string[]}) {
  const [current, setCurrent] = useState(0)
  const picture = pictureOf(known, tree, {view: 'tree', filter: '', orphans: false, turned: [], aspect: 1, podSort: 'node'}, 1)
  return <Outline shown={shownOf(known.objects, {picture, orphans: 0, hosts: 0})} current={current} onCurrent={setCurrent} onFold={item => told.push(`fold ${item}`)} onOpen={item => told.push(`open ${item}`)} />
}

test('the outline says what is folded below, and how deep each object stands', () => {
  render(<Page told={[]} />)
  const rows = screen.getAllByRole('row')
  expect(rows.map(row => `${row.getAttribute('aria-level')} ${row.textContent}`)).toEqual(['1 appshop', '2 deployweb', '3 rsweb-1', '4 7 pods, 1 degraded', '2 svcweb'])
  expect(rows[3]?.getAttribute('aria-expanded')).toBe('false')
  expect(screen.getByRole('treegrid').getAttribute('aria-rowcount')).toBe('5')
})

test('keys move, fold and open', () => {
  const told: string[] = []
  render(<Page told={told} />)
  const press = (key: string) => fireEvent.keyDown(document.activeElement?.closest('[role=row]') ?? screen.getAllByRole('row')[0]!, {key})
  const at = () => screen.getAllByRole('row').findIndex(row => row.getAttribute('aria-selected') === 'true')
  press('ArrowDown')
  press('j')
  press('ArrowRight')
  expect(at()).toBe(3)
  press('ArrowRight')
  expect(told).toEqual(['fold 3'])
  press('ArrowLeft')
  expect(at()).toBe(2)
  press('End')
  expect(at()).toBe(4)
  press('Enter')
  expect(told).toEqual(['fold 3', 'open 4'])
})
