import {usePage} from '@/shell/page'

export default function Applications() {
  usePage([{label: 'Applications'}])
  return null
}
