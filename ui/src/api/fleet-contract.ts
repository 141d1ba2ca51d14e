import {cell, type Cell} from './cell'
import {ask, ApiError} from './client'
import type {Application, ApplicationList} from './contract'
import type {Row} from './fleet'
import {rowOf} from './fleet-fold'
import {watch} from './watch'

/** All applications by the contract's own list and stream, for servers without a query of the fleet. */
export interface Whole {
  rows: ReadonlyMap<string, Row> | null
  error: ApiError | null
}

const FIELDS = [
  'apiVersion', 'kind', 'metadata.name', 'metadata.namespace', 'metadata.uid', 'metadata.resourceVersion', 'metadata.annotations', 'metadata.labels',
  'metadata.creationTimestamp', 'metadata.deletionTimestamp', 'metadata.ownerReferences', 'spec', 'operation', 'status.sync', 'status.health', 'status.operationState.phase',
  'status.operationState.message', 'status.operationState.startedAt', 'status.operationState.finishedAt', 'status.operationState.operation', 'status.operationState.retryCount',
  'status.operationState.syncResult', 'status.summary', 'status.resources', 'status.conditions', 'status.history', 'status.reconciledAt',
]
const TOGETHER = 500

let shared: {whole: Cell<Whole>; users: number; stop(): void} | undefined

/** Begins to hold all applications, or joins; give it back with the returned function. */
export function holdWhole(): {whole: Cell<Whole>; letGo(): void} {
  shared ??= start()
  const mine = shared
  mine.users++
  return {
    whole: mine.whole,
    letGo() {
      mine.users--
      if (mine.users > 0) return
      mine.stop()
      if (shared === mine) shared = undefined
    },
  }
}

function start() {
  const whole = cell<Whole>({rows: null, error: null})
  let events: Array<{type?: string; application?: Application}> = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopped = false
  const fold = () => {
    timer = undefined
    const before = whole.get().rows
    if (!before) return
    const rows = new Map(before)
    for (const {type, application} of events) {
      if (!application) continue
      const row = rowOf(application)
      if (type === 'DELETED') rows.delete(row.key)
      else rows.set(row.key, row)
    }
    events = []
    whole.set({rows, error: null})
  }
  const list = async () => {
    try {
      const answer = await ask<ApplicationList>('api/v1/applications', {query: {fields: ['metadata.resourceVersion', ...FIELDS.map(field => `items.${field}`)].join(',')}})
      if (stopped) return
      whole.set({rows: new Map((answer.items ?? []).map(app => [`${app.metadata.namespace}/${app.metadata.name}`, rowOf(app)])), error: null})
    } catch (error) {
      if (error instanceof ApiError) whole.set({...whole.get(), error})
    }
  }
  void list()
  const end = watch({
    path: 'api/v1/stream/applications',
    query: {fields: ['result.type', ...FIELDS.map(field => `result.application.${field}`)].join(',')},
    // A quiet fleet says nothing for long.
    silence: 0,
    onOpen: () => void list(),
    onMessage(message) {
      events.push(message as {type?: string; application?: Application})
      timer ??= setTimeout(fold, TOGETHER)
    },
  })
  return {
    whole,
    users: 0,
    stop() {
      stopped = true
      clearTimeout(timer)
      end()
    },
  }
}
