import {useMemo} from 'react'

import {useCell} from '@/api/cell'
import type {Application} from '@/api/contract'
import {ErrorNote} from '@/parts/ErrorNote'
import {Skeleton} from '@/parts/Skeleton'
import {usePlan} from '@/views/plan/ask'
import css from './Diff.module.css'
import {diffLook, LookPicker} from './LookPicker'
import ObjectDiff, {type Compared} from './ObjectDiff'

/** The difference of one object, in its drawer. */
export default function ResourceDiff({app, of}: {app: Application; of: Compared}) {
  const look = useCell(diffLook)
  const {group, kind, namespace, name} = of
  const plan = usePlan(useMemo(() => ({application: app, revisions: [], resources: [`${group}:${kind}:${namespace ? `${namespace}/` : ''}${name}`]}), [app, group, kind, namespace, name]))
  const step = plan.data?.steps.find(one => one.kind === kind && one.name === name && one.group === group && one.namespace === namespace)
  if (plan.isPending) return <Skeleton lines={8} />
  return (
    <div className={css.stack}>
      <LookPicker value={look} onChange={next => diffLook.set(next)} />
      {plan.error && <ErrorNote what="The server cannot say why it differs; what follows is compared in the browser." error={plan.error} />}
      <ObjectDiff app={app} of={of} step={step && step.fields.length > 0 ? step : undefined} look={look} />
    </div>
  )
}
