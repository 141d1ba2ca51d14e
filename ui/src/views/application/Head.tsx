import {MoreHorizontal, RefreshCw, RotateCw, Star} from 'lucide-react'
import {useMemo, useRef, useState} from 'react'
import {useLocation} from 'wouter'

import {useCell} from '@/api/cell'
import {segment} from '@/api/client'
import type {Application, ApplicationApplicationSyncWindowsResponse, ApplicationTree, RevisionMetadata} from '@/api/contract'
import {useAsk} from '@/api/queries'
import type {Row} from '@/api/fleet'
import {sourcesOf} from '@/api/fleet-fold'
import type {Explained} from '@/explain/explain'
import {heldBy} from '@/explain/held'
import {Age, useNow} from '@/parts/Age'
import {Button, IconButton} from '@/parts/Button'
import {Confirm} from '@/parts/Confirm'
import {Copy, copyText} from '@/parts/Copy'
import {later} from '@/parts/later'
import {Menu} from '@/parts/Menu'
import {Sentence} from '@/parts/Sentence'
import {StatusGlyph, StatusWord} from '@/parts/StatusGlyph'
import {healthState, phaseState, syncState} from '@/parts/status'
import {toast} from '@/parts/Toast'
import {Boundary} from '@/shell/Boundary'
import {applicationHref, useQueryWords} from '@/shell/address'
import {useCommands} from '@/shell/commands'
import {extensions} from '@/shell/extensions'
import {favourites, toggleFavourite} from '@/shell/favourites'
import {useKeys} from '@/shell/keys'
import {refreshApplication} from '@/views/applications/actions'
import {confirmDeletions, setAutoSync, terminate, waitingForConfirmation} from './acts'
import css from './Application.module.css'
import Conditions from './Conditions'
import Hydrated from './Hydrated'
import {neighbour} from './neighbour'
import {useRefusal} from './rights'
import {toView, VIEWS, type Place} from './views'

const SyncDialog = later(() => import('./sync/SyncDialog'))
const RemoveDialog = later(() => import('./remove/RemoveDialog'))

interface HeadProps {
  app: Application
  row: Row
  explained: Explained
  gone: boolean
  cut?: {since: number; error: Error}
  place: Place
  /** The whole tree, where extensions want it. */
  whole?: ApplicationTree
}

