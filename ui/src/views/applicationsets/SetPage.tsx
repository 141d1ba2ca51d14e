import {useQuery} from '@tanstack/react-query'
import {useMemo, useState} from 'react'
import {Link, useLocation} from 'wouter'

import {ask, segment} from '@/api/client'
import type {ApplicationSet, EventsEventList} from '@/api/contract'
import type {Row} from '@/api/fleet'
import {useFleet} from '@/api/fleet-list'
import {queries, useAsk} from '@/api/queries'
import {useRefusal} from '@/api/rights'
import {Draft} from '@/draft/draft'
import {explain} from '@/explain/explain'
import {Age, useNow} from '@/parts/Age'
import {Button} from '@/parts/Button'
import {Confirm} from '@/parts/Confirm'
import {EmptyNote} from '@/parts/EmptyNote'
import {ErrorNote} from '@/parts/ErrorNote'
import {KeyValue} from '@/parts/KeyValue'
import {Sentence} from '@/parts/Sentence'
import {Skeleton} from '@/parts/Skeleton'
import {StatusWord} from '@/parts/StatusGlyph'
import {healthState, syncState} from '@/parts/status'
import {Table, type Column} from '@/parts/Table'
import {Tabs} from '@/parts/Tabs'
import {toast} from '@/parts/Toast'
import {applicationHref, useQueryWords} from '@/shell/address'
import {usePage} from '@/shell/page'
import {Events} from '@/views/settings/Events'
import {Section} from '@/views/settings/Section'
import settings from '@/views/settings/Settings.module.css'
import {YamlEditor} from '@/yaml/YamlEditor'
import css from './ApplicationSets.module.css'
import {Effects, preview} from './Effects'
import {countOf, explainSet, healthOf, sayGenerator, type Effect} from './model'
import {keyOf, LIST, useSets} from './sets'

const TABS = [{id: 'apps', label: 'Applications'}, {id: 'summary', label: 'Summary'}, {id: 'manifest', label: 'YAML'}, {id: 'event', label: 'Events'}, {id: 'preview', label: 'Preview'}]

/** One ApplicationSet: its applications, by what it makes them, and what a change of it would do. */
export default function SetPage({name, namespace}: {name: string; namespace: string}) {
  const path = `${LIST}/${segment(name)}`
  const query = {appsetNamespace: namespace}
  const asked = useAsk<ApplicationSet>(path, query, {every: 30_000})
  const {items} = useSets()
  // The list is live; what stands alone in it is the newest there is.
  const set = items.find(one => one.metadata.name === name && (!namespace || one.metadata.namespace === namespace)) ?? asked.data
  const [words, change] = useQueryWords()
  usePage([{label: 'ApplicationSets', href: '/applicationsets'}, {label: name}], set && healthOf(set))
  if (asked.error && !set) return <div className={css.pad}><ErrorNote what="The ApplicationSet cannot be shown." error={asked.error} retry={() => void asked.refetch()} /></div>
  if (!set) return <div className={css.pad}><Skeleton lines={10} /></div>
  const said = words.get('tab')
  const tab = TABS.some(one => one.id === said) ? (said as string) : 'apps'
  return (
    <div className={css.view}>
      <Head set={set} path={path} />
      <Tabs label="Parts" tabs={TABS} value={tab} onChange={id => change({tab: id === 'apps' ? null : id})}>
        {tab === 'apps' && <Apps set={set} />}
        {tab === 'summary' && <Summary set={set} />}
        {tab === 'manifest' && <Manifest key={keyOf(set)} set={set} />}
        {tab === 'event' && <SetEvents path={`${path}/events`} query={query} />}
        {tab === 'preview' && <Preview set={set} />}
      </Tabs>
    </div>
  )
}

