import {useState} from 'react'

import {useSettings} from '@/api/queries'
import {Button} from '@/parts/Button'
import {Copy} from '@/parts/Copy'
import {Dialog} from '@/parts/Dialog'
import {Checkbox, Field} from '@/parts/Field'
import {Select} from '@/parts/Select'
import css from '@/views/settings/Settings.module.css'
import {badgePage, badgeText, badgeUrl, FORMATS, type BadgeOf, type Format} from './badge'

/** A badge with the state of an application or a project, and the text to put it into a page. */
export default function Badge({name, namespace, project, onClose}: BadgeOf & {onClose(): void}) {
  const settings = useSettings()
  const [look, setLook] = useState({revision: true, showAppName: false, keepFullRevision: false})
  const [format, setFormat] = useState<Format>('Markdown')
  const own = new URL('.', document.baseURI).href.replace(/\/$/, '')
  const shown = settings.data?.statusBadgeRootUrl || settings.data?.url || own
  // The server's own namespace goes without saying, as the contract's badges do.
  const of = {name, namespace: namespace && namespace !== settings.data?.controllerNamespace ? namespace : undefined, project: name ? undefined : project}
  const flag = (key: keyof typeof look, text: string) => <Checkbox checked={look[key]} onChange={event => setLook({...look, [key]: event.target.checked})}>{text}</Checkbox>
  const text = badgeText(format, badgeUrl(shown, of, look), badgePage(shown, of), name ?? project ?? '')
  return (
    <Dialog open onClose={onClose} title={`Status badge of ${name ?? project}`} foot={<Button onClick={onClose}>Close</Button>}>
      {settings.data && !settings.data.statusBadgeEnabled ? (
        <p>This server serves no badges. Its operator can switch them on: <code>statusbadge.enabled: "true"</code> in argocd-cm. Who can reach the server can see the badges of all applications then, without logging in.</p>
      ) : (
        <div className={css.form}>
          <span><img src={badgeUrl(own, of, look)} alt={`Status of ${name ?? project}`} /></span>
          <div className={css.checks}>
            {flag('revision', 'With the revision')}
            {look.revision && flag('keepFullRevision', 'The whole of it')}
            {name && flag('showAppName', 'With the name')}
          </div>
          <Field label="As"><Select value={format} onChange={value => setFormat(value as Format)} options={FORMATS.map(value => ({value}))} /></Field>
          <div className={css.secret}><span>{text}</span><Copy what="the text" text={text} /></div>
          <p className={css.small}>Badges are served without a login.</p>
        </div>
      )}
    </Dialog>
  )
}
