/** How long a token is good for: a number with a unit (`90d`, `12h`, `30m`, `45s`), or nothing for ever. */

const UNITS: Record<string, number> = {s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000}

/** Seconds; 0 is for ever; a text says what is wrong. */
export function readTtl(text: string): number | string {
  const rest = text.trim().toLowerCase()
  if (rest === '' || rest === '0') return 0
  let total = 0
  let end = 0
  for (const part of rest.matchAll(/(\d+)\s*([smhdwy])\s*/gy)) {
    total += Number(part[1]) * (UNITS[part[2] ?? ''] ?? 0)
    end = part.index + part[0].length
  }
  return end === rest.length && total > 0 ? total : 'Write a number with a unit: 30m, 12h, 90d, 1y. Empty is for ever.'
}

/** What to offer first. */
export const TTLS: readonly string[] = ['1h', '24h', '7d', '30d', '90d', '1y']
