import type {Fleet} from '@/api/fleet-list'
import type {FacetValue} from '@/api/fleet'
import {StatusGlyph} from '@/parts/StatusGlyph'
import {healthState, syncState, toneOf, type Look} from '@/parts/status'
import css from './Applications.module.css'
import type {ListName} from './filter'

const MOST = 8

/** The fleet as counts: by state, and by where it is. Each line narrows the list. */
export function AppSummary({fleet, onPick}: {fleet: Fleet; onPick(name: ListName, value: string): void}) {
  const {facets} = fleet
  const share = (list: FacetValue[] | undefined, value: string) => list?.find(one => one.value === value)?.count ?? 0
  return (
    <div className={css.summary}>
      <dl className={css.figures}>
        <Figure title="Applications" value={fleet.total} />
        <Figure title="Synced" value={share(facets.sync, 'Synced')} />
        <Figure title="Healthy" value={share(facets.health, 'Healthy')} />
        <Figure title="Clusters" value={facets.cluster?.length ?? 0} />
        <Figure title="Namespaces" value={facets.namespace?.length ?? 0} />
        <Figure title="Projects" value={facets.project?.length ?? 0} />
      </dl>
      <div className={css.cards}>
        <Bars title="Health" values={facets.health} total={fleet.total} look={value => healthState(value).look} onPick={value => onPick('health', value)} />
        <Bars title="Sync" values={facets.sync} total={fleet.total} look={value => syncState(value).look} onPick={value => onPick('sync', value)} />
        <Bars title="Last operation" values={facets.operation} total={fleet.total} onPick={value => onPick('operation', value)} />
        <Bars title="Project" values={facets.project} total={fleet.total} onPick={value => onPick('proj', value)} />
        <Bars title="Cluster" values={facets.cluster} total={fleet.total} onPick={value => onPick('cluster', value)} />
        <Bars title="Namespace" values={facets.namespace} total={fleet.total} onPick={value => onPick('namespace', value)} />
      </div>
    </div>
  )
}

function Figure({title, value}: {title: string; value: number}) {
  return (
    <div className={css.figure}>
      <dt>{title}</dt>
      <dd>{value.toLocaleString()}</dd>
    </div>
  )
}

function Bars({title, values = [], total, look, onPick}: {title: string; values?: FacetValue[]; total: number; look?(value: string): Look; onPick(value: string): void}) {
  const most = Math.max(1, total)
  return (
    <section className={css.card}>
      <h2>{title}</h2>
      <ul>
        {values.slice(0, MOST).map(({value, count}) => {
          const own = look?.(value)
          return (
            <li key={value}>
              <button type="button" className={css.bar} onClick={() => onPick(value)} title={`${value || '(none)'}: ${count} of ${total}`}>
                <span className={css.barName}>{own && <StatusGlyph look={own} />} {value || '(none)'}</span>
                <span className={css.barCount}>{count.toLocaleString()}</span>
                <span className={css.barTrack}><i style={{width: `${(count / most) * 100}%`, background: own ? `var(--${toneOf[own]})` : undefined}} /></span>
              </button>
            </li>
          )
        })}
        {values.length > MOST && <li className={css.dim}>and {values.length - MOST} more</li>}
        {values.length === 0 && <li className={css.dim}>none</li>}
      </ul>
    </section>
  )
}
