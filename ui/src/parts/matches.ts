/** Whether every word of `query` is in `text`, whatever its case. */
export function matches(text: string, query: string): boolean {
  const low = text.toLowerCase()
  return query.toLowerCase().split(/\s+/).every(word => low.includes(word))
}
