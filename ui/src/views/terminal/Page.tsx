import {useParams} from 'wouter'

import {segment} from '@/api/client'
import type {Application} from '@/api/contract'
import {useAsk} from '@/api/queries'
import {ErrorNote} from '@/parts/ErrorNote'
import {Skeleton} from '@/parts/Skeleton'
import {applicationHref, useQueryWords} from '@/shell/address'
import {usePage} from '@/shell/page'
import Terminal from './Terminal'
import css from './Terminal.module.css'

/** A shell in a container as a page of its own, beside the address of its logs. */
export default function Page() {
  const params = useParams<{name: string; appnamespace: string; namespace: string; container: string}>()
  const [name, appNamespace, namespace, container] = [params.name, params.appnamespace, params.namespace, params.container].map(decodeURIComponent) as [string, string, string, string]
  const [words] = useQueryWords()
  const pod = words.get('podName') ?? ''
  usePage([{label: 'Applications', href: '/applications'}, {label: name, href: applicationHref({name, namespace: appNamespace})}, {label: `Terminal in ${pod} · ${container}`}])
  const app = useAsk<Application>(`api/v1/applications/${segment(name)}`, {appNamespace}, {stale: Infinity})
  if (app.isError) return <div className={css.pad}><ErrorNote what="The application cannot be read." error={app.error} retry={() => void app.refetch()} /></div>
  if (!app.data) return <div className={css.pad}><Skeleton lines={3} /></div>
  return <Terminal application={app.data} namespace={namespace} pod={pod} container={container} />
}

/** The address of that page. */
export function terminalHref(app: {name: string; namespace: string}, namespace: string, pod: string, container: string): string {
  return `/applications/${[app.namespace, app.name, namespace, container].map(encodeURIComponent).join('/')}/terminal?podName=${encodeURIComponent(pod)}`
}
