import {cell} from '@/api/cell'

/** Whether the server answered when it was asked last. */
export const reachable = cell(true)
