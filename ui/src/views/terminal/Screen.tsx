import {FitAddon} from '@xterm/addon-fit'
import {Terminal as Xterm, type ITheme} from '@xterm/xterm'
import '@xterm/xterm/css/xterm.css'
import {useEffect, useRef, useState} from 'react'

import {useCell} from '@/api/cell'
import {Button} from '@/parts/Button'
import {Checkbox} from '@/parts/Field'
import {StatusWord} from '@/parts/StatusGlyph'
import type {Look} from '@/parts/status'
import {appearance} from '@/shell/appearance'
import {ending, said, sized, terminalUrl, typed, type Place} from './protocol'
import {sheets} from './sheets'
import css from './Terminal.module.css'

type State = {state: 'connecting' | 'open'} | {state: 'closed'; why: string}

const LOOKS: Record<State['state'], {look: Look; word: string}> = {connecting: {look: 'run', word: 'Connecting'}, open: {look: 'ok', word: 'Connected'}, closed: {look: 'held', word: 'Ended'}}

/** A shell in a container. */
export default function Screen({place}: {place: Place}) {
  const box = useRef<HTMLDivElement>(null)
  const leave = useRef<HTMLButtonElement>(null)
  const term = useRef<Xterm>(null)
  const [state, setState] = useState<State>({state: 'connecting'})
  const [round, setRound] = useState(0)
  const [reader, setReader] = useState(false)
  const {theme} = useCell(appearance)
  const url = terminalUrl(place, document.baseURI)

  useEffect(() => {
    const parent = box.current
    if (!parent) return
    const styles = sheets()
    const screen = new Xterm({
      documentOverride: styles.document,
      fontFamily: getComputedStyle(parent).getPropertyValue('--mono'),
      fontSize: 13,
      lineHeight: 1.2,
      scrollback: 10_000,
      cursorBlink: false,
      theme: themeOf(parent),
      linkHandler: {
        // Programs print links of all kinds; only such that show a page are followed, and only where that is meant.
        activate: (event, text) => {
          if ((event.ctrlKey || event.metaKey) && /^https?:\/\//i.test(text)) window.open(text, '_blank', 'noopener,noreferrer')
        },
      },
    })
    const fit = new FitAddon()
    screen.loadAddon(fit)
    styles.during(() => screen.open(parent))
    fit.fit()
    screen.attachCustomKeyEventHandler(event => {
      if (event.type !== 'keydown' || event.key !== 'Escape' || !event.ctrlKey || !event.shiftKey) return true
      leave.current?.focus()
      return false
    })
    screen.focus()
    term.current = screen

    let socket: WebSocket | undefined
    let over = false
    const send = (frame: string) => {
      if (socket?.readyState === WebSocket.OPEN) socket.send(frame)
    }
    const connect = () => {
      setState({state: 'connecting'})
      const mine = new WebSocket(url)
      socket = mine
      let opened = false
      mine.onopen = () => {
        opened = true
        setState({state: 'open'})
        send(sized(screen.cols, screen.rows))
      }
      mine.onmessage = ({data}) => {
        const heard = said(data)
        if (heard === 'again') {
          mine.onclose = null
          mine.close()
          connect()
        } else if (heard !== 'nothing') screen.write(heard.output)
      }
      mine.onclose = ({code, reason}) => {
        if (over) return
        setState({state: 'closed', why: ending(code, reason, opened)})
      }
    }
    connect()
    const input = screen.onData(data => send(typed(data)))
    const size = screen.onResize(({cols, rows}) => send(sized(cols, rows)))
    const observer = new ResizeObserver(() => {
      if (parent.clientWidth > 0 && parent.clientHeight > 0) fit.fit()
    })
    observer.observe(parent)
    return () => {
      over = true
      observer.disconnect()
      input.dispose()
      size.dispose()
      socket?.close()
      screen.dispose()
      styles.dispose()
      term.current = null
    }
  }, [url, round])

  useEffect(() => {
    if (term.current && box.current) term.current.options.theme = themeOf(box.current)
  }, [theme])
  useEffect(() => {
    if (term.current) term.current.options.screenReaderMode = reader
  }, [reader])

  return (
    <div className={css.view}>
      <div className={css.tools}>
        <StatusWord state={LOOKS[state.state]} />
        <span role="status" className={css.why}>{state.state === 'closed' ? state.why : ''}</span>
        {state.state === 'closed' && <Button small look="primary" onClick={() => setRound(round + 1)}>Connect again</Button>}
        <span className={css.space} />
        <Checkbox checked={reader} onChange={event => setReader(event.target.checked)}>For screen readers</Checkbox>
        <Button small ref={leave} onClick={() => term.current?.focus()}>To the terminal</Button>
        <span className={css.dim}><kbd>Ctrl</kbd>+<kbd>Shift</kbd>+<kbd>Esc</kbd> leaves it</span>
      </div>
      <div ref={box} className={css.screen} data-keys="own" role="group" aria-label={`Terminal in ${place.container} of ${place.pod}; Ctrl+Shift+Esc leaves it`} />
    </div>
  )
}

/** The terminal's colours, of the page's own. */
function themeOf(element: Element): ITheme {
  const style = getComputedStyle(element)
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim()
  const [ok, run, bad, warn, off, brand, text, dim] = ['ok', 'run', 'bad', 'warn', 'off', 'brand', 'text', 'dim'].map(token)
  return {
    background: token('bg'), foreground: text, cursor: brand, cursorAccent: token('bg'), selectionBackground: token('line'),
    black: dim, brightBlack: dim, red: bad, brightRed: bad, green: ok, brightGreen: ok, yellow: warn, brightYellow: warn,
    blue: run, brightBlue: run, magenta: off, brightMagenta: off, cyan: brand, brightCyan: brand, white: text, brightWhite: text,
  }
}
