import {Fragment, type ReactNode} from 'react'

import css from './KeyValue.module.css'

/** Names and values; pairs whose value is `undefined`, `null`, `false` or `''` are left out. */
export function KeyValue({pairs}: {pairs: Array<[ReactNode, ReactNode]>}) {
  return (
    <dl className={css.list}>
      {pairs.map(([name, value], index) =>
        value === undefined || value === null || value === false || value === '' ? null : (
          <Fragment key={index}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ),
      )}
    </dl>
  )
}
