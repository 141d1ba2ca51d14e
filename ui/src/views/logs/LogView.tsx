import {useVirtualizer} from '@tanstack/react-virtual'
import {Download, Maximize2, Search} from 'lucide-react'
import {useEffect, useMemo, useRef, useState} from 'react'
import {Link} from 'wouter'

import {segment} from '@/api/client'
import type {ApplicationTree} from '@/api/contract'
import {useAsk} from '@/api/queries'
import {Button, buttonClass, IconButton} from '@/parts/Button'
import {Copy} from '@/parts/Copy'
import {cx} from '@/parts/cx'
import {ErrorNote} from '@/parts/ErrorNote'
import {Checkbox} from '@/parts/Field'
import {Menu, type MenuItem} from '@/parts/Menu'
import {Select} from '@/parts/Select'
import {useKeys} from '@/shell/keys'
import type {Change} from '@/shell/address'
import {isError, markedRuns, placesOf, plainOf, runsOf, type Style} from './ansi'
import {logsPath, useLogs, type Line, type Wish} from './read'
import {containersOf, logsHref, podsOf, type Target} from './target'
import css from './Logs.module.css'

const LINE = 18
const TAILS = ['100', '500', '1000', '5000', '20000', '100000']
const SINCE: Array<[string, string]> = [['', 'Any time'], ['60', 'Last minute'], ['600', 'Last 10 min'], ['3600', 'Last hour'], ['21600', 'Last 6 h'], ['86400', 'Last day']]
const ALL = '*'

export interface LogViewProps {
  target: Target
  /** The container, or `*` for all of them. */
  container: string
  onContainer(container: string): void
  /** Where what is chosen is kept: the page's address, or a drawer's own. */
  words: URLSearchParams
  change(changes: Change): void
  /** Not the page itself: it offers the page. */
  embedded?: boolean
}

