import * as v from 'valibot'

import {kept} from '@/api/cell'

const Shape = v.object({
  theme: v.fallback(v.picklist(['auto', 'light', 'dark']), 'auto'),
  density: v.fallback(v.picklist(['compact', 'normal', 'comfortable']), 'normal'),
  zone: v.fallback(v.picklist(['local', 'utc']), 'local'),
  /** Whether single letters do things. */
  keys: v.fallback(v.boolean(), true),
  /** Keys that the user moved: from the key of the map to his own. */
  moved: v.fallback(v.record(v.string(), v.string()), {}),
  rail: v.fallback(v.picklist(['wide', 'folded']), 'wide'),
})

export type Appearance = v.InferOutput<typeof Shape>

/** How this browser likes it. `public/theme.js` reads the same before the first paint. */
export const appearance = kept<Appearance>('bowline.appearance', stored => v.parse(Shape, typeof stored === 'object' && stored ? stored : {}))

export function setAppearance(change: Partial<Appearance>) {
  appearance.set({...appearance.get(), ...change})
}

/** Has the page follow the appearance: colours and density are attributes of the root. */
export function followAppearance() {
  const apply = () => {
    const {theme, density} = appearance.get()
    document.documentElement.dataset.theme = theme
    document.documentElement.dataset.density = density
  }
  apply()
  return appearance.watch(apply)
}

/** The height of a row in a table, in px; the same numbers stand in tokens.css. */
export function rowHeight(density: Appearance['density']): number {
  return {compact: 26, normal: 32, comfortable: 40}[density]
}
