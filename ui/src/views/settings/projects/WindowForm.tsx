import {useState} from 'react'

import {useCell} from '@/api/cell'
import type {AppProject, ClusterList, SyncWindow} from '@/api/contract'
import {useAsk} from '@/api/queries'
import {Button} from '@/parts/Button'
import {Combobox} from '@/parts/Combobox'
import {Confirm} from '@/parts/Confirm'
import {Checkbox, Field, Input} from '@/parts/Field'
import {TextList} from '@/parts/RowsEditor'
import {Select} from '@/parts/Select'
import {toast} from '@/parts/Toast'
import {useNow} from '@/parts/Age'
import {exact, relative} from '@/parts/time'
import {appearance} from '@/shell/appearance'
import {faults as faultsOf, openings, say} from '@/window/window'
import {FormDrawer} from '../FormDrawer'
import css from '../Settings.module.css'
import {changeProject} from './model'

const SCHEDULES = ['0 22 * * *', '0 9 * * 1-5', '0 0 * * 6,0', '*/30 * * * *', '0 0 1 * *']
const DURATIONS = ['30m', '1h', '8h', '12h', '24h']
const FIRST: SyncWindow = {kind: 'allow', schedule: '0 9 * * 1-5', duration: '8h', timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone, applications: ['*']}

/** A window, with what it means in words and when it opens next. */
export default function WindowForm({project, index, noUpdate, onClose}: {project: AppProject; index?: number; noUpdate: string | false; onClose(): void}) {
  const owner = project.metadata.name ?? ''
  const [first] = useState<SyncWindow>(() => (index === undefined ? FIRST : {...project.spec.syncWindows?.[index]}))
  const [now, setNow] = useState(first)
  const [gone, setGone] = useState(false)
  const clusters = useAsk<ClusterList>('api/v1/clusters', undefined, {stale: 30_000})
  const set = (change: Partial<SyncWindow>) => setNow(before => ({...before, ...change}))
  const faults = faultsOf(now)
  const wrong = Object.values(faults)[0]
  const dirty = index === undefined || JSON.stringify(now) !== JSON.stringify(first)
  const list = (values: string[]) => values.map(value => value.trim()).filter(Boolean)
  const save = async () => {
    const window = {...now, applications: list(now.applications ?? []), namespaces: list(now.namespaces ?? []), clusters: list(now.clusters ?? [])}
    await changeProject(owner, spec => {
      const windows = [...(spec.syncWindows ?? [])]
      if (index === undefined) windows.push(window)
      else windows[found(windows, first, index)] = window
      return {...spec, syncWindows: windows}
    })
    toast(index === undefined ? 'The window is made' : 'The window is changed', 'ok')
  }
  return (
    <>
      <FormDrawer
        title={index === undefined ? 'New sync window' : `Window ${index + 1} of ${owner}`}
        verb={index === undefined ? 'Create' : 'Save'}
        onClose={onClose}
        onSave={save}
        dirty={JSON.stringify(now) !== JSON.stringify(first)}
        refused={noUpdate || (!dirty && 'Nothing is changed') || wrong}
        buttons={index !== undefined && <Button look="danger" refused={noUpdate} onClick={() => setGone(true)}>Delete…</Button>}
      >
        <Preview window={now} fault={wrong} />
        <div className={css.fields}>
          <Field label="It"><Select value={now.kind ?? 'allow'} onChange={kind => set({kind})} options={[{value: 'allow', label: 'allows syncs'}, {value: 'deny', label: 'forbids syncs'}]} /></Field>
          <Field label="Begins (cron)" error={faults.schedule} hint="Minute, hour, day of month, month, day of week."><Combobox mono options={SCHEDULES} value={now.schedule ?? ''} onChange={schedule => set({schedule})} /></Field>
          <Field label="Lasts" error={faults.duration}><Combobox options={DURATIONS} value={now.duration ?? ''} onChange={duration => set({duration})} /></Field>
          <Field label="Time zone" error={faults.timeZone}><Combobox options={zones()} value={now.timeZone ?? ''} onChange={timeZone => set({timeZone})} placeholder="UTC" /></Field>
        </div>
        <Field label="What it is for"><Input value={now.description ?? ''} onChange={event => set({description: event.target.value || undefined})} /></Field>
        <TextList legend="Applications" name="Application" add="Add a name" values={now.applications ?? []} onChange={applications => set({applications})} none="None by name." hint={faults.applications ?? 'Globs: * is every one.'} />
        <TextList legend="Namespaces they are deployed into" name="Namespace" add="Add a namespace" values={now.namespaces ?? []} onChange={namespaces => set({namespaces})} none="None." />
        <TextList legend="Clusters they are deployed into" name="Cluster" add="Add a cluster" options={(clusters.data?.items ?? []).flatMap(one => [one.name, one.server])} values={now.clusters ?? []} onChange={clusters => set({clusters})} none="None." />
        <div className={css.checks}>
          <Checkbox checked={now.andOperator ?? false} onChange={event => set({andOperator: event.target.checked || undefined})}>All three lists must fit, not one of them</Checkbox>
          <Checkbox checked={now.manualSync ?? false} onChange={event => set({manualSync: event.target.checked || undefined})}>People may sync while it forbids</Checkbox>
          <Checkbox checked={now.syncOverrun ?? false} onChange={event => set({syncOverrun: event.target.checked || undefined})}>A sync that began before may end</Checkbox>
        </div>
      </FormDrawer>
      {gone && index !== undefined && (
        <Confirm
          open
          onClose={() => setGone(false)}
          title="Delete the window?"
          verb="Delete"
          onConfirm={async () => {
            await changeProject(owner, spec => {
              const windows = [...(spec.syncWindows ?? [])]
              windows.splice(found(windows, first, index), 1)
              return {...spec, syncWindows: windows}
            })
            toast('The window is gone', 'ok')
            onClose()
          }}
        >
          <p>{say(first)}</p>
          <p>{first.kind === 'deny' ? 'What it forbade may happen from now on.' : 'Without any window that allows, syncs may happen at any time again.'}</p>
        </Confirm>
      )}
    </>
  )
}

/** Where the window stands now: others may have changed the list meanwhile. */
function found(windows: readonly SyncWindow[], window: SyncWindow, index: number): number {
  const same = (other: SyncWindow | undefined) => JSON.stringify(other) === JSON.stringify(window)
  const at = same(windows[index]) ? index : windows.findIndex(same)
  if (at < 0) throw new Error('Somebody changed or deleted this window meanwhile: close this, and look at the list again.')
  return at
}

function Preview({window, fault}: {window: SyncWindow; fault?: string}) {
  const now = useNow()
  const {zone} = useCell(appearance)
  if (fault) return <p className={css.note} role="status">{fault}</p>
  const next = openings(window, new Date(now), 3)
  return (
    <div className={`${css.note} ${css.good}`} role="status">
      <b>{say(window)}</b>
      {next.length === 0 ? <p>It never opens.</p> : (
        <ul>
          {next.map(({isOpen, from, to}) => (
            <li key={from.getTime()} className={css.dim}>{isOpen ? `Open now, until ${exact(to.getTime(), zone)}` : `${exact(from.getTime(), zone)} to ${exact(to.getTime(), zone)}, ${relative(from.getTime(), now)}`}</li>
          ))}
        </ul>
      )}
    </div>
  )
}

function zones(): string[] {
  try {
    return ['UTC', ...Intl.supportedValuesOf('timeZone')]
  } catch {
    return ['UTC']
  }
}
