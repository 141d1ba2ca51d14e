/**
 * One document that is edited from two sides: fields bound to paths, and its YAML text.
 *
 * The text is the truth. A field's change is made inside the parsed document, so comments, order and fields that no form
 * knows stay as they were. A text that cannot be read keeps every character; fields wait until it can be read again.
 */
import {
  Document,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  parseDocument,
  type Node,
  type Range,
  type YAMLMap,
} from 'yaml'

/** Keys and list positions from the document's root. */
export type Path = readonly (string | number)[]

/** A place in the text, in UTF-16 units. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** What is wrong, and where where that is known. */
export interface Problem {
  readonly message: string
  readonly severity: 'error' | 'warning'
  readonly span?: Span
  readonly path?: Path
}

/** Fields that say something by being there, though nothing is in them: they are not taken away with their last content. */
const SAYS_SOMETHING_EMPTY = new Set([
  'automated',
  'orphanedResources',
  'directory',
  'namespaceResourceWhitelist',
  'apply',
  'hook',
  'clusters',
  'list',
  'spec',
  'template',
  'metadata',
  'destination',
])

const PRINT = { lineWidth: 0, minContentWidth: 0, indentSeq: true, flowCollectionPadding: false } as const

/** An immutable document; each change makes a new one. */
export class Draft {
  private parsed: Document.Parsed | undefined

  private constructor(readonly text: string) {}

  /** A document of a text, whatever it says. */
  static parse(text: string): Draft {
    return new Draft(text)
  }

  /** A document of a value, printed as block YAML. */
  static of(value: unknown): Draft {
    return new Draft(print(new Document(value ?? {}, { aliasDuplicateObjects: false })))
  }

  private get document(): Document.Parsed {
    this.parsed ??= parseDocument(this.text, { keepSourceTokens: false, uniqueKeys: true, prettyErrors: false })
    return this.parsed
  }

  /** Whether the text can be read as one mapping, so that fields can be shown and changed. */
  get readable(): boolean {
    const { errors, contents } = this.document
    return errors.length === 0 && (contents === null || isMap(contents) || isEmptyScalar(contents))
  }

  /** Faults of the text itself. */
  get problems(): Problem[] {
    const { errors, warnings, contents } = this.document
    const found: Problem[] = []
    for (const [severity, list] of [['error', errors], ['warning', warnings]] as const) {
      for (const fault of list) {
        const [from, to] = fault.pos
        found.push({ severity, message: sentence(fault.code, fault.message), span: { from, to: Math.max(to, from) } })
      }
    }
    if (found.length === 0 && contents !== null && !isMap(contents) && !isEmptyScalar(contents)) {
      found.push({
        severity: 'error',
        message: 'The document must be a mapping: lines of “name: value”.',
        span: spanOf(contents),
      })
    }
    return found
  }

  /** The whole as a value; undefined while the text cannot be read. */
  value(): unknown {
    if (!this.readable) return undefined
    return this.document.toJS({ maxAliasCount: 100 }) ?? {}
  }

  /** What stands at a path; undefined where nothing does or the text cannot be read. */
  get(path: Path): unknown {
    let at: unknown = this.value()
    for (const step of path) {
      if (at === null || typeof at !== 'object') return undefined
      at = (at as Record<string | number, unknown>)[step]
    }
    return at ?? undefined
  }

  /** The text at a path, empty where there is none. */
  textAt(path: Path): string {
    const found = this.get(path)
    return found === undefined || typeof found === 'object' ? '' : String(found)
  }

  /** The list at a path, empty where there is none. */
  listAt(path: Path): unknown[] {
    const found = this.get(path)
    return Array.isArray(found) ? found : []
  }

  /** Whether what stands there is true. */
  flagAt(path: Path): boolean {
    return this.get(path) === true
  }

  /**
   * Puts a value at a path, making what leads there. Undefined takes the field away, and what it leaves empty above it,
   * unless that says something by being there.
   */
  set(path: Path, value: unknown): Draft {
    return this.edit((document) => {
      if (value === undefined) remove(document, path)
      else assign(document, path, value)
    })
  }

  /** Several changes as one. */
  setAll(changes: readonly (readonly [Path, unknown])[]): Draft {
    return this.edit((document) => {
      for (const [path, value] of changes) {
        if (value === undefined) remove(document, path)
        else assign(document, path, value)
      }
    })
  }

  /** Adds an item at the end of the list at a path, making the list where there is none. */
  append(path: Path, value: unknown): Draft {
    return this.set([...path, this.listAt(path).length], value)
  }

  /** Moves an item of the list at a path. */
  move(path: Path, from: number, to: number): Draft {
    return this.edit((document) => {
      const list = document.getIn(path, true)
      if (!isSeq(list) || from < 0 || to < 0 || from >= list.items.length || to >= list.items.length) return
      const [item] = list.items.splice(from, 1)
      list.items.splice(to, 0, item)
    })
  }

  private edit(change: (document: Document) => void): Draft {
    if (!this.readable) return this
    const copy = this.document.clone() as Document
    if (!isMap(copy.contents)) copy.contents = copy.createNode({}) as unknown as typeof copy.contents
    change(copy)
    const text = print(copy)
    return text === this.text ? this : new Draft(text)
  }

