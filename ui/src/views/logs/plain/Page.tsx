import {useVirtualizer} from '@tanstack/react-virtual'
import {useEffect, useMemo, useRef, useState} from 'react'
import {useParams} from 'wouter'

import {address, segment} from '@/api/client'
import type {ApplicationLogEntry} from '@/api/contract'
import {readStream, type StreamState} from '@/api/stream'
import {Button} from '@/parts/Button'
import {Copy} from '@/parts/Copy'
import {ErrorNote} from '@/parts/ErrorNote'
import {Checkbox} from '@/parts/Field'
import {applicationHref, useQueryWords} from '@/shell/address'
import {usePage} from '@/shell/page'
import css from './Page.module.css'
import {Ring} from './ring'

const KEPT = 100_000
const LINE = 18
const TAILS = ['100', '500', '1000', '5000', '20000']
const SINCE: Array<[string, string]> = [['', 'any time'], ['60', '1 min'], ['600', '10 min'], ['3600', '1 h'], ['86400', '1 d']]

/** The logs of a container, or of a container in all pods of an object; all of it in the address, with the contract's names. */
export default function Logs() {
  const params = useParams<{name: string; appnamespace?: string; namespace: string; container: string}>()
  const [name, container, namespace] = [params.name, params.container, params.namespace].map(decodeURIComponent) as [string, string, string]
  const appNamespace = params.appnamespace ? decodeURIComponent(params.appnamespace) : ''
  const [words, change] = useQueryWords()
  const flag = (word: string) => words.get(word) === 'true'
  const follow = words.get('follow') !== 'false' && !flag('showPreviousLogs')
  usePage([{label: 'Applications', href: '/applications'}, {label: name, href: appNamespace ? applicationHref({name, namespace: appNamespace}) : `/applications/${segment(name)}`}, {label: `Logs of ${container}`}])
  const filter = words.get('filterText') ?? ''
  const query = {
    appNamespace, namespace, container,
    podName: words.get('podName'), group: words.get('group'), kind: words.get('kind'), resourceName: words.get('name'),
    follow, tailLines: words.get('tail') ?? '1000', sinceSeconds: words.get('sinceSeconds') ?? '0', filter, matchCase: flag('matchCase'), previous: flag('showPreviousLogs'),
  }
  const path = address(`api/v1/applications/${segment(name)}/logs`, query)
  const ring = useMemo(() => new Ring<ApplicationLogEntry>(KEPT), [path])
  const [count, setCount] = useState(0)
  const [state, setState] = useState<StreamState | null>(null)
  const [held, setHeld] = useState(false)
  const [again, setAgain] = useState(0)
  useEffect(() => {
    const stop = new AbortController()
    let frame = 0
    ring.clear()
    setCount(0)
    setState(null)
    const show = () => {
      frame = 0
      setCount(ring.total)
    }
    void readStream({
      url: new URL(path, document.baseURI).href,
      silence: 0,
      signal: stop.signal,
      onMessage(message) {
        const entry = message as ApplicationLogEntry
        if (entry.last) {
          // All was told; another try would tell it again.
          stop.abort()
          return
        }
        ring.push(entry)
        if (!frame) frame = requestAnimationFrame(show)
      },
      onState(now) {
        if (now.state === 'open') ring.clear()
        setState(now)
      },
    })
    return () => {
      stop.abort()
      cancelAnimationFrame(frame)
    }
  }, [path, ring, again])

  const box = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({count: ring.length, getScrollElement: () => box.current, estimateSize: () => LINE, overscan: 40, initialRect: {width: 1024, height: 640}})
  useEffect(() => {
    if (follow && !held && ring.length > 0) rows.scrollToIndex(ring.length - 1)
  }, [count, follow, held])
  const pods = flag('viewPodNames') || (!words.get('podName') && words.get('viewPodNames') !== 'false')
  const times = flag('viewTimestamps')
  const wrap = flag('wrap')
  const textOf = (entry: ApplicationLogEntry) => [times && entry.timeStampStr, pods && entry.podName, entry.content].filter(Boolean).join(' ')
  const look = filter.replace(/^!/, '')
  const toggle = (word: string, text: string, on: boolean, off: string | null = null) => <Checkbox checked={on} onChange={event => change({[word]: event.target.checked ? 'true' : off})}>{text}</Checkbox>
  return (
    <div className={css.page}>
      <div className={css.tools}>
        <input className={css.filter} type="search" defaultValue={filter} aria-label="Filter lines" placeholder="Filter; ! first turns it around" onKeyDown={event => event.key === 'Enter' && change({filterText: event.currentTarget.value})} onBlur={event => event.target.value !== filter && change({filterText: event.target.value})} />
        {toggle('matchCase', 'case', flag('matchCase'))}
        {toggle('follow', 'follow', follow, 'false')}
        {toggle('showPreviousLogs', 'previous', flag('showPreviousLogs'))}
        {toggle('viewTimestamps', 'times', times)}
        {toggle('viewPodNames', 'pods', pods, 'false')}
        {toggle('wrap', 'wrap', wrap)}
        <select aria-label="Lines" value={String(query.tailLines)} onChange={event => change({tail: event.target.value})}>{[...new Set([...TAILS, String(query.tailLines)])].map(one => <option key={one} value={one}>{one} lines</option>)}</select>
        <select aria-label="Since" value={words.get('sinceSeconds') ?? ''} onChange={event => change({sinceSeconds: event.target.value})}>{SINCE.map(([value, text]) => <option key={value} value={value}>{text}</option>)}</select>
        <span className={css.space} role="status">{ring.length.toLocaleString()} lines{ring.dropped > 0 ? `, ${ring.dropped.toLocaleString()} older ones left out` : ''}</span>
        <CopyAll text={() => ring.toArray().map(textOf).join('\n')} />
        <a href={address(`api/v1/applications/${segment(name)}/logs`, {...query, follow: false, download: true})} download>Download</a>
      </div>
      {state && state.state !== 'open' && (
        state.state === 'ended' ? <ErrorNote what="The logs cannot be read." error={state.error} retry={() => setAgain(again + 1)} /> : <p className={css.cut} role="status">{state.error.message} Trying again.</p>
      )}
      <div ref={box} className={css.lines} role="log" aria-live="off" aria-label={`Logs of ${container}`} tabIndex={0} onScroll={event => {
        const {scrollTop, scrollHeight, clientHeight} = event.currentTarget
        setHeld(scrollHeight - scrollTop - clientHeight > 3 * LINE)
      }}>
        {wrap ? (
          <div className={css.wrapped}>{ring.toArray().slice(-2000).map((entry, index) => <div key={index}><Marked text={textOf(entry)} word={look} /></div>)}</div>
        ) : (
          <div className={css.sheet} style={{height: rows.getTotalSize()}}>
            {rows.getVirtualItems().map(item => {
              const entry = ring.at(item.index)
              return entry && <div key={item.index} className={css.line} style={{transform: `translateY(${item.start}px)`}}><Marked text={textOf(entry)} word={look} /></div>
            })}
          </div>
        )}
        {state?.state === 'open' && ring.length === 0 && <p className={css.cut}>{filter ? 'No line fits the filter yet.' : 'It has written nothing yet.'}</p>}
      </div>
      {held && follow && <Button className={css.resume} onClick={() => { setHeld(false); rows.scrollToIndex(ring.length - 1) }}>To the newest lines</Button>}
    </div>
  )
}

function CopyAll({text}: {text(): string}) {
  // Made when it is asked for: it may be megabytes.
  return <Copy what="lines" text={text} />
}

function Marked({text, word}: {text: string; word: string}) {
  // Colours that programs write for terminals.
  const plain = text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '')
  if (!word) return <>{plain}</>
  const at = plain.toLowerCase().indexOf(word.toLowerCase())
  if (at < 0) return <>{plain}</>
  return <>{plain.slice(0, at)}<mark>{plain.slice(at, at + word.length)}</mark>{plain.slice(at + word.length)}</>
}
