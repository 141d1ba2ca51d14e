import {kept} from '@/api/cell'

/** A filter with a name, as its address says it. */
export interface SavedView {
  name: string
  query: string
}

const MOST = 50

/** The views that this browser keeps. */
export const savedViews = kept<SavedView[]>('bowline.applications.saved', stored =>
  Array.isArray(stored) ? stored.filter((one): one is SavedView => typeof one?.name === 'string' && typeof one?.query === 'string').slice(0, MOST) : [],
)

/** Words of an address that say what is shown; others (an open panel, a page) are no part of a view. */
const WORDS = ['search', 'proj', 'sync', 'autoSync', 'health', 'operation', 'namespace', 'cluster', 'labels', 'annotations', 'repo', 'targetRevision', 'owner', 'appNamespace', 'showFavorites', 'view', 'sort', 'order']

/** The part of an address that a view keeps, always in the same order. */
export function viewOf(words: URLSearchParams): string {
  const own = new URLSearchParams()
  for (const word of WORDS) {
    const value = words.get(word)
    if (value) own.set(word, value)
  }
  return own.toString()
}

/** The views with one more, or with another meaning of its name. */
export function withView(views: readonly SavedView[], name: string, query: string): SavedView[] {
  const text = name.trim()
  const rest = views.filter(view => view.name !== text)
  return text === '' ? [...views] : [...rest, {name: text, query}].slice(-MOST)
}
