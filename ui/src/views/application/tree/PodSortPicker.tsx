import {Select} from '@/parts/Select'
import {useQueryWords} from '@/shell/address'
import type {PodSort} from './pods'
import css from './Tree.module.css'

const SORTS: Array<{value: PodSort; label: string}> = [
  {value: 'node', label: 'By node'},
  {value: 'parentResource', label: 'By owner'},
  {value: 'topLevelResource', label: 'By top owner'},
]

/** By what pods stand together. */
export default function PodSortPicker({value}: {value: PodSort}) {
  const [, change] = useQueryWords()
  return <Select className={css.picker} label="Pods together by" options={SORTS} value={value} onChange={next => change({podSortMode: next})} />
}
