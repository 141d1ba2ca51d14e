import {Activity, Boxes, HelpCircle, House, LayoutGrid, Layers, PanelLeftClose, PanelLeftOpen, Search, Settings, Star, UserRound} from 'lucide-react'
import {useEffect, useRef, type ReactNode} from 'react'
import {Link, useLocation} from 'wouter'

import {useCell} from '@/api/cell'
import {useSettings} from '@/api/queries'
import {session} from '@/api/session'
import {connection} from '@/api/watch'
import {cx} from '@/parts/cx'
import {later} from '@/parts/later'
import {useNow} from '@/parts/Age'
import {exact, relative} from '@/parts/time'
import {applicationHref} from './address'
import {appearance, setAppearance} from './appearance'
import {Bars, BottomBar} from './Bars'
import {paletteOpen, sheetOpen} from './commands'
import {favourites} from './favourites'
import css from './Frame.module.css'
import {useKeys} from './keys'
import {crumbs} from './page'
import {railLinks} from './rail-links'

const Palette = later(() => import('./Palette'))
const KeySheet = later(() => import('./KeySheet'))

const PLACES = [
  {href: '/', label: 'Home', icon: House, keys: 'g h'},
  {href: '/applications', label: 'Applications', icon: LayoutGrid, keys: 'g a'},
  {href: '/applicationsets', label: 'ApplicationSets', icon: Layers, keys: 'g s'},
  {href: '/resources', label: 'Resources', icon: Boxes, keys: 'g r'},
  {href: '/activity', label: 'Activity', icon: Activity, keys: 'g y'},
  {href: '/settings', label: 'Settings', icon: Settings, keys: 'g ,'},
]
const SHOWN_FAVOURITES = 7

export function Frame({children}: {children: ReactNode}) {
  const [path, go] = useLocation()
  const look = useCell(appearance)
  const main = useRef<HTMLElement>(null)
  const palette = useCell(paletteOpen)
  const sheet = useCell(sheetOpen)
  const folded = look.rail === 'folded'
  useKeys('Everywhere', {
    ...Object.fromEntries(PLACES.map(place => [place.keys, {label: place.label, do: () => go(place.href)}])),
    'ctrl+k': {label: 'Command palette', always: true, do: () => paletteOpen.set('')},
    '?': {label: 'Keys that do something here', do: () => sheetOpen.set(true)},
    c: {label: 'Copy a link to this page', do: () => void import('@/parts/Copy').then(({copyText}) => copyText(location.href)).then(() => import('@/parts/Toast')).then(({toast}) => toast('Copied the link'))},
  })

  // Fetched while nothing else is to do: what is typed right after its key must arrive in it.
  useEffect(() => {
    const idle = window.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 1000))
    idle(() => {
      Palette.preload()
      KeySheet.preload()
    })
  }, [])

  // Who goes to another page begins at its top, also with a screen reader.
  const before = useRef(path)
  useEffect(() => {
    if (before.current === path) return
    before.current = path
    if (!document.querySelector('[role=dialog]')) main.current?.focus({preventScroll: true})
  }, [path])

  return (
    <div className={cx(css.frame, folded && css.folded)}>
      <a className={css.skip} href="#main" onClick={event => { event.preventDefault(); main.current?.focus() }}>
        Skip to the content
      </a>
      <div className={css.bars}>
        <Bars />
      </div>
      <nav className={css.rail} aria-label="Main">
        <Link href="/" className={css.brand} title="Bowline">
          <img className={css.mark} src="icon.svg" alt="" />
          <span>Bowline</span>
        </Link>
        {PLACES.map(place => <Place key={place.href} {...place} path={path} />)}
        <MoreLinks path={path} />
        <Favourites path={path} />
        <span className={css.space} />
        <ConnectionDot />
        <UserLink path={path} />
        <Link href="/help" className={css.item} aria-current={path === '/help' ? 'page' : undefined} title="Help">
          <HelpCircle size={16} />
          <span>Help</span>
        </Link>
        <button type="button" className={css.item} title={folded ? 'Unfold the rail' : 'Fold the rail'} onClick={() => setAppearance({rail: folded ? 'wide' : 'folded'})}>
          {folded ? <PanelLeftOpen size={16} /> : <PanelLeftClose size={16} />}
          <span>{folded ? 'Unfold' : 'Fold'}</span>
        </button>
      </nav>
      <div className={css.page}>
        <header className={css.top}>
          <Crumbs />
          <button type="button" className={css.search} onClick={() => paletteOpen.set('')}>
            <Search size={14} />
            <span>Search or type a command</span>
            <kbd aria-hidden="true">{/Mac/.test(navigator.platform) ? '⌘K' : 'Ctrl K'}</kbd>
          </button>
        </header>
        <main ref={main} id="main" className={css.main} tabIndex={-1}>
          {children}
        </main>
        <BottomBar />
      </div>
      <nav className={css.bottom} aria-label="Main, for small screens">
        {[...PLACES.slice(0, 3), ...PLACES.slice(4)].map(place => <Place key={place.href} {...place} path={path} />)}
        <UserLink path={path} />
      </nav>
      {palette !== false && <Palette first={palette} />}
      {sheet && <KeySheet />}
    </div>
  )
}