/** How the application is, in words and in one sentence, and what can be done about it. */
export default function Head({app, row, explained, gone, cut, place, whole}: HeadProps) {
  const [words, change] = useQueryWords()
  const [, go] = useLocation()
  const [dialog, setDialog] = useState<'sync' | 'remove' | 'confirm' | null>(null)
  const starred = useCell(favourites).includes(row.key)
  const added = useCell(extensions)
  const maySync = useRefusal(app, 'sync')
  const mayChange = useRefusal(app, 'update')
  const mayDelete = useRefusal(app, 'delete')
  const mayRead = useRefusal(app, 'get')
  const past = gone && 'It was deleted.'
  const tell = (what: Promise<unknown>, done: string) => void what.then(() => toast(done, 'ok'), error => toast(`${row.name}: ${error instanceof Error ? error.message : String(error)}`, 'bad'))
  const refresh = (hard: boolean) => tell(refreshApplication(row, hard), `${row.name} is ${hard ? 'rendered and compared' : 'compared'} anew`)
  const sync = () => (past || maySync ? toast(past || maySync || '', 'bad') : setDialog('sync'))
  const plan = () => change({plan: sourcesOf(app).map(source => encodeURIComponent(source.targetRevision || 'HEAD')).join(',') || 'HEAD'}, true)
  const running = row.operation?.phase === 'Running'
  const waiting = waitingForConfirmation(app)
  const counts = (['error', 'warning', 'info'] as const).map(level => [level, row.conditions?.filter(one => one.level === level).length ?? 0] as const).filter(([, count]) => count > 0)
  const walk = (step: 1 | -1) =>
    void neighbour(row.key, step).then(
      next => (next ? go(applicationHref(next, words.get('view') ? {view: words.get('view') ?? ''} : undefined)) : toast(`There is no application ${step > 0 ? 'after' : 'before'} this one in the list`)),
      error => toast(error instanceof Error ? error.message : String(error), 'bad'),
    )
  useKeys('Actions', {
    ']': {label: 'Next application of the list', do: () => walk(1)},
    '[': {label: 'Application before', do: () => walk(-1)},
    s: {label: 'Sync', do: sync},
    r: {label: 'Refresh', do: () => refresh(false)},
    R: {label: 'Hard refresh', do: () => refresh(true)},
    P: {label: 'What would a revision change?', do: plan},
    d: {label: 'Diff', do: () => change(toView('diff'))},
    e: {label: 'Events', do: () => change(toView('events'))},
    '*': {label: starred ? 'Take from the favourites' : 'Add to the favourites', do: () => toggleFavourite(row.key)},
    c: {label: 'Copy the link', do: () => tell(copyText(location.href), 'The link is copied')},
  })
  const doing = useRef({sync, refresh, change})
  doing.current = {sync, refresh, change}
  useCommands(
    useMemo(
      () => [
        {id: 'app-sync', title: `Sync ${row.name}`, keys: 's', refused: past || maySync, do: () => doing.current.sync()},
        {id: 'app-refresh', title: `Refresh ${row.name}`, keys: 'r', refused: past || mayRead, do: () => doing.current.refresh(false)},
        {id: 'app-hard', title: `Hard refresh ${row.name}`, keys: 'R', refused: past || mayRead, do: () => doing.current.refresh(true)},
        ...VIEWS.map((one, index) => ({id: `app-view-${one.id}`, title: `${one.label} of ${row.name}`, keys: String(index + 1), do: () => doing.current.change(toView(one.id))})),
        {id: 'app-delete', title: `Delete ${row.name}…`, refused: past || mayDelete, do: () => setDialog('remove')},
      ],
      [row.name, past, maySync, mayRead, mayDelete],
    ),
  )
  return (
    <div className={css.head}>
      <div className={css.states}>
        <StatusWord state={healthState(row.health.status)} />
        <StatusWord state={syncState(row.sync.status)} />
        {row.operation && (
          <button type="button" className={css.state} onClick={() => change(toView('operation'))} title="To the operation">
            <StatusWord state={phaseState(row.operation.phase)} /> <Age className={css.dim} time={row.operation.finishedAt ?? row.operation.startedAt} />
          </button>
        )}
        {counts.map(([level, count]) => (
          <button key={level} type="button" className={css.state} aria-expanded={place.conditions} onClick={() => change({conditions: !place.conditions})}>
            <StatusWord state={{look: level === 'error' ? 'bad' : level === 'warning' ? 'warn' : 'held', word: `${count} ${level === 'info' ? 'notice' : level}${count === 1 ? '' : 's'}`}} />
          </button>
        ))}
        {added.statusPanel.map(one => (
          <Boundary key={one.id} name={one.title}>
            <one.component application={app} openFlyout={() => change({extension: one.id})} />
          </Boundary>
        ))}
        <span className={css.space} />
        <span className={css.acts}>
          {running && <Button refused={past || maySync} onClick={() => tell(terminate(app), 'The sync is asked to end')}>Terminate</Button>}
          {waiting.length > 0 && <Button look="danger" refused={past || mayChange} onClick={() => setDialog('confirm')}>Confirm {waiting.length === 1 ? 'a deletion' : `${waiting.length} deletions`}</Button>}
          {added.topBar.filter(one => one.shouldDisplay(app)).map(one => whole && (
            <Boundary key={one.id} name={one.title}>
              <one.component application={app} tree={whole} openFlyout={() => change({extension: one.id})} />
            </Boundary>
          ))}
          <IconButton label={starred ? 'Take from the favourites' : 'Add to the favourites'} aria-pressed={starred} onClick={() => toggleFavourite(row.key)}><Star size={14} fill={starred ? 'currentColor' : 'none'} /></IconButton>
          <Button refused={past || mayRead} onClick={() => refresh(false)}><RotateCw size={14} className={row.refreshing && css.turning} /> {row.refreshing ? 'Refreshing' : 'Refresh'}</Button>
          <Button look="primary" refused={past || maySync} onClick={sync}><RefreshCw size={14} /> Sync</Button>
          <Menu
            trigger={<Button aria-label="More actions"><MoreHorizontal size={14} /></Button>}
            items={[
              {id: 'hard', label: 'Hard refresh', keys: 'R', refused: past || mayRead, do: () => refresh(true)},
              {id: 'auto', label: row.autoSync ? 'Switch auto-sync off' : 'Switch auto-sync on', refused: past || mayChange, do: () => tell(setAutoSync(app, !row.autoSync), `Auto-sync is ${row.autoSync ? 'off' : 'on'}`)},
              {id: 'plan', label: 'What would a revision change?', keys: 'P', refused: past || mayRead, do: plan},
              {id: 'history', label: 'History and rollback', do: () => change(toView('history'))},
              {id: 'link', label: 'Copy the link', keys: 'c', do: () => tell(copyText(location.href), 'The link is copied')},
              {id: 'delete', label: 'Delete…', danger: true, apart: true, refused: past || mayDelete, do: () => setDialog('remove')},
            ]}
          />
        </span>
      </div>
      <p className={css.verdict}><StatusGlyph look={explained.look} /> <Sentence explained={explained} />{explained.because && <Copy what="the sentence" text={[explained.what, explained.because, explained.next].filter(Boolean).join('; ')} />}</p>
      <Facts app={app} row={row} />
      <Hydrated app={app} open={words.get('hydrateOperation') === 'true'} onOpen={open => change({hydrateOperation: open})} />
      {gone && <p className={css.bad} role="status">It was deleted meanwhile; this is how it was.</p>}
      {cut && !gone && <p className={css.warn} role="status">What you see may be old: the stream of changes was cut <Age time={cut.since} /> ({cut.error.message}). It comes back by itself.</p>}
      {place.conditions && <Conditions app={app} onClose={() => change({conditions: null})} />}
      {dialog === 'sync' && <SyncDialog application={app} open onClose={() => setDialog(null)} />}
      {dialog === 'remove' && <RemoveDialog application={app} open onClose={() => setDialog(null)} onGone={() => go('/applications')} />}
      <Confirm open={dialog === 'confirm'} onClose={() => setDialog(null)} title="Confirm what waits for you" verb={waiting.length === 1 ? 'Delete it' : `Delete ${waiting.length} objects`} onConfirm={() => confirmDeletions(app, Date.now())}>
        <p>These objects ask that a person confirms their deletion:</p>
        <ul className={css.plainList}>{waiting.map(one => <li key={one}>{one}</li>)}</ul>
      </Confirm>
    </div>
  )
}

