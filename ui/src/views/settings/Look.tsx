import {useState, type ReactNode} from 'react'

import {useCell} from '@/api/cell'
import {Button} from '@/parts/Button'
import {Switch} from '@/parts/Switch'
import {toast} from '@/parts/Toast'
import {useNow} from '@/parts/Age'
import {exact} from '@/parts/time'
import {appearance, setAppearance} from '@/shell/appearance'
import {keyName, scopes} from '@/shell/keys'
import {usePage} from '@/shell/page'
import {Section} from './Section'
import css from './Settings.module.css'

/** How this browser likes it. Nothing of it is kept on the server. */
export default function Look() {
  usePage([{label: 'Settings', href: '/settings'}, {label: 'Appearance'}])
  const {theme, density, zone, keys} = useCell(appearance)
  const now = useNow()
  return (
    <div className={css.page}>
      <p className={css.small}>Kept in this browser alone; other tabs follow at once.</p>
      <Section title="Colours">
        <Choice name="theme" value={theme} onChange={theme => setAppearance({theme})} options={[['auto', 'As the system'], ['light', 'Light'], ['dark', 'Dark']]} />
      </Section>
      <Section title="Density" hint="The height of rows and buttons.">
        <Choice name="density" value={density} onChange={density => setAppearance({density})} options={[['compact', 'Compact'], ['normal', 'Normal'], ['comfortable', 'Comfortable']]} />
      </Section>
      <Section title="Times" hint={`Now it is ${exact(now, zone)}. Relative times have the exact one in their tool tips.`}>
        <Choice name="zone" value={zone} onChange={zone => setAppearance({zone})} options={[['local', `In your zone (${Intl.DateTimeFormat().resolvedOptions().timeZone})`], ['utc', 'UTC']]} />
      </Section>
      <Section title="Keys" hint="Single letters do things where nothing is typed. Chords such as Ctrl+K work in any case.">
        <Switch checked={keys} onChange={keys => setAppearance({keys})}>Single letters do things</Switch>
        <Moved />
      </Section>
    </div>
  )
}

function Choice<T extends string>({name, value, onChange, options}: {name: string; value: T; onChange(value: T): void; options: Array<[T, ReactNode]>}) {
  return (
    <div className={css.row} role="radiogroup" aria-label={name}>
      {options.map(([id, label]) => (
        <Button key={id} role="radio" aria-checked={value === id} aria-pressed={undefined} data-on={value === id || undefined} look={value === id ? 'primary' : 'plain'} onClick={() => onChange(id)}>{label}</Button>
      ))}
    </div>
  )
}

/** The keys that work everywhere, each with the one that the user has in its place. */
function Moved() {
  const {moved} = useCell(appearance)
  const everywhere = useCell(scopes).find(scope => scope.name === 'Everywhere')
  const [waits, setWaits] = useState<string | null>(null)
  const known = Object.entries(everywhere?.keys.current ?? {}).filter(([key]) => !key.includes(' '))
  const more: Array<[string, string]> = [['s', 'Sync'], ['r', 'Refresh'], ['x', 'Choose'], ['f', 'Filters'], ['/', 'Search']]
  const all = [...known.map(([key, action]) => [key, action.label] as [string, string]), ...more]
  const take = (key: string, own: string) => {
    const next = {...moved}
    delete next[key]
    const other = all.find(([from]) => from !== key && (next[from] ?? from) === own)
    if (other) {
      toast(`${own} does “${other[1]}” already: move that first`, 'bad')
      return
    }
    if (own !== key) next[key] = own
    setAppearance({moved: next})
  }
  return (
    <>
      <ul className={css.list} aria-label="Keys that can be moved">
        {all.map(([key, label]) => (
          <li key={key}>
            <span className={css.what}>{label}</span>
            {waits === key ? (
              <Button
                small
                autoFocus
                data-keys="own"
                onBlur={() => setWaits(null)}
                onKeyDown={event => {
                  if (['Shift', 'Control', 'Alt', 'Meta', 'Tab'].includes(event.key)) return
                  event.preventDefault()
                  event.stopPropagation()
                  if (event.key !== 'Escape') take(key, keyName(event))
                  setWaits(null)
                }}
              >
                Press the new key, Esc to leave it
              </Button>
            ) : (
              <Button small onClick={() => setWaits(key)} aria-label={`${moved[key] ?? key}: move the key of “${label}”`}><kbd>{moved[key] ?? key}</kbd></Button>
            )}
          </li>
        ))}
      </ul>
      {Object.keys(moved).length > 0 && <span><Button small onClick={() => setAppearance({moved: {}})}>All as they were</Button></span>}
    </>
  )
}
