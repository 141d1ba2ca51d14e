import {BadgeCheck, Layers2, MoreVertical, RefreshCw, Star, Trash2, RotateCw, Link2, PanelRight} from 'lucide-react'
import {Link} from 'wouter'

import {useCell} from '@/api/cell'
import type {Row} from '@/api/fleet'
import {IconButton} from '@/parts/Button'
import {copyText} from '@/parts/Copy'
import {cx} from '@/parts/cx'
import {Menu} from '@/parts/Menu'
import {toast} from '@/parts/Toast'
import {applicationHref} from '@/shell/address'
import {favourites, toggleFavourite} from '@/shell/favourites'
import css from './Applications.module.css'

/** What a row, a tile and the keys can have done. */
export interface RowActions {
  sync(row: Row): void
  refresh(row: Row, hard: boolean): void
  remove(row: Row): void
  peek(row: Row): void
  badge(row: Row): void
}

export function NameLink({row, many}: {row: Row; many: boolean}) {
  return (
    <>
      <Link href={applicationHref(row)} className={css.name} title={row.key}>
        {row.name}
      </Link>
      {many && <span className={css.dim}> {row.namespace}</span>}
      {row.apps && (
        <span className={css.mark} title="Holds applications itself">
          <Layers2 size={12} aria-label="Holds applications itself" />
        </span>
      )}
    </>
  )
}

export function StarButton({row}: {row: Row}) {
  const starred = useCell(favourites).includes(row.key)
  return (
    <IconButton small label={starred ? `Take ${row.name} from the favourites` : `Make ${row.name} a favourite`} aria-pressed={starred} className={cx(css.star, starred && css.starred)} onClick={() => toggleFavourite(row.key)} tabIndex={-1}>
      <Star size={14} fill={starred ? 'currentColor' : 'none'} />
    </IconButton>
  )
}

export function RowMenu({row, actions}: {row: Row; actions: RowActions}) {
  return (
    <Menu
      trigger={<IconButton small label={`Actions for ${row.name}`} data-actions="" tabIndex={-1}><MoreVertical size={14} /></IconButton>}
      items={[
        {id: 'peek', label: 'Look at it here', icon: <PanelRight size={14} />, keys: 'Space', do: () => actions.peek(row)},
        {id: 'sync', label: 'Sync…', icon: <RefreshCw size={14} />, keys: 's', do: () => actions.sync(row)},
        {id: 'refresh', label: 'Refresh', icon: <RotateCw size={14} />, keys: 'r', do: () => actions.refresh(row, false)},
        {id: 'hard', label: 'Hard refresh', icon: <RotateCw size={14} />, do: () => actions.refresh(row, true)},
        {id: 'link', label: 'Copy a link', icon: <Link2 size={14} />, do: () => void copyText(new URL(applicationHref(row).slice(1), document.baseURI).href).then(() => toast('Copied the link'))},
        {id: 'badge', label: 'Status badge…', icon: <BadgeCheck size={14} />, do: () => actions.badge(row)},
        {id: 'delete', label: 'Delete…', icon: <Trash2 size={14} />, danger: true, apart: true, do: () => actions.remove(row)},
      ]}
    />
  )
}

/** `main` or the first seven letters of a commit. */
export function shortRevision(row: Row): string {
  const revision = row.sync.revisions?.find(Boolean) ?? row.sources[0]?.targetRevision ?? ''
  return /^[0-9a-f]{40}$/.test(revision) ? revision.slice(0, 7) : revision.replace(/^sha256:([0-9a-f]{7}).*/, '$1')
}

export function destination(row: Row): string {
  return [row.destination.cluster, row.destination.namespace].filter(Boolean).join('/')
}

/** The repository without what is the same everywhere, and the path or chart. */
export function sourceText(row: Row): string {
  const source = row.sources.find(one => one.path || one.chart) ?? row.sources[0]
  const repo = (source?.repoURL ?? '').replace(/^[a-z+]+:\/\/([^@/]+@)?/, '').replace(/\.git$/, '')
  const more = row.sources.length > 1 ? ` and ${row.sources.length - 1} more` : ''
  return [repo, source?.chart || source?.path].filter(Boolean).join(' · ') + more
}
