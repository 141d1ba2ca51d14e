import type {Application, ResourceNode, ResourceStatus} from '@/api/contract'
import type {Explained} from './explain'

/** The one sentence about an object of an application. */
export function explainObject({node, status, orphan}: {node: ResourceNode; status?: ResourceStatus; orphan: boolean}, app: Application): Explained {
  const health = node.health?.status ?? status?.health?.status
  const because = node.health?.message || status?.health?.message || undefined
  const automated = app.spec.syncPolicy?.automated
  const auto = automated !== undefined && (automated as {enabled?: boolean}).enabled !== false
  const failed = app.status?.operationState?.syncResult?.resources?.find(one => one.kind === node.kind && one.name === node.name && (one.group ?? '') === (node.group ?? '') && (one.namespace ?? '') === (node.namespace ?? '') && (one.status === 'SyncFailed' || one.hookPhase === 'Failed' || one.hookPhase === 'Error'))
  if (status?.requiresPruning) {
    return {
      look: 'delete',
      what: 'No longer in Git',
      because: 'a sync that prunes deletes it',
      next: status.requiresDeletionConfirmation ? 'a person must confirm that' : auto && automated?.prune ? 'auto-sync prunes' : 'auto-sync does not prune; nothing happens until somebody syncs with pruning',
    }
  }
  if (failed && status?.status !== 'Synced') return {look: 'bad', what: 'The last sync could not apply it', because: failed.message, next: 'mend what it says in Git, then sync'}
  if (health === 'Degraded') return {look: 'bad', what: 'Degraded', because: because ?? 'the cluster says so without a reason', next: status?.status === 'OutOfSync' ? 'it also differs from Git' : undefined}
  if (health === 'Missing') return {look: 'missing', what: 'Missing', because: because ?? 'it is in Git and not in the cluster', next: auto ? 'auto-sync makes it' : 'a sync makes it'}
  if (orphan) return {look: 'orphan', what: 'Not in Git', because: 'it is in the namespace and belongs to no application'}
  if (status?.status === 'OutOfSync' && !status.hook) return {look: 'warn', what: 'Differs from Git', because: 'the diff tells which fields, and who wrote them', next: auto ? (automated?.selfHeal ? 'auto-sync sets it right' : 'auto-sync waits for a new commit') : 'nobody has asked to sync'}
  if (health === 'Progressing') return {look: 'run', what: 'Progressing', because}
  if (health === 'Suspended') return {look: 'held', what: 'Suspended', because}
  if (health === 'Unknown' || status?.status === 'Unknown') return {look: 'unknown', what: 'Unknown', because: because ?? 'it could not be compared or judged'}
  if (status) return {look: 'ok', what: health === 'Healthy' ? 'Healthy, and as Git says' : 'As Git says'}
  return {look: health === 'Healthy' ? 'ok' : 'held', what: health === 'Healthy' ? 'Healthy' : 'In the cluster', because: 'made by its owner, not by Git'}
}
