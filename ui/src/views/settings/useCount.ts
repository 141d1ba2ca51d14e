import {useQuery} from '@tanstack/react-query'

/** A number that a consequence is told with; undefined until it is known, and where it cannot be. */
export function useCount(count: (() => Promise<number>) | null, key: string): number | undefined {
  return useQuery({queryKey: ['count', key], queryFn: () => count?.() ?? 0, enabled: count !== null, staleTime: 0}).data
}
