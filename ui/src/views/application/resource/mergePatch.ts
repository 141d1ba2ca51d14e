/** A JSON merge patch (RFC 7386) that makes `after` of `before`. */
export function mergePatch(before: unknown, after: unknown): unknown {
  if (!isMap(before) || !isMap(after)) return after
  const patch: Record<string, unknown> = {}
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (!(key in after) || after[key] === undefined) patch[key] = null
    else if (JSON.stringify(before[key]) !== JSON.stringify(after[key])) patch[key] = mergePatch(before[key], after[key])
  }
  return patch
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
