import type {Row} from '@/api/fleet'
import {listFleet} from '@/api/fleet-list'
import {favourites} from '@/shell/favourites'
import {queryOf, readFilter} from '@/views/applications/filter'
import {lastList} from '@/views/applications/last'

/** The list beyond this many is not walked. */
const MOST = 1000

/** The application after (or before) one in the list that was looked at last; undefined at its ends, and where it is not in it. */
export async function neighbour(key: string, step: 1 | -1): Promise<Row | undefined> {
  const query = queryOf(readFilter(new URLSearchParams(lastList.get())), favourites.get())
  const {items} = await listFleet({...query, offset: 0, limit: MOST, facets: false})
  const at = items.findIndex(row => row.key === key)
  return at < 0 ? undefined : items[at + step]
}
