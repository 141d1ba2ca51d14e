import {Plus, Trash2} from 'lucide-react'
import {useMemo, useState} from 'react'

import {ask} from '@/api/client'
import type {AppProjectList, GnuPGPublicKey, GnuPGPublicKeyList, GpgkeyGnuPGPublicKeyCreateResponse} from '@/api/contract'
import {queries, useAsk} from '@/api/queries'
import {useRefusal} from '@/api/rights'
import {Button, IconButton} from '@/parts/Button'
import {Confirm} from '@/parts/Confirm'
import {Field, TextArea} from '@/parts/Field'
import {toast} from '@/parts/Toast'
import {useQueryWords} from '@/shell/address'
import {usePage} from '@/shell/page'
import {FormDrawer} from '../FormDrawer'
import css from '../Settings.module.css'
import {SettingsList, type ListColumn} from '../SettingsList'

const PATH = 'api/v1/gpgkeys'

/** Keys whose signatures of commits count. */
export default function Gpg() {
  usePage([{label: 'Settings', href: '/settings'}, {label: 'GnuPG keys'}])
  const [words, change] = useQueryWords()
  const asked = useAsk<GnuPGPublicKeyList>(PATH)
  const projects = useAsk<AppProjectList>('api/v1/projects', undefined, {stale: 30_000})
  const [gone, setGone] = useState<GnuPGPublicKey | null>(null)
  const noCreate = useRefusal('gpgkeys', 'create', '*')
  const noDelete = useRefusal('gpgkeys', 'delete', '*')
  const usersOf = (id: string) => (projects.data?.items ?? []).filter(project => namesKey(project.spec, id)).map(project => project.metadata.name ?? '')
  const columns = useMemo<ListColumn<GnuPGPublicKey>[]>(
    () => [
      {id: 'id', title: 'Key', width: '150px', sortBy: row => row.keyID, cell: row => <span className={css.mono}>{row.keyID}</span>},
      {id: 'owner', title: 'Whose', width: 'minmax(120px, 2fr)', sortBy: row => row.owner ?? '', cell: row => <span title={row.owner}>{row.owner}</span>},
      {id: 'type', title: 'Algorithm', width: 'minmax(0, 0.7fr)', priority: 2, sortBy: row => row.subType ?? '', cell: row => row.subType},
      {id: 'trust', title: 'Trust', width: 'minmax(0, 0.6fr)', priority: 3, cell: row => row.trust},
      {id: 'print', title: 'Fingerprint', width: 'minmax(0, 2fr)', priority: 3, cell: row => <span className={css.mono} title={row.fingerprint}>{row.fingerprint}</span>},
      {id: 'remove', title: <span className={css.hidden}>Remove</span>, width: '28px', cell: row => <IconButton small label={`Remove ${row.keyID}`} refused={noDelete} onClick={() => setGone(row)}><Trash2 size={14} /></IconButton>},
    ],
    [noDelete],
  )
  const add = <Button look="primary" refused={noCreate} onClick={() => change({addGnuPGPublicKey: true}, true)}><Plus size={14} /> Add a key</Button>
  const users = gone ? usersOf(gone.keyID) : []
  return (
    <div className={css.view}>
      <SettingsList
        label="GnuPG keys"
        asked={asked}
        items={asked.data?.items ?? []}
        columns={columns}
        rowKey={row => row.keyID}
        text={row => [row.keyID, row.owner, row.fingerprint, row.subType].join(' ')}
        actions={add}
        empty="A project can require that commits are signed by one of certain keys; those keys are kept here."
        emptyActions={add}
      />
      {words.get('addGnuPGPublicKey') !== null && <AddKey onClose={() => change({addGnuPGPublicKey: null})} />}
      {gone && (
        <Confirm
          open
          onClose={() => setGone(null)}
          title="Remove the key?"
          verb="Remove"
          name={users.length > 0 ? gone.keyID : undefined}
          onConfirm={async () => {
            await ask(PATH, {method: 'DELETE', query: {keyID: gone.keyID}})
            void queries.invalidateQueries({queryKey: [PATH]})
            toast(`${gone.keyID} is gone`, 'ok')
          }}
        >
          <p>{gone.owner} <span className={css.mono}>{gone.keyID}</span></p>
          {users.length > 0 ? (
            <p>The project{users.length > 1 ? 's' : ''} <b>{users.join(', ')}</b> require{users.length > 1 ? '' : 's'} signatures by it: their applications cannot be synced to commits that it has signed. What runs keeps running.</p>
          ) : (
            <p>No project that you may see requires signatures by it.</p>
          )}
        </Confirm>
      )}
    </div>
  )
}

function namesKey(spec: {signatureKeys?: Array<{keyID: string}>; sourceIntegrity?: {git?: {policies?: Array<{gpg?: {keys?: string[]}}>}}}, id: string): boolean {
  const same = (other: string) => other.toUpperCase().endsWith(id.toUpperCase()) || id.toUpperCase().endsWith(other.toUpperCase())
  return [...(spec.signatureKeys ?? []).map(key => key.keyID), ...(spec.sourceIntegrity?.git?.policies ?? []).flatMap(policy => policy.gpg?.keys ?? [])].some(key => key !== '' && same(key))
}

function AddKey({onClose}: {onClose(): void}) {
  const [text, setText] = useState('')
  const [tried, setTried] = useState(false)
  const wrong = text.includes('PRIVATE KEY BLOCK') ? 'This is a private key: export the public one (gpg --armor --export).' : text.includes('-----BEGIN PGP PUBLIC KEY BLOCK-----') ? undefined : 'An armoured public key begins with -----BEGIN PGP PUBLIC KEY BLOCK-----.'
  return (
    <FormDrawer
      title="Add a GnuPG key"
      verb="Add"
      onClose={onClose}
      dirty={text !== ''}
      onSave={async () => {
        setTried(true)
        if (wrong) throw new Error(wrong)
        const answer = await ask<GpgkeyGnuPGPublicKeyCreateResponse>(PATH, {method: 'POST', body: {keyData: text}})
        void queries.invalidateQueries({queryKey: [PATH]})
        const made = answer.created?.items ?? []
        const skipped = answer.skipped ?? []
        toast([made.length > 0 ? `Added ${made.map(key => key.keyID).join(', ')}` : '', skipped.length > 0 ? `${skipped.join(', ')} ${skipped.length > 1 ? 'were' : 'was'} there already` : ''].filter(Boolean).join('; ') || 'Nothing was added', 'ok')
      }}
    >
      <Field label="Public key" error={tried ? wrong : undefined} hint={<>As <code>gpg --armor --export KEY</code> prints it.</>}>
        <TextArea mono rows={16} value={text} onChange={event => setText(event.target.value)} placeholder="-----BEGIN PGP PUBLIC KEY BLOCK-----" />
      </Field>
    </FormDrawer>
  )
}
