import {Plus, Trash2} from 'lucide-react'
import {useMemo, useState} from 'react'

import {ApiError, ask} from '@/api/client'
import type {RepositoryCertificate, RepositoryCertificateList} from '@/api/contract'
import {queries, useAsk} from '@/api/queries'
import {useRefusal} from '@/api/rights'
import {Button, IconButton} from '@/parts/Button'
import {Confirm} from '@/parts/Confirm'
import {Field, Input, TextArea} from '@/parts/Field'
import {toast} from '@/parts/Toast'
import {useQueryWords} from '@/shell/address'
import {usePage} from '@/shell/page'
import {FormDrawer} from '../FormDrawer'
import css from '../Settings.module.css'
import {SettingsList, type ListColumn} from '../SettingsList'
import {readKnownHosts, readTls} from './known-hosts'

const PATH = 'api/v1/certificates'

/** Servers of repositories that are trusted: TLS certificates, and host keys of SSH. */
export default function Certs() {
  usePage([{label: 'Settings', href: '/settings'}, {label: 'Certificates and known hosts'}])
  const [words, change] = useQueryWords()
  const asked = useAsk<RepositoryCertificateList>(PATH)
  const [gone, setGone] = useState<RepositoryCertificate | null>(null)
  const noCreate = useRefusal('certificates', 'create', '*')
  const noDelete = useRefusal('certificates', 'delete', '*')
  const columns = useMemo<ListColumn<RepositoryCertificate>[]>(
    () => [
      {id: 'server', title: 'Server', width: 'minmax(120px, 1.2fr)', sortBy: row => row.serverName, cell: row => <span className={css.mono} title={row.serverName}>{row.serverName}</span>},
      {id: 'type', title: 'Type', width: '72px', sortBy: row => row.certType, cell: row => (row.certType === 'ssh' ? 'SSH' : 'TLS')},
      {id: 'sub', title: 'Kind of key', width: 'minmax(0, 0.8fr)', priority: 2, sortBy: row => row.certSubType, cell: row => row.certSubType},
      {id: 'info', title: 'Fingerprint or subject', width: 'minmax(0, 2fr)', priority: 2, cell: row => <span className={css.mono} title={row.certInfo}>{row.certInfo}</span>},
      {id: 'remove', title: <span className={css.hidden}>Remove</span>, width: '28px', cell: row => <IconButton small label={`Remove ${row.serverName}, ${row.certSubType}`} refused={noDelete} onClick={() => setGone(row)}><Trash2 size={14} /></IconButton>},
    ],
    [noDelete],
  )
  const buttons = (
    <>
      <Button refused={noCreate} onClick={() => change({addSSHKnownHosts: true}, true)}><Plus size={14} /> Known hosts</Button>
      <Button look="primary" refused={noCreate} onClick={() => change({addTLSCert: true}, true)}><Plus size={14} /> TLS certificate</Button>
    </>
  )
  return (
    <div className={css.view}>
      <SettingsList
        label="Certificates"
        asked={asked}
        items={asked.data?.items ?? []}
        columns={columns}
        rowKey={row => [row.serverName, row.certType, row.certSubType, row.certInfo].join(' ')}
        text={row => [row.serverName, row.certType, row.certSubType, row.certInfo].join(' ')}
        actions={buttons}
        empty="Servers whose certificates the system trusts need none here; SSH hosts need their keys."
        emptyActions={buttons}
      />
      {words.get('addTLSCert') !== null && <AddTls onClose={() => change({addTLSCert: null})} />}
      {words.get('addSSHKnownHosts') !== null && <AddHosts onClose={() => change({addSSHKnownHosts: null})} />}
      {gone && (
        <Confirm
          open
          onClose={() => setGone(null)}
          title={`Trust ${gone.serverName} no longer?`}
          verb="Remove"
          onConfirm={async () => {
            await ask(PATH, {method: 'DELETE', query: {hostNamePattern: gone.serverName, certType: gone.certType, certSubType: gone.certSubType}})
            void queries.invalidateQueries({queryKey: [PATH]})
            toast(`${gone.serverName} is gone`, 'ok')
          }}
        >
          {gone.certType === 'ssh' ? (
            <p>Its {gone.certSubType} key goes. Repositories that are reached by SSH at this host cannot be fetched any more, unless another of its keys stays, or they take any host key unseen.</p>
          ) : (
            <p>All certificates that were kept for this server go. Repositories there cannot be fetched any more, unless the system trusts its certificate, or they take it unseen.</p>
          )}
        </Confirm>
      )}
    </div>
  )
}

/** Whether the server said that one is there already with other contents. */
const isThere = (error: unknown) => error instanceof ApiError && (error.status === 409 || /upsert|already/i.test(error.message))

async function add(items: RepositoryCertificate[], upsert: boolean) {
  const made = await ask<RepositoryCertificateList>(PATH, {method: 'POST', query: {upsert: upsert || undefined}, body: {items}})
  void queries.invalidateQueries({queryKey: [PATH]})
  const count = made.items?.length ?? 0
  toast(count === 0 ? 'All of it was there already' : count === 1 ? 'One entry is added' : `${count} entries are added`, 'ok')
}

function AddTls({onClose}: {onClose(): void}) {
  const [server, setServer] = useState('')
  const [pem, setPem] = useState('')
  const [tried, setTried] = useState(false)
  const read = readTls(server, pem)
  const save = async (upsert: boolean) => {
    setTried(true)
    if (typeof read === 'string') throw new Error(read)
    await add([read], upsert)
  }
  return (
    <FormDrawer title="Trust a TLS certificate" verb="Add" onClose={onClose} onSave={() => save(false)} dirty={server !== '' || pem !== ''} mend={(error, again) => isThere(error) && <span><Button small onClick={() => again(() => save(true))}>Replace what is there</Button></span>}>
      <Field label="Name of the server" hint="As in the address of its repositories, without https://.">
        <Input mono value={server} onChange={event => setServer(event.target.value)} placeholder="git.example.com" />
      </Field>
      <Field label="Certificate (PEM)" hint="Its own or that of the authority that signed it; several one after another." error={tried && typeof read === 'string' ? read : undefined}>
        <TextArea mono rows={14} value={pem} onChange={event => setPem(event.target.value)} placeholder="-----BEGIN CERTIFICATE-----" />
      </Field>
    </FormDrawer>
  )
}

function AddHosts({onClose}: {onClose(): void}) {
  const [text, setText] = useState('')
  const [tried, setTried] = useState(false)
  const read = readKnownHosts(text)
  const save = async (upsert: boolean) => {
    setTried(true)
    if (typeof read === 'string') throw new Error(read)
    await add(read, upsert)
  }
  return (
    <FormDrawer title="Add known hosts" verb="Add" onClose={onClose} onSave={() => save(false)} dirty={text !== ''} mend={(error, again) => isThere(error) && <span><Button small onClick={() => again(() => save(true))}>Replace what is there</Button></span>}>
      <Field label="Host keys" error={tried && typeof read === 'string' ? read : undefined} hint={<>One a line, as in <code>known_hosts</code>. <code>ssh-keyscan git.example.com</code> prints them: compare the fingerprints with those that the host publishes.</>}>
        <TextArea mono rows={12} value={text} onChange={event => setText(event.target.value)} placeholder="git.example.com ssh-ed25519 AAAA…" />
      </Field>
      {Array.isArray(read) && <p className={css.small} role="status">{read.length === 1 ? 'One key' : `${read.length} keys`}: {read.map(one => `${one.serverName} (${one.certSubType})`).join(', ')}</p>}
    </FormDrawer>
  )
}
