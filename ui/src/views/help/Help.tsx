import type {VersionVersionMessage} from '@/api/contract'
import {useAsk, useSettings} from '@/api/queries'
import {Button} from '@/parts/Button'
import {Copy} from '@/parts/Copy'
import {ErrorNote} from '@/parts/ErrorNote'
import {KeyValue} from '@/parts/KeyValue'
import {sheetOpen} from '@/shell/commands'
import {usePage} from '@/shell/page'
import {Section} from '@/views/settings/Section'
import css from '@/views/settings/Settings.module.css'

const PLATFORMS: Record<string, string> = {
  'linux-amd64': 'Linux, 64-bit', 'linux-arm64': 'Linux, ARM', 'linux-ppc64le': 'Linux, Power', 'linux-s390x': 'Linux, Z',
  'darwin-amd64': 'macOS, Intel', 'darwin-arm64': 'macOS, Apple silicon', 'windows-amd64': 'Windows',
}

const KEYS: Array<[string, Array<[string, string]>]> = [
  ['Anywhere', [['Ctrl K, ⌘ K', 'command palette'], ['?', 'the keys that do something here'], ['g h, g a, g s', 'Home, Applications, ApplicationSets'], ['g r, g y, g ,', 'Resources, Activity, Settings'], ['c', 'copy a link to this page'], ['/', 'search or filter'], ['Esc', 'back out one level']]],
  ['Lists', [['j k ↑ ↓', 'move'], ['g g, G', 'first, last'], ['Enter, o', 'open, open in a new tab'], ['Space', 'look at it here'], ['x, X', 'choose, choose up to here'], ['a', 'actions'], ['s r', 'sync, refresh'], ['f *', 'filters, favourite']]],
  ['An application', [['[ ]', 'previous, next of the filtered list'], ['1 … 8', 'views'], ['s r d', 'sync, refresh, differences'], ['y l e t', 'YAML, logs, events, terminal'], ['+ - 0 .', 'zoom, fit, follow'], ['n p', 'next, previous problem']]],
]

/** Where more is written, what the keys do, the command line, and what runs here. */
export default function Help() {
  usePage([{label: 'Help'}])
  const settings = useSettings()
  const help = settings.data?.help
  const downloads = Object.entries(help?.binaryUrls ?? {})
  return (
    <div className={css.page}>
      <Section title="Read more">
        <ul className={css.list}>
          <li><span className={css.what}><a href="swagger-ui" target="_blank" rel="noreferrer">The API</a><span className={css.dim}>Every request that this page makes can be made by a program.</span></span></li>
          {help?.chatUrl && /^https?:\/\//i.test(help.chatUrl) && <li><span className={css.what}><a href={help.chatUrl} target="_blank" rel="noreferrer">{help.chatText || 'Chat'}</a><span className={css.dim}>Where people help each other.</span></span></li>}
          <li><span className={css.what}><code>bowline --help</code><span className={css.dim}>The same by a command line; <code>argocd</code> of version 3 works with this server too.</span></span></li>
        </ul>
      </Section>
      <Section title="Keys" actions={<Button onClick={() => sheetOpen.set(true)}>Those of this page</Button>} hint="Single letters count where nothing is typed; Settings, Appearance moves them or switches them off.">
        <div className={css.cards}>
          {KEYS.map(([where, keys]) => (
            <div key={where}>
              <h3>{where}</h3>
              <KeyValue pairs={keys.map(([key, says]) => [<kbd>{key}</kbd>, says])} />
            </div>
          ))}
        </div>
      </Section>
      <Section title="Command line">
        {downloads.length > 0 ? (
          <ul className={css.list}>
            {downloads.map(([platform, url]) => <li key={platform}><span className={css.what}>{/^https?:\/\//i.test(url) ? <a href={url}>{PLATFORMS[platform] ?? platform}</a> : <span>{PLATFORMS[platform] ?? platform}: {url}</span>}</span></li>)}
          </ul>
        ) : (
          <p className={css.small}>The server offers no downloads; its operator can set <code>help.download.OS-ARCH</code> in argocd-cm.</p>
        )}
        <Command text={`bowline login ${location.host}`} />
      </Section>
      <Version />
    </div>
  )
}

function Command({text}: {text: string}) {
  return <div className={css.secret}><span>{text}</span><Copy what="the command" text={text} /></div>
}

/** What runs here: for questions to those who look after it. */
export function Version() {
  const asked = useAsk<VersionVersionMessage>('api/version', undefined, {stale: 60_000})
  const said = asked.data
  const pairs: Array<[string, string | undefined]> = [
    ['Version', said?.Version], ['Built', said?.BuildDate], ['Commit', said?.GitCommit], ['Tag', said?.GitTag], ['Sources', said?.GitTreeState], ['Compiler', [said?.Compiler, said?.GoVersion].filter(Boolean).join(' ')], ['Platform', said?.Platform],
    ['Kustomize', said?.KustomizeVersion], ['Helm', said?.HelmVersion], ['kubectl', said?.KubectlVersion], ['Jsonnet', said?.JsonnetVersion], ['More', said?.ExtraBuildInfo],
  ]
  return (
    <Section title="Version" actions={<Copy what="the version" text={() => pairs.filter(([, value]) => value).map(([name, value]) => `${name}: ${value}`).join('\n')} />}>
      {asked.error ? <ErrorNote what="The server does not say." error={asked.error} /> : <KeyValue pairs={pairs.map(([name, value]) => [name, value && <span className={css.mono}>{value}</span>])} />}
    </Section>
  )
}
