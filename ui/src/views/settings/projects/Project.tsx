import {useState, type ReactNode} from 'react'
import {Link, useLocation, useParams} from 'wouter'

import {ask} from '@/api/client'
import type {AppProject, EventsEventList, ProjectDetailedProjectsResponse} from '@/api/contract'
import {listFleet} from '@/api/fleet-list'
import {queries, useAsk} from '@/api/queries'
import {useRefusal} from '@/api/rights'
import {Button} from '@/parts/Button'
import {Confirm} from '@/parts/Confirm'
import {ErrorNote} from '@/parts/ErrorNote'
import {KeyValue} from '@/parts/KeyValue'
import {later} from '@/parts/later'
import {Skeleton} from '@/parts/Skeleton'
import {StatusGlyph} from '@/parts/StatusGlyph'
import {Tabs} from '@/parts/Tabs'
import {toast} from '@/parts/Toast'
import {useQueryWords} from '@/shell/address'
import {usePage} from '@/shell/page'
import {YamlEditor} from '@/yaml/YamlEditor'
import {Draft} from '@/draft/draft'
import {Events} from '../Events'
import {Section} from '../Section'
import css from '../Settings.module.css'
import {useCount} from '../useCount'
import {pathOf, rulesOf, type Rule} from './model'
import {Roles} from './Roles'
import {Windows} from './Windows'

const RulesForm = later(() => import('./RulesForm'))
const Badge = later(() => import('@/views/badge/Badge'))

/** One project: its rules, with what it takes from global ones; its roles and tokens; its sync windows; what happened to it. */
export default function Project() {
  const name = decodeURIComponent(useParams<{name: string}>().name ?? '')
  usePage([{label: 'Settings', href: '/settings'}, {label: 'Projects', href: '/settings/projects'}, {label: name}])
  const [words, change] = useQueryWords()
  const asked = useAsk<ProjectDetailedProjectsResponse>(`${pathOf(name)}/detailed`)
  const noUpdate = useRefusal('projects', 'update', name)
  const project = asked.data?.project
  if (asked.error && !project) return <div className={css.pad}><ErrorNote what="The project cannot be shown." error={asked.error} retry={() => void asked.refetch()} /></div>
  if (!asked.data || !project) return <div className={css.pad}><Skeleton lines={10} /></div>
  const globals = asked.data.globalProjects ?? []
  const tabs = [
    {id: 'summary', label: 'Rules'},
    {id: 'roles', label: `Roles (${project.spec.roles?.length ?? 0})`},
    {id: 'windows', label: `Sync windows (${project.spec.syncWindows?.length ?? 0})`},
    {id: 'events', label: 'Events'},
    {id: 'yaml', label: 'YAML'},
  ]
  const said = words.get('newRole') !== null || words.get('editRole') !== null ? 'roles' : words.get('newWindow') !== null || words.get('editWindow') !== null ? 'windows' : words.get('tab')
  const tab = tabs.some(one => one.id === said) ? (said as string) : 'summary'
  return (
    <Tabs label="Parts of the project" tabs={tabs} value={tab} onChange={id => change({tab: id === 'summary' ? null : id, newRole: null, editRole: null, newWindow: null, editWindow: null})}>
      {tab === 'summary' && <Rules detailed={asked.data} project={project} globals={globals} noUpdate={noUpdate} />}
      {tab === 'roles' && <Roles project={project} noUpdate={noUpdate} />}
      {tab === 'windows' && <Windows project={project} globals={globals} noUpdate={noUpdate} />}
      {tab === 'events' && <ProjectEvents name={name} />}
      {tab === 'yaml' && <div className={css.pad}><YamlEditor label="The project as YAML" value={Draft.of(project).text} kind="AppProject" grows /></div>}
    </Tabs>
  )
}

