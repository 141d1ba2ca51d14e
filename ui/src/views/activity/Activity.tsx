import {useMemo, useRef, useState} from 'react'
import {Link} from 'wouter'

import {useCell} from '@/api/cell'
import type {ApplicationList} from '@/api/contract'
import {useAsk} from '@/api/queries'
import {Age, useNow} from '@/parts/Age'
import {Button} from '@/parts/Button'
import {EmptyNote} from '@/parts/EmptyNote'
import {ErrorNote} from '@/parts/ErrorNote'
import {Input} from '@/parts/Field'
import {matches} from '@/parts/matches'
import {Skeleton} from '@/parts/Skeleton'
import {StatusGlyph} from '@/parts/StatusGlyph'
import {healthState, type Look} from '@/parts/status'
import {exact} from '@/parts/time'
import {applicationHref, useQueryWords} from '@/shell/address'
import {appearance} from '@/shell/appearance'
import {useKeys} from '@/shell/keys'
import {usePage} from '@/shell/page'
import css from './Activity.module.css'
import {bucketsOf, isBad, momentsOf, readRange, WHATS, type Bucket, type Moment, type What} from './moments'

const FIELDS = ['metadata.name', 'metadata.namespace', 'spec.project', 'status.health', 'status.operationState', 'status.history', 'status.conditions'].map(field => `items.${field}`).join(',')
const RANGES = ['1h', '6h', '24h', '7d', '4w']
const BUCKETS = 60
const PAGE = 200

function lookOf(one: Moment): Look {
  if (one.what === 'health') return healthState(one.text.replace('Became ', '')).look
  if (one.what === 'condition') return isBad(one) ? 'bad' : 'warn'
  return {running: 'run', failed: 'bad', synced: 'ok', deployed: 'ok'}[one.what] as Look
}

/** What happened to the fleet: syncs, deployments, changes of health, conditions, on one line of time. */
export default function Activity() {
  usePage([{label: 'Activity'}])
  const [words, change] = useQueryWords()
  const asked = useAsk<ApplicationList>('api/v1/applications', {fields: FIELDS}, {every: 30_000})
  const tick = useNow()
  const {zone} = useCell(appearance)
  const input = useRef<HTMLInputElement>(null)
  const [shownCount, setShownCount] = useState(PAGE)
  useKeys('Activity', {'/': {label: 'Search', do: () => input.current?.focus()}})
  const search = words.get('search') ?? ''
  const kinds = (words.get('what') ?? '').split(',').filter((one): one is What => one in WHATS)
  const projects = (words.get('proj') ?? '').split(',').filter(Boolean)
  const text = words.toString()
  // Minutes are enough for the edge of the range: it would move under the pointer otherwise.
  const minute = Math.floor(tick / 60_000)
  const range = useMemo(() => readRange(new URLSearchParams(text), (minute + 1) * 60_000), [text, minute])
  const all = useMemo(() => momentsOf(asked.data?.items ?? []), [asked.data])
  const fitting = useMemo(() => all.filter(one => one.time >= range.from && one.time <= range.to && (projects.length === 0 || projects.includes(one.project)) && matches(`${one.app} ${one.project} ${one.text} ${one.by ?? ''} ${one.message ?? ''} ${one.revision ?? ''}`, search)), [all, range, search, projects.join()])
  const items = useMemo(() => fitting.filter(one => kinds.length === 0 || kinds.includes(one.what)), [fitting, kinds.join()])
  const buckets = useMemo(() => bucketsOf(items, range, BUCKETS), [items, range])
  const said = words.get('range') ?? (words.get('from') ? '' : '24h')
  const filtered = search !== '' || kinds.length > 0 || projects.length > 0
  return (
    <div className={css.view}>
      <div className={css.bar}>
        <span className={css.search}>
          <Input ref={input} type="search" aria-label="Search what happened" placeholder="Search applications, people, words (/)" value={search} onChange={event => change({search: event.target.value})} onKeyDown={event => event.key === 'Escape' && (search ? change({search: null}) : event.currentTarget.blur())} />
        </span>
        <span className={css.row} role="group" aria-label="Range">
          {RANGES.map(name => <Button key={name} small aria-pressed={said === name} onClick={() => change({range: name === '24h' ? null : name, from: null, to: null})}>{name}</Button>)}
        </span>
        {(Object.keys(WHATS) as What[]).map(what => {
          const count = fitting.filter(one => one.what === what).length
          const on = kinds.includes(what)
          return (count > 0 || on) && <Button key={what} small aria-pressed={on} onClick={() => change({what: on ? kinds.filter(other => other !== what) : [...kinds, what]})}>{WHATS[what]} {count.toLocaleString()}</Button>
        })}
        {projects.map(project => <Button key={project} small onClick={() => change({proj: projects.filter(other => other !== project)})} title="Take this condition away">{project} ×</Button>)}
        {filtered && <Button small look="quiet" onClick={() => change({search: null, what: null, proj: null})}>Clear</Button>}
      </div>
      <Line buckets={buckets} label={`${exact(range.from, zone)} to ${exact(range.to, zone)}`} onPick={(from, to) => change({from: new Date(from).toISOString(), to: new Date(to).toISOString(), range: null}, true)} />
      {asked.error && <div className={css.pad}><ErrorNote what="What happened cannot be told." error={asked.error} retry={() => void asked.refetch()} /></div>}
      {!asked.data && !asked.error && <div className={css.pad}><Skeleton lines={12} /></div>}
      {asked.data && items.length === 0 && <EmptyNote title="Nothing happened." actions={filtered ? <Button onClick={() => change({search: null, what: null, proj: null})}>Clear the filter</Button> : said !== '4w' && <Button onClick={() => change({range: '4w', from: null, to: null})}>Four weeks</Button>}>{filtered ? 'At least nothing of this kind, in this time.' : 'No application that you may see was synced, deployed or changed its state in this time.'}</EmptyNote>}
      {items.length > 0 && (
        <ol className={css.list} aria-label="What happened, the newest first">
          {items.slice(0, shownCount).map(one => (
            <li key={one.key}>
              <Age className={css.time} time={one.time} />
              <StatusGlyph look={lookOf(one)} label={isBad(one) ? 'Went wrong' : WHATS[one.what]} />
              <span className={css.what}>
                <span>
                  <Link href={applicationHref({name: one.app, namespace: one.namespace}, one.what === 'condition' ? {conditions: 'true'} : one.what === 'deployed' ? {rollback: '0'} : one.what === 'health' ? undefined : {operation: 'true'})}><b>{one.app}</b></Link> {one.text}
                  {one.revision && <span className={css.mono}> {/^[0-9a-f]{40}$/.test(one.revision) ? one.revision.slice(0, 7) : one.revision}</span>}
                  {one.by && <span className={css.dim}> by {one.by}</span>}
                </span>
                {one.message && <span className={css.message}>{one.message}</span>}
              </span>
              {one.project && <button type="button" className={css.mark} onClick={() => change({proj: [...new Set([...projects, one.project])]})} title={`Only ${one.project}`}>{one.project}</button>}
            </li>
          ))}
          {items.length > shownCount && <li><Button onClick={() => setShownCount(shownCount + PAGE)}>Older ones: {(items.length - shownCount).toLocaleString()}</Button></li>}
        </ol>
      )}
    </div>
  )
}

