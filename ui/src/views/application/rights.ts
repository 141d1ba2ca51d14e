import {useSettings} from '@/api/queries'
import {useMay} from '@/api/rights'
import type {Application} from '@/api/contract'

/** What names an application to the policy: `project/name`, with its namespace between where that is not the controller's. */
export function subjectOf(app: Application, home: string | undefined): string {
  const {name, namespace} = app.metadata
  return [app.spec.project, home && namespace && namespace !== home ? namespace : undefined, name].filter(Boolean).join('/')
}

/** Why the user may not do `action` to the application, as a sentence; false where he may, or nobody knows yet. */
export function useRefusal(app: Application, action: string): string | false {
  const settings = useSettings()
  const subject = settings.data ? subjectOf(app, settings.data.controllerNamespace) : null
  const may = useMay('applications', action, subject)
  return may === false && `Your roles do not allow it: applications, ${action}, ${subject}`
}
