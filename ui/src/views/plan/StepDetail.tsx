import {useState} from 'react'

import {Button} from '@/parts/Button'
import {Copy} from '@/parts/Copy'
import {ErrorNote} from '@/parts/ErrorNote'
import {StatusWord} from '@/parts/StatusGlyph'
import {LineDiff} from './LineDiff'
import {yamlOf} from './lines'
import {effectOf, precious, shownValue, type FieldChange, type Step} from './model'
import css from './Plan.module.css'
import {Why} from './Why'

/** What would become of one object: field by field with who wrote it, or as text. */
export function StepDetail({step}: {step: Step}) {
  const [side, setSide] = useState<'fields' | 'text'>('fields')
  const effect = effectOf(step.action)
  const [before, after] = [yamlOf(step.live), yamlOf(step.action === 'prune' ? null : step.object)]
  const hasText = before !== '' || after !== ''
  const asText = hasText && (side === 'text' || step.fields.length === 0)
  return (
    <article className={css.object} aria-label={`${step.kind} ${step.name}`}>
      <header className={css.line}>
        <StatusWord state={effect} />
        <h2><span className={css.dim}>{step.kind}</span> {step.name}</h2>
        {step.namespace && <span className={css.dim}>in {step.namespace}</span>}
        <span className={css.dim}>{step.hook ? `${step.phase} hook` : step.wave !== 0 ? `wave ${step.wave}` : ''}</span>
        <span className={css.space} />
        {step.fields.length > 0 && hasText && (
          <span role="group" aria-label="Shown as" className={css.line}>
            <Button small aria-pressed={!asText} onClick={() => setSide('fields')}>Fields {step.fields.length}</Button>
            <Button small aria-pressed={asText} onClick={() => setSide('text')}>Text</Button>
          </span>
        )}
      </header>
      {step.reason && <p className={css.reason}>{step.reason}{/[.!?]$/.test(step.reason) ? '' : '.'}</p>}
      {step.action === 'prune' && precious(step) && <p className={css.bad}>{precious(step)}.</p>}
      {step.error && <ErrorNote what="The API server would not take it." error={step.error} />}
      {asText ? (
        <LineDiff before={before} after={after} label={step.action === 'create' || step.action === 'run' ? 'What is made' : step.action === 'prune' ? 'What is deleted' : 'Live and desired'} />
      ) : (
        step.fields.length > 0 && <Fields fields={step.fields} />
      )}
      {!hasText && step.fields.length === 0 && !step.error && <p className={css.dim}>Nothing would be written.</p>}
    </article>
  )
}

function Fields({fields}: {fields: FieldChange[]}) {
  return (
    <div className={css.fields} role="table" aria-label="Fields that would change">
      <div role="row" className={css.fieldHead}>
        <span role="columnheader">Field</span>
        <span role="columnheader">In the cluster</span>
        <span role="columnheader">After</span>
        <span role="columnheader">Why</span>
      </div>
      {fields.map((field, index) => (
        <div role="row" key={`${field.path} ${index}`} className={css.field}>
          <span role="cell" className={css.path}>{field.path} <Copy what="path" text={field.path} /></span>
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
  return (
    <span role="cell" className={css.value} data-look={none ? undefined : look}>
      {none ? <span className={css.dim}>not there</span> : <code>{shownValue(value)}</code>}
    </span>
  )
}
