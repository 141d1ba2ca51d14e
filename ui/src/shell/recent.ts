import {kept} from '@/api/cell'

const MOST = 8

/** Where this browser was sent by the palette, newest first. */
export const recent = kept<Array<{title: string; href: string}>>('bowline.recent', stored =>
  Array.isArray(stored) ? stored.filter(one => typeof one?.title === 'string' && typeof one?.href === 'string').slice(0, MOST) : [],
)

export function remember(one: {title: string; href: string}) {
  recent.set([one, ...recent.get().filter(other => other.href !== one.href)].slice(0, MOST))
}
