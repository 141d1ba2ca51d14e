import {useEffect, useMemo, useState, type ReactNode} from 'react'

import {useCell} from '@/api/cell'
import {segment} from '@/api/client'
import type {Application, ApplicationApplicationResourceResponse, ApplicationTree} from '@/api/contract'
import {useAsk} from '@/api/queries'
import {Drawer} from '@/parts/Dialog'
import {EmptyNote} from '@/parts/EmptyNote'
import {ErrorNote} from '@/parts/ErrorNote'
import {later} from '@/parts/later'
import {Skeleton} from '@/parts/Skeleton'
import {StatusGlyph} from '@/parts/StatusGlyph'
import {Tabs} from '@/parts/Tabs'
import {useQueryWords} from '@/shell/address'
import {Boundary} from '@/shell/Boundary'
import {extensions, resourceExtensionsFor} from '@/shell/extensions'
import {aboutOf} from '../acts'
import type {FullObject} from '../tree/protocol'
import type {Tree} from '../tree/useTree'
import {glyphOf} from '../tree/words'
import type {Place} from '../views'
import Acts from './Acts'
import {containersOf, readManifest} from './object'
import css from './Resource.module.css'
import Summary from './Summary'

const Manifests = later(() => import('./Manifests'))
const Events = later(() => import('./Events'))
const ResourceDiff = later(() => import('../diff/ResourceDiff'))
const LogsTab = later(() => import('./LogsTab'))
const Terminal = later(() => import('@/views/terminal/Terminal'))

/** What names an object in every question about it. */
export interface Target {
  group: string
  version: string
  kind: string
  namespace: string
  name: string
}

/** One object of an application: how it is and why, its manifests, what happened to it, and what can be done with it. */
export default function Resource({app, tree, whole, place, onClose}: {app: Application; tree: Tree; whole?: ApplicationTree; place: Place; onClose(): void}) {
  const [, change] = useQueryWords()
  const key = place.node ?? ''
  const [group = '', kind = '', namespace = '', name = ''] = key.split('/')
  const full = useFull(tree, key)
  const version = full?.node.version ?? full?.status?.version ?? ''
  const target: Target = {group, version, kind, namespace, name}
  const there = full?.node.uid !== undefined && full.node.uid !== ''
  const answer = useAsk<ApplicationApplicationResourceResponse>(full && there ? `api/v1/applications/${segment(app.metadata.name ?? '')}/resource` : null, {...aboutOf(app), namespace, resourceName: name, version, kind, group}, {every: 30_000})
  const live = useMemo(() => readManifest(answer.data?.manifest), [answer.data])
  // A newer version of the object than the one that was read.
  const newer = full?.node.resourceVersion
  const {refetch} = answer
  useEffect(() => {
    if (newer && live?.object?.metadata?.resourceVersion && newer !== live.object.metadata.resourceVersion) void refetch()
  }, [newer])
  const containers = containersOf(live?.object)
  const hasPods = containers.length > 0 || (kind === 'Pod' && group === '')
  const added = resourceExtensionsFor(useCell(extensions), group, kind)
  const tabs = [
    {id: 'summary', label: 'Summary'},
    {id: 'manifest', label: 'Manifest'},
    ...(full?.status ? [{id: 'diff', label: 'Diff'}] : []),
    {id: 'events', label: 'Events'},
    ...(hasPods ? [{id: 'logs', label: 'Logs'}] : []),
    ...(kind === 'Pod' && group === '' ? [{id: 'exec', label: 'Terminal'}] : []),
    ...added.map((one, index) => ({id: `extension-${index}`, label: one.title})),
  ]
  const tab = tabs.some(one => one.id === place.tab) ? place.tab : 'summary'
  const state = live?.object ?? null
  const at = tree.shown?.find(key) ?? -1
  const glyph = at >= 0 ? glyphOf(tree.shown?.objects.look[at] ?? 0) : undefined
  const title = <span className={css.title}>{glyph && <StatusGlyph look={glyph} label={glyph} />}<span><span className={css.dim}>{kind}</span> {name}</span></span>
  const content = (): ReactNode => {
    if (full === undefined) return tree.error ? <ErrorNote what="The objects cannot be listed." error={tree.error} retry={tree.again} /> : <Skeleton lines={8} />
    if (full === null) return <EmptyNote title="This object is not part of the application.">It was deleted, it belongs to another application, or the link is old. The tree shows what there is.</EmptyNote>
    if (tab === 'events') return there ? <Events app={app} of={{namespace, name, uid: full.node.uid ?? ''}} /> : <EmptyNote title="It is not in the cluster, so nothing happened to it." />
    if (tab === 'manifest') return <Manifests app={app} target={target} live={live} there={there} error={answer.error ?? undefined} retry={() => void answer.refetch()} />
    if (tab === 'diff') return <ResourceDiff app={app} of={target} />
    if (tab === 'logs') return <LogsTab app={app} target={target} container={containers[place.container]?.name ?? containers[0]?.name ?? '*'} onContainer={container => change({node: `${key}/${Math.max(0, containers.findIndex(one => one.name === container))}`, container: container === '*' ? '*' : null})} />
    if (tab === 'exec') return containers.length === 0 ? (answer.error ? <ErrorNote what="The pod cannot be read, so its containers are not known." error={answer.error} retry={() => void answer.refetch()} /> : <Skeleton lines={4} />) : <Terminal application={app} namespace={namespace} pod={name} container={containers[place.container]?.name ?? containers[0]?.name ?? ''} containers={containers.map(one => one.name)} onContainer={container => change({node: `${key}/${containers.findIndex(one => one.name === container)}`})} />
    const Extension = tab.startsWith('extension-') ? added[Number(tab.slice(10))]?.component : undefined
    if (Extension) return whole && (state || !there) ? <Extension application={app} resource={state} tree={whole} /> : <Skeleton lines={5} />
    return <Summary app={app} full={full} target={target} live={live} error={answer.error ?? undefined} retry={() => void answer.refetch()} onOpen={other => change({node: `${other}/0`, tab: null}, true)} />
  }
  return (
    <Drawer open wide={tab === 'manifest' || tab === 'diff' || tab === 'logs' || tab === 'exec'} flush onClose={onClose} title={title} actions={full ? <Acts app={app} full={full} target={target} there={there} containers={containers} onGone={onClose} /> : undefined}>
      <Tabs label="About the object" className={css.tabs} tabs={tabs} value={tab} onChange={id => change({tab: id})}>
        <Boundary name="this tab" key={`${key} ${tab}`}>
          <div className={tab === 'logs' || tab === 'exec' ? css.full : css.pad}>{content()}</div>
        </Boundary>
      </Tabs>
    </Drawer>
  )
}

/** What the tree knows of one object, anew with each of its changes; null where it is not part of it, undefined until that is known. */
function useFull(tree: Tree, key: string): FullObject | null | undefined {
  const [known, setKnown] = useState<{key: string; full: FullObject | null}>()
  const {shown} = tree
  useEffect(() => {
    let here = true
    if (shown) void tree.full(key).then(full => here && setKnown({key, full}))
    return () => {
      here = false
    }
    // Each picture is a change of the tree; the tree itself is another object with each of its states.
  }, [shown, key])
  return known?.key === key ? known.full : undefined
}
