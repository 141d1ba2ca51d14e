import {Plus} from 'lucide-react'
import {Link} from 'wouter'

import {useCell} from '@/api/cell'
import type {AppProject, SyncWindow} from '@/api/contract'
import {useNow} from '@/parts/Age'
import {Button} from '@/parts/Button'
import {EmptyNote} from '@/parts/EmptyNote'
import {later} from '@/parts/later'
import {StatusWord} from '@/parts/StatusGlyph'
import {exact, relative} from '@/parts/time'
import {useQueryWords} from '@/shell/address'
import {appearance} from '@/shell/appearance'
import {say, standing} from '@/window/window'
import {Section} from '../Section'
import css from '../Settings.module.css'

const WindowForm = later(() => import('./WindowForm'))

/** When syncs are allowed and forbidden, in words, with what each says now. */
export function Windows({project, globals, noUpdate}: {project: AppProject; globals: AppProject[]; noUpdate: string | false}) {
  const [words, change] = useQueryWords()
  const windows = project.spec.syncWindows ?? []
  const inherited = globals.flatMap(one => (one.spec.syncWindows ?? []).map(window => ({window, from: one.metadata.name ?? ''})))
  const index = /^\d+$/.test(words.get('editWindow') ?? '') ? Number(words.get('editWindow')) : -1
  const add = <Button look="primary" refused={noUpdate} onClick={() => change({newWindow: true, tab: 'windows'}, true)}><Plus size={14} /> New window</Button>
  return (
    <>
      {windows.length + inherited.length === 0 ? (
        <EmptyNote title="No sync windows." actions={add}>Applications of this project may sync at any time.</EmptyNote>
      ) : (
        <div className={css.page}>
          <Section title="Sync windows" actions={add} hint="Where windows that forbid and windows that allow are open at once, the forbidding ones win. Once one allows, syncs outside of all that allow are forbidden.">
            <ul className={css.list}>
              {windows.map((window, at) => (
                <li key={at}>
                  <Window window={window} />
                  <Button small onClick={() => change({editWindow: String(at), tab: 'windows'}, true)} aria-label={`Open window ${at + 1}`}>Open</Button>
                </li>
              ))}
              {inherited.map(({window, from}, at) => (
                <li key={`global ${at}`}>
                  <Window window={window} />
                  <Link className={css.mark} href={`/settings/projects/${encodeURIComponent(from)}?tab=windows`}>from {from}</Link>
                </li>
              ))}
            </ul>
          </Section>
        </div>
      )}
      {words.get('newWindow') !== null && <WindowForm project={project} onClose={() => change({newWindow: null, tab: 'windows'})} noUpdate={noUpdate} />}
      {windows[index] && <WindowForm key={index} project={project} index={index} onClose={() => change({editWindow: null, tab: 'windows'})} noUpdate={noUpdate} />}
    </>
  )
}

function Window({window}: {window: SyncWindow}) {
  const now = useNow()
  const {zone} = useCell(appearance)
  const stands = standing(window, new Date(now))
  const allows = window.kind !== 'deny'
  const state = !stands ? {look: 'unknown' as const, word: 'Never opens'} : stands.isOpen ? (allows ? {look: 'ok' as const, word: 'Open: allows'} : {look: 'held' as const, word: 'Open: forbids'}) : {look: 'run' as const, word: 'Closed'}
  const more = [window.manualSync && 'people may sync all the same', window.syncOverrun && 'a sync that began before may end', window.description].filter(Boolean).join('; ')
  return (
    <>
      <StatusWord state={state} />
      <span className={css.what}>
        <span>{say(window)}</span>
        {more && <span className={css.dim}>{more}</span>}
        {stands && <span className={css.dim} title={`${exact(stands.from.getTime(), zone)} to ${exact(stands.to.getTime(), zone)}`}>{stands.isOpen ? `closes ${relative(stands.to.getTime(), now)}` : `opens ${relative(stands.from.getTime(), now)}, ${exact(stands.from.getTime(), zone)}`}</span>}
      </span>
    </>
  )
}
