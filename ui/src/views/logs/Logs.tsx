import {useMemo} from 'react'
import {useLocation, useParams, useSearch} from 'wouter'

import {segment} from '@/api/client'
import {applicationHref, useQueryWords} from '@/shell/address'
import {usePage} from '@/shell/page'
import {LogView} from './LogView'
import type {Target} from './target'

/** The logs of a container, or of a container in all pods of an object, as a page; all of it in the address, with the contract's names. */
export default function Logs() {
  const params = useParams<{name: string; appnamespace?: string; namespace: string; container: string}>()
  const [name, container, namespace] = [params.name, params.container, params.namespace].map(decodeURIComponent) as [string, string, string]
  const appNamespace = params.appnamespace ? decodeURIComponent(params.appnamespace) : ''
  const [words, change] = useQueryWords()
  const search = useSearch()
  const [, go] = useLocation()
  const [podName, group, kind, resourceName] = ['podName', 'group', 'kind', 'name'].map(word => words.get(word) ?? '')
  const target = useMemo<Target>(() => ({name, appNamespace, namespace, ...(podName ? {podName} : {group, kind, resourceName})}), [name, appNamespace, namespace, podName, group, kind, resourceName])
  const href = appNamespace ? applicationHref({name, namespace: appNamespace}) : `/applications/${segment(name)}`
  usePage([{label: 'Applications', href: '/applications'}, {label: name, href}, {label: `Logs of ${podName || resourceName}${container === '*' ? '' : ` · ${container}`}`}])
  const toContainer = (to: string) => go(`/applications/${[...(appNamespace ? [appNamespace] : []), name, namespace, to].map(encodeURIComponent).join('/')}/logs${search ? `?${search}` : ''}`, {replace: true})
  return <LogView target={target} container={container} onContainer={toContainer} words={words} change={change} />
}