function Head({set, path}: {set: ApplicationSet; path: string}) {
  const [gone, setGone] = useState(false)
  const [, go] = useLocation()
  const project = set.spec.template?.spec?.project || '*'
  const noDelete = useRefusal('applicationsets', 'delete', `${project.includes('{{') ? '*' : project}/${set.metadata.name}`)
  const apps = countOf(set)
  const keeps = set.spec.syncPolicy?.preserveResourcesOnDeletion
  return (
    <div className={css.head}>
      <div className={css.row}>
        <StatusWord state={healthState(healthOf(set))} />
        <span className={css.verdict}><Sentence explained={explainSet(set)} /></span>
        <span className={css.grow} />
        <Button look="danger" refused={noDelete} onClick={() => setGone(true)}>Delete…</Button>
      </div>
      <Confirm
        open={gone}
        onClose={() => setGone(false)}
        title={`Delete the ApplicationSet ${set.metadata.name}?`}
        verb="Delete"
        name={set.metadata.name}
        onConfirm={async () => {
          await ask(path, {method: 'DELETE', query: {appsetNamespace: set.metadata.namespace}})
          void queries.invalidateQueries({queryKey: [LIST]})
          toast(`${set.metadata.name} is being deleted`, 'ok')
          go('/applicationsets')
        }}
      >
        {apps === 0 ? <p>It has no applications; nothing that runs is touched.</p> : <p><b>Its {apps === 1 ? 'application is' : `${apps} applications are`} deleted with it</b>{keeps ? ', but what they have deployed keeps running: the set preserves it.' : ', and with those that carry the finalizer all that they have deployed.'}</p>}
        {!keeps && apps > 0 && <p className={css.dim}>To keep what runs, set <code>spec.syncPolicy.preserveResourcesOnDeletion</code> first.</p>}
      </Confirm>
    </div>
  )
}

/** Its applications, worst first, as the fleet has them; with their steps where it rolls out by steps. */
function Apps({set}: {set: ApplicationSet}) {
  const query = useMemo(() => ({owner: [set.metadata.name ?? '']}), [set.metadata.name])
  const fleet = useFleet(query)
  const [, go] = useLocation()
  const steps = useMemo(() => new Map((set.status?.applicationStatus ?? []).map(one => [one.application, one])), [set])
  const columns = useMemo<Array<Column<Row>>>(() => {
    const own: Array<Column<Row>> = [
      {id: 'name', title: 'Name', width: 'minmax(120px, 1.2fr)', cell: row => <Link href={applicationHref(row)} title={row.key}>{row.name}</Link>},
      {id: 'health', title: 'Health', width: '112px', cell: row => <StatusWord state={healthState(row.health.status)} />},
      {id: 'sync', title: 'Sync', width: '106px', priority: 2, cell: row => <StatusWord state={syncState(row.sync.status)} />},
      {id: 'why', title: 'Why', width: 'minmax(0, 2.4fr)', priority: 2, cell: row => <Why row={row} />},
    ]
    if (steps.size > 0) own.push({id: 'step', title: 'Step', width: 'minmax(0, 1fr)', priority: 2, cell: row => { const step = steps.get(row.name); return step && <span title={step.message}>{step.step}: {step.status}</span> }})
    own.push({id: 'destination', title: 'Destination', width: 'minmax(0, 0.9fr)', priority: 3, cell: row => [row.destination.cluster, row.destination.namespace].filter(Boolean).join('/')})
    return own
  }, [steps])
  if (fleet.error) return <div className={css.pad}><ErrorNote what="Its applications cannot be listed." error={fleet.error} /></div>
  if (fleet.loading) return <div className={css.pad}><Skeleton lines={8} /></div>
  if (fleet.total === 0) return <EmptyNote title="No applications.">{countOf(set) > 0 ? `It has ${countOf(set)}, but none that you may see.` : explainSet(set).because ?? 'It has made none yet.'}</EmptyNote>
  return (
    <>
      <Steps set={set} />
      <Table label="Applications of the set" columns={columns} count={fleet.total} at={fleet.at} rowKey={row => row.key} onRange={fleet.onRange} onOpen={row => go(applicationHref(row))} />
    </>
  )
}

