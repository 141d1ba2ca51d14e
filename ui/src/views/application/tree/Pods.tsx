import {cx} from '@/parts/cx'
import {EmptyNote} from '@/parts/EmptyNote'
import {StatusGlyph} from '@/parts/StatusGlyph'
import {toneOf} from '@/parts/status'
import status from '@/parts/Status.module.css'
import {about} from './Outline'
import {amount} from './amount'
import type {PodGroup} from './pods'
import css from './Tree.module.css'
import type {Shown} from './useTree'
import {glyphOf, PROBLEM, rollUp} from './words'

/** So many cells of one group are drawn at once. */
const MOST = 400

/** Every pod as a cell: on which node it runs, or whose it is, and what the nodes have to give. */
export default function Pods({shown, onOpen}: {shown: Shown; onOpen(key: string, apart: boolean): void}) {
  const groups = shown.picture.pods
  if (!groups) return null
  if (groups.every(group => group.pods.length === 0)) return <EmptyNote title={shown.picture.searching ? 'No pod fits the filter.' : 'This application has no pods.'} />
  return (
    <div className={css.pods}>
      {groups.map(group => <Host key={`${group.owner} ${group.title}`} group={group} shown={shown} onOpen={onOpen} />)}
    </div>
  )
}

function Host({group, shown, onOpen}: {group: PodGroup; shown: Shown; onOpen(key: string, apart: boolean): void}) {
  const {host, pods} = group
  const labels = Object.entries(host?.labels ?? {})
  return (
    <section className={css.host} aria-label={group.title}>
      <h2>{group.title}</h2>
      <span className={css.dim}>{rollUp('Pod', pods.length, group.tally)}{host?.systemInfo ? `; ${[host.systemInfo.operatingSystem, host.systemInfo.architecture, host.systemInfo.kubeletVersion].filter(Boolean).join(' ')}` : ''}</span>
      {host?.resourcesInfo && host.resourcesInfo.length > 0 && (
        <div className={css.bars}>
          {host.resourcesInfo.map(one => <Gauge key={one.resourceName} name={one.resourceName ?? ''} mine={one.requestedByApp ?? 0} others={one.requestedByNeighbors ?? 0} capacity={one.capacity ?? 0} />)}
        </div>
      )}
      {labels.length > 0 && <div className={css.labels}>{labels.map(([name, value]) => <span key={name}>{name}={value}</span>)}</div>}
      <div className={css.cells}>
        {[...pods.slice(0, MOST)].map(index => {
          const look = shown.objects.look[index] ?? 0
          const glyph = glyphOf(look)
          return (
            <button key={index} type="button" className={cx(css.pod, look >= PROBLEM - 1 && css.loud, glyph && status[toneOf[glyph]])} title={about(shown, index)} aria-label={about(shown, index).replaceAll('\n', ', ')} onClick={event => onOpen(shown.key(index), event.ctrlKey || event.metaKey)}>
              {glyph && <StatusGlyph look={glyph} size={12} />}
            </button>
          )
        })}
        {pods.length > MOST && <span className={css.dim}>and {(pods.length - MOST).toLocaleString('en')} more: filter to see them</span>}
      </div>
    </section>
  )
}

/** What this application and others ask of a node, of what it has. */
function Gauge({name, mine, others, capacity}: {name: string; mine: number; others: number; capacity: number}) {
  const share = (part: number) => `${capacity > 0 ? Math.min(100, (part / capacity) * 100) : 0}%`
  const words = `${amount(name, mine)} of this application, ${amount(name, others)} of others, of ${amount(name, capacity)}`
  return (
    <>
      <span>{name}</span>
      <span className={css.gauge} role="img" aria-label={words} title={words}>
        <span className={css.mine} style={{width: share(mine)}} />
        <span className={css.others} style={{width: share(others)}} />
      </span>
      <span className={css.dim}>{amount(name, mine + others)} of {amount(name, capacity)}</span>
    </>
  )
}
