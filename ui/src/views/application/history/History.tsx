import {useState} from 'react'

import {ask, segment} from '@/api/client'
import type {Application} from '@/api/contract'
import {Age} from '@/parts/Age'
import {Button} from '@/parts/Button'
import {Confirm} from '@/parts/Confirm'
import css from '../Application.module.css'

/** The deployments of an application, and the way back to one of them. */
export default function History({application: app}: {application: Application}) {
  const [back, setBack] = useState<number | null>(null)
  const history = [...(app.status?.history ?? [])].reverse()
  return (
    <div className={css.pad}>
      <section>
        <h2>Deployments</h2>
        {history.length === 0 && <p className={css.dim}>It was never synced.</p>}
        <ul className={css.results}>
          {history.map((one, index) => (
            <li key={one.id}>
              <span className={css.mono}>{(one.revisions?.length ? one.revisions : [one.revision ?? '']).map(text => text?.slice(0, 7)).join(', ')}</span>
              <span><Age time={String(one.deployedAt)} /> {one.initiatedBy?.automated ? 'by auto-sync' : one.initiatedBy?.username ? `by ${one.initiatedBy.username}` : ''}</span>
              <Button small onClick={() => setBack(one.id)}>{index === 0 ? 'Deploy again' : 'Roll back to this'}</Button>
            </li>
          ))}
        </ul>
      </section>
      <Confirm
        open={back !== null}
        onClose={() => setBack(null)}
        title={`Roll ${app.metadata.name} back`}
        verb="Roll back"
        onConfirm={async () => {
          // Otherwise auto-sync would undo it at once, and the server refuses.
          if (app.spec.syncPolicy?.automated) {
            const {automated: _, ...policy} = app.spec.syncPolicy
            await ask(`api/v1/applications/${segment(app.metadata.name ?? '')}/spec`, {method: 'PUT', query: {appNamespace: app.metadata.namespace, project: app.spec.project}, body: {...app.spec, syncPolicy: policy}})
          }
          await ask(`api/v1/applications/${segment(app.metadata.name ?? '')}/rollback`, {method: 'POST', body: {name: app.metadata.name, appNamespace: app.metadata.namespace, project: app.spec.project, id: back}})
        }}
      >
        <p>What was deployed then is deployed again.{app.spec.syncPolicy?.automated ? ' Auto-sync is switched off first, else it would undo this; switch it on again when Git says what you want.' : ''}</p>
      </Confirm>
    </div>
  )
}
