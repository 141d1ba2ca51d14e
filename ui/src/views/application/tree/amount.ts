const UNITS = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi']

/** An amount as the tree's hosts have it: CPU in thousandths of a core, memory in thousandths of a byte, the rest as it is. */
export function amount(resource: string, value: number): string {
  if (resource === 'cpu') return value < 1000 ? `${value}m` : String(Math.round(value / 100) / 10)
  if (resource !== 'memory' && !resource.includes('storage')) return value.toLocaleString('en')
  let size = value / 1000
  let unit = 0
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024
    unit++
  }
  return `${size >= 100 ? Math.round(size) : Math.round(size * 10) / 10} ${UNITS[unit]}B`.replace(' B', ' B')
}
