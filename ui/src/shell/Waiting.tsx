import {useCell} from '@/api/cell'
import {Skeleton} from '@/parts/Skeleton'
import css from './Frame.module.css'
import {reachable} from './reachable'

/** While a view is fetched. */
export function Waiting({first}: {first?: boolean}) {
  const answers = useCell(reachable)
  return (
    <div className={css.waiting} role="status" aria-label="Loading">
      {first && !answers ? <p>The server does not answer. This page tries again every three seconds.</p> : <Skeleton lines={6} />}
    </div>
  )
}
