import {Plus, Trash2} from 'lucide-react'

import type {RepositoryRepoAppDetailsResponse} from '@/api/contract'
import {useSettings} from '@/api/queries'
import type {Draft, Path} from '@/draft/draft'
import {Button, IconButton} from '@/parts/Button'
import {Combobox} from '@/parts/Combobox'
import {Checkbox, Field, Input, TextArea} from '@/parts/Field'
import {Select} from '@/parts/Select'
import css from './Create.module.css'

interface ToolProps {
  draft: Draft
  onChange(draft: Draft): void
  path: Path
  details?: RepositoryRepoAppDetailsResponse
}

const TOOLS = ['helm', 'kustomize', 'directory', 'plugin'] as const
type Tool = (typeof TOOLS)[number]
const WORDS: Record<Tool, string> = {helm: 'Helm', kustomize: 'Kustomize', directory: 'Folder', plugin: 'Plugin'}

/** The parameters of the tool that renders a source: what the document says, else what the server found. */
export function ToolForm(props: ToolProps) {
  const {draft, onChange, path, details} = props
  const said = TOOLS.find(tool => draft.get([...path, tool]) !== undefined)
  const tool = said ?? TOOLS.find(tool => tool === details?.type?.toLowerCase())
  return (
    <details open={said !== undefined}>
      <summary>Parameters{tool ? ` (${WORDS[tool]})` : ''}</summary>
      <div className={css.section}>
        <Field label="Rendered by">
          <Select
            value={said ?? ''}
            onChange={value => onChange(draft.setAll([...TOOLS.filter(other => other !== value).map((other): [Path, unknown] => [[...path, other], undefined]), ...(value && value !== said ? [[[...path, value], {}] as [Path, unknown]] : [])]))}
            options={[{value: '', label: `What the server finds${details?.type ? `: ${details.type}` : ''}`}, ...TOOLS.map(value => ({value, label: WORDS[value]}))]}
          />
        </Field>
        {tool === 'helm' && <Helm {...props} />}
        {tool === 'kustomize' && <Kustomize {...props} />}
        {tool === 'directory' && <Directory {...props} />}
        {tool === 'plugin' && <Plugin {...props} />}
      </div>
    </details>
  )
}

function Helm({draft, onChange, path, details}: ToolProps) {
  const base: Path = [...path, 'helm']
  const set = (name: string, value: unknown) => onChange(draft.set([...base, name], value))
  const files = details?.helm?.valueFiles ?? []
  const flag = (name: string, text: string) => <Checkbox checked={draft.flagAt([...base, name])} onChange={event => set(name, event.target.checked ? true : undefined)}>{text}</Checkbox>
  return (
    <>
      <div className={css.row}>
        <Field label="Release name" hint="The application's name without one."><Input value={draft.textAt([...base, 'releaseName'])} onChange={event => set('releaseName', event.target.value || undefined)} /></Field>
        <Field label="Namespace of the release"><Input value={draft.textAt([...base, 'namespace'])} onChange={event => set('namespace', event.target.value || undefined)} /></Field>
      </div>
      <Texts title="Values files" of="values file" draft={draft} onChange={onChange} path={[...base, 'valueFiles']} options={files} />
      <Field label="Values" hint={draft.get([...base, 'valuesObject']) !== undefined ? 'valuesObject of the YAML is used; this is not.' : undefined}>
        <TextArea mono value={draft.textAt([...base, 'values'])} onChange={event => set('values', event.target.value || undefined)} />
      </Field>
      <Pairs title="Parameters" of="parameter" draft={draft} onChange={onChange} path={[...base, 'parameters']} names={(details?.helm?.parameters ?? []).map(one => one.name ?? '')} defaults={Object.fromEntries((details?.helm?.parameters ?? []).map(one => [one.name ?? '', one.value ?? '']))} string />
      <Pairs title="Parameters from files" of="file parameter" draft={draft} onChange={onChange} path={[...base, 'fileParameters']} value="path" />
      <div className={css.checks}>
        {flag('ignoreMissingValueFiles', 'Ignore missing values files')}
        {flag('skipCrds', 'Skip CRDs')}
        {flag('skipTests', 'Skip tests')}
        {flag('skipSchemaValidation', 'Skip the schema of values')}
        {flag('passCredentials', 'Pass credentials to all domains')}
      </div>
    </>
  )
}

