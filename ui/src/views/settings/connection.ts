import type {ConnectionState} from '@/api/contract'
import type {Look} from '@/parts/status'

/** How a connection to a repository or a cluster is. */
export function connectionLook(state: ConnectionState | undefined): {look: Look; word: string; contract: string} {
  const contract = state?.status || 'Unknown'
  if (contract === 'Successful') return {look: 'ok', word: 'Reachable', contract}
  if (contract === 'Failed') return {look: 'bad', word: 'Failed', contract}
  return {look: 'unknown', word: 'Unknown', contract}
}
