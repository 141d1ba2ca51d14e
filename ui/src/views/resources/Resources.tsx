import {usePage} from '@/shell/page'

export default function Resources() {
  usePage([{label: 'Resources'}])
  return null
}
