import {Plus} from 'lucide-react'
import {useMemo} from 'react'
import {useLocation} from 'wouter'

import type {AppProject, AppProjectList} from '@/api/contract'
import {useAsk} from '@/api/queries'
import {useRefusal} from '@/api/rights'
import {Button} from '@/parts/Button'
import {later} from '@/parts/later'
import {useQueryWords} from '@/shell/address'
import {usePage} from '@/shell/page'
import css from '../Settings.module.css'
import {SettingsList, type ListColumn} from '../SettingsList'

const RulesForm = later(() => import('./RulesForm'))

/** What may run where, and who may do what. */
export default function Projects() {
  usePage([{label: 'Settings', href: '/settings'}, {label: 'Projects'}])
  const asked = useAsk<AppProjectList>('api/v1/projects')
  const [words, change] = useQueryWords()
  const [, go] = useLocation()
  const noCreate = useRefusal('projects', 'create', '*')
  const columns = useMemo<ListColumn<AppProject>[]>(
    () => [
      {id: 'name', title: 'Name', width: 'minmax(110px, 1fr)', sortBy: row => row.metadata.name ?? '', cell: row => <span title={row.metadata.name}>{row.metadata.name}</span>},
      {id: 'description', title: 'What for', width: 'minmax(0, 2fr)', priority: 2, cell: row => <span className={css.dim} title={row.spec.description}>{row.spec.description}</span>},
      {id: 'sources', title: 'Sources', width: '70px', number: true, priority: 2, sortBy: row => row.spec.sourceRepos?.length ?? 0, cell: row => (row.spec.sourceRepos?.includes('*') ? 'all' : (row.spec.sourceRepos?.length ?? 0))},
      {id: 'destinations', title: 'Destinations', width: '92px', number: true, priority: 2, sortBy: row => row.spec.destinations?.length ?? 0, cell: row => (row.spec.destinations?.some(one => (one.server ?? one.name) === '*' && one.namespace === '*') ? 'all' : (row.spec.destinations?.length ?? 0))},
      {id: 'roles', title: 'Roles', width: '56px', number: true, priority: 3, sortBy: row => row.spec.roles?.length ?? 0, cell: row => row.spec.roles?.length ?? 0},
      {id: 'windows', title: 'Windows', width: '70px', number: true, priority: 3, sortBy: row => row.spec.syncWindows?.length ?? 0, cell: row => row.spec.syncWindows?.length ?? 0},
    ],
    [],
  )
  const add = <Button look="primary" refused={noCreate} onClick={() => change({add: true}, true)}><Plus size={14} /> New project</Button>
  return (
    <div className={css.view}>
      <SettingsList label="Projects" asked={asked} items={asked.data?.items ?? []} columns={columns} rowKey={row => row.metadata.name ?? ''} text={row => [row.metadata.name, row.spec.description, ...Object.entries(row.metadata.labels ?? {}).map(pair => pair.join('='))].join(' ')} onOpen={row => go(`/settings/projects/${encodeURIComponent(row.metadata.name ?? '')}`)} actions={add} empty="None that you may see." emptyActions={add} />
      {words.get('add') !== null && <RulesForm onClose={() => change({add: null})} onMade={name => go(`/settings/projects/${encodeURIComponent(name)}`)} />}
    </div>
  )
}
