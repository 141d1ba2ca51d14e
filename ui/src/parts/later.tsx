import {useEffect, useState, type ComponentType} from 'react'

/**
 * A part that is fetched when it is shown first, and shown at once when it is there. Unlike React's `lazy` it is not held back for
 * the moment by which that keeps placeholders from flickering: what opens on a key must take the next key.
 */
export function later<P extends object>(load: () => Promise<{default: ComponentType<P>}>): ComponentType<P> & {preload(): void} {
  let part: ComponentType<P> | undefined
  let coming: Promise<void> | undefined
  const fetchIt = () => {
    coming ??= load().then(
      module => {
        part = module.default
      },
      error => {
        coming = undefined
        throw error
      },
    )
    return coming
  }
  function Later(props: P) {
    const [state, setState] = useState<{error?: unknown}>({})
    useEffect(() => {
      if (part) return
      let here = true
      fetchIt().then(
        () => here && setState({}),
        (error: unknown) => here && setState({error}),
      )
      return () => {
        here = false
      }
    }, [])
    if (state.error !== undefined) throw state.error
    const Part = part
    return Part ? <Part {...props} /> : null
  }
  return Object.assign(Later, {
    preload() {
      fetchIt().catch(() => undefined)
    },
  })
}