/** Where from, where to, what runs and since when: the two sentences that a status word leaves out. */
function Facts({app, row}: {app: Application; row: Row}) {
  const runs = app.status?.history?.at(-1)
  const short = (text: string | undefined) => (text && /^[0-9a-f]{40}$/.test(text) ? text.slice(0, 7) : text)
  const running = (runs?.revisions?.length ? runs.revisions : [runs?.revision]).map(short).filter(Boolean).join(', ')
  const wanted = row.sync.revisions?.map(short).join(', ')
  const commit = useAsk<RevisionMetadata>(/^[0-9a-f]{40}$/.test(row.sync.revisions?.[0] ?? '') && row.sync.revisions?.length === 1 ? `api/v1/applications/${segment(row.name)}/revisions/${row.sync.revisions[0]}/metadata` : null, {appNamespace: row.namespace, project: row.project}, {stale: 600_000})
  const windows = useAsk<ApplicationApplicationSyncWindowsResponse>(`api/v1/applications/${segment(row.name)}/syncwindows`, {appNamespace: row.namespace, project: row.project}, {stale: 60_000, every: 60_000})
  const now = useNow()
  const held = windows.data && !windows.data.canSync
  const first = (commit.data?.message ?? '').split('\n')[0] ?? ''
  return (
    <p className={css.facts}>
      {running && <span>Runs <span className={css.mono}>{running}</span> since <Age bare time={row.revisionSince} />{runs?.initiatedBy?.automated ? ', by auto-sync' : runs?.initiatedBy?.username ? `, by ${runs.initiatedBy.username}` : ''}.</span>}
      {wanted && <span>{wanted === running ? 'Git says the same' : <>Git says <span className={css.mono}>{wanted}</span></>}{first && <> <q title={commit.data?.message}>{first.length > 72 ? `${first.slice(0, 71)}…` : first}</q> of {author(commit.data?.author)}, <Age time={commit.data?.date} /></>}; compared <Age time={row.reconciledAt} />.</span>}
      <span>Auto-sync is {row.autoSync ? ['on', row.autoSync.prune && 'prunes', row.autoSync.selfHeal && 'heals itself'].filter(Boolean).join(', ') : 'off'}.</span>
      {held && <span className={css.warn}>Held: {heldBy(windows.data?.activeWindows ?? [], windows.data?.assignedWindows ?? [], new Date(now))}.</span>}
      <span>{row.destination.cluster} / {row.destination.namespace || 'no namespace'}, project {row.project}.</span>
    </p>
  )
}

/** `Ana Ruiz` of `Ana Ruiz <ana@example.com>`. */
function author(text: string | undefined): string {
  return (text ?? '').replace(/\s*<[^>]*>\s*$/, '') || 'somebody'
}
