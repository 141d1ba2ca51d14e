import type {Application} from '@/api/contract'
import {useSettings} from '@/api/queries'
import {useMay} from '@/api/rights'
import {EmptyNote} from '@/parts/EmptyNote'
import {later} from '@/parts/later'
import {Select} from '@/parts/Select'
import {Skeleton} from '@/parts/Skeleton'
import {subjectOf} from '@/views/application/rights'
import type {Place} from './protocol'
import css from './Terminal.module.css'

const Screen = later(() => import('./Screen'))

export interface TerminalProps {
  application: Application
  /** The pod's. */
  namespace: string
  pod: string
  container: string
  /** The containers to choose from, where the caller lets one choose. */
  containers?: readonly string[]
  onContainer?(container: string): void
}

/** A shell in a container, where the server has terminals and the roles allow it; else why not. */
export default function Terminal({application, namespace, pod, container, containers = [], onContainer}: TerminalProps) {
  const {metadata, spec} = application
  const settings = useSettings()
  const subject = settings.data ? subjectOf(application, settings.data.controllerNamespace) : null
  const may = useMay('exec', 'create', subject)
  if (!settings.data) return <div className={css.pad}><Skeleton lines={3} /></div>
  if (!settings.data.execEnabled) return <EmptyNote title="This server has no terminals.">Whoever runs it can switch them on: exec.enabled in argocd-cm. kubectl exec does the same meanwhile.</EmptyNote>
  if (may === false) return <EmptyNote title="Your roles do not allow it.">A terminal needs exec, create on {subject}.</EmptyNote>
  const place: Place = {name: metadata.name ?? '', appNamespace: metadata.namespace ?? '', project: spec.project, namespace, pod, container}
  return (
    <div className={css.view}>
      {containers.length > 1 && onContainer && (
        <div className={css.tools}>
          <Select className={css.pick} label="Container" value={container} onChange={onContainer} options={containers.map(value => ({value}))} />
        </div>
      )}
      <Screen key={`${pod} ${container}`} place={place} />
    </div>
  )
}
