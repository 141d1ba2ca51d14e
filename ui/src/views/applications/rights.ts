/** What the caller may do with chosen applications, and whether he may make one anywhere. */
import {useQuery} from '@tanstack/react-query'

import type {AppProjectList} from '@/api/contract'
import {ask} from '@/api/client'
import {may} from '@/api/rights'
import type {Named} from './actions'

/** More single questions than this are not asked: the server says it when it is done. */
const MOST = 60

/** The applications among these for which `action` is refused. Whole projects are asked about first, single ones where a project as a whole is not allowed. */
export async function refusedAmong(apps: readonly Named[], action: string, home: string | undefined, signal?: AbortSignal): Promise<Named[]> {
  const projects = new Map<string, Named[]>()
  for (const app of apps) if (app.project) projects.set(app.project, [...(projects.get(app.project) ?? []), app])
  const asked: Named[] = []
  await Promise.all(
    [...projects].map(async ([project, own]) => {
      if (!(await may('applications', action, `${project}/*`, signal))) asked.push(...own)
    }),
  )
  const answers = await Promise.all(asked.slice(0, MOST).map(async app => ((await may('applications', action, subjectOf(app, home), signal)) ? undefined : app)))
  return answers.filter((app): app is Named => app !== undefined)
}

function subjectOf({name, namespace, project}: Named, home: string | undefined): string {
  return [project, home && namespace && namespace !== home ? namespace : '', name].filter(Boolean).join('/')
}

export function useRefused(apps: readonly Named[], action: string, home: string | undefined): readonly Named[] {
  const names = apps.map(app => `${app.project}/${app.namespace}/${app.name}`).join(' ')
  return useQuery({queryKey: ['refused', action, names], queryFn: ({signal}) => refusedAmong(apps, action, home, signal), staleTime: 60_000}).data ?? []
}

/** Why no application can be made; false where one can in some project, or nobody knows yet. */
export function useNoCreate(): string | false {
  const answer = useQuery({
    queryKey: ['can-create'],
    staleTime: 60_000,
    queryFn: async ({signal}) => {
      if (await may('applications', 'create', '*/*', signal)) return true
      const projects = await ask<AppProjectList>('api/v1/projects', {query: {fields: 'items.metadata.name'}, signal})
      const names = (projects.items ?? []).map(project => project.metadata.name ?? '').slice(0, MOST)
      for (const name of names) if (await may('applications', 'create', `${name}/*`, signal)) return true
      return false
    },
  })
  return answer.data === false && 'Your roles let you make applications in no project that you may see. It takes the policy: p, ROLE, applications, create, PROJECT/*, allow'
}