function Why({row}: {row: Row}) {
  return <Sentence line explained={explain(row, useNow())} />
}

function Steps({set}: {set: ApplicationSet}) {
  const steps = set.spec.strategy?.rollingSync?.steps ?? []
  const all = set.status?.applicationStatus ?? []
  if (steps.length === 0) return null
  return (
    <ol className={css.steps} aria-label="Steps of the rollout">
      {steps.map((step, index) => {
        const own = all.filter(one => one.step === String(index + 1))
        const done = own.filter(one => one.status === 'Healthy').length
        const chosen = (step.matchExpressions ?? []).map(one => `${one.key} ${one.operator} ${(one.values ?? []).join(', ')}`).join('; ')
        const state = own.length > 0 && done === own.length ? ({look: 'ok', word: 'Done'} as const) : own.some(one => one.status !== 'Waiting' && one.status !== 'Healthy') ? ({look: 'run', word: 'Under way'} as const) : ({look: 'held', word: 'Waits'} as const)
        return (
          <li key={index}>
            <b>Step {index + 1}</b> <StatusWord state={state} />
            <span className={css.dim}>{done} of {own.length} healthy{step.maxUpdate !== undefined ? `, at most ${String(step.maxUpdate)} at a time` : ''}</span>
            <span className={css.dim}>{chosen || 'all that no other step chooses'}</span>
          </li>
        )
      })}
    </ol>
  )
}

function Summary({set}: {set: ApplicationSet}) {
  const {spec} = set
  const labels = Object.entries(set.metadata.labels ?? {})
  const policy: Record<string, string> = {'create-only': 'makes applications, and leaves them alone then', 'create-update': 'makes and changes applications, deletes none', 'create-delete': 'makes and deletes applications, changes none', sync: 'makes, changes and deletes applications'}
  return (
    <div className={settings.page}>
      <Section title="How it is">
        {(set.status?.conditions ?? []).length === 0 ? <p>Nobody has looked at it yet.</p> : (
          <ul className={settings.list}>
            {set.status?.conditions?.map(one => (
              <li key={one.type}>
                <StatusWord state={one.status !== 'True' ? {look: 'held', word: 'no'} : /Error/.test(one.type) ? {look: 'bad', word: 'yes'} : {look: 'ok', word: 'yes'}} />
                <span className={settings.what}><b>{one.type}</b><span>{one.message}</span></span>
                <span className={css.dim}>{one.reason} <Age time={one.lastTransitionTime} /></span>
              </li>
            ))}
          </ul>
        )}
      </Section>
      <Section title="What it makes">
        <KeyValue
          pairs={[
            ['An application for each of', <ul>{(spec.generators ?? []).map((generator, index) => <li key={index}>{sayGenerator(generator)}</li>)}</ul>],
            ['Named', <code>{spec.template?.metadata?.name}</code>],
            ['In project', spec.template?.spec?.project],
            ['From', [spec.template?.spec?.source?.repoURL, spec.template?.spec?.source?.path ?? spec.template?.spec?.source?.chart].filter(Boolean).join(' · ')],
            ['Into', [spec.template?.spec?.destination?.name ?? spec.template?.spec?.destination?.server, spec.template?.spec?.destination?.namespace].filter(Boolean).join('/')],
            ['Templates are', spec.goTemplate ? `Go templates${spec.goTemplateOptions?.length ? ` (${spec.goTemplateOptions.join(', ')})` : ''}` : 'words in {{braces}}'],
            ['It', policy[spec.syncPolicy?.applicationsSync ?? 'sync'] ?? spec.syncPolicy?.applicationsSync],
            ['When an application goes', spec.syncPolicy?.preserveResourcesOnDeletion ? 'what it deployed keeps running' : 'what it deployed goes with it'],
            ['Rolled out', spec.strategy?.type === 'RollingSync' ? `in ${spec.strategy.rollingSync?.steps?.length ?? 0} steps` : 'all at once'],
            ['Deleted', spec.strategy?.deletionOrder === 'Reverse' && 'in the reverse order of the steps'],
            ['Not its business', (spec.ignoreApplicationDifferences ?? []).flatMap(one => [...(one.jsonPointers ?? []), ...(one.jqPathExpressions ?? [])]).join(', ')],
          ]}
        />
      </Section>
      <Section title="Itself">
        <KeyValue
          pairs={[
            ['Namespace', set.metadata.namespace],
            ['Made', <Age time={set.metadata.creationTimestamp} />],
            ['Labels', labels.length > 0 && <span className={css.row}>{labels.map(([key, value]) => <Link key={key} className={css.mark} href={`/applicationsets?labels=${encodeURIComponent(encodeURIComponent(`${key}=${value}`))}`}>{key}={value}</Link>)}</span>],
          ]}
        />
      </Section>
    </div>
  )
}

