import {QueryClient, useQuery, type UseQueryResult} from '@tanstack/react-query'

import {ApiError, ask, type Ask} from './client'
import type {ClusterSettings} from './contract'

/** What was asked of the server, kept and shared. Errors that another try cannot mend are told at once. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
      refetchOnWindowFocus: true,
      networkMode: 'always',
    },
    mutations: {retry: false, networkMode: 'always'},
  },
})

/** Reads one path; the path and its query are the key: `queries.invalidateQueries({queryKey: ['api/v1/projects']})` has it read again. */
export function useAsk<T>(path: string | null, query?: Ask['query'], options: {stale?: number; every?: number; keep?: boolean; merge?(before: T | undefined, after: T): T} = {}): UseQueryResult<T, ApiError> {
  return useQuery<T, ApiError>({
    queryKey: [path, query ?? {}],
    queryFn: ({signal}) => ask<T>(path ?? '', {query, signal}),
    enabled: path !== null,
    staleTime: options.stale,
    refetchInterval: options.every,
    placeholderData: options.keep ? before => before : undefined,
    structuralSharing: options.merge ? (before, after) => options.merge?.(before as T | undefined, after as T) : true,
  })
}

/** The server's settings for UIs (banner, login, what is switched on). */
export function useSettings() {
  return useAsk<ClusterSettings>('api/v1/settings', undefined, {stale: 60_000})
}