function Place({href, label, icon: Icon, path, keys}: (typeof PLACES)[number] & {path: string}) {
  const here = href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`)
  const settings = useSettings()
  // As in the contract: hidden unless the server says otherwise.
  if (href === '/resources' && settings.data && !settings.data.resourceViewEnabled && !here) return null
  return (
    <Link href={href} className={css.item} aria-current={here ? 'page' : undefined} title={`${label} (${keys})`}>
      <Icon size={16} />
      <span>{label === 'ApplicationSets' ? 'AppSets' : label}</span>
    </Link>
  )
}

function MoreLinks({path}: {path: string}) {
  return useCell(railLinks).map(link => (
    <Link key={link.href} href={link.href} className={css.item} aria-current={path.startsWith(link.href) ? 'page' : undefined} title={link.label}>
      <Boxes size={16} />
      <span>{link.label}</span>
    </Link>
  ))
}

function Favourites({path}: {path: string}) {
  const stars = useCell(favourites)
  if (stars.length === 0) return null
  return (
    <>
      <span className={css.heading}>Favourites</span>
      {stars.slice(0, SHOWN_FAVOURITES).map(key => {
        const [namespace = '', name = ''] = key.split('/')
        const href = applicationHref({name, namespace})
        return (
          <Link key={key} href={href} className={css.item} aria-current={path === href ? 'page' : undefined} title={key}>
            <Star size={16} />
            <span>{name}</span>
          </Link>
        )
      })}
    </>
  )
}

function ConnectionDot() {
  const {state, heard, until, error} = useCell(connection)
  const {zone} = useCell(appearance)
  const now = useNow()
  if (state === 'none') return null
  const says = state === 'open' ? 'Live' : until && until > now ? `Cut, again ${relative(until, now)}` : 'Cut, trying again'
  const more = [error && state === 'waiting' ? error.message : '', heard ? `last heard ${exact(heard, zone)}` : ''].filter(Boolean).join('; ')
  return (
    <span className={css.item} title={`${says}${more ? `; ${more}` : ''}`}>
      <i className={css.dot} data-state={state} />
      <span>{says}</span>
    </span>
  )
}

function UserLink({path}: {path: string}) {
  const {username} = useCell(session)
  return (
    <Link href="/user-info" className={css.item} aria-current={path === '/user-info' ? 'page' : undefined} title={`${username ?? 'User'}: account and permissions`}>
      <UserRound size={16} />
      <span>{username ?? 'User'}</span>
    </Link>
  )
}

function Crumbs() {
  const trail = useCell(crumbs)
  return (
    <nav aria-label="Where you are" className={css.crumbs}>
      <ol>
        {trail.map((crumb, index) =>
          index === trail.length - 1 ? (
            <li key={index} aria-current="page">
              <h1 title={crumb.label}>{crumb.label}</h1>
            </li>
          ) : (
            <li key={index}>
              {crumb.href ? <Link href={crumb.href}>{crumb.label}</Link> : <span>{crumb.label}</span>}
              <span aria-hidden="true">/</span>
            </li>
          ),
        )}
      </ol>
    </nav>
  )
}
