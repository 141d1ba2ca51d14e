import {useState} from 'react'

import {ApiError, ask} from '@/api/client'
import type {Cluster} from '@/api/contract'
import {queries} from '@/api/queries'
import {Button} from '@/parts/Button'
import {Copy} from '@/parts/Copy'
import {Checkbox, Field, Input, TextArea} from '@/parts/Field'
import {TextList} from '@/parts/RowsEditor'
import {Select} from '@/parts/Select'
import {toast} from '@/parts/Toast'
import {FormDrawer} from '../FormDrawer'
import css from '../Settings.module.css'
import {newBody, newFaults, type NewCluster} from './model'

const FIRST: NewCluster = {name: '', server: '', login: 'token', token: '', username: '', password: '', certificate: '', key: '', authority: '', insecure: false, serverName: '', proxy: '', project: '', namespaces: []}

/** A cluster by its address and a login that somebody made there. */
export default function AddCluster({onClose}: {onClose(): void}) {
  const [cluster, setCluster] = useState(FIRST)
  const [tried, setTried] = useState(false)
  const all = newFaults(cluster)
  const faults = tried ? all : {}
  const set = (change: Partial<NewCluster>) => setCluster(before => ({...before, ...change}))
  const text = (field: keyof NewCluster, label: string, more: {hint?: string; placeholder?: string; type?: string} = {}) => (
    <Field label={label} error={faults[field]} hint={more.hint}>
      <Input type={more.type} autoComplete={more.type === 'password' ? 'new-password' : 'off'} placeholder={more.placeholder} value={String(cluster[field])} onChange={event => set({[field]: event.target.value})} />
    </Field>
  )
  const area = (field: keyof NewCluster, label: string, hint?: string) => (
    <Field label={label} error={faults[field]} hint={hint}>
      <TextArea mono rows={5} value={String(cluster[field])} onChange={event => set({[field]: event.target.value})} />
    </Field>
  )
  const save = async (upsert: boolean) => {
    setTried(true)
    const many = Object.keys(all).length
    if (many > 0) throw new Error(many === 1 ? 'One field needs something: see below.' : `${many} fields need something: see below.`)
    const made = await ask<Cluster>('api/v1/clusters', {method: 'POST', query: {upsert: upsert || undefined}, body: newBody(cluster)})
    void queries.invalidateQueries({queryKey: ['api/v1/clusters']})
    toast(`${made.name ?? cluster.server} is added`, 'ok')
  }
  return (
    <FormDrawer title="Add a cluster" verb="Add" onClose={onClose} onSave={() => save(false)} dirty={JSON.stringify(cluster) !== JSON.stringify(FIRST)} mend={(error, again) => error instanceof ApiError && /upsert|already/i.test(error.message) && <span><Button small onClick={() => again(() => save(true))}>Replace what is there</Button></span>}>
      <p className={css.small}>
        With a kubeconfig at hand the command line is shorter: it makes a service account there and adds the cluster by it. <code>bowline cluster add CONTEXT</code> <Copy what="the command" text="bowline cluster add CONTEXT" />
      </p>
      <div className={css.fields}>
        {text('server', 'Address of its API server', {placeholder: 'https://10.0.0.1:6443'})}
        {text('name', 'Name', {hint: 'Empty: the address.'})}
        <Field label="Log in by">
          <Select value={cluster.login} onChange={login => set({login: login as NewCluster['login']})} options={[{value: 'token', label: 'Token of a service account'}, {value: 'certificate', label: 'Client certificate'}, {value: 'password', label: 'Name and password'}]} />
        </Field>
      </div>
      {cluster.login === 'token' && area('token', 'Token')}
      {cluster.login === 'password' && <div className={css.fields}>{text('username', 'Name of the user')}{text('password', 'Password', {type: 'password'})}</div>}
      {cluster.login === 'certificate' && <>{area('certificate', 'Certificate (PEM)')}{area('key', 'Private key (PEM)')}</>}
      {area('authority', 'Authority that signed the server’s certificate (PEM)', 'Empty: those that the system trusts.')}
      <Checkbox checked={cluster.insecure} onChange={event => set({insecure: event.target.checked})}>Take the server’s certificate unseen</Checkbox>
      {faults.insecure && <span className={css.bad}>{faults.insecure}</span>}
      <details>
        <summary>More</summary>
        <div className={css.form}>
          <div className={css.fields}>
            {text('serverName', 'Name in the certificate', {hint: 'Where it differs from the address.'})}
            {text('proxy', 'Proxy')}
            {text('project', 'Project', {hint: 'Empty: for all projects.'})}
          </div>
          <TextList legend="Namespaces" add="Add a namespace" values={cluster.namespaces} onChange={namespaces => set({namespaces})} none="All of them." />
        </div>
      </details>
    </FormDrawer>
  )
}
