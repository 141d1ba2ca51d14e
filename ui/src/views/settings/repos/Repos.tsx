import {Plus, RotateCw} from 'lucide-react'
import {useMemo, useState} from 'react'
import {Link} from 'wouter'

import {ask, segment} from '@/api/client'
import type {ConnectionState, RepoCreds, RepoCredsList, RepositoryList} from '@/api/contract'
import {listFleet} from '@/api/fleet-list'
import {queries, useAsk, useSettings} from '@/api/queries'
import {useRefusal} from '@/api/rights'
import {Age} from '@/parts/Age'
import {Button, buttonClass} from '@/parts/Button'
import {Confirm} from '@/parts/Confirm'
import {Copy} from '@/parts/Copy'
import {Drawer} from '@/parts/Dialog'
import {KeyValue} from '@/parts/KeyValue'
import {later} from '@/parts/later'
import {StatusWord} from '@/parts/StatusGlyph'
import {Tabs} from '@/parts/Tabs'
import {toast} from '@/parts/Toast'
import {shortName, webPage} from '@/repository/url'
import {useQueryWords} from '@/shell/address'
import {usePage} from '@/shell/page'
import {connectionLook} from '../connection'
import css from '../Settings.module.css'
import {SettingsList, type ListColumn} from '../SettingsList'
import {useCount} from '../useCount'
import {entryOf, kindOf, methodOf, METHODS, type Entry} from './model'
import {PLACES, type Place} from './places'

const RepoForm = later(() => import('./RepoForm'))

/** An entry as the list shows it. */
type Row = Entry & {connectionState?: ConnectionState; inheritedCreds?: boolean}

export default function Repos() {
  usePage([{label: 'Settings', href: '/settings'}, {label: 'Repositories'}])
  const [words, change] = useQueryWords()
  const settings = useSettings()
  const said = words.get('kind') ?? ''
  const tab = said in PLACES ? said : 'repositories'
  const tabs = [
    {id: 'repositories', label: 'Repositories'},
    {id: 'templates', label: 'Credential templates'},
    ...(settings.data?.hydratorEnabled || tab.startsWith('write') ? [{id: 'write', label: 'To write to'}, {id: 'write-templates', label: 'Templates to write with'}] : []),
  ]
  return (
    <Tabs label="Kinds" tabs={tabs} value={tab} onChange={id => change({kind: id === 'repositories' ? null : id, search: null})}>
      <RepoList key={tab} place={PLACES[tab] as Place} />
    </Tabs>
  )
}

function RepoList({place}: {place: Place}) {
  const [words, change] = useQueryWords()
  const path = `api/v1/${place.path}`
  const asked = useAsk<RepositoryList | RepoCredsList>(path)
  const [looking, setLooking] = useState(false)
  const [open, setOpen] = useState<string | null>(null)
  const [edit, setEdit] = useState<Entry | null>(null)
  const [gone, setGone] = useState<Row | null>(null)
  const resource = place.path.startsWith('write') ? 'write-repositories' : 'repositories'
  const noCreate = useRefusal(resource, 'create', '*')
  const items = useMemo(() => ((asked.data?.items ?? []) as Array<Row | RepoCreds>).map(one => ('repo' in one ? one : (entryOf(one) as Row))), [asked.data])
  const keyOf = (row: Row) => `${row.project ?? ''} ${row.repo}`
  const refresh = async () => {
    setLooking(true)
    try {
      queries.setQueryData([path, {}], await ask(path, {query: {forceRefresh: true}}))
      toast('All connections were tried anew', 'ok')
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), 'bad')
    } finally {
      setLooking(false)
    }
  }
  const columns = useMemo<ListColumn<Row>[]>(() => {
    const own: ListColumn<Row>[] = place.template ? [] : [{id: 'state', title: 'Connection', width: '108px', sortBy: row => connectionLook(row.connectionState).word, cell: row => <span title={row.connectionState?.message}><StatusWord state={connectionLook(row.connectionState)} /></span>}]
    own.push(
      {id: 'type', title: 'Type', width: '54px', sortBy: row => kindOf(row), cell: row => kindOf(row), priority: 2},
      {id: 'url', title: place.template ? 'Addresses that begin with' : 'Address', width: 'minmax(140px, 2.4fr)', sortBy: row => row.repo, cell: row => <span className={css.mono} title={row.repo}>{row.repo}</span>},
    )
    if (!place.template) {
      own.push(
        {id: 'name', title: 'Name', width: 'minmax(0, 1fr)', priority: 2, sortBy: row => row.name ?? '', cell: row => row.name},
        {id: 'project', title: 'Project', width: 'minmax(0, 0.8fr)', priority: 3, sortBy: row => row.project ?? '', cell: row => row.project || <span className={css.dim}>all</span>},
      )
    }
    own.push({id: 'login', title: 'Log in', width: 'minmax(0, 1.2fr)', priority: 3, cell: row => <span className={css.dim}>{row.inheritedCreds ? 'by a credential template' : METHODS[methodOf(row)].split(':')[0]}</span>})
    return own
  }, [place])
  const shown = items.find(row => keyOf(row) === open)
  const begin = () => change({addRepo: true}, true)
  return (
    <div className={css.view}>
      <SettingsList
        label={place.template ? 'Credential templates' : 'Repositories'}
        asked={asked}
        items={items}
        columns={columns}
        rowKey={keyOf}
        text={row => [row.repo, row.name, row.project, kindOf(row)].join(' ')}
        onOpen={row => setOpen(keyOf(row))}
        actions={
          <>
            {!place.template && <Button refused={looking && 'Under way'} onClick={() => void refresh()}><RotateCw size={14} /> Try all</Button>}
            <Button look="primary" refused={noCreate} onClick={begin}><Plus size={14} /> {place.template ? 'New template' : 'Connect'}</Button>
          </>
        }
        empty={place.template ? 'A template gives credentials to every repository whose address begins in the same way.' : 'Public repositories work without being connected; others need a way to log in.'}
        emptyActions={<Button look="primary" refused={noCreate} onClick={begin}>{place.template ? 'New template' : 'Connect a repository'}</Button>}
      />
      {shown && <Details row={shown} place={place} resource={resource} onClose={() => setOpen(null)} onEdit={() => { setOpen(null); setEdit(bare(shown)) }} onRemove={() => { setOpen(null); setGone(shown) }} />}
      {words.get('addRepo') !== null && <RepoForm place={place} onClose={() => change({addRepo: null})} />}
      {edit && <RepoForm place={place} given={edit} onClose={() => setEdit(null)} />}
      {gone && <Remove row={gone} place={place} onClose={() => setGone(null)} />}
    </div>
  )
}

