/** What may be typed at a place of a document: the names of fields, and values where there are few. The text need not be readable: it is being typed. */
import {resolve, type Schema, type Shape} from './schema'

export interface Offer {
  /** The name, or the value. */
  label: string
  /** Its type in words. */
  detail: string
  /** What the API's description says of it. */
  info?: string
  /** What is typed in its place: with the colon, and with the line that follows where it holds more. */
  apply: string
}

export interface Offers {
  /** Where the word that they take the place of begins, in UTF-16 units. */
  from: number
  offers: Offer[]
}

interface Level {
  indent: number
  /** The key at this indentation that leads to the place; a list's item where there is none. */
  step: string | 0
}

const KEY = /^("[^"]*"|'[^']*'|[^\s#:'"[\]{}&*!|>%@`][^#]*?)\s*:(?:\s|$)/

/** What may stand at `offset`; undefined inside of comments, block texts and flow collections, and where nothing is known. */
export function offersAt(schema: Schema, text: string, offset: number): Offers | undefined {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const typed = text.slice(start, offset)
  const lead = /^(\s*)((?:- +)*)/.exec(typed)
  const dashes = lead?.[2] ?? ''
  const indent = lead?.[0].length ?? 0
  const rest = typed.slice(indent)
  const value = /^([^\s:#]+):\s+(\S*)$/.exec(rest)
  if (!value && !/^[\w./-]*$/.test(rest)) return undefined
  const above = text.slice(0, start).split('\n').slice(0, -1)
  const levels = levelsAbove(above, indent, (lead?.[1] ?? '').length, dashes)
  if (!levels) return undefined
  const shape = shapeAt(schema, levels)
  if (!shape) return undefined
  if (value) {
    const field = shape.properties?.[value[1] ?? '']
    const offers = valuesOf(field && resolve(schema, field))
    return offers.length > 0 ? {from: offset - (value[2] ?? '').length, offers} : undefined
  }
  const taken = dashes ? new Set<string>() : siblings(text, start, indent)
  const offers = Object.entries(shape.properties ?? {})
    .filter(([name]) => (levels.length > 0 || name !== 'status') && !taken.has(name))
    .map(([name, given]) => offerOf(schema, name, given, indent))
  return offers.length > 0 ? {from: offset - rest.length, offers} : undefined
}

function offerOf(schema: Schema, name: string, given: Shape, indent: number): Offer {
  const shape = resolve(schema, given) ?? {}
  const inner = ' '.repeat(indent + 2)
  const [detail, apply] = shape.items
    ? ['list', `${name}:\n${inner}- `]
    : shape.properties || typeof shape.additionalProperties === 'object'
      ? ['mapping', `${name}:\n${inner}`]
      : [{string: 'text', boolean: 'true or false', integer: 'number', number: 'number'}[shape.type ?? ''] ?? '', `${name}: `]
  const info = given.description ?? shape.description
  return {label: name, detail, apply, ...(info ? {info} : {})}
}

function valuesOf(shape: Shape | undefined): Offer[] {
  if (shape?.type === 'boolean') return ['true', 'false'].map(label => ({label, detail: '', apply: label}))
  return (shape?.enum ?? []).map(label => ({label, detail: '', apply: label}))
}

/** The keys that lead to a line, from the root; undefined where the line is part of a block text. */
function levelsAbove(lines: readonly string[], indent: number, own: number, dashes: string): Level[] | undefined {
  const levels: Level[] = []
  // The dashes of the line itself begin items.
  let least = indent
  if (dashes) {
    levels.unshift({indent: own, step: 0})
    least = own
  }
  let isItem = dashes !== ''
  for (let at = lines.length - 1; at >= 0; at--) {
    const line = lines[at] ?? ''
    const content = line.trimStart()
    if (content === '' || content.startsWith('#')) continue
    if (/^(---|\.\.\.)(\s|$)/.test(line)) break
    const depth = line.length - content.length
    const lead = /^(?:- +)*/.exec(content)?.[0] ?? ''
    const key = KEY.exec(content.slice(lead.length))
    // A list may stand at the indentation of its key.
    const keyDepth = depth + lead.length
    const leads = key !== null && (keyDepth < least || (isItem && keyDepth === least && lead === ''))
    if (leads) {
      const after = content.slice(lead.length + key[0].length).trim()
      if (/^[|>]/.test(after)) return undefined
      levels.unshift({indent: keyDepth, step: unquoted(key[1] ?? '')})
      least = keyDepth
      isItem = false
    }
    if (lead !== '' && depth < least) {
      levels.unshift({indent: depth, step: 0})
      least = depth
      isItem = true
    }
    if (least === 0 && !isItem) break
  }
  return levels
}

function shapeAt(schema: Schema, levels: readonly Level[]): Shape | undefined {
  let shape = resolve(schema, {$ref: `#/definitions/${schema.root}`})
  for (const {step} of levels) {
    const next: Shape | undefined = step === 0 ? shape?.items : shape?.properties?.[step] ?? (typeof shape?.additionalProperties === 'object' ? shape.additionalProperties : undefined)
    shape = next && resolve(schema, next)
    if (!shape) return undefined
  }
  return shape
}

/** The keys of the mapping that a line is in. */
function siblings(text: string, start: number, indent: number): Set<string> {
  const found = new Set<string>()
  const end = text.indexOf('\n', start)
  const before = text.slice(0, start).split('\n').slice(0, -1).reverse()
  const after = end < 0 ? [] : text.slice(end + 1).split('\n')
  for (const lines of [before, after]) {
    for (const line of lines) {
      const content = line.trimStart()
      if (content === '' || content.startsWith('#')) continue
      const lead = /^(?:- +)*/.exec(content)?.[0] ?? ''
      const depth = line.length - content.length + lead.length
      if (depth < indent || (lines === after && lead !== '' && depth === indent)) break
      const key = depth === indent ? KEY.exec(content.slice(lead.length)) : null
      if (key) found.add(unquoted(key[1] ?? ''))
      if (lead !== '' && depth === indent) break
    }
  }
  return found
}

function unquoted(key: string): string {
  return /^(["']).*\1$/.test(key) ? key.slice(1, -1) : key
}
