import css from './Note.module.css'

const WIDTHS = ['62%', '48%', '71%', '55%', '40%', '66%']

/** What is to come, in its shape; shown only where it takes longer than a moment. */
export function Skeleton({lines = 3, width}: {lines?: number; width?: string}) {
  return (
    <span aria-hidden="true">
      {Array.from({length: lines}, (_, index) => (
        <span key={index} className={css.bone} style={{width: width ?? WIDTHS[index % WIDTHS.length]}} />
      ))}
    </span>
  )
}
