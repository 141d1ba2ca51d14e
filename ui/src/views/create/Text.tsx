import type {Draft} from '@/draft/draft'
import {YamlEditor} from '@/yaml/YamlEditor'

/** The document as text, with its faults where they are. */
export function Text({draft, onChange, onSave}: {draft: Draft; onChange(text: string): void; onSave(): void}) {
  return <YamlEditor label="The application as YAML" kind="Application" value={draft.text} onChange={onChange} onSave={onSave} />
}
