import {cell} from '@/api/cell'

/** The query of the list that was looked at last: what stands before and after an application is said by it. */
export const lastList = cell('')
