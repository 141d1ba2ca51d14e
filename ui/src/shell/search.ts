import {useQuery} from '@tanstack/react-query'
import {useMemo} from 'react'

import {useCell} from '@/api/cell'
import type {FleetWindow} from '@/api/fleet'
import {listFleet} from '@/api/fleet-list'
import {explain} from '@/explain/explain'
import {matches} from '@/parts/matches'
import type {Look} from '@/parts/status'
import {applicationHref} from './address'
import {commands, sheetOpen} from './commands'
import {recent} from './recent'

/** One line of the palette. */
export interface Found {
  id: string
  title: string
  more?: string
  look?: Look
  keys?: string
  refused?: string | false | null
  href?: string
  do?(): void
  /** Puts this into the line in the place of doing something. */
  fill?: string
}

const MOST = 12

const PLACES: Found[] = [
  ['Home', '/', 'g h'],
  ['Applications', '/applications', 'g a'],
  ['ApplicationSets', '/applicationsets', 'g s'],
  ['Resources', '/resources', 'g r'],
  ['Activity', '/activity', 'g y'],
  ['Settings', '/settings', 'g ,'],
  ['Settings: repositories', '/settings/repos'],
  ['Settings: clusters', '/settings/clusters'],
  ['Settings: projects', '/settings/projects'],
  ['Settings: certificates', '/settings/certs'],
  ['Settings: GnuPG keys', '/settings/gpgkeys'],
  ['Settings: accounts', '/settings/accounts'],
  ['Settings: appearance', '/settings/appearance'],
  ['User and permissions', '/user-info'],
  ['Help', '/help'],
].map(([title = '', href, keys]) => ({id: `go ${href}`, title: `Go to ${title}`, href, keys}))

/** What the text of the palette finds; `coming` while the server has not said what it finds for this text. */
export function useFound(text: string): {found: Found[]; says: string; coming: boolean} {
  const offered = useCell(commands)
  const before = useCell(recent)
  const mark = /^[>@#:?]/.test(text) ? text.slice(0, 1) : ''
  const words = text.slice(mark.length).trim()
  const wantsApps = mark === '' || mark === '@' || mark === '#'
  const answer = useQuery<FleetWindow>({
    queryKey: ['palette', mark === '' ? words : ''],
    enabled: wantsApps && (mark !== '' || words !== ''),
    staleTime: 5000,
    placeholderData: was => was,
    queryFn: ({signal}) => listFleet({search: mark === '' ? words : undefined, limit: MOST, facets: mark !== ''}, signal),
  })
  const coming = wantsApps && (answer.isPlaceholderData || answer.isLoading)
  const shown = useMemo<{found: Found[]; says: string}>(() => {
    const run: Found[] = offered.map(command => ({id: command.id, title: command.title, keys: command.keys, refused: command.refused, do: command.do}))
    const all = [...run, ...PLACES]
    if (mark === '>') return {found: all.filter(one => matches(one.title, words)), says: 'Commands of this page, and places'}
    if (mark === '?') return {found: [{id: 'keys', title: 'Keys that do something here', keys: '?', do: () => sheetOpen.set(true)}, {id: 'help', title: 'Help', href: '/help'}].filter(one => matches(one.title, words)), says: 'Help'}
    if (mark === ':') return {found: [{id: 'kind', title: `Resources of kind ${words || '…'}`, href: `/resources?kind=${encodeURIComponent(words)}`, refused: words ? false : 'type a kind'}], says: 'Resources of all applications by kind'}
    if (mark === '@' || mark === '#') {
      const values = answer.data?.facets?.[mark === '@' ? 'project' : 'labels'] ?? []
      const name = mark === '@' ? 'proj' : 'labels'
      const found = values.filter(one => matches(one.value, words)).slice(0, 50)
      return {
        found: found.map(one => ({id: one.value, title: one.value, more: `${one.count} applications`, href: `/applications?${name}=${encodeURIComponent(one.value)}`})),
        says: mark === '@' ? 'Applications of a project' : 'Applications with a label',
      }
    }
    if (words === '') {
      return {
        found: [...before.map(one => ({id: `recent ${one.href}`, title: one.title, more: 'recent', href: one.href})), ...run, ...PLACES],
        says: 'Type a name, > for commands, @ for projects, # for labels, : for kinds, ? for help',
      }
    }
    // The one with this very name, or else the worst.
    const rows = [...(answer.data?.items ?? [])].sort((a, b) => Number(b.name === words) - Number(a.name === words))
    const apps = rows.map(row => {
      const explained = explain(row, Date.now())
      return {id: row.key, title: row.name, more: [row.project, explained.what].join(' · '), look: explained.look, href: applicationHref(row)}
    })
    const rest = all.filter(one => matches(one.title, words)).slice(0, 5)
    const says = answer.isError ? answer.error.message : answer.data ? `${answer.data.total} applications match` : 'Searching'
    return {found: [...apps, ...rest], says}
  }, [text, offered, before, answer.data, answer.isError])
  return {...shown, coming}
}
