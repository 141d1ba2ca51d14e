import {useState} from 'react'
import {useLocation} from 'wouter'

import {ask} from '@/api/client'
import type {ApplicationSet} from '@/api/contract'
import {queries} from '@/api/queries'
import {Draft} from '@/draft/draft'
import {Button} from '@/parts/Button'
import {ErrorNote} from '@/parts/ErrorNote'
import {toast} from '@/parts/Toast'
import {FormDrawer} from '@/views/settings/FormDrawer'
import {YamlEditor} from '@/yaml/YamlEditor'
import css from './ApplicationSets.module.css'
import {Effects, preview} from './Effects'
import type {Effect} from './model'
import {LIST, setHref} from './sets'

const FIRST = `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata:
  name: ""
spec:
  goTemplate: true
  goTemplateOptions:
    - missingkey=error
  generators:
    # One application for each cluster; also list, git, matrix, merge, pullRequest, scmProvider, plugin.
    - clusters: {}
  template:
    metadata:
      name: "{{.name}}-app"
    spec:
      project: default
      source:
        repoURL: ""
        path: ""
        targetRevision: HEAD
      destination:
        server: "{{.server}}"
        namespace: ""
`

/** A new set as YAML, with what it would make before it is made. */
export default function NewSet({onClose}: {onClose(): void}) {
  const [text, setText] = useState(FIRST)
  const [busy, setBusy] = useState(false)
  const [effects, setEffects] = useState<Effect[] | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [, go] = useLocation()
  const draft = Draft.parse(text)
  const wrong = !draft.readable ? 'The YAML cannot be read' : draft.textAt(['metadata', 'name']) === '' ? 'A name is needed' : false
  const value = draft.value() as ApplicationSet
  const look = async () => {
    setBusy(true)
    setError(null)
    setEffects(null)
    try {
      setEffects(await preview(value))
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  return (
    <FormDrawer
      wide
      title="New ApplicationSet"
      verb="Create"
      onClose={onClose}
      dirty={text !== FIRST}
      refused={wrong}
      buttons={<Button refused={wrong || (busy && 'Under way')} onClick={() => void look()}>What would it make?</Button>}
      onSave={async () => {
        const made = await ask<ApplicationSet>(LIST, {method: 'POST', body: value})
        void queries.invalidateQueries({queryKey: [LIST]})
        toast(`${made.metadata.name} is made`, 'ok')
        return () => go(setHref(made.metadata))
      }}
    >
      {error !== null && <ErrorNote what="It cannot be tried out." error={error} />}
      {effects && <Effects effects={effects} set={value} />}
      <div className={css.editor}>
        <YamlEditor label="The ApplicationSet as YAML" kind="ApplicationSet" value={text} onChange={setText} />
      </div>
    </FormDrawer>
  )
}
