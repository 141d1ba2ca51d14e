import {segment} from '@/api/client'
import type {Application} from '@/api/contract'
import {useAsk} from '@/api/queries'
import {Button} from '@/parts/Button'
import {Dialog} from '@/parts/Dialog'
import {ErrorNote} from '@/parts/ErrorNote'
import {later} from '@/parts/later'
import type {Named} from './actions'

const SyncDialog = later(() => import('@/views/application/sync/SyncDialog'))
const RemoveDialog = later(() => import('@/views/application/remove/RemoveDialog'))

/** One application of the list: the same dialogs as on its page, for the list itself does not hold what they need. */
export default function One({kind, app, onClose}: {kind: 'sync' | 'delete'; app: Named; onClose(done: boolean): void}) {
  const whole = useAsk<Application>(`api/v1/applications/${segment(app.name)}`, {appNamespace: app.namespace, project: app.project})
  if (whole.isError) {
    return (
      <Dialog open onClose={() => onClose(false)} title={app.name} foot={<Button onClick={() => onClose(false)}>Close</Button>}>
        <ErrorNote what="The application cannot be read." error={whole.error} retry={() => void whole.refetch()} />
      </Dialog>
    )
  }
  if (!whole.data) return null
  return kind === 'sync' ? <SyncDialog application={whole.data} open onClose={() => onClose(false)} /> : <RemoveDialog application={whole.data} open onClose={() => onClose(false)} onGone={() => onClose(true)} />
}
