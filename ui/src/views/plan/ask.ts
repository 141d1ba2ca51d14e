import {useQuery, type UseQueryResult} from '@tanstack/react-query'

import {ApiError, ask, segment} from '@/api/client'
import type {Application, ApplicationManagedResourcesResponse, RepositoryManifestResponse} from '@/api/contract'
import {sourcesOf} from '@/api/fleet-fold'
import {computed, type Plan} from './model'

/** What a plan is asked for. */
export interface Question {
  application: Application
  /** One for each source; empty is its own. */
  revisions: string[]
  /** Without it as automated syncs of the application do. */
  prune?: boolean
  /** As if a person had confirmed the deletions that wait for that. */
  confirmed?: boolean
  /** `GROUP:KIND:NAMESPACE/NAME` of the only objects. */
  resources?: string[]
  /** The application is an edited one: what is asked for is not what is stored. */
  edited?: boolean
}

/** What a sync would do, kept for a moment: plans are made of what is true now. */
export function usePlan(question: Question | null): UseQueryResult<Plan, Error> {
  const {metadata, spec, status} = question?.application ?? {metadata: {}}
  return useQuery<Plan, Error>({
    queryKey: ['plan', metadata.namespace, metadata.name, question && {...question, application: [spec, status?.reconciledAt, status?.sync?.revision, status?.operationState?.finishedAt]}],
    queryFn: ({signal}) => askPlan(question as Question, signal),
    enabled: question !== null,
    staleTime: 15_000,
    retry: false,
    placeholderData: before => before,
  })
}

/** Asks for a plan; where the server makes none, it is made here of manifests and of what the cluster has. */
export async function askPlan(question: Question, signal?: AbortSignal): Promise<Plan> {
  const {application, prune, confirmed, resources, edited} = question
  const {metadata, spec} = application
  const several = sourcesOf(application).length > 1
  const asked = question.revisions.map((revision, index): [number, string] => [index + 1, revision.trim()]).filter(([, revision]) => revision !== '')
  const revisions = several ? {revisions: asked.map(([, revision]) => revision), sourcePositions: asked.map(([position]) => position)} : {revision: asked[0]?.[1]}
  const named = {appNamespace: metadata.namespace, project: spec.project}
  try {
    return await ask<Plan>('api/bowline/v1/plan', {
      method: 'POST',
      // An edited application says its project itself; it may be moving.
      body: {name: metadata.name, appNamespace: metadata.namespace, ...revisions, ...(prune === undefined ? {} : {prune}), ...(confirmed ? {confirmed} : {}), ...(resources?.length ? {resources} : {}), ...(edited ? {application: {apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: {name: metadata.name, namespace: metadata.namespace, labels: metadata.labels, annotations: metadata.annotations, finalizers: metadata.finalizers}, spec}} : {project: spec.project})},
      signal,
    })
  } catch (error) {
    if (!(error instanceof ApiError && (error.status === 404 || error.status === 405) && error.code !== 5)) throw error
    if (edited) throw new ApiError(404, 12, 'This server makes no plans, and an edited application cannot be rendered before it is saved.', error.asked)
  }
  const path = `api/v1/applications/${segment(metadata.name ?? '')}`
  const [rendered, managed] = await Promise.all([
    ask<RepositoryManifestResponse>(`${path}/manifests`, {query: {...named, ...revisions}, signal}),
    ask<ApplicationManagedResourcesResponse>(`${path}/managed-resources`, {query: named, signal}),
  ])
  return computed(`${metadata.namespace ?? ''}/${metadata.name ?? ''}`, asked.map(([, revision]) => revision), rendered.manifests ?? [], managed.items ?? [], prune ?? application.spec.syncPolicy?.automated?.prune ?? false)
}
