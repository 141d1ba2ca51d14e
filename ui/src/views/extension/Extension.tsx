import {Link, useLocation} from 'wouter'

import {useCell} from '@/api/cell'
import {EmptyNote} from '@/parts/EmptyNote'
import {ErrorNote} from '@/parts/ErrorNote'
import {Skeleton} from '@/parts/Skeleton'
import {Boundary} from '@/shell/Boundary'
import {extensions} from '@/shell/extensions'
import {usePage} from '@/shell/page'
import css from './Extension.module.css'

/** A page that an extension brought, or the word that there is none here. */
export default function Extension() {
  const [path] = useLocation()
  const {ready, error, system} = useCell(extensions)
  const found = system.find(one => path === one.path || path.startsWith(`${one.path}/`))
  usePage([{label: found?.title ?? (ready ? 'Not found' : '…')}])
  if (found) {
    const Component = found.component
    return (
      <Boundary name={`the extension ${found.title}`} key={found.path}>
        <Component />
      </Boundary>
    )
  }
  if (!ready) return <div className={css.pad}><Skeleton lines={4} /></div>
  return (
    <>
      {error && <div className={css.pad}><ErrorNote what="The extensions of this server are not there." error={new Error(error)} /></div>}
      <EmptyNote title="There is no page at this address." actions={<><Link href="/">Home</Link><Link href="/applications">Applications</Link></>}>
        {path} is no address of this UI, and no extension of this server has it.
      </EmptyNote>
    </>
  )
}
