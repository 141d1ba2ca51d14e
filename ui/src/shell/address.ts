import {useCallback, useMemo} from 'react'
import {useLocation, useSearch} from 'wouter'

export type Change = Record<string, string | readonly string[] | boolean | null | undefined>

/** The query of the page's address, and a way to change some of its words: what a view does not know it keeps. Replaces the entry in the history unless `push`. */
export function useQueryWords(): [URLSearchParams, (change: Change, push?: boolean) => void] {
  const search = useSearch()
  const [path, go] = useLocation()
  const words = useMemo(() => new URLSearchParams(search), [search])
  const change = useCallback(
    (changes: Change, push = false) => {
      // The address now, not the one of the last render: two changes in one tick must both arrive.
      const next = changed(new URLSearchParams(location.search), changes)
      go(path + (next ? `?${next}` : ''), {replace: !push})
    },
    [path, go],
  )
  return [words, change]
}

/** The query after some of its words were changed; `null`, `''`, `false` and `[]` take one away, lists are one value with commas. */
export function changed(words: URLSearchParams, changes: Change): string {
  const next = new URLSearchParams(words)
  for (const [name, value] of Object.entries(changes)) {
    const text = value === true ? 'true' : Array.isArray(value) ? value.join(',') : value
    if (text) next.set(name, text as string)
    else next.delete(name)
  }
  return next.toString()
}

/** The address of an application's page. */
export function applicationHref(app: {name: string; namespace: string}, query?: Record<string, string>): string {
  const words = query ? `?${new URLSearchParams(query)}` : ''
  return `/applications/${encodeURIComponent(app.namespace)}/${encodeURIComponent(app.name)}${words}`
}