function Rules({detailed, project, globals, noUpdate}: {detailed: ProjectDetailedProjectsResponse; project: AppProject; globals: AppProject[]; noUpdate: string | false}) {
  const name = project.metadata.name ?? ''
  const {spec} = project
  const rules = rulesOf(project, globals)
  const [editing, setEditing] = useState(false)
  const [gone, setGone] = useState(false)
  const [badge, setBadge] = useState(false)
  const noDelete = useRefusal('projects', 'delete', name)
  const used = useCount(() => listFleet({proj: [name], limit: 0}).then(window => window.total), `project ${name}`)
  const links = useAsk<{items?: Array<{title: string; url: string; description?: string}>}>(`${pathOf(name)}/links`, undefined, {stale: 60_000})
  const labels = Object.entries(project.metadata.labels ?? {})
  const safe = (links.data?.items ?? []).filter(link => /^https?:\/\//i.test(link.url))
  return (
    <div className={css.page}>
      <Section
        title={spec.description || name}
        actions={
          <>
            <Button onClick={() => setBadge(true)}>Badge…</Button>
            <Button refused={noUpdate} onClick={() => setEditing(true)}>Change the rules…</Button>
            <Button look="danger" refused={name === 'default' ? 'The default project stays.' : noDelete} onClick={() => setGone(true)}>Delete…</Button>
          </>
        }
      >
        <KeyValue
          pairs={[
            ['Applications', <Link href={`/applications?proj=${encodeURIComponent(name)}`}>{used === undefined ? 'those of the project' : used.toLocaleString()}</Link>],
            ['Labels', labels.length > 0 && <span className={css.row}>{labels.map(([key, value]) => <span key={key} className={css.mark}>{key}={value}</span>)}</span>],
            ['Takes rules from', globals.length > 0 && globals.map(one => one.metadata.name).join(', ')],
            ['Links', safe.length > 0 && <span className={css.row}>{safe.map(link => <a key={link.url} href={link.url} title={link.description} target="_blank" rel="noreferrer">{link.title}</a>)}</span>],
          ]}
        />
      </Section>
      <Section title="Repositories" hint="What sources of its applications may name."><Lines rules={rules.sources} none="None: nothing can be deployed." all="*" any="Every repository." /></Section>
      <Section title="Destinations" hint={spec.permitOnlyProjectScopedClusters ? 'And only clusters that belong to this project.' : undefined}><Lines rules={rules.destinations} none="None: nothing can be deployed." /></Section>
      <Section title="Kinds of no namespace" hint="Such as Namespace or ClusterRole.">
        <Lines rules={[...rules.clusterAllow, ...rules.clusterDeny]} none="None may be deployed." />
      </Section>
      <Section title="Kinds inside of namespaces">
        <Lines rules={[...rules.kindsAllow, ...rules.kindsDeny]} none={spec.namespaceResourceWhitelist ? 'None may be deployed.' : 'Every kind may be deployed.'} />
        {rules.kindsAllow.length === 0 && rules.kindsDeny.length > 0 && <p className={css.small}>{spec.namespaceResourceWhitelist ? 'No kind is allowed.' : 'Every other kind may be deployed.'}</p>}
      </Section>
      {(rules.accounts.length > 0) && <Section title="Service accounts that syncs act as"><Lines rules={rules.accounts} none="" /></Section>}
      <Section title="Namespaces whose applications may be of this project"><Lines rules={rules.namespaces} none="Only that of the server." /></Section>
      <Section title="Objects that nobody owns">
        <p>{!spec.orphanedResources ? 'They are not looked for.' : spec.orphanedResources.warn === false ? 'They are shown in the tree of each application; nobody is warned.' : 'They are shown in the tree of each application, and it warns of them.'}</p>
        {(spec.orphanedResources?.ignore ?? []).length > 0 && <p className={css.small}>Without {spec.orphanedResources?.ignore?.map(one => [one.kind || 'every kind', one.name && `named ${one.name}`].filter(Boolean).join(' ')).join(', ')}.</p>}
      </Section>
      <Section title="Signatures">
        <p>{(spec.signatureKeys ?? []).length === 0 ? (spec.sourceIntegrity ? 'By repository:' : 'Commits need none.') : <>Each commit must be signed by one of <span className={css.mono}>{spec.signatureKeys?.map(key => key.keyID).join(', ')}</span>.</>}</p>
        {(spec.sourceIntegrity?.git?.policies ?? []).map((policy, index) => (
          <p key={index}><span className={css.mono}>{(policy.repos ?? []).map(repo => (repo as {url?: string}).url).join(', ')}</span>: {policy.gpg?.mode === 'none' ? 'no signature is needed' : policy.gpg?.mode === 'strict' ? 'every commit behind the revision must be signed' : 'the revision must be signed'}{policy.gpg?.mode === 'none' ? '' : ` by ${(policy.gpg?.keys ?? []).join(', ') || 'a key, of which none is named'}`}.</p>
        ))}
      </Section>
      {((detailed.repositories ?? []).length > 0 || (detailed.clusters ?? []).length > 0) && (
        <Section title="What belongs to it alone">
          <ul className={css.list}>
            {(detailed.repositories ?? []).map(repo => <li key={repo.repo}><span className={`${css.what} ${css.mono}`}>{repo.repo}</span><Link href={`/settings/repos?search=${encodeURIComponent(repo.repo)}`}>repository</Link></li>)}
            {(detailed.clusters ?? []).map(cluster => <li key={cluster.server}><span className={css.what}>{cluster.name}</span><Link href={`/settings/clusters/${encodeURIComponent(cluster.server)}`}>cluster</Link></li>)}
          </ul>
        </Section>
      )}
      {editing && <RulesForm project={project} onClose={() => setEditing(false)} />}
      {badge && <Badge project={name} onClose={() => setBadge(false)} />}
      {gone && <Remove name={name} used={used} project={project} onClose={() => setGone(false)} />}
    </div>
  )
}

function Remove({name, used, project, onClose}: {name: string; used: number | undefined; project: AppProject; onClose(): void}) {
  const [, go] = useLocation()
  const roles = project.spec.roles ?? []
  return (
    <Confirm
      open
      onClose={onClose}
      title={`Delete the project ${name}?`}
      verb="Delete"
      name={name}
      refused={used !== undefined && used > 0 && `${used === 1 ? 'One application is' : `${used} applications are`} of this project: delete or move ${used === 1 ? 'it' : 'them'} first`}
      onConfirm={async () => {
        await ask(pathOf(name), {method: 'DELETE'})
        void queries.invalidateQueries({queryKey: ['api/v1/projects']})
        toast(`${name} is gone`, 'ok')
        go('/settings/projects')
      }}
    >
      {used !== undefined && used > 0 ? (
        <p>The server refuses it as long as applications are of this project: <Link href={`/applications?proj=${encodeURIComponent(name)}`}>{used === 1 ? 'there is one' : `there are ${used}`}</Link>.</p>
      ) : (
        <p>Its rules, {roles.length === 0 ? 'and' : `its ${roles.length === 1 ? 'role' : `${roles.length} roles`} with all their tokens, and`} its sync windows go. Nothing that runs is touched.</p>
      )}
    </Confirm>
  )
}

/** Lines of a rule; those of global projects say so. */
function Lines({rules, none, all, any}: {rules: Rule[]; none: ReactNode; all?: string; any?: ReactNode}) {
  if (rules.length === 0) return <p>{none}</p>
  return (
    <ul className={css.list}>
      {rules.map((rule, index) => (
        <li key={index}>
          <StatusGlyph look={rule.denies ? 'bad' : 'ok'} label={rule.denies ? 'forbidden' : 'allowed'} />
          <span className={css.what}>{all !== undefined && rule.text === all ? any : <span className={css.mono}>{rule.text}</span>}</span>
          {rule.from && <Link className={css.mark} href={`/settings/projects/${encodeURIComponent(rule.from)}`}>from {rule.from}</Link>}
        </li>
      ))}
    </ul>
  )
}

function ProjectEvents({name}: {name: string}) {
  const asked = useAsk<EventsEventList>(`${pathOf(name)}/events`, undefined, {every: 30_000})
  return <Events asked={asked} what="project" />
}

