import {Link} from 'wouter'

import {EmptyNote} from '@/parts/EmptyNote'
import {usePage} from '@/shell/page'

export default function Extension() {
  usePage([{label: 'Not found'}])
  return <EmptyNote title="There is no page at this address." actions={<Link href="/applications">Applications</Link>} />
}
