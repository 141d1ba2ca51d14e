import {IconButton} from '@/parts/Button'
import {Copy, copyText} from '@/parts/Copy'
import {toast} from '@/parts/Toast'
import {shownValue, type FieldChange} from '@/views/plan/model'
import {Why} from '@/views/plan/Why'
import {EyeOff} from 'lucide-react'
import css from './Diff.module.css'
import {ignoreRule} from './ignore'

/** The fields that differ: what each is, what Git says, and who or what made the difference. */
export default function Causes({object, fields}: {object: {group: string; kind: string; name: string; namespace: string}; fields: readonly FieldChange[]}) {
  return (
    <div className={css.causes} role="table" aria-label="Fields that differ">
      <div role="row" className={css.causeHead}>
        <span role="columnheader">Field</span>
        <span role="columnheader">In the cluster</span>
        <span role="columnheader">Git</span>
        <span role="columnheader">Why</span>
      </div>
      {fields.map((field, index) => (
        <div role="row" key={`${field.path} ${index}`} className={css.cause}>
          <span role="cell" className={css.path}>
            {field.path} <Copy what="the path" text={field.path} />
            <IconButton small label="Copy a rule that ignores this field" onClick={() => void copyText(ignoreRule(object, field.path)).then(() => toast('The rule is copied: it belongs into the spec of the application', 'ok'))}><EyeOff size={14} /></IconButton>
          </span>
          <Value value={field.live} look="gone" />
          <Value value={field.desired} look="new" />
          <span role="cell" className={css.why}>
            <Why field={field} />
          </span>
        </div>
      ))}
    </div>
  )
}

function Value({value, look}: {value: unknown; look: 'gone' | 'new'}) {
  const none = value === null || value === undefined
  return <span role="cell" className={none ? css.absent : css[look]}>{none ? 'not there' : shownValue(value)}</span>
}
