import {useCallback, useEffect, useMemo, useRef, useState} from 'react'

import {useCell, cell} from './cell'
import {ApiError, ask, type Query} from './client'
import type {ApplicationList} from './contract'
import {foldFleet, type Facets, type FleetMessage, type FleetWindow, type Row} from './fleet'
import {holdWhole, type Whole} from './fleet-contract'
import {askRows, rowOf, type FleetQuery} from './fleet-fold'
import {useWatch} from './watch'

const PATH = 'api/bowline/v1/applications'
const STREAM = 'api/bowline/v1/stream/applications'
/** Rows of one window, and how far from its edge the next one begins. */
const WINDOW = 200
const STEP = 100

/** Whether this server knows the query of the fleet; an Argo CD does not. */
const knows = cell<boolean>(true)

const absent = (error: unknown) => error instanceof ApiError && error.status === 404

/** One window of the fleet, once. */
export async function listFleet(query: FleetQuery & Query, signal?: AbortSignal): Promise<FleetWindow> {
  if (knows.get()) {
    try {
      return await ask<FleetWindow>(PATH, {query, signal})
    } catch (error) {
      if (!absent(error)) throw error
      knows.set(false)
    }
  }
  const all = await ask<ApplicationList>('api/v1/applications', {signal})
  const rows = (all.items ?? []).map(rowOf)
  const {items, facets} = askRows(rows, query)
  const offset = Number(query.offset ?? 0)
  const limit = Number(query.limit ?? 100)
  return {revision: all.metadata?.resourceVersion ?? '', visible: rows.length, total: items.length, offset, limit, facets, items: items.slice(offset, offset + limit)}
}

/** Every row that fits, a thousand at a time. */
export async function listAll(query: FleetQuery & Query, signal?: AbortSignal): Promise<Row[]> {
  const rows: Row[] = []
  for (;;) {
    const page = await listFleet({...query, offset: rows.length, limit: 1000, facets: false}, signal)
    rows.push(...page.items)
    if (page.items.length === 0 || rows.length >= page.total) return rows
  }
}

/** The fleet as a list sees it. `total` fit, of `visible`; `at` knows those near to what is on the screen. */
export interface Fleet {
  /** Nothing is known yet. */
  loading: boolean
  error: ApiError | null
  visible: number
  total: number
  facets: Facets
  at(index: number): Row | undefined
  /** The rows at hand, in order. */
  near: Row[]
  onRange(first: number, last: number): void
}

/** Watches the fleet by a query; only what is near the rows on the screen is fetched. Against a server that only speaks the contract the same is made here. */
export function useFleet(query: FleetQuery): Fleet {
  const known = useCell(knows)
  const served = useServed(known ? query : null)
  const folded = useFolded(known ? null : query)
  return known ? served : folded
}

interface Shown {
  key: string
  window?: FleetWindow
  error: ApiError | null
  /** Rows of other windows of the same query, by their places; what is near the screen is fetched anew. */
  others: Map<number, Row>
}

function useServed(query: FleetQuery | null): Fleet {
  const key = JSON.stringify(query)
  const [offset, setOffset] = useState(0)
  const [shown, setShown] = useState<Shown>({key, error: null, others: new Map()})
  const pending = useRef<FleetWindow | undefined>(undefined)
  const frame = useRef(0)
  const wanted = useRef<ReturnType<typeof setTimeout>>(undefined)

  useEffect(() => setOffset(0), [key])
  useEffect(() => () => cancelAnimationFrame(frame.current), [])
  const show = () => {
    frame.current = 0
    const window = pending.current
    if (!window) return
    setShown(before => {
      const others = before.key === key ? before.others : new Map<number, Row>()
      if (before.key === key && before.window && before.window.offset !== window.offset) before.window.items.forEach((row, index) => others.set((before.window?.offset ?? 0) + index, row))
      return {key, window, error: null, others}
    })
  }
  useEffect(() => {
    pending.current = undefined
  }, [key, offset])
  useWatch(
    query && {
      path: STREAM,
      query: {...query, offset, limit: WINDOW} as Query,
      replay: 'fleet',
      onMessage(message) {
        pending.current = foldFleet(pending.current, message as FleetMessage)
        // Many changes between two pictures are one; a hidden tab gets no pictures and catches up with the last.
        if (!frame.current) frame.current = document.hidden ? (setTimeout(show, 200) as unknown as number) : requestAnimationFrame(show)
      },
      onEnd(error) {
        if (absent(error)) knows.set(false)
        else setShown(before => ({...before, key, error}))
      },
    },
  )
  const onRange = useCallback(
    (first: number, last: number) => {
      clearTimeout(wanted.current)
      setOffset(now => {
        const inside = first >= now && last < now + WINDOW
        if (inside) return now
        const next = Math.max(0, Math.floor((first + last) / 2 / STEP) * STEP - STEP / 2)
        return next === now ? now : next
      })
    },
    [],
  )
  const {window, others} = shown
  const at = useCallback((index: number) => (window && index >= window.offset ? window.items[index - window.offset] : undefined) ?? others.get(index), [window, others])
  return {
    loading: !window && !shown.error,
    error: shown.key === key ? shown.error : null,
    visible: window?.visible ?? 0,
    total: window?.total ?? 0,
    facets: window?.facets ?? NO_FACETS,
    at,
    near: window?.items ?? NO_ROWS,
    onRange,
  }
}

const NO_FACETS: Facets = {}
const NO_ROWS: Row[] = []
const nothing = cell<Whole>({rows: null, error: null})

function useFolded(query: FleetQuery | null): Fleet {
  const wants = query !== null
  const [source, setSource] = useState(nothing)
  useEffect(() => {
    if (!wants) return
    const held = holdWhole()
    setSource(held.whole)
    return held.letGo
  }, [wants])
  const {rows, error} = useCell(source)
  const key = JSON.stringify(query)
  const answer = useMemo(() => (rows && key !== 'null' ? askRows(rows.values(), JSON.parse(key) as FleetQuery) : undefined), [rows, key])
  const at = useCallback((index: number) => answer?.items[index], [answer])
  return {loading: !answer && !error, error: answer ? null : error, visible: rows?.size ?? 0, total: answer?.items.length ?? 0, facets: answer?.facets ?? NO_FACETS, at, near: answer?.items ?? NO_ROWS, onRange: ignore}
}

function ignore() {
  // All rows are at hand.
}