function Kustomize({draft, onChange, path, details}: ToolProps) {
  const base: Path = [...path, 'kustomize']
  const settings = useSettings()
  const set = (name: string, value: unknown) => onChange(draft.set([...base, name], value))
  const versions = settings.data?.kustomizeVersions ?? []
  return (
    <>
      <div className={css.row}>
        <Field label="Prefix of names"><Input value={draft.textAt([...base, 'namePrefix'])} onChange={event => set('namePrefix', event.target.value || undefined)} /></Field>
        <Field label="Suffix of names"><Input value={draft.textAt([...base, 'nameSuffix'])} onChange={event => set('nameSuffix', event.target.value || undefined)} /></Field>
        <Field label="Namespace"><Input value={draft.textAt([...base, 'namespace'])} onChange={event => set('namespace', event.target.value || undefined)} /></Field>
        {versions.length > 0 && <Field label="Version"><Select value={draft.textAt([...base, 'version'])} onChange={value => set('version', value || undefined)} options={['', ...versions].map(value => ({value, label: value || 'the server’s'}))} /></Field>}
      </div>
      <Texts title="Images" of="image" draft={draft} onChange={onChange} path={[...base, 'images']} options={details?.kustomize?.images ?? []} placeholder="name=registry/name:tag" />
      <Texts title="Components" of="component" draft={draft} onChange={onChange} path={[...base, 'components']} options={[]} />
      <Pairs title="Replicas" of="count" draft={draft} onChange={onChange} path={[...base, 'replicas']} value="count" numbers />
      <Labels title="Labels" draft={draft} onChange={onChange} path={[...base, 'commonLabels']} />
      <Labels title="Annotations" draft={draft} onChange={onChange} path={[...base, 'commonAnnotations']} />
    </>
  )
}

function Directory({draft, onChange, path}: ToolProps) {
  const base: Path = [...path, 'directory']
  const set = (name: string, value: unknown) => onChange(draft.set([...base, name], value))
  return (
    <>
      <Checkbox checked={draft.flagAt([...base, 'recurse'])} onChange={event => set('recurse', event.target.checked ? true : undefined)}>Folders below it too</Checkbox>
      <div className={css.row}>
        <Field label="Only files like" hint="A pattern, or {one,another}."><Input mono value={draft.textAt([...base, 'include'])} onChange={event => set('include', event.target.value || undefined)} /></Field>
        <Field label="Not files like"><Input mono value={draft.textAt([...base, 'exclude'])} onChange={event => set('exclude', event.target.value || undefined)} /></Field>
      </div>
      <Pairs title="Top-level arguments of Jsonnet" of="argument" draft={draft} onChange={onChange} path={[...base, 'jsonnet', 'tlas']} code />
      <Pairs title="External variables of Jsonnet" of="variable" draft={draft} onChange={onChange} path={[...base, 'jsonnet', 'extVars']} code />
    </>
  )
}

function Plugin({draft, onChange, path}: ToolProps) {
  const base: Path = [...path, 'plugin']
  return (
    <>
      <Field label="Plugin" hint="Empty for the one that finds itself fit."><Input value={draft.textAt([...base, 'name'])} onChange={event => onChange(draft.set([...base, 'name'], event.target.value || undefined))} /></Field>
      <Pairs title="Environment" of="variable" draft={draft} onChange={onChange} path={[...base, 'env']} />
      <Pairs title="Parameters" of="parameter" draft={draft} onChange={onChange} path={[...base, 'parameters']} value="string" />
    </>
  )
}

interface ListProps {
  title: string
  of: string
  draft: Draft
  onChange(draft: Draft): void
  path: Path
}