/** Lines of one or many containers, as they come. What is chosen has the contract's names. */
export function LogView({target, container, onContainer, words, change, embedded}: LogViewProps) {
  const flag = (word: string) => words.get(word) === 'true'
  const previous = flag('showPreviousLogs')
  const follow = words.get('follow') !== 'false' && !previous
  const wish: Wish = {follow, tail: Number(words.get('tail')) || 1000, since: Number(words.get('sinceSeconds')) || 0, filter: words.get('filterText') ?? '', matchCase: flag('matchCase'), previous}
  const [times, wrap, dark] = [flag('viewTimestamps'), flag('wrap'), flag('dark')]

  const path = `api/v1/applications/${segment(target.name)}`
  const named = {appNamespace: target.appNamespace, project: target.project}
  const tree = useAsk<ApplicationTree>(target.podName ? null : `${path}/resource-tree`, {...named}, {stale: 30_000})
  const pods = useMemo(() => podsOf(tree.data, target), [tree.data, target])
  const pod = useAsk<{manifest?: string}>(pods[0] ? `${path}/resource` : null, {...named, namespace: target.namespace, resourceName: pods[0], version: 'v1', kind: 'Pod', group: ''}, {stale: 30_000})
  const containers = useMemo(() => {
    try {
      return containersOf(JSON.parse(pod.data?.manifest ?? '{}'))
    } catch {
      return []
    }
  }, [pod.data])
  const all = container === ALL
  const read = all ? containers.filter(one => !one.init).map(one => one.name) : [container]
  const {lines, version, state, errors, again} = useLogs(target, read, wish)

  const only = words.get('viewPod') ?? ''
  const seenPods = useMemo(() => (target.podName ? [target.podName] : pods), [pods, target.podName])
  const names = words.get('viewPodNames') === null ? !target.podName : flag('viewPodNames')
  // Lines of one pod among many: places in the ring, which is all of them otherwise.
  const places = useMemo(() => (only ? [...Array(lines.length).keys()].filter(index => lines.at(index)?.pod === only) : null), [only, version, lines])
  const count = places?.length ?? lines.length
  const at = (index: number) => lines.at(places ? (places[index] ?? -1) : index)

  const box = useRef<HTMLDivElement>(null)
  const [held, setHeld] = useState(false)
  const [seen, setSeen] = useState(0)
  const [found, setFound] = useState(-1)
  const [said, setSaid] = useState('')
  const columns = Math.max(20, Math.floor(((box.current?.clientWidth ?? 1000) - 40) / 7.2))
  const textOf = (line: Line) => [times && line.time, names && line.pod, all && line.container, plainOf(line.text)].filter(Boolean).join(' ')
  const rows = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: index => (wrap ? LINE * Math.max(1, Math.ceil(((at(index)?.text.length ?? 0) + (names ? 24 : 0) + (times ? 30 : 0)) / columns)) : LINE),
    overscan: 30,
    initialRect: {width: 1024, height: 640},
    getItemKey: index => (places ? (places[index] ?? index) : index) + lines.dropped,
  })
  useEffect(() => rows.measure(), [wrap, names, times, rows])
  const dropped = useRef(0)
  useEffect(() => {
    // What fell out at the old end would push away what is being read.
    const gone = lines.dropped - dropped.current
    dropped.current = lines.dropped
    if (follow && !held) {
      if (count > 0) rows.scrollToIndex(count - 1, {align: 'end'})
      setSeen(lines.total)
    } else if (gone > 0 && !wrap && box.current) box.current.scrollTop -= gone * LINE
  }, [version, follow, held, count])
  const toEnd = () => {
    setHeld(false)
    setSeen(lines.total)
    rows.scrollToIndex(count - 1, {align: 'end'})
  }
  const lastError = () => {
    const fits = (index: number) => isError(plainOf(at(index)?.text ?? ''))
    let index = (found >= 0 ? found : count) - 1
    while (index >= 0 && !fits(index)) index--
    setFound(index)
    if (index < 0) {
      setSaid(found >= 0 ? 'No error before that one.' : 'No line tells of an error.')
      return
    }
    setHeld(true)
    rows.scrollToIndex(index, {align: 'center'})
    setSaid(textOf(at(index) as Line).slice(0, 300))
  }
  useKeys('These logs', {
    w: {label: 'Wrap long lines', do: () => change({wrap: !wrap})},
    t: {label: 'Times', do: () => change({viewTimestamps: !times})},
    e: {label: 'The last error, then the one before', do: lastError},
    G: {label: 'To the newest lines', do: toEnd},
    '/': {label: 'Filter lines', do: () => box.current?.parentElement?.querySelector<HTMLInputElement>('input[type=search]')?.focus()},
  })

  const look = wish.filter.replace(/^!/, '')
  const marks = wish.filter.startsWith('!') ? '' : look
  const toggle = (word: string, text: string, on: boolean, off: string | null = null, refused?: boolean) => <Checkbox disabled={refused} checked={on} onChange={event => change({[word]: event.target.checked ? 'true' : off})}>{text}</Checkbox>
  const download: MenuItem[] = [
    {id: 'shown', label: `The ${count.toLocaleString()} lines shown here`, do: () => saveText(`${target.podName ?? target.resourceName ?? target.name}.log`, Array.from({length: count}, (_, index) => textOf(at(index) as Line)).join('\n'))},
    ...read.map((one): MenuItem => ({id: one, label: `All that the server has of ${one}`, do: () => follows(`${logsPath(target, one, {...wish, follow: false, tail: 0})}&download=true`)})),
  ]
  const fresh = lines.total - seen
  return (
    <div className={css.view}>
      <div className={css.tools}>
        <span className={css.search}>
          <Search size={14} aria-hidden="true" />
          <input className={css.filter} type="search" key={wish.filter} defaultValue={wish.filter} aria-label="Filter lines; ! first turns it around" placeholder="Filter lines; ! first turns it around" onKeyDown={event => event.key === 'Enter' && change({filterText: event.currentTarget.value})} onBlur={event => event.target.value !== wish.filter && change({filterText: event.target.value})} />
        </span>
        {(containers.length > 1 || all) && <Select className={css.pick} label="Container" value={container} onChange={onContainer} options={[{value: ALL, label: 'All containers'}, ...optionsOf(containers, container)]} />}
        {seenPods.length > 1 && <Select className={css.pick} label="Pod" value={only} onChange={value => change({viewPod: value})} options={[{value: '', label: `All ${seenPods.length} pods`}, ...seenPods.map(value => ({value}))]} />}
        <Select className={css.pick} label="Since" value={String(words.get('sinceSeconds') ?? '').replace(/^0$/, '')} onChange={value => change({sinceSeconds: value})} options={withOwn(SINCE, words.get('sinceSeconds'), 's')} />
        <Select className={css.pick} label="Lines at first" value={String(wish.tail)} onChange={value => change({tail: value})} options={withOwn(TAILS.map((value): [string, string] => [value, `${Number(value).toLocaleString()} lines`]), String(wish.tail), ' lines')} />
        {toggle('follow', 'Follow', follow, 'false', previous)}
        {toggle('showPreviousLogs', 'Previous', previous)}
        {toggle('wrap', 'Wrap', wrap)}
        {toggle('viewTimestamps', 'Times', times)}
        {toggle('viewPodNames', 'Pods', names, 'false')}
        {toggle('matchCase', 'Match case', wish.matchCase)}
        {toggle('dark', 'Dark', dark)}
        <span className={css.acts}>
          <Button small onClick={lastError}>Last error</Button>
          <Copy what="lines" text={() => Array.from({length: count}, (_, index) => textOf(at(index) as Line)).join('\n')} />
          <Menu trigger={<IconButton small label="Download"><Download size={14} /></IconButton>} items={download} />
          {embedded && <Link className={buttonClass('quiet', true)} href={logsHref(target, container)} aria-label="As a page of its own" title="As a page of its own"><Maximize2 size={14} /></Link>}
        </span>
      </div>
      <p className={css.state} role="status">
        {count.toLocaleString()} {count === 1 ? 'line' : 'lines'}
        {lines.dropped > 0 && `, ${lines.dropped.toLocaleString()} older ones left out here`}
        {state === 'open' ? (follow ? (held ? '; held, since you read further up' : '; following') : '') : state === 'ended' ? (errors.length === 0 ? '; all that there is' : '') : state === 'asking' ? '; asking' : '; cut, it comes back by itself'}
        {said && <span className={css.said}> {said}</span>}
      </p>
      {all && read.length === 0 && (tree.error ?? pod.error) && <div className={css.error}><ErrorNote what="Which containers there are cannot be told." error={tree.error ?? pod.error} retry={() => { void tree.refetch(); void pod.refetch() }} /></div>}
      {all && tree.data && pods.length === 0 && <p className={css.cut}>It has no pods now.</p>}
      {errors.map(({container: of, error, ends}) => (ends ? <div key={of} className={css.error}><ErrorNote what={`The logs of ${of} cannot be read.`} error={error} retry={again}>{previous && <span>A container that never ended has no previous logs.</span>}</ErrorNote></div> : <p key={of} className={css.cut}>{of}: {error.message} Trying again.</p>))}
      <div
        ref={box}
        className={cx(css.lines, dark && css.dark)}
        data-theme={dark ? 'dark' : undefined}
        role="log"
        aria-live="off"
        aria-label={`Logs of ${target.podName ?? target.resourceName ?? ''} ${all ? '' : container}`}
        tabIndex={0}
        onScroll={event => {
          const {scrollTop, scrollHeight, clientHeight} = event.currentTarget
          const away = scrollHeight - scrollTop - clientHeight > 3 * LINE
          if (away !== held) setHeld(away)
          if (!away) setSeen(lines.total)
        }}
      >
        <div className={css.sheet} style={{height: rows.getTotalSize()}}>
          {rows.getVirtualItems().map(item => {
            const line = at(item.index)
            return (
              line && (
                <div key={item.key} ref={wrap ? rows.measureElement : undefined} data-index={item.index} className={cx(css.line, wrap && css.wrapped, item.index === found && css.found)} style={{transform: `translateY(${item.start}px)`}}>
                  {times && <span className={css.time}>{line.time.slice(0, 23).replace('T', ' ')} </span>}
                  {names && <span className={cx(css.name, hue(line.pod))}>{line.pod} </span>}
                  {all && <span className={cx(css.name, hue(line.container))}>{line.container} </span>}
                  <Text text={line.text} word={marks} matchCase={wish.matchCase} />
                </div>
              )
            )
          })}
        </div>
        {state !== 'asking' && count === 0 && errors.length === 0 && <p className={css.none}>{wish.filter ? 'No line fits the filter.' : wish.since > 0 ? 'It has written nothing in that time.' : 'It has written nothing yet.'}</p>}
      </div>
      {held && follow && count > 0 && (
        <Button className={css.resume} onClick={toEnd}>{fresh > 0 ? `${fresh.toLocaleString()} new ${fresh === 1 ? 'line' : 'lines'}` : 'To the newest lines'}</Button>
      )}
    </div>
  )
}

