import {usePage} from '@/shell/page'

export default function Settings() {
  usePage([{label: 'Settings'}])
  return null
}