/** Without what the server keeps for itself. */
function bare(set: ApplicationSet): unknown {
  const {managedFields: _fields, ...metadata} = set.metadata as unknown as Record<string, unknown>
  return {apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', metadata, spec: set.spec}
}

function Manifest({set}: {set: ApplicationSet}) {
  const [first, setFirst] = useState(() => Draft.of(bare(set)).text)
  const [text, setText] = useState(first)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const [effects, setEffects] = useState<Effect[] | null>(null)
  const noUpdate = useRefusal('applicationsets', 'update', `*/${set.metadata.name}`)
  const draft = Draft.parse(text)
  const wrong = !draft.readable ? 'The YAML cannot be read' : text === first ? 'Nothing is changed' : false
  const act = async (what: () => Promise<void>) => {
    setBusy(true)
    setError(null)
    try {
      await what()
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  const save = () =>
    act(async () => {
      await ask(LIST, {method: 'POST', query: {upsert: true}, body: draft.value()})
      void queries.invalidateQueries({queryKey: [LIST]})
      setFirst(text)
      setEffects(null)
      toast(`${set.metadata.name} is changed`, 'ok')
    })
  return (
    <div className={css.manifest}>
      <div className={css.row}>
        <span className={css.dim}>{text === first ? 'What the server has' : 'Changed here, not saved'}</span>
        <span className={css.grow} />
        {text !== first && <Button onClick={() => { setText(first); setEffects(null); setError(null) }}>As it was</Button>}
        <Button refused={wrong || (busy && 'Under way')} onClick={() => void act(async () => setEffects(await preview(draft.value() as ApplicationSet)))}>What would it do?</Button>
        <Button look="primary" refused={noUpdate || wrong || (busy && 'Under way')} onClick={() => void save()}>Save</Button>
      </div>
      {error !== null && <ErrorNote what="The server does not take it. What you typed is kept." error={error} />}
      {effects && <Effects effects={effects} set={draft.value() as ApplicationSet} />}
      <YamlEditor label="The ApplicationSet as YAML" kind="ApplicationSet" value={text} onChange={noUpdate ? undefined : setText} onSave={() => { if (!wrong && !noUpdate) void save() }} />
    </div>
  )
}

function SetEvents({path, query}: {path: string; query: {appsetNamespace: string}}) {
  const asked = useAsk<EventsEventList>(path, query, {every: 30_000})
  return <Events asked={asked} what="ApplicationSet" />
}

function Preview({set}: {set: ApplicationSet}) {
  const asked = useQuery({queryKey: ['preview', keyOf(set), set.metadata.resourceVersion], queryFn: () => preview(set), staleTime: 0, refetchOnWindowFocus: false})
  return (
    <div className={css.manifest}>
      <div className={css.row}>
        <span className={css.dim}>What its generators give now, beside what it has made.</span>
        <span className={css.grow} />
        <Button refused={asked.isFetching && 'Under way'} onClick={() => void asked.refetch()}>Look again</Button>
      </div>
      {asked.error ? <ErrorNote what="It cannot be tried out." error={asked.error} /> : asked.data ? <Effects effects={asked.data} set={set} /> : <Skeleton lines={8} />}
    </div>
  )
}
