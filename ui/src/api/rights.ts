import {useQuery} from '@tanstack/react-query'

import {lacking} from '@/rights/rights'
import {ask, segment} from './client'

/** Whether the user may do `action` on `resource` (`applications`, `project/name`); undefined while nobody knows. */
export function useMay(resource: string, action: string, subject: string | null): boolean | undefined {
  const answer = useQuery({
    queryKey: ['can-i', resource, action, subject],
    queryFn: ({signal}) => may(resource, action, subject ?? '', signal),
    enabled: subject !== null,
    staleTime: 60_000,
  })
  return answer.data
}

export async function may(resource: string, action: string, subject: string, signal?: AbortSignal): Promise<boolean> {
  const path = `api/v1/account/can-i/${segment(resource)}/${segment(action)}/${subject.split('/').map(segment).join('/')}`
  const answer = await ask<{value?: string}>(path, {signal})
  return answer.value === 'yes'
}

/** Why a control for `action` is off, for `Button refused`; `false` where it may be done or nobody knows yet: then the server says it. */
export function useRefusal(resource: string, action: string, subject: string | null): string | false {
  return useMay(resource, action, subject) === false ? lacking(resource, action, subject ?? '') : false
}
