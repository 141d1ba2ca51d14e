import {cell} from '@/api/cell'

/** Pages that extensions add to the rail. */
export const railLinks = cell<Array<{href: string; label: string}>>([])