  /** Where a path stands in the text: its key, or the nearest thing above it that is there. */
  spanAt(path: Path): Span | undefined {
    let node: unknown = this.document.contents
    let span = isNode(node) ? keySpan(node) : undefined
    for (const step of path) {
      if (isMap(node)) {
        const pair = node.items.find((item) => keyText(item.key) === String(step))
        if (!pair) return span
        span = (isNode(pair.key) ? spanOf(pair.key) : undefined) ?? span
        node = pair.value
      } else if (isSeq(node) && typeof step === 'number') {
        const item = node.items[step]
        if (!isNode(item)) return span
        span = spanOf(item) ?? span
        if (isCollection(item)) span = keySpan(item) ?? span
        node = item
      } else return span
    }
    return span
  }

  /** The path of what stands at a place in the text. */
  pathAt(offset: number): Path {
    const path: (string | number)[] = []
    let node: unknown = this.document.contents
    for (;;) {
      if (isMap(node)) {
        const pair = last(node.items, (item) => isNode(item.key) && (item.key.range?.[0] ?? Infinity) <= offset)
        if (!pair) return path
        path.push(keyText(pair.key))
        node = pair.value
      } else if (isSeq(node)) {
        const at = lastIndex(node.items, (item) => isNode(item) && (item.range?.[0] ?? Infinity) <= offset)
        if (at < 0) return path
        path.push(at)
        node = node.items[at]
      } else return path
    }
  }
}

function print(document: Document): string {
  return document.toString(PRINT)
}

function isEmptyScalar(node: unknown): boolean {
  return isScalar(node) && (node.value === null || node.value === '')
}

function keyText(key: unknown): string {
  return String(isScalar(key) ? key.value : key)
}

function spanOf(node: Node): Span | undefined {
  const range: Range | null | undefined = node.range
  return range ? { from: range[0], to: range[1] } : undefined
}

/** The first key of a mapping, else the node itself: what an eye looks for. */
function keySpan(node: Node): Span | undefined {
  if (isMap(node)) {
    const key = node.items[0]?.key
    if (isNode(key)) return spanOf(key)
  }
  return spanOf(node)
}

function assign(document: Document, path: Path, value: unknown): void {
  const place = path.slice(0, -1)
  // What leads there may be `null` or absent; lists begin where a number follows.
  for (let depth = 1; depth <= place.length; depth++) {
    const above = path.slice(0, depth)
    const node = document.getIn(above, true)
    if (!isCollection(node)) document.setIn(above, document.createNode(typeof path[depth] === 'number' ? [] : {}))
  }
  const before = document.getIn(path, true)
  if (isScalar(before) && (value === null || typeof value !== 'object')) {
    if (before.value === value) return
    // Quotes that only stood around nothing go with it.
    if (before.value === '') delete before.type
    before.value = value
    // A new text is quoted by need alone, and a number is not printed in the old one's form.
    delete before.source
    if (typeof value !== 'string') delete before.type
    delete before.format
    if (typeof value === 'string' && value.includes('\n')) before.type = 'BLOCK_LITERAL'
    else if (before.type === 'BLOCK_LITERAL' || before.type === 'BLOCK_FOLDED') delete before.type
    return
  }
  if (isCollection(before) && value !== null && typeof value === 'object' && same(before.toJS(document), value)) return
  // An empty flow collection (`{}`, `[]`) would stay one line for ever.
  const parent = document.getIn(place, true)
  if (isCollection(parent) && parent.items.length === 0) parent.flow = false
  const node = document.createNode(value, { aliasDuplicateObjects: false })
  if (isScalar(node) && typeof node.value === 'string' && node.value.includes('\n')) node.type = 'BLOCK_LITERAL'
  if (isNode(before) && before.commentBefore) node.commentBefore = before.commentBefore
  document.setIn(path, node)
}

function remove(document: Document, path: Path): void {
  if (!document.hasIn(path)) return
  document.deleteIn(path)
  for (let depth = path.length - 1; depth > 0; depth--) {
    const above = path.slice(0, depth)
    const step = above[depth - 1]
    const node = document.getIn(above, true)
    const isEmpty = (isMap(node) || isSeq(node)) && (node as YAMLMap).items.length === 0
    if (!isEmpty || typeof step === 'number' || SAYS_SOMETHING_EMPTY.has(String(step))) return
    document.deleteIn(above)
  }
}

/** Whether two values are the same as JSON sees them. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, at) => same(item, b[at]))
  }
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  const keys = new Set([...Object.keys(left), ...Object.keys(right)])
  for (const key of keys) if (!same(left[key], right[key])) return false
  return true
}

/** The parser's words, with what to do. */
function sentence(code: string, message: string): string {
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'Tabs cannot indent YAML: use spaces.'
    case 'DUPLICATE_KEY':
      return 'This name stands twice in one mapping: keep one of them.'
    case 'BAD_INDENT':
      return 'This line is indented differently from its neighbours: line it up with them.'
    case 'MULTIPLE_DOCS':
      return 'One document only: what follows “---” is not read. Remove it.'
    case 'MISSING_CHAR':
      return `${message.replace(/ at line.*$/s, '')}: a closing bracket, quote or comma is missing.`
    default:
      return message.replace(/ at line \d+.*$/s, '')
  }
}

function last<T>(items: readonly T[], test: (item: T) => boolean): T | undefined {
  const at = lastIndex(items, test)
  return at < 0 ? undefined : items[at]
}

function lastIndex<T>(items: readonly T[], test: (item: T) => boolean): number {
  for (let at = items.length - 1; at >= 0; at--) if (test(items[at] as T)) return at
  return -1
}
