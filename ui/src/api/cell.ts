import {useSyncExternalStore} from 'react'

/** One value outside of React that components can watch. */
export interface Cell<T> {
  get(): T
  set(value: T): void
  watch(told: () => void): () => void
}

export function cell<T>(first: T): Cell<T> {
  let value = first
  const watchers = new Set<() => void>()
  return {
    get: () => value,
    set(next) {
      if (Object.is(value, next)) return
      value = next
      for (const told of [...watchers]) told()
    },
    watch(told) {
      watchers.add(told)
      return () => watchers.delete(told)
    },
  }
}

export function useCell<T>(of: Cell<T>): T {
  return useSyncExternalStore(of.watch, of.get, of.get)
}

/** A cell that this browser keeps under `key`; what other tabs write arrives here. `read` makes sense of what was stored, or of nothing. */
export function kept<T>(key: string, read: (stored: unknown) => T): Cell<T> {
  const load = () => {
    try {
      return read(JSON.parse(localStorage.getItem(key) ?? 'null'))
    } catch {
      return read(null)
    }
  }
  const inner = cell(load())
  globalThis.addEventListener?.('storage', event => {
    if ((event as StorageEvent).key === key) inner.set(load())
  })
  return {
    ...inner,
    set(value) {
      inner.set(value)
      try {
        localStorage.setItem(key, JSON.stringify(value))
      } catch {
        // A full or forbidden store: it holds as long as the page does.
      }
    },
  }
}
