/** How something is: one of the ten looks of ui states. */
export type Look = 'ok' | 'run' | 'bad' | 'warn' | 'missing' | 'held' | 'unknown' | 'delete' | 'orphan' | 'person'

export type Tone = 'ok' | 'run' | 'bad' | 'warn' | 'off' | 'brand'

export const toneOf: Record<Look, Tone> = {
  ok: 'ok',
  run: 'run',
  bad: 'bad',
  warn: 'warn',
  missing: 'warn',
  held: 'off',
  unknown: 'off',
  delete: 'bad',
  orphan: 'off',
  person: 'brand',
}

export interface State {
  look: Look
  /** The word on the screen. */
  word: string
  /** The contract's word, for filters, addresses and tool tips. */
  contract: string
}

const HEALTH: Record<string, Look> = {Healthy: 'ok', Progressing: 'run', Degraded: 'bad', Suspended: 'held', Missing: 'missing'}
const PHASE: Record<string, [Look, string]> = {
  Running: ['run', 'Syncing'],
  Terminating: ['run', 'Terminating'],
  Succeeded: ['ok', 'Sync succeeded'],
  Failed: ['bad', 'Sync failed'],
  Error: ['bad', 'Sync failed'],
}

export function healthState(status: string | undefined): State {
  const contract = status || 'Unknown'
  return {look: HEALTH[contract] ?? 'unknown', word: contract, contract}
}

/** The words are the contract's: `Synced`, `OutOfSync`, `Unknown`. */
export function syncState(status: string | undefined): State {
  const contract = status || 'Unknown'
  return {look: contract === 'Synced' ? 'ok' : contract === 'OutOfSync' ? 'warn' : 'unknown', word: contract, contract}
}

export function phaseState(phase: string | undefined): State {
  const contract = phase || 'Unknown'
  const [look, word] = PHASE[contract] ?? ['unknown', contract]
  return {look, word, contract}
}
