import {useEffect} from 'react'

import {cell} from '@/api/cell'

export interface Crumb {
  label: string
  /** Relative to the base: `/applications`. */
  href?: string
}

export const crumbs = cell<Crumb[]>([])

/** The title of the page and its place: the last crumb is the page itself. `state` stands before the name in the browser's tab. */
export function usePage(trail: Crumb[], state?: string) {
  const text = JSON.stringify(trail)
  useEffect(() => {
    const now = JSON.parse(text) as Crumb[]
    crumbs.set(now)
    const names = now.map(crumb => crumb.label).reverse()
    document.title = [state, ...names, 'Bowline'].filter(Boolean).join(' · ')
  }, [text, state])
}
