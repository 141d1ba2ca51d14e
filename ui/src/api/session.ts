import {cell} from './cell'

/** `unknown` until the server was asked once; `expired` where it was `in` and the server does not take the token any more. */
export interface Session {
  state: 'unknown' | 'in' | 'out' | 'expired'
  username?: string
  issuer?: string
  groups?: string[]
}

export const session = cell<Session>({state: 'unknown'})

/** A request was answered with 401. What is on the screen stays: the frame asks for a new login over it. */
export function sessionEnded() {
  const now = session.get()
  if (now.state === 'in') session.set({...now, state: 'expired'})
  else if (now.state === 'unknown') session.set({state: 'out'})
}
