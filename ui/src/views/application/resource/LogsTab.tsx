import {useMemo} from 'react'

import type {Application} from '@/api/contract'
import {useQueryWords} from '@/shell/address'
import {LogView} from '@/views/logs/LogView'
import type {Target as LogTarget} from '@/views/logs/target'
import type {Target} from './Resource'

/** The logs of a pod, or of all pods of what makes them, in the drawer. */
export default function LogsTab({app, target, container, onContainer}: {app: Application; target: Target; container: string; onContainer(container: string): void}) {
  const [words, change] = useQueryWords()
  const {name, namespace} = app.metadata
  const of = useMemo<LogTarget>(() => ({name: name ?? '', appNamespace: namespace ?? '', project: app.spec.project, namespace: target.namespace, ...(target.kind === 'Pod' ? {podName: target.name} : {group: target.group, kind: target.kind, resourceName: target.name})}), [name, namespace, app.spec.project, target.namespace, target.kind, target.group, target.name])
  return <LogView target={of} container={words.get('container') === '*' ? '*' : container} onContainer={onContainer} words={words} change={change} embedded />
}
