import {expect, test} from 'vitest'

import {offersAt} from './complete'
import type {Schema} from './schema'

const schema: Schema = {
  root: 'app',
  definitions: {
    app: {properties: {kind: {type: 'string'}, metadata: {properties: {name: {type: 'string'}, labels: {additionalProperties: {type: 'string'}}}}, spec: {$ref: '#/definitions/spec'}, status: {type: 'object'}}},
    spec: {properties: {project: {type: 'string'}, history: {type: 'integer'}, sources: {items: {$ref: '#/definitions/source'}}, source: {$ref: '#/definitions/source'}}},
    source: {properties: {path: {type: 'string'}, recurse: {type: 'boolean'}, helm: {properties: {values: {type: 'string'}, parameters: {items: {properties: {name: {}, value: {}}}}}}}},
  },
}

/** `|` is the cursor; an empty list where nothing is offered. */
test.each<[string, string, string[]]>([
  ['the root, without the status', '|', ['kind', 'metadata', 'spec']],
  ['what is there is not offered again', 'kind: Application\n|\nspec:\n  project: x\n', ['metadata']],
  ['inside of a mapping', 'kind: Application\nspec:\n  pro|', ['project', 'history', 'sources', 'source']],
  ['after a deeper neighbour', 'spec:\n  source:\n    path: x\n  |', ['project', 'history', 'sources']],
  ['an item of a list', 'spec:\n  sources:\n    - |', ['path', 'recurse', 'helm']],
  ['an item at the indentation of its list', 'spec:\n  sources:\n  - |', ['path', 'recurse', 'helm']],
  ['further down in an item', 'spec:\n  sources:\n    - path: x\n      |', ['recurse', 'helm']],
  ['the second item', 'spec:\n  sources:\n    - path: x\n    - |', ['path', 'recurse', 'helm']],
  ['below a key in an item', 'spec:\n  sources:\n    - path: x\n      helm:\n        |', ['values', 'parameters']],
  ['a key that begins an item', 'spec:\n  sources:\n    - helm:\n        |', ['values', 'parameters']],
  ['a list in a list', 'spec:\n  sources:\n  - helm:\n      parameters:\n      - name: a\n        |', ['value']],
  ['values of a flag', 'spec:\n  source:\n    recurse: |', ['true', 'false']],
  ['no values of a text', 'spec:\n  project: |', []],
  ['free names', 'metadata:\n  labels:\n    |', []],
  ['in a block text', 'spec:\n  source:\n    helm:\n      values: |\n        pa|', []],
  ['in a comment', 'spec: # pro|', []],
  ['below what nothing knows', 'other:\n  |', []],
  ['a document that cannot be read', 'spec:\n  project: "x\n  |', ['history', 'sources', 'source']],
])('%s', (_, text, labels) => {
  const at = text.lastIndexOf('|')
  expect(offersAt(schema, text.slice(0, at) + text.slice(at + 1), at)?.offers.map(offer => offer.label) ?? []).toEqual(labels)
})

test('what is typed leads on', () => {
  const {from, offers} = offersAt(schema, 'spec:\n  so', 10) ?? {from: 0, offers: []}
  expect(from).toBe(8)
  expect(offers.map(offer => offer.apply)).toEqual(['project: ', 'history: ', 'sources:\n    - ', 'source:\n    '])
})
