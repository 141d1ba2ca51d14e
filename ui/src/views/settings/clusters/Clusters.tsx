import {Plus} from 'lucide-react'
import {useMemo} from 'react'
import {useLocation} from 'wouter'

import type {Cluster, ClusterList} from '@/api/contract'
import {useAsk} from '@/api/queries'
import {useRefusal} from '@/api/rights'
import {Age} from '@/parts/Age'
import {Button} from '@/parts/Button'
import {later} from '@/parts/later'
import {StatusWord} from '@/parts/StatusGlyph'
import {useQueryWords} from '@/shell/address'
import {usePage} from '@/shell/page'
import {connectionLook} from '../connection'
import css from '../Settings.module.css'
import {SettingsList, type ListColumn} from '../SettingsList'
import {stateOf} from './model'

const AddCluster = later(() => import('./AddCluster'))

/** Where applications run. */
export default function Clusters() {
  usePage([{label: 'Settings', href: '/settings'}, {label: 'Clusters'}])
  const asked = useAsk<ClusterList>('api/v1/clusters', undefined, {every: 30_000})
  const [words, change] = useQueryWords()
  const [, go] = useLocation()
  const noCreate = useRefusal('clusters', 'create', '*')
  const columns = useMemo<ListColumn<Cluster>[]>(
    () => [
      {id: 'state', title: 'Connection', width: '108px', sortBy: row => connectionLook(stateOf(row)).word, cell: row => <span title={stateOf(row)?.message}><StatusWord state={connectionLook(stateOf(row))} /></span>},
      {id: 'name', title: 'Name', width: 'minmax(100px, 1fr)', sortBy: row => row.name, cell: row => <span title={row.name}>{row.name}</span>},
      {id: 'server', title: 'Address', width: 'minmax(0, 1.4fr)', priority: 2, sortBy: row => row.server, cell: row => <span className={css.mono} title={row.server}>{row.server}</span>},
      {id: 'version', title: 'Kubernetes', width: '84px', priority: 2, sortBy: row => row.info?.serverVersion ?? '', cell: row => row.info?.serverVersion},
      {id: 'apps', title: 'Applications', width: '90px', number: true, priority: 2, sortBy: row => row.info?.applicationsCount ?? 0, cell: row => (row.info?.applicationsCount ?? 0).toLocaleString()},
      {id: 'objects', title: 'Objects', width: '72px', number: true, priority: 3, sortBy: row => row.info?.cacheInfo?.resourcesCount ?? 0, cell: row => row.info?.cacheInfo?.resourcesCount?.toLocaleString()},
      {id: 'listed', title: 'Listed', width: '80px', priority: 3, sortBy: row => row.info?.cacheInfo?.lastCacheSyncTime ?? '', cell: row => <Age className={css.dim} time={row.info?.cacheInfo?.lastCacheSyncTime} />},
      {id: 'project', title: 'Project', width: 'minmax(0, 0.7fr)', priority: 3, sortBy: row => row.project ?? '', cell: row => row.project || <span className={css.dim}>all</span>},
    ],
    [],
  )
  const add = <Button look="primary" refused={noCreate} onClick={() => change({add: true}, true)}><Plus size={14} /> Add a cluster</Button>
  return (
    <div className={css.view}>
      <SettingsList label="Clusters" asked={asked} items={asked.data?.items ?? []} columns={columns} rowKey={row => row.server} text={row => [row.name, row.server, row.project, ...Object.entries(row.labels ?? {}).map(pair => pair.join('='))].join(' ')} onOpen={row => go(`/settings/clusters/${encodeURIComponent(row.server)}`)} actions={add} empty="None that you may see." emptyActions={add} />
      {words.get('add') !== null && <AddCluster onClose={() => change({add: null})} />}
    </div>
  )
}
