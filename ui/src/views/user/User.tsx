import {usePage} from '@/shell/page'

export default function User() {
  usePage([{label: 'User'}])
  return null
}
