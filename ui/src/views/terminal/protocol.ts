/** Where a shell is opened. */
export interface Place {
  /** The application. */
  name: string
  appNamespace: string
  project: string
  /** The pod. */
  namespace: string
  pod: string
  container: string
}

/** The address of the contract's terminal. */
export function terminalUrl(place: Place, base: string): string {
  const url = new URL('terminal', base)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  url.search = new URLSearchParams({pod: place.pod, container: place.container, appName: place.name, appNamespace: place.appNamespace, projectName: place.project, namespace: place.namespace}).toString()
  return url.href
}

/** What is typed, as the contract's frame. */
export function typed(data: string): string {
  return JSON.stringify({operation: 'stdin', data})
}

/** The size of the window, as the contract's frame. */
export function sized(columns: number, rows: number): string {
  return JSON.stringify({operation: 'resize', cols: columns, rows})
}

/** What a frame of the server says: output, or that the connection is to be made anew (the token was refreshed). */
export type Said = {output: string} | 'again' | 'nothing'

/** A frame whose code asks for another connection. */
const AGAIN = 1

export function said(frame: unknown): Said {
  if (typeof frame !== 'string') return 'nothing'
  let message: {operation?: string; data?: string; Code?: number; code?: number}
  try {
    message = JSON.parse(frame) as typeof message
  } catch {
    return 'nothing'
  }
  if (typeof message !== 'object' || message === null) return 'nothing'
  if (message.Code === AGAIN || message.code === AGAIN) return 'again'
  return message.operation === 'stdout' && typeof message.data === 'string' ? {output: message.data} : 'nothing'
}

/** Why a connection ended, in words. */
export function ending(code: number, reason: string, opened: boolean): string {
  if (reason) return reason
  if (!opened) return 'The server refused the terminal: your roles may not allow it, the pod may be gone, or it is not switched on.'
  if (code === 1000 || code === 1005) return 'The shell has ended.'
  return `The connection was cut (${code}).`
}
