/** What the server answered in the place of what was asked for. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** HTTP status; 0 where nothing was answered at all. */
  readonly status: number
  /** gRPC's code, as the contract has it (5 not found, 7 permission denied, 16 unauthenticated, …). */
  readonly code: number
  /** What was asked: `GET api/v1/…`. */
  readonly asked: string

  constructor(status: number, code: number, message: string, asked: string) {
    super(message)
    this.status = status
    this.code = code
    this.asked = asked
  }

  get offline() {
    return this.status === 0
  }

  get forbidden() {
    return this.status === 403
  }

  get missing() {
    return this.status === 404
  }
}

/** The error that an answer with this status and text stands for. */
export function errorOf(status: number, text: string, asked: string): ApiError {
  try {
    const said = JSON.parse(text) as {code?: number; message?: string; error?: string | {message?: string; grpc_code?: number; code?: number}}
    const inner = typeof said.error === 'object' ? said.error : undefined
    const message = said.message ?? inner?.message ?? (typeof said.error === 'string' ? said.error : undefined)
    if (message) return new ApiError(status, said.code ?? inner?.grpc_code ?? inner?.code ?? 2, message, asked)
  } catch {
    // A proxy in between speaks in pages of its own.
  }
  const words = text.startsWith('<') ? '' : text.trim().slice(0, 300)
  return new ApiError(status, 2, words || `The server answered ${status}.`, asked)
}
