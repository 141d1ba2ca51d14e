/** What fields an object of the contract has, from the server's own description of its API, and what of a document is not among them. */
import type {Path, Problem} from '@/draft/draft'

/** A part of Swagger 2.0: as much of it as says which fields there are. */
export interface Shape {
  $ref?: string
  type?: string
  enum?: string[]
  description?: string
  items?: Shape
  properties?: Record<string, Shape>
  additionalProperties?: Shape | boolean
}

export interface Schema {
  definitions: Record<string, Shape>
  /** The definition of the whole document: `v1alpha1Application`. */
  root: string
}

/** Kinds whose documents are checked, with the names of their definitions. */
export const ROOTS: Record<string, string> = {
  Application: 'v1alpha1Application',
  ApplicationSet: 'v1alpha1ApplicationSet',
  AppProject: 'v1alpha1AppProject',
}

/** Fields that nothing knows, and values of another type: warnings, for the server has the last word. */
export function check(schema: Schema, value: unknown): Problem[] {
  const found: Problem[] = []
  walk(schema, {$ref: `#/definitions/${schema.root}`}, value, [], found)
  return found
}

function walk(schema: Schema, given: Shape, value: unknown, path: Path, found: Problem[]) {
  const shape = resolve(schema, given)
  if (!shape || value === null || value === undefined) return
  const warn = (message: string, at: Path = path) => found.push({severity: 'warning', message, path: at})
  const {properties, additionalProperties} = shape
  if (properties && Object.keys(properties).length > 0) {
    if (typeof value !== 'object' || Array.isArray(value)) return void warn(`${label(path)} must be a mapping.`)
    for (const [name, inner] of Object.entries(value)) {
      const known = properties[name]
      if (known) walk(schema, known, inner, [...path, name], found)
      else if (path.length > 0 || name !== 'status') {
        const near = nearest(name, Object.keys(properties))
        warn(`No field ${name} in ${label(path)}.${near ? ` Did you mean ${near}?` : ''}`, [...path, name])
      }
    }
  } else if (shape.items) {
    if (!Array.isArray(value)) return void warn(`${label(path)} must be a list.`)
    for (const [at, inner] of value.entries()) walk(schema, shape.items, inner, [...path, at], found)
  } else if (typeof additionalProperties === 'object') {
    if (typeof value !== 'object' || Array.isArray(value)) return void warn(`${label(path)} must be a mapping.`)
    for (const [name, inner] of Object.entries(value)) walk(schema, additionalProperties, inner, [...path, name], found)
  } else {
    const want = shape.type
    if ((want === 'string' || want === 'boolean' || want === 'integer' || want === 'number') && !fits(want, value)) {
      const hint = want === 'string' && typeof value !== 'object' ? ` Put it in quotes: "${String(value)}".` : ''
      warn(`${label(path)} must be ${want === 'string' ? 'a text' : want === 'boolean' ? 'true or false' : 'a number'}.${hint}`)
    }
  }
}

function fits(want: string, value: unknown): boolean {
  if (want === 'string') return typeof value === 'string'
  if (want === 'boolean') return typeof value === 'boolean'
  return typeof value === 'number' && (want === 'number' || Number.isInteger(value))
}

/** A shape, or the one that it refers to. */
export function resolve(schema: Schema, shape: Shape): Shape | undefined {
  return shape.$ref ? schema.definitions[shape.$ref.slice(shape.$ref.lastIndexOf('/') + 1)] : shape
}

function label(path: Path): string {
  return path.length === 0 ? 'the document' : path.join('.')
}

/** The name that is one or two letters away. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  let best: string | undefined
  let least = name.length < 4 ? 2 : 3
  for (const other of names) {
    const far = distance(name.toLowerCase(), other.toLowerCase())
    if (far < least) [best, least] = [other, far]
  }
  return best
}

function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 9
  let row = Array.from({length: b.length + 1}, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length] ?? 9
}
