import {usePage} from '@/shell/page'

export default function Help() {
  usePage([{label: 'Help'}])
  return null
}
