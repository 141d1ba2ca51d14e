import {useMemo, useState} from 'react'

import {kept, useCell} from '@/api/cell'
import type {Application} from '@/api/contract'
import {changed, type Change} from '@/shell/address'
import {LogView} from './LogView'
import type {Target} from './target'

/** How this browser likes its logs: what of the words is a matter of taste and not of the moment. */
const taste = kept<Record<string, string>>('bowline.logs', stored => (typeof stored === 'object' && stored !== null ? (stored as Record<string, string>) : {}))
const TASTES = ['wrap', 'viewTimestamps', 'viewPodNames', 'dark', 'tail']

export interface EmbeddedLogsProps {
  application: Application
  /** Of the object. */
  namespace: string
  /** One pod, or an object whose pods are meant. */
  pod?: string
  object?: {group: string; kind: string; name: string}
  /** The container to begin with; all of them without. */
  container?: string
}

/** Logs inside of something else: what is chosen lives as long as that. */
export default function EmbeddedLogs({application, namespace, pod, object, container = '*'}: EmbeddedLogsProps) {
  const {metadata, spec} = application
  const likes = useCell(taste)
  const [search, setSearch] = useState('')
  const [chosen, setChosen] = useState<string | null>(null)
  const words = useMemo(() => new URLSearchParams({...likes, ...Object.fromEntries(new URLSearchParams(search))}), [search, likes])
  const {group, kind, name} = object ?? {}
  const target = useMemo<Target>(
    () => ({name: metadata.name ?? '', appNamespace: metadata.namespace ?? '', project: spec.project, namespace, ...(pod ? {podName: pod} : {group, kind, resourceName: name})}),
    [metadata.name, metadata.namespace, spec.project, namespace, pod, group, kind, name],
  )
  const change = (changes: Change) => {
    setSearch(now => changed(new URLSearchParams(now), changes))
    const likings = Object.entries(changes).filter(([word]) => TASTES.includes(word))
    if (likings.length > 0) taste.set(Object.fromEntries(new URLSearchParams(changed(new URLSearchParams(taste.get()), Object.fromEntries(likings)))))
  }
  return <LogView embedded target={target} container={chosen ?? container} onContainer={setChosen} words={words} change={change} />
}
