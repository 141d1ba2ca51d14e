import {useMemo, useState} from 'react'

import {ask, segment} from '@/api/client'
import type {Application} from '@/api/contract'
import {queries} from '@/api/queries'
import {Button} from '@/parts/Button'
import {Dialog} from '@/parts/Dialog'
import {ErrorNote} from '@/parts/ErrorNote'
import {Checkbox} from '@/parts/Field'
import {Skeleton} from '@/parts/Skeleton'
import {StatusGlyph} from '@/parts/StatusGlyph'
import {toast} from '@/parts/Toast'
import {usePlan} from '@/views/plan/ask'
import {effectOf, sentence, stepKey, writes} from '@/views/plan/model'
import {setAutoSync} from '../acts'
import {useRefusal} from '../rights'
import {short, type Deployment} from './model'
import css from './History.module.css'

/** The way back to a deployment: what it would change, and what stands against it. */
export function Rollback({application, deployment, newest, automated, onClose}: {application: Application; deployment: Deployment; newest: boolean; automated: boolean; onClose(): void}) {
  const {metadata, spec} = application
  const name = metadata.name ?? ''
  const path = `api/v1/applications/${segment(name)}`
  const [prune, setPrune] = useState(false)
  const [dryRun, setDryRun] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const forbidden = useRefusal(application, 'update')
  const then = useMemo((): Application => {
    const {source: _, sources: __, ...rest} = spec
    const several = deployment.sources.length > 1 || (spec.sources?.length ?? 0) > 0
    return {...application, spec: {...rest, ...(several ? {sources: deployment.sources} : {source: deployment.sources[0]})}}
  }, [application, spec, deployment])
  const changed = JSON.stringify(then.spec.sources ?? then.spec.source) !== JSON.stringify(spec.sources ?? spec.source)
  const plan = usePlan({application: changed && !forbidden ? then : application, revisions: deployment.revisions, prune, edited: changed && !forbidden})
  const running = ['Running', 'Terminating'].includes(application.status?.operationState?.phase ?? '')
  const old = deployment.sources.length === 0
  const stop = automated
    ? 'Auto-sync is on: it would bring back at once what Git says'
    : running
      ? 'An operation is under way'
      : old
        ? 'The history does not say of which source it was'
        : busy
          ? 'Under way'
          : false

  const attempt = async (what: () => Promise<void>) => {
    setBusy(true)
    setError(null)
    try {
      await what()
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  const hold = () =>
    attempt(async () => {
      const held = await setAutoSync(application, false)
      queries.setQueriesData<Application>({queryKey: [path]}, before => (before?.metadata?.name === name ? held : before))
      toast('Auto-sync is off', 'ok')
    })
  const roll = () =>
    attempt(async () => {
      await ask(`${path}/rollback`, {method: 'POST', body: {name, appNamespace: metadata.namespace, project: spec.project, id: deployment.id, prune, dryRun}})
      toast(dryRun ? 'A dry run of the rollback is asked for' : `${name} goes back to #${deployment.id}`, 'ok')
      onClose()
    })
  const doing = plan.data?.steps.filter(writes) ?? []
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={newest ? `Deploy #${deployment.id} of ${name} again` : `Roll ${name} back to #${deployment.id}`}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" refused={stop} onClick={() => void roll()}>
            {dryRun ? 'Try' : newest ? 'Deploy again' : 'Roll back'}
          </Button>
        </>
      }
    >
      <div className={css.form}>
        {error !== null && <ErrorNote what="The server did not do it." error={error} />}
        {automated && (
          <div className={css.held}>
            <p><StatusGlyph look="held" /> <b>Auto-sync is on, and a rollback is refused as long as it is</b>: it would bring back what Git says with the next look. Switch it off first, and on again when Git says what you want.</p>
            <Button refused={busy ? 'Under way' : forbidden} onClick={() => void hold()}>Switch auto-sync off</Button>
          </div>
        )}
        <p>
          What was deployed as #{deployment.id}, <span className={css.mono}>{deployment.revisions.map(short).join(', ')}</span>, is applied again. Git stays as it is, so the application will be OutOfSync until Git says the same. Hooks do not run.
        </p>
        <Checkbox checked={prune} onChange={event => setPrune(event.target.checked)}>Prune: delete what was not part of it</Checkbox>
        <Checkbox checked={dryRun} onChange={event => setDryRun(event.target.checked)}>Dry run: change nothing</Checkbox>
        <section aria-live="polite">
          {plan.isError ? (
            <p className={css.dim}>What it would change cannot be told: {plan.error.message}</p>
          ) : !plan.data ? (
            <Skeleton lines={3} />
          ) : (
            <>
              <h3>{plan.data.refused ? `It would be refused: ${plan.data.refused}` : sentence(plan.data)}</h3>
              <ul className={css.steps}>
                {doing.filter(step => !step.hook).slice(0, 200).map(step => (
                  <li key={stepKey(step)}>
                    <StatusGlyph look={effectOf(step.action).look} label={effectOf(step.action).word} /> <span className={css.dim}>{step.kind}</span> {step.name}{' '}
                    <span className={css.dim}>{step.fields.slice(0, 4).map(field => field.path).join(', ')}{step.fields.length > 4 ? ` and ${step.fields.length - 4} more` : ''}</span>
                  </li>
                ))}
              </ul>
            </>
          )}
        </section>
      </div>
    </Dialog>
  )
}
