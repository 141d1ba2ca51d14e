import {useEffect, useState} from 'react'

import {ApiError, segment} from '@/api/client'
import type {Application, ApplicationWatchEvent} from '@/api/contract'
import {queries, useAsk} from '@/api/queries'
import {useWatch} from '@/api/watch'

export interface Known {
  application?: Application
  /** Why nothing is known of it. */
  error?: ApiError
  /** It was there and is not any more: `application` is how it was last. */
  gone: boolean
  /** When the stream of changes was cut, and why; what is shown may be old. */
  cut?: {since: number; error: ApiError}
  again(): void
}

/** The newer state of two: an answer that was under way while the stream went on must not take back what the stream told. */
export function newer(before: Application | undefined, after: Application): Application {
  if (!before || before.metadata.uid !== after.metadata.uid) return after
  return Number(before.metadata.resourceVersion) > Number(after.metadata.resourceVersion) ? before : after
}

/** One application, kept up to date by its stream. An empty `namespace` leaves it to the server which one is meant. */
export function useApplication(name: string, namespace: string): Known {
  const path = `api/v1/applications/${segment(name)}`
  const query = {appNamespace: namespace}
  const answer = useAsk<Application>(path, query, {stale: 60_000, merge: newer})
  const [deleted, setDeleted] = useState(false)
  const [cut, setCut] = useState<Known['cut']>()
  useEffect(() => {
    setDeleted(false)
    setCut(undefined)
  }, [name, namespace])
  const {refetch} = answer
  useWatch({
    path: 'api/v1/stream/applications',
    query: {name, appNamespace: namespace},
    silence: 0,
    onOpen() {
      setCut(undefined)
      void refetch()
    },
    onCut: error => setCut(before => before ?? {since: Date.now(), error}),
    onEnd: error => setCut(before => before ?? {since: Date.now(), error}),
    onMessage(message) {
      const {type, application} = message as ApplicationWatchEvent
      if (application?.metadata.name !== name || (namespace && application.metadata.namespace !== namespace)) return
      setDeleted(type === 'DELETED')
      queries.setQueryData([path, query], application)
    },
  })
  const missing = answer.error?.missing ?? false
  return {application: answer.data, error: answer.error ?? undefined, gone: answer.data !== undefined && (deleted || missing), cut, again: () => void refetch()}
}
