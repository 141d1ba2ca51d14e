import type {Application} from '@/api/contract'

/** What every dialog about an application is given. */
export interface ApplicationDialogProps {
  application: Application
  open: boolean
  onClose(): void
}

export interface SyncDialogProps extends ApplicationDialogProps {
  /** Keys (`group/kind/namespace/name`) of the objects that are chosen at first; all without it. */
  selected?: readonly string[]
  /** A revision to begin with, of the first source. */
  revision?: string
}

export interface RemoveDialogProps extends ApplicationDialogProps {
  /** It was deleted: there is nothing to come back to. */
  onGone?(): void
}
