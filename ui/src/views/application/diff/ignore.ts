import {stringify} from 'yaml'

type Part = {key: string} | {item: string} | {index: number}

/** The parts of a field's path: `spec.containers[web].ports[0]`, `metadata.annotations["a.b/c"]`. */
export function partsOfPath(path: string): Part[] {
  const parts: Part[] = []
  const pattern = /\["((?:[^"\\]|\\.)*)"\]|\[([^\]]*)\]|([^.[\]]+)/g
  for (const [, quoted, bracket, key] of path.matchAll(pattern)) {
    if (quoted !== undefined) parts.push({key: quoted.replace(/\\(.)/g, '$1')})
    else if (bracket !== undefined) parts.push(/^\d+$/.test(bracket) ? {index: Number(bracket)} : {item: bracket})
    else if (key !== undefined) parts.push({key})
  }
  return parts
}

/** The entry of `spec.ignoreDifferences` that has a field of an object ignored, as YAML. */
export function ignoreRule(object: {group: string; kind: string; name: string; namespace: string}, path: string): string {
  const parts = partsOfPath(path)
  const named = parts.some(part => 'item' in part)
  const rule: Record<string, unknown> = {...(object.group ? {group: object.group} : {}), kind: object.kind, name: object.name, ...(object.namespace ? {namespace: object.namespace} : {})}
  if (named) rule.jqPathExpressions = [jqOf(parts)]
  else rule.jsonPointers = [parts.map(part => `/${('key' in part ? part.key : 'index' in part ? String(part.index) : '').replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')]
  return stringify({ignoreDifferences: [rule]}, {lineWidth: 0})
}

/** Items of lists are found by what names them: `name`, or `name=value` where the path says what does; `=value` is a member of a set. */
function jqOf(parts: Part[]): string {
  let text = ''
  for (const part of parts) {
    if ('key' in part) text += /^[A-Za-z_]\w*$/.test(part.key) ? `.${part.key}` : `.${JSON.stringify(part.key)}`
    else if ('index' in part) text += `[${part.index}]`
    else {
      const tests = part.item.split(',').map(one => {
        const [name, value] = one.includes('=') ? [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)] : ['name', one]
        return `.${name ?? ''} == ${/^\d+$/.test(value) ? value : JSON.stringify(value)}`
      })
      text += `[] | select(${tests.join(' and ')}) | `
    }
  }
  return text.replaceAll(' | [', '[').replace(/ \| $/, '').replaceAll('| .', '| .')
}
