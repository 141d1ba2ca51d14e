import {usePage} from '@/shell/page'

export default function Activity() {
  usePage([{label: 'Activity'}])
  return null
}
