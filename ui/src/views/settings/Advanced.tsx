import type {ReactNode} from 'react'

import type {ClusterSettings, ClusterSettingsPluginsResponse} from '@/api/contract'
import {useCell} from '@/api/cell'
import {useAsk, useSettings} from '@/api/queries'
import {ErrorNote} from '@/parts/ErrorNote'
import {KeyValue} from '@/parts/KeyValue'
import {Skeleton} from '@/parts/Skeleton'
import {Tabs} from '@/parts/Tabs'
import {useQueryWords} from '@/shell/address'
import {extensions} from '@/shell/extensions'
import {usePage} from '@/shell/page'
import {YamlEditor} from '@/yaml/YamlEditor'
import {Section} from './Section'
import css from './Settings.module.css'

const TABS = [{id: 'server', label: 'Server'}, {id: 'resources', label: 'Resource customizations'}, {id: 'extensions', label: 'Extensions'}]
const yes = (flag: boolean | undefined) => (flag ? 'yes' : 'no')

/** What the operator has set in the ConfigMaps, to read. */
export default function Advanced() {
  usePage([{label: 'Settings', href: '/settings'}, {label: 'Advanced'}])
  const [words, change] = useQueryWords()
  const settings = useSettings()
  const tab = TABS.find(one => one.id === words.get('tab'))?.id ?? 'server'
  let body: ReactNode = <div className={css.pad}><Skeleton lines={8} /></div>
  if (settings.error) body = <div className={css.pad}><ErrorNote what="The settings cannot be read." error={settings.error} retry={() => void settings.refetch()} /></div>
  else if (settings.data) body = tab === 'server' ? <Server settings={settings.data} /> : tab === 'resources' ? <Overrides settings={settings.data} /> : <Extensions settings={settings.data} />
  return <Tabs label="Parts" tabs={TABS} value={tab} onChange={id => change({tab: id === 'server' ? null : id})}>{body}</Tabs>
}

function Server({settings}: {settings: ClusterSettings}) {
  const plugins = useAsk<ClusterSettingsPluginsResponse>('api/v1/settings/plugins', undefined, {stale: 60_000})
  const sso = settings.oidcConfig?.name ? `${settings.oidcConfig.name} (${settings.oidcConfig.issuer})` : (settings.dexConfig?.connectors ?? []).map(one => `${one.name} (${one.type})`).join(', ')
  return (
    <div className={css.page}>
      <p className={css.small}>Set in the ConfigMaps <code>argocd-cm</code>, <code>argocd-cmd-params-cm</code> and <code>argocd-rbac-cm</code>; changes there are taken up while the server runs.</p>
      <Section title="Addresses and login">
        <KeyValue
          pairs={[
            ['Address', settings.url || <span className={css.bad}>not set: links in notifications and single sign-on need it (url in argocd-cm)</span>],
            ['Further addresses', (settings.additionalUrls ?? []).join(', ')],
            ['Single sign-on', sso || 'none'],
            ['Local accounts', settings.userLoginsDisabled ? 'none can log in' : 'can log in'],
            ['Passwords match', settings.passwordPattern && <code>{settings.passwordPattern}</code>],
            ['Command line’s client', settings.oidcConfig?.cliClientID],
            ['Scopes', (settings.oidcConfig?.scopes ?? []).join(' ')],
          ]}
        />
      </Section>
      <Section title="Applications">
        <KeyValue
          pairs={[
            ['Namespace of the server', settings.controllerNamespace],
            ['In other namespaces too', yes(settings.appsInAnyNamespaceEnabled)],
            ['Objects say whose they are by', settings.trackingMethod || 'annotation'],
            ['Label', settings.appLabelKey],
            ['Installation', settings.installationID],
            ['Syncs act as service accounts', yes(settings.impersonationEnabled)],
            ['A sync may replace', yes(settings.syncWithReplaceAllowed)],
            ['Sources are rendered to branches', yes(settings.hydratorEnabled)],
            ['Terminals', yes(settings.execEnabled)],
            ['Badges', settings.statusBadgeEnabled ? `yes${settings.statusBadgeRootUrl ? `, at ${settings.statusBadgeRootUrl}` : ''}` : 'no'],
          ]}
        />
      </Section>
      <Section title="Tools">
        <KeyValue
          pairs={[
            ['Kustomize is built with', settings.kustomizeOptions?.BuildOptions && <code>{settings.kustomizeOptions.BuildOptions}</code>],
            ['Versions of Kustomize', (settings.kustomizeVersions ?? []).join(', ')],
            ['Plugins', plugins.error ? `cannot be listed: ${plugins.error.message}` : (plugins.data?.plugins ?? []).map(one => one.name).join(', ') || 'none'],
          ]}
        />
      </Section>
    </div>
  )
}

function Overrides({settings}: {settings: ClusterSettings}) {
  const all = Object.entries(settings.resourceOverrides ?? {}).sort(([a], [b]) => a.localeCompare(b))
  if (all.length === 0) return <div className={css.page}><p>No kind has customizations of its own. They stand in <code>argocd-cm</code> as <code>resource.customizations.health.GROUP_KIND</code> and the like.</p></div>
  return (
    <div className={css.page}>
      {all.map(([kind, override]) => (
        <Section key={kind} title={kind}>
          {Object.entries(override as Record<string, unknown>).filter(([, value]) => value !== undefined && value !== '' && value !== null && value !== false).map(([name, value]) => (
            <div key={name} className={css.form}>
              <span className={css.dim}>{name}</span>
              {typeof value === 'string' && value.includes('\n') ? <YamlEditor label={`${name} of ${kind}`} value={value} grows /> : <code className={css.mono}>{typeof value === 'string' ? value : JSON.stringify(value)}</code>}
            </div>
          ))}
        </Section>
      ))}
    </div>
  )
}

function Extensions({settings}: {settings: ClusterSettings}) {
  const all = useCell(extensions)
  const found = [
    ...all.system.map(one => ['A page', one.title, one.path]),
    ...all.appView.map(one => ['A view of applications', one.title, '']),
    ...all.resource.map(one => ['A tab of resources', one.title, `${one.group || 'core'}/${one.kind}`]),
    ...all.statusPanel.map(one => ['A part of an application’s head', one.title, one.id]),
    ...all.topBar.map(one => ['An action of applications', one.title, one.id]),
  ]
  return (
    <div className={css.page}>
      {all.error && <p className={css.note}>{all.error}</p>}
      {found.length === 0 ? <p>{all.ready ? 'The server has none: they are files extension*.js below /tmp/extensions.' : 'They are being fetched.'}</p> : (
        <ul className={css.list}>
          {found.map(([kind, title, where], index) => <li key={index}><span className={css.what}><b>{title}</b> <span className={css.mono}>{where}</span></span><span className={css.dim}>{kind}</span></li>)}
        </ul>
      )}
      {settings.uiCssURL && <p className={css.small}>Own style sheet: <code>{settings.uiCssURL}</code>.</p>}
      <p className={css.small}>The policy of this page lets scripts, styles and requests come from this server alone. Extensions or a style sheet that need others want the operator to widen it (<code>server.content.security.policy</code>).</p>
    </div>
  )
}
