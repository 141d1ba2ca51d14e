import {ApiError, errorOf} from './client-error'
import {sessionEnded} from './session'

export {ApiError} from './client-error'

/** The values of a query; `undefined`, `null` and `''` are left out, lists are repeated. */
export type Query = Record<string, string | number | boolean | null | undefined | ReadonlyArray<string | number>>

export interface Ask {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  query?: Query
  /** Sent as JSON; a string is sent as a JSON string, as the contract's patches and actions want. */
  body?: unknown
  signal?: AbortSignal
  /** A 401 is an answer like another: for the login itself. */
  quiet?: boolean
}

/** Where the UI stands: the path of the page's `<base href>`, without the slash at its end. */
export function basePath(): string {
  return new URL(document.baseURI).pathname.replace(/\/[^/]*$/, '')
}

/** `api/v1/applications` with a query, relative to the page's `<base href>`. */
export function address(path: string, query?: Query): string {
  const words = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined || value === null || value === '') continue
    if (typeof value === 'object') for (const one of value) words.append(name, String(one))
    else words.append(name, String(value))
  }
  const text = words.toString()
  return path.replace(/^\//, '') + (text === '' ? '' : (path.includes('?') ? '&' : '?') + text)
}

/** One segment of a path: repositories and clusters have slashes in their names. */
export const segment = encodeURIComponent

/** Asks the server and reads its JSON. Throws an `ApiError`, or an `AbortError` where `signal` said so. */
export async function ask<T>(path: string, {method = 'GET', query, body, signal, quiet}: Ask = {}): Promise<T> {
  const to = address(path, query)
  const asked = `${method} ${to}`
  let response: Response
  try {
    response = await fetch(new URL(to, document.baseURI), {
      method,
      signal,
      credentials: 'same-origin',
      // The server takes no change without this type, also where there is no body: forms of other sites cannot say it.
      headers: {Accept: 'application/json', ...(method === 'GET' ? {} : {'Content-Type': 'application/json'})},
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError(0, 14, 'The server does not answer.', asked)
  }
  const text = await response.text()
  if (!response.ok) {
    const error = errorOf(response.status, text, asked)
    if (error.status === 401 && !quiet) sessionEnded()
    throw error
  }
  if (text.trim() === '') return {} as T
  try {
    return JSON.parse(text) as T
  } catch {
    throw new ApiError(response.status, 13, `The server answered with something other than JSON: ${text.slice(0, 200)}`, asked)
  }
}
