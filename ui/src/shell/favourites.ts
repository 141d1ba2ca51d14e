import {kept} from '@/api/cell'

/** `namespace/name` of the applications that this browser has starred, in the order of starring. */
export const favourites = kept<string[]>('bowline.favourites', stored => (Array.isArray(stored) ? stored.filter(key => typeof key === 'string') : []))

export function toggleFavourite(key: string) {
  const now = favourites.get()
  favourites.set(now.includes(key) ? now.filter(other => other !== key) : [...now, key])
}
