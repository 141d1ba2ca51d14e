import {lazy, Suspense} from 'react'

import type {Problem} from '@/draft/draft'
import {TextArea} from '@/parts/Field'
import css from './YamlEditor.module.css'

const Editor = lazy(() => import('./Editor'))

export interface YamlEditorProps {
  /** The text. Another one than the editor's own takes its place; the cursor stays where it can. */
  value: string
  /** Without it the text can only be read. */
  onChange?(text: string): void
  /** Ctrl+S (⌘S), while the editor has the focus. */
  onSave?(): void
  /** What it is, for those who do not see it. */
  label: string
  /** Faults that others found (the server, a form), beside those of YAML itself. */
  problems?: readonly Problem[]
  /** The kind whose fields are checked: `Application`, `ApplicationSet`, `AppProject`; by the document's `kind` without it. */
  kind?: string
  /** As high as its text, to the height of the screen; else it fills its parent. */
  grows?: boolean
  className?: string
}

/** YAML with numbers of lines, folding, search, and faults where they are. The editor is fetched when it is shown first; until then, and where it cannot be had, it is a plain text. */
export function YamlEditor(props: YamlEditorProps) {
  const plain = (
    <TextArea mono className={css.plain} aria-label={props.label} value={props.value} readOnly={!props.onChange} onChange={event => props.onChange?.(event.target.value)} wrap="off" />
  )
  return (
    <div className={[css.box, props.grows && css.grows, props.className].filter(Boolean).join(' ')}>
      <Suspense fallback={plain}>
        <Editor {...props} />
      </Suspense>
    </div>
  )
}