/** A list of texts. */
function Texts({title, of, draft, onChange, path, options, placeholder}: ListProps & {options: string[]; placeholder?: string}) {
  const list = draft.listAt(path)
  const write = (next: unknown[]) => onChange(draft.set(path, next.length > 0 ? next : undefined))
  return (
    <div className={css.section} role="group" aria-label={title}>
      <span className={css.dim}>{title}</span>
      {list.map((item, index) => (
        <div key={index} className={css.line}>
          <Combobox className={css.grow} mono options={options} value={typeof item === 'object' ? JSON.stringify(item) : String(item ?? '')} onChange={value => write(list.map((other, at) => (at === index ? value : other)))} aria-label={`${of} ${index + 1}`} placeholder={placeholder} />
          <IconButton small label={`Remove ${of} ${index + 1}`} onClick={() => write(list.filter((_, at) => at !== index))}><Trash2 size={14} /></IconButton>
        </div>
      ))}
      <span><Button small onClick={() => write([...list, ''])}><Plus size={14} /> {of}</Button></span>
    </div>
  )
}

/** A list of names and values; what else an entry says stays. */
function Pairs({title, of, draft, onChange, path, value = 'value', names = [], defaults = {}, string, code, numbers}: ListProps & {value?: string; names?: string[]; defaults?: Record<string, string>; /** Offers `forceString`. */ string?: boolean; /** Offers `code`. */ code?: boolean; numbers?: boolean}) {
  const list = draft.listAt(path) as Array<Record<string, unknown>>
  const change = (index: number, name: string, next: unknown) => onChange(draft.set([...path, index, name], next))
  return (
    <div className={css.section} role="group" aria-label={title}>
      <span className={css.dim}>{title}</span>
      {list.map((item, index) => {
        const name = String(item?.name ?? '')
        return (
          <div key={index} className={css.line}>
            <Combobox className={css.grow} mono options={names} value={name} onChange={next => change(index, 'name', next)} aria-label={`Name of ${of} ${index + 1}`} placeholder="name" />
            <Input className={css.grow} mono value={String(item?.[value] ?? '')} onChange={event => change(index, value, numbers && /^\d+$/.test(event.target.value) ? Number(event.target.value) : event.target.value)} aria-label={`Value of ${of} ${index + 1}`} placeholder={defaults[name] ?? value} />
            {string && <Checkbox checked={item?.forceString === true} onChange={event => change(index, 'forceString', event.target.checked ? true : undefined)}>text</Checkbox>}
            {code && <Checkbox checked={item?.code === true} onChange={event => change(index, 'code', event.target.checked ? true : undefined)}>code</Checkbox>}
            <IconButton small label={`Remove ${of} ${name || index + 1}`} onClick={() => onChange(draft.set(path, list.length > 1 ? list.filter((_, at) => at !== index) : undefined))}><Trash2 size={14} /></IconButton>
          </div>
        )
      })}
      <span><Button small onClick={() => onChange(draft.append(path, {name: '', [value]: numbers ? 1 : ''}))}><Plus size={14} /> {of}</Button></span>
    </div>
  )
}

/** A map of texts, as lines `name=value`. */
function Labels({title, draft, onChange, path}: Omit<ListProps, 'of'>) {
  const map = (draft.get(path) ?? {}) as Record<string, string>
  const lines = Object.entries(map).map(([key, value]) => `${key}=${value}`)
  return (
    <Field label={`${title}, one name=value a line`}>
      <TextArea
        mono
        rows={Math.max(2, lines.length + 1)}
        defaultValue={lines.join('\n')}
        key={lines.join('\n')}
        onBlur={event => {
          const pairs = event.target.value.split('\n').map(line => line.trim()).filter(Boolean).map((line): [string, string] => [line.split('=')[0]?.trim() ?? '', line.split('=').slice(1).join('=').trim()])
          onChange(draft.set(path, pairs.length > 0 ? Object.fromEntries(pairs) : undefined))
        }}
      />
    </Field>
  )
}
