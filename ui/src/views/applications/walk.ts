/** The walk along the list that was shown last: the previous and the next application of the same filter and order. */
import {listAll, listFleet} from '@/api/fleet-list'
import type {FleetQuery} from '@/api/fleet-fold'
import type {Query} from '@/api/client'

const KEY = 'bowline.walk'
/** How far around the last known place the neighbour is looked for, before the whole list is. */
const NEAR = 60

interface Walk {
  query: FleetQuery
  /** Where in the list the application stood, if that is known. */
  at?: number
}

/** Remembers what the list shows, for this tab. */
export function keepWalk(walk: Walk) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(walk))
  } catch {
    // Without a store the walk goes along all applications.
  }
}

export function readWalk(): Walk {
  try {
    const said = JSON.parse(sessionStorage.getItem(KEY) ?? '{}') as Partial<Walk>
    return {query: typeof said.query === 'object' && said.query ? said.query : {}, at: typeof said.at === 'number' ? said.at : undefined}
  } catch {
    return {query: {}}
  }
}

/** The application before or after one, in the list that was shown last; undefined at its end. */
export async function walkFrom(fits: (key: string) => boolean, step: 1 | -1): Promise<{name: string; namespace: string} | undefined> {
  const {query, at} = readWalk()
  const offset = Math.max(0, (at ?? 0) - NEAR)
  const near = await listFleet({...(query as FleetQuery & Query), offset, limit: NEAR * 2, facets: false})
  let rows = near.items
  let first = offset
  let index = rows.findIndex(row => fits(row.key))
  const edge = index < 0 || (step === -1 && index === 0 && offset > 0) || (step === 1 && index === rows.length - 1 && offset + rows.length < near.total)
  if (edge) {
    rows = await listAll(query as FleetQuery & Query)
    first = 0
    index = rows.findIndex(row => fits(row.key))
  }
  if (index < 0) return rows[0]
  const next = rows[index + step]
  if (next) keepWalk({query, at: first + index + step})
  return next
}
