import {useState} from 'react'

import {useCell} from '@/api/cell'
import {Button} from '@/parts/Button'
import {Dialog} from '@/parts/Dialog'
import {Field, Input} from '@/parts/Field'
import {toast} from '@/parts/Toast'
import css from './Applications.module.css'
import {savedViews, withView} from './saved'

/** Gives what the list shows now a name; with the names that are there, to take them away. */
export default function SaveView({query, onClose}: {query: string; onClose(): void}) {
  const views = useCell(savedViews)
  const [name, setName] = useState('')
  const there = views.some(view => view.name === name.trim())
  const save = () => {
    if (name.trim() === '') return
    savedViews.set(withView(views, name, query))
    toast(`The view ${name.trim()} is kept in this browser`, 'ok')
    onClose()
  }
  return (
    <Dialog open onClose={onClose} title="Views of this browser" foot={<><Button onClick={onClose}>Close</Button><Button look="primary" refused={name.trim() === '' && 'A name is needed'} onClick={save}>{there ? 'Replace' : 'Keep'}</Button></>}>
      <form className={css.form} onSubmit={event => { event.preventDefault(); save() }}>
        <Field label="Name for what the list shows now" hint={there ? 'There is one of this name: it will mean this from now on.' : query === '' ? 'All applications, without a filter.' : decodeURIComponent(query.replaceAll('&', ', '))}>
          <Input value={name} onChange={event => setName(event.target.value)} />
        </Field>
        {views.length > 0 && (
          <ul className={css.outcomes} aria-label="Views that are kept">
            {views.map(view => (
              <li key={view.name}>
                <b>{view.name}</b> <span className={css.dim}>{decodeURIComponent(view.query.replaceAll('&', ', ')) || 'all'}</span>{' '}
                <Button small onClick={() => savedViews.set(views.filter(other => other !== view))} aria-label={`Forget the view ${view.name}`}>Forget</Button>
              </li>
            ))}
          </ul>
        )}
      </form>
    </Dialog>
  )
}
