import type {ApplicationTree, HostInfo} from '@/api/contract'
import {tallyOf, type Full, type Objects} from './objects'

export const POD_SORTS = ['node', 'parentResource', 'topLevelResource'] as const
export type PodSort = (typeof POD_SORTS)[number]

/** Pods that belong together: on one node, or of one owner. */
export interface PodGroup {
  title: string
  /** Index of the owner; -1 for a node of the cluster. */
  owner: number
  host?: HostInfo
  /** Indexes of the pods, those in trouble first. */
  pods: Int32Array
  tally: Uint32Array
}

/** The pods that are shown, together by `sort`; nodes of the cluster without any are there too, with what others ask of them. */
export function podsOf(objects: Objects, full: Full[], shown: Uint8Array, tree: ApplicationTree | undefined, sort: PodSort): PodGroup[] {
  const groups = new Map<string, {title: string; owner: number; host?: HostInfo; pods: number[]}>()
  if (sort === 'node') for (const host of tree?.hosts ?? []) groups.set(host.name ?? '', {title: host.name ?? '', owner: -1, host, pods: []})
  const pod = objects.kinds.indexOf('/Pod')
  for (let index = 1; index < objects.count; index++) {
    if (objects.kind[index] !== pod || !shown[index]) continue
    let owner = objects.parent[index] ?? 0
    if (sort === 'topLevelResource') while ((objects.depth[owner] ?? 0) > 1) owner = objects.parent[owner] ?? 0
    const node = full[index]?.node.info?.find(one => one.name === 'Node')?.value ?? ''
    const key = sort === 'node' ? node : String(owner)
    let group = groups.get(key)
    if (!group) {
      const about = full[owner]?.node
      group = sort === 'node' ? {title: node || 'on no node yet', owner: -1, pods: []} : {title: owner === 0 ? 'without an owner' : `${about?.kind ?? ''} ${about?.name ?? ''}`, owner, pods: []}
      groups.set(key, group)
    }
    group.pods.push(index)
  }
  return [...groups.values()]
    .map(group => {
      const pods = Int32Array.from(group.pods).sort((a, b) => (objects.look[b] ?? 0) - (objects.look[a] ?? 0) || a - b)
      return {...group, pods, tally: tallyOf(objects, pods)}
    })
    .sort((a, b) => (a.title < b.title ? -1 : 1))
}