function bare({connectionState: _state, inheritedCreds: _inherited, ...entry}: Row): Entry {
  return entry
}

function Details({row, place, resource, onClose, onEdit, onRemove}: {row: Row; place: Place; resource: string; onClose(): void; onEdit(): void; onRemove(): void}) {
  const object = row.project ? `${row.project}/${row.repo}` : row.repo
  const noUpdate = useRefusal(resource, 'update', object)
  const noDelete = useRefusal(resource, 'delete', object)
  const page = webPage(row.repo)
  const state = row.connectionState
  const start = {spec: {project: row.project || 'default', source: {repoURL: row.repo, ...(kindOf(row) === 'helm' ? {chart: ''} : {path: ''})}}}
  return (
    <Drawer
      open
      onClose={onClose}
      title={row.name || shortName(row.repo)}
      foot={
        <>
          <Button look="danger" refused={noDelete} onClick={onRemove}>{place.template ? 'Delete…' : 'Disconnect…'}</Button>
          <Button refused={noUpdate} onClick={onEdit}>Change…</Button>
          {place.path === 'repositories' && <Link className={buttonClass('primary')} href={`/applications?new=${encodeURIComponent(JSON.stringify(start))}`}>New application from it</Link>}
        </>
      }
    >
      <div className={css.form}>
        {state?.status === 'Failed' && <p className={css.note}><b>It cannot be reached:</b> {state.message}</p>}
        <KeyValue
          pairs={[
            ['Connection', !place.template && <><StatusWord state={connectionLook(state)} /> <Age className={css.dim} time={state?.attemptedAt} /></>],
            [place.template ? 'Begins with' : 'Address', <span className={css.row}><span className={css.mono}>{row.repo}</span><Copy what="the address" text={row.repo} /></span>],
            ['Look at it', page && !place.template && <a href={page} target="_blank" rel="noreferrer">{page}</a>],
            ['Type', kindOf(row)],
            ['Name', row.name],
            ['Project', !place.template && (row.project || 'all projects')],
            ['Log in', row.inheritedCreds ? 'by a credential template' : METHODS[methodOf(row)]],
            ['User', row.username],
            ['GitHub App', row.githubAppID],
            ['Proxy', row.proxy],
            ['Without proxy', row.noProxy],
            ['Certificate', row.insecure && <span className={css.bad}>taken unseen</span>],
            ['Large files', row.enableLfs && 'fetched (Git LFS)'],
            ['Commits', row.depth ? `the newest ${row.depth}` : ''],
            ['OCI', row.enableOCI && 'yes'],
            ['TLS', row.insecureOCIForceHttp && <span className={css.bad}>not used</span>],
          ]}
        />
      </div>
    </Drawer>
  )
}

function Remove({row, place, onClose}: {row: Row; place: Place; onClose(): void}) {
  const used = useCount(place.template ? null : () => listFleet({repo: [row.repo], limit: 0}).then(window => window.total), `repo ${row.repo}`)
  const remove = async () => {
    await ask(`api/v1/${place.path}/${segment(row.repo)}`, {method: 'DELETE', query: {appProject: row.project}})
    void queries.invalidateQueries({queryKey: [`api/v1/${place.path}`]})
    toast(`${row.repo} is gone`, 'ok')
  }
  return (
    <Confirm open onClose={onClose} title={place.template ? 'Delete the credential template?' : 'Disconnect the repository?'} verb={place.template ? 'Delete' : 'Disconnect'} onConfirm={remove} name={used ? shortName(row.repo) : undefined}>
      <p className={css.mono}>{row.repo}</p>
      {place.template ? (
        <p>Repositories whose address begins like this, and which have no credentials of their own, can be reached only if they are public. Nothing that runs is changed, but their applications cannot be compared or synced any more.</p>
      ) : used === 0 ? (
        <p>No application that you may see uses it. The repository itself is not touched.</p>
      ) : (
        <p>
          {used === undefined ? 'Applications that use it' : `${used === 1 ? 'One application uses' : `${used} applications use`} it. They`} keep running what they run; without a credential template or public access they can no longer be compared or synced. The repository itself is not touched.
        </p>
      )}
    </Confirm>
  )
}
