import {useCallback, useEffect, useMemo, useRef, useState} from 'react'

import {ApiError, address, segment} from '@/api/client'
import type {Application, ApplicationTree} from '@/api/contract'
import {sessionEnded} from '@/api/session'
import {joinStreams} from '@/api/watch'
import {aboutOf} from '../acts'
import {GAP, rootOf, type Objects} from './objects'
import type {Options, Picture} from './picture'
import type {FromTree, FullObject, ToTree} from './protocol'

/** The objects as the page has them: the worker's columns, and their texts taken apart when somebody reads them. */
export interface Shown {
  objects: Objects
  picture: Picture
  /** How many objects of the namespace belong to no application, and how many nodes the cluster has. */
  orphans: number
  hosts: number
  name(index: number): string
  facts(index: number): string
  reason(index: number): string
  /** `group/kind` taken apart. */
  group(index: number): string
  kind(index: number): string
  namespace(index: number): string
  key(index: number): string
  /** -1 where it is not among the objects. */
  find(key: string): number
}

export interface Tree {
  shown?: Shown
  error?: ApiError
  /** The stream of the tree is cut: what is shown may be old. */
  cut: boolean
  again(): void
  full(key: string): Promise<FullObject | null>
  whole(): Promise<ApplicationTree | null>
}

/** The tree of an application, read, followed and laid out by a worker. `options` say what is shown of it. */
export function useTree(app: Application, options: Options): Tree {
  const [shown, setShown] = useState<Shown>()
  const [state, setState] = useState<{error?: ApiError; cut: boolean}>({cut: false})
  const worker = useRef<Worker | null>(null)
  const waiting = useRef(new Map<number, (answer: never) => void>())
  const counter = useRef(0)
  const about = aboutOf(app)
  const name = segment(app.metadata.name ?? '')
  const list = new URL(address(`api/v1/applications/${name}/resource-tree`, about), document.baseURI).href
  const stream = new URL(address(`api/v1/stream/applications/${name}/resource-tree`, about), document.baseURI).href
  const tell = useCallback((message: ToTree, ports: Transferable[] = []) => worker.current?.postMessage(message, ports), [])

  useEffect(() => {
    const made = new Worker(new URL('./tree.worker.ts', import.meta.url), {type: 'module', name: 'bowline-tree'})
    worker.current = made
    let objects: Objects | undefined
    made.onmessage = ({data}: MessageEvent<FromTree>) => {
      if (data.say === 'picture') {
        objects = data.objects ?? objects
        if (!objects) return
        performance.mark('tree-arrived', {detail: {...data.picture.took, count: objects.count}})
        setShown(shownOf(objects, data))
        // What an earlier answer could not give is here now.
        setState(before => (before.error ? {...before, error: undefined} : before))
      } else if (data.say === 'error') {
        if (data.error?.status === 401) sessionEnded()
        const {error} = data
        setState(before => ({cut: data.cut, error: error ? new ApiError(error.status, error.code, error.message, error.asked) : data.cut ? before.error : undefined}))
      } else {
        const answer = waiting.current.get(data.id)
        waiting.current.delete(data.id)
        answer?.((data.say === 'full' ? data.full : data.tree) as never)
      }
    }
    made.postMessage({do: 'open', list, stream} satisfies ToTree, [joinStreams()])
    const back = (event: Event) => {
      if ('persisted' in event && event.persisted) made.postMessage({do: 'again'} satisfies ToTree)
    }
    addEventListener('pageshow', back)
    return () => {
      removeEventListener('pageshow', back)
      worker.current = null
      // It says goodbye to the streams before it ends itself.
      made.postMessage({do: 'close'} satisfies ToTree)
    }
  }, [list, stream])

  useEffect(() => tell({do: 'root', root: rootOf(app)}), [app, tell, list])
  const text = JSON.stringify(options)
  useEffect(() => tell({do: 'options', options: JSON.parse(text) as Options}), [text, tell, list])

  const ask = useCallback(<T,>(make: (id: number) => ToTree) => new Promise<T>(done => {
    const id = ++counter.current
    waiting.current.set(id, done as (answer: never) => void)
    tell(make(id))
  }), [tell])
  return useMemo(() => ({
    shown,
    ...state,
    again: () => void tell({do: 'again'}),
    full: (key: string) => ask<FullObject | null>(id => ({do: 'full', id, key})),
    whole: () => ask<ApplicationTree | null>(id => ({do: 'whole', id})),
  }), [shown, state, tell, ask])
}

export function shownOf(objects: Objects, data: {picture: Picture; orphans: number; hosts: number}): Shown {
  let names: string[] | undefined
  let facts: string[] | undefined
  let reasons: string[] | undefined
  const kindOf = (index: number) => objects.kinds[objects.kind[index] ?? 0] ?? '/'
  const shown: Shown = {
    objects,
    picture: data.picture,
    orphans: data.orphans,
    hosts: data.hosts,
    name: index => (names ??= objects.names.split(GAP))[index] ?? '',
    facts: index => (facts ??= objects.facts.split(GAP))[index] ?? '',
    reason: index => (reasons ??= objects.reasons.split(GAP))[index] ?? '',
    group: index => kindOf(index).slice(0, kindOf(index).indexOf('/')),
    kind: index => kindOf(index).slice(kindOf(index).indexOf('/') + 1),
    namespace: index => objects.namespaces[objects.namespace[index] ?? 0] ?? '',
    key: index => `${kindOf(index)}/${shown.namespace(index)}/${shown.name(index)}`,
    find(key) {
      const [group, kind, namespace, name] = key.split('/')
      const [wantedKind, wantedNamespace] = [objects.kinds.indexOf(`${group}/${kind}`), objects.namespaces.indexOf(namespace ?? '')]
      if (wantedKind < 0 || wantedNamespace < 0) return -1
      for (let index = 0; index < objects.count; index++) if (objects.kind[index] === wantedKind && objects.namespace[index] === wantedNamespace && shown.name(index) === name) return index
      return -1
    },
  }
  return shown
}
