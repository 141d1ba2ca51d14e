import {rowOf} from '@/api/fleet-fold'
import Bulk from '@/views/applications/Bulk'
import type {SyncDialogProps} from '../dialogs'

/** Asks how to sync. */
export default function SyncDialog({application, open, onClose}: SyncDialogProps) {
  return open ? <Bulk kind="sync" apps={[rowOf(application)]} onClose={onClose} /> : null
}
