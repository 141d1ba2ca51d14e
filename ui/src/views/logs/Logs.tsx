import {usePage} from '@/shell/page'

export default function Logs() {
  usePage([{label: 'Logs'}])
  return null
}
