import {Download} from 'lucide-react'
import {useMemo} from 'react'

import {Button} from '@/parts/Button'
import {Copy} from '@/parts/Copy'
import {YamlEditor} from '@/yaml/YamlEditor'
import {LONG} from './object'
import css from './Resource.module.css'
import {toYaml} from './yaml'

const SHOWN = 100_000

/** A value as YAML, to read and to copy. Who wrote which field is left out unless `all` is asked for. */
export default function Manifest({value, all, label = 'Manifest'}: {value: object; all?: boolean; label?: string}) {
  const text = useMemo(() => toYaml(value, all), [value, all])
  if (text.length > LONG) return <LongText text={text} name={`${label}.yaml`} />
  return (
    <div className={css.manifest}>
      <span className={css.copy}><Copy what="the manifest" text={text} /></span>
      <YamlEditor value={text} label={label} grows />
    </div>
  )
}

/** A text too long for an editor: how it begins, and a way to have all of it. */
export function LongText({text, name}: {text: string; name: string}) {
  return (
    <div className={css.long}>
      <p className={css.dim} role="status">
        This is {size(text.length)}, too long to be shown in full; below are the first {size(SHOWN)}.{' '}
        <Button small onClick={() => download(text, name)}><Download size={14} /> Download all of it</Button>
      </p>
      <pre tabIndex={0} aria-label="The beginning of the text">{text.slice(0, SHOWN)}</pre>
    </div>
  )
}

export function size(bytes: number): string {
  return bytes >= 1_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${Math.ceil(bytes / 1000)} kB`
}

/** Has the browser save a text. */
export function download(text: string, name: string) {
  const url = URL.createObjectURL(new Blob([text], {type: 'text/plain'}))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
