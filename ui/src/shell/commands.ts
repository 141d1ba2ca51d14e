import {useEffect} from 'react'

import {cell} from '@/api/cell'

/** Something to do that the palette offers. */
export interface Command {
  id: string
  title: string
  /** The key that does it too. */
  keys?: string
  /** Why it cannot be done now: it is shown all the same. */
  refused?: string | false | null
  do(): void
}

export const commands = cell<Command[]>([])

/** Offers commands in the palette as long as the caller is there. Make the array with `useMemo`. */
export function useCommands(offered: Command[]) {
  useEffect(() => {
    commands.set([...commands.get(), ...offered])
    return () => commands.set(commands.get().filter(command => !offered.includes(command)))
  }, [offered])
}

/** Open parts of the frame. */
export const paletteOpen = cell<false | string>(false)
export const sheetOpen = cell(false)
