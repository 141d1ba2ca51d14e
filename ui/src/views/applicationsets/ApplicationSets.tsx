import {usePage} from '@/shell/page'

export default function ApplicationSets() {
  usePage([{label: 'ApplicationSets'}])
  return null
}