function optionsOf(containers: ReturnType<typeof containersOf>, current: string): Array<{value: string; label: string}> {
  const list = containers.map(one => ({value: one.name, label: one.init ? `${one.name} (before the others)` : one.sidecar ? `${one.name} (sidecar)` : one.name}))
  // One that the pod does not have (any more) is what the address says all the same.
  return list.some(one => one.value === current) || current === ALL ? list : [...list, {value: current, label: current}]
}

function withOwn(options: Array<[string, string]>, own: string | null, unit: string): Array<{value: string; label: string}> {
  const list = options.map(([value, label]) => ({value, label}))
  return !own || own === '0' || list.some(one => one.value === own) ? list : [...list, {value: own, label: `${own}${unit}`}]
}

const HUES = 6

/** A colour for a name, always the same; the name stands there too. */
function hue(name: string): string | undefined {
  let sum = 0
  for (let at = 0; at < name.length; at++) sum = (sum * 31 + name.charCodeAt(at)) >>> 0
  return css[`hue${sum % HUES}`]
}

function Text({text, word, matchCase}: {text: string; word: string; matchCase: boolean}) {
  const runs = runsOf(text)
  const only = runs[0]
  if (word === '' && runs.length === 1 && only && Object.keys(only.style).length === 0) return <>{only.text}</>
  const marked = word === '' ? runs : markedRuns(runs, placesOf(runs.map(run => run.text).join(''), word, matchCase))
  return (
    <>
      {marked.map((run, index) => {
        const name = classOf(run.style)
        if ('mark' in run && run.mark) return <mark key={index} className={name}>{run.text}</mark>
        return name ? <span key={index} className={name}>{run.text}</span> : run.text
      })}
    </>
  )
}

function classOf({tone, bold, dim, italic, underline, strike}: Style): string | undefined {
  return cx(tone && css[tone], bold && css.bold, dim && css.faint, italic && css.italic, underline && css.underline, strike && css.strike) || undefined
}

function saveText(name: string, text: string) {
  const url = URL.createObjectURL(new Blob([text], {type: 'text/plain'}))
  follows(url, name)
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

function follows(url: string, name = '') {
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
}
