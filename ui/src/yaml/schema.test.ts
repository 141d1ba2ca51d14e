import {expect, test} from 'vitest'

import {check, nearest, type Schema} from './schema'

const schema: Schema = {
  root: 'v1alpha1Application',
  definitions: {
    v1alpha1Application: {properties: {metadata: {$ref: '#/definitions/v1ObjectMeta'}, spec: {$ref: '#/definitions/spec'}}},
    v1ObjectMeta: {properties: {name: {type: 'string'}, labels: {type: 'object', additionalProperties: {type: 'string'}}}},
    spec: {properties: {project: {type: 'string'}, history: {type: 'integer'}, sources: {type: 'array', items: {$ref: '#/definitions/source'}}, values: {type: 'object'}}},
    source: {properties: {path: {type: 'string'}, recurse: {type: 'boolean'}}},
  },
}

test.each<[string, unknown, string[]]>([
  ['all is known', {metadata: {name: 'a', labels: {x: 'y'}}, spec: {project: 'p', history: 3, sources: [{path: 'x', recurse: true}], values: {any: [1]}}, status: {}}, []],
  ['a name with a slip', {spec: {projct: 'p'}}, ['No field projct in spec. Did you mean project?']],
  ['inside of a list', {spec: {sources: [{}, {paths: 'x'}]}}, ['No field paths in spec.sources.1. Did you mean path?']],
  ['a number for a text', {metadata: {labels: {version: 1}}}, ['metadata.labels.version must be a text. Put it in quotes: "1".']],
  ['a text for a number', {spec: {history: 'many'}}, ['spec.history must be a number.']],
  ['a mapping for a list', {spec: {sources: {path: 'x'}}}, ['spec.sources must be a list.']],
  ['a text for a mapping', {spec: 'x'}, ['spec must be a mapping.']],
  ['nothing yet', {spec: null}, []],
])('%s', (_, value, words) => expect(check(schema, value).map(problem => problem.message)).toEqual(words))

test('far names are not near', () => {
  expect(nearest('banana', ['project', 'source'])).toBeUndefined()
  expect(nearest('targetRevison', ['targetRevision', 'path'])).toBe('targetRevision')
})
