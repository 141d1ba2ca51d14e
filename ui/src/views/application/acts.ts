import {ask, segment} from '@/api/client'
import type {Application} from '@/api/contract'

const path = (app: Application) => `api/v1/applications/${segment(app.metadata.name ?? '')}`

/** What names an application in every query about it. */
export function aboutOf(app: Application) {
  return {appNamespace: app.metadata.namespace, project: app.spec.project}
}

export function terminate(app: Application): Promise<unknown> {
  return ask(`${path(app)}/operation`, {method: 'DELETE', query: aboutOf(app)})
}

/** Changes nothing but what the merge patch names. */
export function patchApplication(app: Application, patch: object): Promise<Application> {
  return ask(path(app), {method: 'PATCH', body: {name: app.metadata.name, ...aboutOf(app), patch: JSON.stringify(patch), patchType: 'merge'}})
}

/** Switches auto-sync on or off; what it may do (prune, heal) stays as it was. */
export function setAutoSync(app: Application, on: boolean): Promise<Application> {
  return patchApplication(app, {spec: {syncPolicy: {automated: {enabled: on}}}})
}

/** Says yes to the deletions that wait for a person. */
export function confirmDeletions(app: Application, now: number): Promise<Application> {
  return patchApplication(app, {metadata: {annotations: {'argocd.argoproj.io/deletion-approved': new Date(now).toISOString()}}})
}

/** The objects whose deletion waits for a person, with the application or in the sync under way. */
export function waitingForConfirmation(app: Application): string[] {
  const going = app.metadata.deletionTimestamp !== undefined
  const running = app.status?.operationState?.phase === 'Running'
  return (app.status?.resources ?? []).filter(one => one.requiresDeletionConfirmation && (going || (running && one.requiresPruning))).map(one => `${one.kind}/${one.name}`)
}
