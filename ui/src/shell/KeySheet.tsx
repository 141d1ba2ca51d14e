import {Button} from '@/parts/Button'
import {Dialog} from '@/parts/Dialog'
import {Link} from 'wouter'
import {useCell} from '@/api/cell'
import {appearance} from './appearance'
import {sheetOpen} from './commands'
import css from './Frame.module.css'
import {scopes, shownKey} from './keys'

const NAMES: Record<string, string> = {Space: 'Space', Escape: 'Esc', 'ctrl+k': /Mac/.test(navigator.platform) ? '⌘ K' : 'Ctrl K'}

/** The keys that do something on this page. */
export default function KeySheet() {
  const groups = useCell(scopes)
  const {keys} = useCell(appearance)
  const close = () => sheetOpen.set(false)
  return (
    <Dialog open onClose={close} wide title="Keys" foot={<><Link href="/settings/appearance" onClick={close}>Change or switch off</Link><Button onClick={close}>Close</Button></>}>
      {!keys && <p>Single letters are switched off in Appearance; chords work.</p>}
      <div className={css.keys}>
        {[...groups].reverse().map((group, index) => (
          <section key={index}>
            <h2>{group.name}</h2>
            <ul>
              {Object.entries(group.keys.current).map(([key, action]) => (
                <li key={key}>
                  <span>{action.label}</span>
                  <kbd className={css.kbd}>{NAMES[key] ?? shownKey(key)}</kbd>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