/** Bars over the time; dragging over some of them looks at that time alone. The buttons of ranges do the same by the keyboard. */
function Line({buckets, label, onPick}: {buckets: Bucket[]; label: string; onPick(from: number, to: number): void}) {
  const [drag, setDrag] = useState<{from: number; to: number} | null>(null)
  const most = Math.max(1, ...buckets.map(one => one.good + one.bad))
  const total = buckets.reduce((sum, one) => sum + one.good + one.bad, 0)
  const bad = buckets.reduce((sum, one) => sum + one.bad, 0)
  const indexAt = (event: {clientX: number; currentTarget: Element}) => {
    const box = event.currentTarget.getBoundingClientRect()
    return Math.max(0, Math.min(buckets.length - 1, Math.floor(((event.clientX - box.left) / Math.max(1, box.width)) * buckets.length)))
  }
  const [low, high] = drag ? [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)] : [-1, -2]
  return (
    <figure className={css.line}>
      <svg
        role="img"
        aria-label={`${total} happenings, ${bad} of them went wrong: ${label}`}
        viewBox={`0 0 ${buckets.length} 40`}
        preserveAspectRatio="none"
        onPointerDown={event => { event.currentTarget.setPointerCapture(event.pointerId); const at = indexAt(event); setDrag({from: at, to: at}) }}
        onPointerMove={event => drag && setDrag({...drag, to: indexAt(event)})}
        onPointerUp={() => {
          const [first, last] = [buckets[low], buckets[high]]
          setDrag(null)
          if (first && last) onPick(first.from, last.to)
        }}
        onPointerCancel={() => setDrag(null)}
      >
        {drag && <rect x={low} width={high - low + 1} y={0} height={40} className={css.chosen} />}
        {buckets.map((one, index) => {
          const [good, wrong] = [(one.good / most) * 38, (one.bad / most) * 38]
          return (
            <g key={index}>
              {one.good > 0 && <rect x={index + 0.1} width={0.8} y={40 - good - wrong} height={good} className={css.good} />}
              {one.bad > 0 && <rect x={index + 0.1} width={0.8} y={40 - wrong} height={Math.max(2, wrong)} className={css.bad} />}
            </g>
          )
        })}
      </svg>
      <figcaption className={css.caption}><span>{label}</span><span>{total.toLocaleString()}{bad > 0 && <>, <span className={css.wrong}>{bad.toLocaleString()} went wrong</span></>}</span></figcaption>
    </figure>
  )
}
