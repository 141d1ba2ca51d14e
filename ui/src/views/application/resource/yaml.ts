import {stringify} from 'yaml'

const FIRST = ['apiVersion', 'kind', 'metadata', 'type', 'immutable', 'data', 'stringData', 'spec']

/** An object as YAML in the order in which people write it; who wrote which field only where `all` is asked for. */
export function toYaml(value: object | null | undefined, all = false): string {
  if (!value) return ''
  const {metadata, ...rest} = value as {metadata?: Record<string, unknown>}
  const {managedFields, ...kept} = metadata ?? {}
  const whole: Record<string, unknown> = {...rest, ...(metadata ? {metadata: all && managedFields ? {...kept, managedFields} : kept} : {})}
  const keys = [...FIRST.filter(key => key in whole), ...Object.keys(whole).filter(key => !FIRST.includes(key))]
  return stringify(Object.fromEntries(keys.map(key => [key, whole[key]])), {lineWidth: 0, aliasDuplicateObjects: false})
}
