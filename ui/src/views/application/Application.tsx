import {usePage} from '@/shell/page'

export default function Application() {
  usePage([{label: 'Application'}])
  return null
}
