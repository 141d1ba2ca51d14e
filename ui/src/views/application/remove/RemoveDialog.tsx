import {rowOf} from '@/api/fleet-fold'
import Bulk from '@/views/applications/Bulk'
import type {RemoveDialogProps} from '../dialogs'

/** Asks how to delete. */
export default function RemoveDialog({application, open, onClose, onGone}: RemoveDialogProps) {
  return open ? <Bulk kind="delete" apps={[rowOf(application)]} onClose={done => { onClose(); if (done) onGone?.() }} /> : null
}
