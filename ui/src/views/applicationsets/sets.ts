import {useMemo} from 'react'

import {kept} from '@/api/cell'
import type {ApplicationSet, ApplicationSetList, ApplicationSetWatchEvent} from '@/api/contract'
import {queries, useAsk} from '@/api/queries'
import {useWatch} from '@/api/watch'

export const LIST = 'api/v1/applicationsets'

/** `namespace/name` of the starred ones. */
export const setFavourites = kept<string[]>('bowline.favourites.sets', stored => (Array.isArray(stored) ? stored.filter(key => typeof key === 'string') : []))

export function toggleSetFavourite(key: string) {
  const now = setFavourites.get()
  setFavourites.set(now.includes(key) ? now.filter(other => other !== key) : [...now, key])
}

export const keyOf = (set: ApplicationSet) => `${set.metadata.namespace ?? ''}/${set.metadata.name ?? ''}`

export const setHref = (set: {name?: string; namespace?: string}) => `/applicationsets/${encodeURIComponent(set.namespace || 'argocd')}/${encodeURIComponent(set.name ?? '')}`

/** All sets that the caller may see, kept up to date by the contract's stream. */
export function useSets() {
  const asked = useAsk<ApplicationSetList>(LIST)
  useWatch({
    path: 'api/v1/stream/applicationsets',
    replay: 'none',
    // It says nothing as long as nothing changes.
    silence: 0,
    onOpen: () => void queries.invalidateQueries({queryKey: [LIST]}),
    onMessage: message => {
      const {type, applicationSet} = message as ApplicationSetWatchEvent & {type?: string}
      queries.setQueryData<ApplicationSetList>([LIST, {}], before => {
        if (!before || !applicationSet) return before
        const rest = (before.items ?? []).filter(one => keyOf(one) !== keyOf(applicationSet))
        return {...before, items: type === 'DELETED' ? rest : [...rest, applicationSet]}
      })
    },
  })
  const items = useMemo(() => [...(asked.data?.items ?? [])].sort((a, b) => (a.metadata.name ?? '').localeCompare(b.metadata.name ?? '')), [asked.data])
  return {asked, items}
}
