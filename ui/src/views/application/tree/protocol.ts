import type {ApplicationTree, ResourceNode, ResourceStatus} from '@/api/contract'
import type {Options, Picture} from './picture'
import type {Objects, Root} from './objects'

/** What the page tells the worker that keeps the tree. */
export type ToTree =
  | {do: 'open'; list: string; stream: string}
  | {do: 'root'; root: Root}
  | {do: 'options'; options: Options}
  | {do: 'again'}
  /** Ends the worker and its part of the streams. */
  | {do: 'close'}
  | {do: 'full'; id: number; key: string}
  | {do: 'whole'; id: number}

/** What an object is in full, and what stands around it. */
export interface FullObject {
  node: ResourceNode
  status?: ResourceStatus
  orphan: boolean
  /** Owners from the application down, and what it owns: keys. */
  owners: string[]
  owned: string[]
}

export type FromTree =
  | {say: 'picture'; objects?: Objects; picture: Picture; orphans: number; hosts: number}
  | {say: 'error'; error: {status: number; code: number; message: string; asked: string} | null; cut: boolean}
  | {say: 'full'; id: number; full: FullObject | null}
  | {say: 'whole'; id: number; tree: ApplicationTree | null}
