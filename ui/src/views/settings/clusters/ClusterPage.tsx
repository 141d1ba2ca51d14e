import {useState} from 'react'
import {Link, useLocation, useParams} from 'wouter'

import {ask, segment} from '@/api/client'
import type {AppProjectList, Cluster} from '@/api/contract'
import {queries, useAsk} from '@/api/queries'
import {useRefusal} from '@/api/rights'
import {Age} from '@/parts/Age'
import {Button} from '@/parts/Button'
import {Combobox} from '@/parts/Combobox'
import {Confirm} from '@/parts/Confirm'
import {Copy} from '@/parts/Copy'
import {ErrorNote} from '@/parts/ErrorNote'
import {Checkbox, Field, Input} from '@/parts/Field'
import {KeyValue} from '@/parts/KeyValue'
import {PairsEditor, TextList} from '@/parts/RowsEditor'
import {Skeleton} from '@/parts/Skeleton'
import {StatusWord} from '@/parts/StatusGlyph'
import {toast} from '@/parts/Toast'
import {usePage} from '@/shell/page'
import {connectionLook} from '../connection'
import {FormDrawer} from '../FormDrawer'
import {Section} from '../Section'
import css from '../Settings.module.css'
import {changesOf, editableOf, sayState, stateOf} from './model'

const IN_CLUSTER = 'https://kubernetes.default.svc'

/** One cluster: how it is reached, what is known of it, and what may be changed. */
export default function ClusterPage() {
  const server = decodeURIComponent(useParams<{server: string}>().server ?? '')
  const path = `api/v1/clusters/${segment(server)}`
  const asked = useAsk<Cluster>(path, undefined, {every: 15_000})
  const cluster = asked.data
  usePage([{label: 'Settings', href: '/settings'}, {label: 'Clusters', href: '/settings/clusters'}, {label: cluster?.name || server}])
  const [, go] = useLocation()
  const object = cluster?.project ? `${cluster.project}/${server}` : server
  const noUpdate = useRefusal('clusters', 'update', cluster ? object : null)
  const noDelete = useRefusal('clusters', 'delete', cluster ? object : null)
  const [editing, setEditing] = useState(false)
  const [dialog, setDialog] = useState<'remove' | 'cache' | 'rotate' | null>(null)
  if (asked.error && !cluster) return <div className={css.pad}><ErrorNote what="The cluster cannot be shown." error={asked.error} retry={() => void asked.refetch()}>{asked.error.forbidden && <span>It may also be that there is none at {server}: the server does not tell the two apart.</span>}</ErrorNote></div>
  if (!cluster) return <div className={css.pad}><Skeleton lines={8} /></div>
  const state = stateOf(cluster)
  const cache = cluster.info?.cacheInfo
  const apps = cluster.info?.applicationsCount ?? 0
  const labels = Object.entries(cluster.labels ?? {})
  const notes = Object.entries(cluster.annotations ?? {})
  const again = () => void queries.invalidateQueries({queryKey: [path]})
  return (
    <div className={css.page}>
      <Section
        title={<StatusWord state={connectionLook(state)} />}
        actions={
          <>
            <Button refused={noUpdate} onClick={() => setDialog('cache')}>Invalidate the cache…</Button>
            <Button refused={noUpdate} onClick={() => setEditing(true)}>Change…</Button>
            <Button look="danger" refused={noDelete} onClick={() => setDialog('remove')}>Remove…</Button>
          </>
        }
      >
        <p>{sayState(cluster)}</p>
        <KeyValue
          pairs={[
            ['Name', cluster.name],
            ['Address', <span className={css.row}><span className={css.mono}>{cluster.server}</span><Copy what="the address" text={cluster.server} /></span>],
            ['Tried', state?.attemptedAt && <Age time={state.attemptedAt} />],
            ['Kubernetes', cluster.info?.serverVersion],
            ['Project', cluster.project || 'all projects'],
            ['Namespaces', (cluster.namespaces ?? []).length > 0 ? `${cluster.namespaces?.join(', ')}${cluster.clusterResources ? ', and objects of no namespace' : ''}` : 'all'],
            ['Shard', cluster.shard],
            ['Labels', labels.length > 0 && <span className={css.row}>{labels.map(([key, value]) => <span key={key} className={css.mark}>{key}={value}</span>)}</span>],
            ['Annotations', notes.length > 0 && <span>{notes.map(([key, value]) => <span key={key} className={css.mono}>{key}: {value}<br /></span>)}</span>],
          ]}
        />
      </Section>
      <Section title="What is known of it" hint="The server keeps a copy of what it watches there; it is listed anew when the cache is invalidated.">
        <KeyValue
          pairs={[
            ['Applications', <Link href={`/applications?cluster=${encodeURIComponent(cluster.name || cluster.server)}`}>{apps.toLocaleString()}</Link>],
            ['Objects', cache?.resourcesCount?.toLocaleString() ?? '0'],
            ['Kinds', cache?.apisCount?.toLocaleString()],
            ['Listed', cache?.lastCacheSyncTime && <Age time={cache.lastCacheSyncTime} />],
            ['To be listed anew', cluster.refreshRequestedAt && <>asked <Age time={cluster.refreshRequestedAt} /></>],
          ]}
        />
        {(cluster.info?.apiVersions ?? []).length > 0 && (
          <details>
            <summary>The {cluster.info?.apiVersions?.length} kinds that it serves</summary>
            <p className={css.mono}>{cluster.info?.apiVersions?.join(', ')}</p>
          </details>
        )}
      </Section>
      <Section title="Log in" hint="Credentials are never shown. Where the cluster gave a token to a service account, another one can take its place." actions={server !== IN_CLUSTER && <Button refused={noUpdate} onClick={() => setDialog('rotate')}>Rotate the token…</Button>}>
        <KeyValue
          pairs={[
            ['TLS', cluster.config?.tlsClientConfig?.insecure ? <span className={css.bad}>the server’s certificate is taken unseen</span> : 'the server’s certificate is checked'],
            ['Name in the certificate', cluster.config?.tlsClientConfig?.serverName],
            ['Proxy', cluster.config?.proxyUrl],
            ['User', cluster.config?.username],
            ['AWS', cluster.config?.awsAuthConfig?.clusterName],
            ['Command', cluster.config?.execProviderConfig?.command],
          ]}
        />
      </Section>
      {editing && <Edit cluster={cluster} path={path} onClose={() => setEditing(false)} />}
      <Confirm
        open={dialog === 'cache'}
        onClose={() => setDialog(null)}
        title="Invalidate the cache?"
        verb="Invalidate"
        danger={false}
        onConfirm={async () => {
          await ask(`${path}/invalidate-cache`, {method: 'POST'})
          again()
          toast('Everything there is listed anew', 'ok')
        }}
      >
        <p>Everything in the cluster is listed anew. Nothing is changed there; until it is done, states of its {apps === 1 ? 'application' : `${apps} applications`} may be old.</p>
      </Confirm>
      <Confirm
        open={dialog === 'rotate'}
        onClose={() => setDialog(null)}
        title="Rotate the token?"
        verb="Rotate"
        danger={false}
        onConfirm={async () => {
          await ask(`${path}/rotate-auth`, {method: 'POST'})
          again()
          toast('The token is another one now', 'ok')
        }}
      >
        <p>A new token is made for the service account that this server logs in by, and the old one is deleted. It works only where the login is such a token.</p>
      </Confirm>
      <Confirm
        open={dialog === 'remove'}
        onClose={() => setDialog(null)}
        title={`Remove ${cluster.name || server}?`}
        verb="Remove"
        name={cluster.name || server}
        onConfirm={async () => {
          await ask(path, {method: 'DELETE'})
          void queries.invalidateQueries({queryKey: ['api/v1/clusters']})
          toast(`${cluster.name || server} is gone`, 'ok')
          go('/settings/clusters')
        }}
      >
        <p>The server forgets the cluster and how to log in there. What runs in it keeps running.</p>
        {apps > 0 && <p><b>{apps === 1 ? 'One application is' : `${apps} applications are`} deployed into it</b>: they can no longer be compared, synced or deleted with what they made, until it is added again.</p>}
      </Confirm>
    </div>
  )
}

function Edit({cluster, path, onClose}: {cluster: Cluster; path: string; onClose(): void}) {
  const [before] = useState(() => editableOf(cluster))
  const [now, setNow] = useState(before)
  const projects = useAsk<AppProjectList>('api/v1/projects', {fields: 'items.metadata.name'}, {stale: 30_000})
  const {fields, cluster: changes} = changesOf(before, now)
  const badShard = now.shard.trim() !== '' && !/^\d+$/.test(now.shard.trim())
  const set = (change: Partial<typeof now>) => setNow(was => ({...was, ...change}))
  return (
    <FormDrawer
      title={`Change ${cluster.name || cluster.server}`}
      verb="Save"
      onClose={onClose}
      dirty={fields.length > 0}
      refused={fields.length === 0 ? 'Nothing is changed' : badShard && 'The shard is a number'}
      onSave={async () => {
        const made = await ask<Cluster>(path, {method: 'PUT', query: {updatedFields: fields}, body: {...changes, server: cluster.server}})
        queries.setQueryData([path, {}], made)
        void queries.invalidateQueries({queryKey: ['api/v1/clusters']})
        toast(`${cluster.name || cluster.server} is changed`, 'ok')
      }}
    >
      <div className={css.fields}>
        <Field label="Name" hint="Applications that name the cluster by it must be changed too."><Input value={now.name} onChange={event => set({name: event.target.value})} /></Field>
        <Field label="Project" hint="Empty: for all projects."><Combobox options={(projects.data?.items ?? []).map(one => one.metadata.name ?? '')} value={now.project} onChange={project => set({project})} /></Field>
        <Field label="Shard" hint="Empty: found by a rule." error={badShard ? 'A number, or nothing.' : undefined}><Input inputMode="numeric" value={now.shard} onChange={event => set({shard: event.target.value})} /></Field>
      </div>
      <TextList legend="Namespaces" add="Add a namespace" values={now.namespaces} onChange={namespaces => set({namespaces})} none="All of them, and what belongs to none." />
      {now.namespaces.length > 0 && <Checkbox checked={now.clusterResources} onChange={event => set({clusterResources: event.target.checked})}>Objects of no namespace too</Checkbox>}
      <PairsEditor legend="Labels" add="Add a label" pairs={now.labels} onChange={labels => set({labels})} hint="ApplicationSets choose clusters by them." />
      <PairsEditor legend="Annotations" add="Add an annotation" pairs={now.annotations} onChange={annotations => set({annotations})} />
    </FormDrawer>
  )
}
