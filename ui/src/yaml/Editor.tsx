import {autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, type CompletionContext, type CompletionResult} from '@codemirror/autocomplete'
import {defaultKeymap, history, historyKeymap} from '@codemirror/commands'
import {yaml} from '@codemirror/lang-yaml'
import {bracketMatching, codeFolding, foldGutter, foldKeymap, HighlightStyle, indentOnInput, syntaxHighlighting} from '@codemirror/language'
import {setDiagnostics, type Diagnostic} from '@codemirror/lint'
import {highlightSelectionMatches, search, searchKeymap} from '@codemirror/search'
import {Compartment, EditorState} from '@codemirror/state'
import {drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers} from '@codemirror/view'
import {tags} from '@lezer/highlight'
import {useEffect, useMemo, useRef} from 'react'

import {useAsk} from '@/api/queries'
import {Draft, type Problem} from '@/draft/draft'
import {offersAt} from './complete'
import {check, ROOTS, type Schema, type Shape} from './schema'
import type {YamlEditorProps} from './YamlEditor'
import css from './YamlEditor.module.css'

/** Longer texts are shown without being checked field by field. */
const CHECKED = 400_000
const SHOWN = 8

const look = EditorView.theme({
  '&': {height: '100%', width: '100%', color: 'var(--text)', backgroundColor: 'var(--bg)', fontSize: 'var(--text-small)'},
  '&.cm-focused': {outline: 'none'},
  '.cm-scroller': {fontFamily: 'var(--mono)', lineHeight: '18px', overflow: 'auto'},
  '.cm-content': {caretColor: 'var(--text)', padding: '6px 0'},
  '.cm-cursor': {borderLeftColor: 'var(--text)'},
  '.cm-gutters': {backgroundColor: 'var(--bg)', color: 'var(--dim)', border: 'none'},
  '.cm-activeLine, .cm-activeLineGutter': {backgroundColor: 'color-mix(in srgb, var(--hover) 60%, transparent)'},
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, .cm-content ::selection': {backgroundColor: 'color-mix(in srgb, var(--brand) 30%, transparent)'},
  '.cm-searchMatch, .cm-selectionMatch': {backgroundColor: 'color-mix(in srgb, var(--warn) 30%, transparent)'},
  '.cm-foldPlaceholder': {backgroundColor: 'var(--raise)', border: '1px solid var(--line)', color: 'var(--dim)'},
  '.cm-panels': {backgroundColor: 'var(--panel)', color: 'var(--text)', borderColor: 'var(--line)'},
  '.cm-panels input, .cm-panels button': {font: 'inherit', color: 'inherit', background: 'var(--bg)', border: '1px solid var(--ctl)', borderRadius: '4px', padding: '2px 6px'},
  '.cm-tooltip': {backgroundColor: 'var(--raise)', color: 'var(--text)', border: '1px solid var(--line)', borderRadius: '4px'},
  '.cm-tooltip-autocomplete > ul': {fontFamily: 'var(--mono)', maxHeight: '14em'},
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': {backgroundColor: 'var(--brand)', color: 'var(--bg)'},
  '.cm-completionDetail': {fontStyle: 'normal', opacity: '1', color: 'inherit'},
  '.cm-completionInfo': {maxWidth: '40ch', padding: '6px 8px'},
  '.cm-lintRange-error': {backgroundImage: 'none', textDecoration: 'underline wavy var(--bad)'},
  '.cm-lintRange-warning': {backgroundImage: 'none', textDecoration: 'underline wavy var(--warn)'},
})

const colours = HighlightStyle.define([
  {tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--run)'},
  {tag: [tags.string, tags.special(tags.string)], color: 'var(--ok)'},
  {tag: [tags.number, tags.bool, tags.null, tags.keyword, tags.atom], color: 'var(--warn)'},
  {tag: [tags.comment, tags.lineComment], color: 'var(--dim)', fontStyle: 'italic'},
  {tag: [tags.punctuation, tags.separator, tags.meta], color: 'var(--dim)'},
])

/** The editor itself. It lives in a shadow root: there its styles are sheets and not `<style>` elements, which the policy of the page refuses. */
export default function Editor({value, onChange, onSave, label, problems, kind, grows}: YamlEditorProps) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const told = useRef(onChange)
  told.current = onChange
  const saved = useRef(onSave)
  saved.current = onSave
  const writable = useMemo(() => new Compartment(), [])
  const draft = useMemo(() => Draft.parse(value), [value])
  const schema = useSchema(draft, kind)
  const known = useRef(schema)
  known.current = schema
  const faults = useFaults(draft, problems, schema)

  useEffect(() => {
    const box = host.current
    if (!box) return
    const root = box.shadowRoot ?? box.attachShadow({mode: 'open'})
    const parent = document.createElement('div')
    parent.style.cssText = 'display:flex;flex:1;min-width:0;min-height:0;height:100%'
    root.replaceChildren(parent)
    box.style.display = 'flex'
    const made = new EditorView({
      root,
      parent,
      state: EditorState.create({
        doc: value,
        extensions: [
          lineNumbers(),
          foldGutter(),
          codeFolding(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          closeBrackets(),
          autocompletion({override: [context => complete(known.current, context)], icons: false}),
          highlightActiveLine(),
          highlightSelectionMatches(),
          search({top: true}),
          // Tab leaves the editor, as it leaves every other field.
          keymap.of([
            // The browser would save the page.
            {key: 'Mod-s', run: () => (saved.current?.(), true)},
            ...closeBracketsKeymap,
            ...completionKeymap,
            ...defaultKeymap,
            ...historyKeymap,
            ...searchKeymap,
            ...foldKeymap,
          ]),
          yaml(),
          syntaxHighlighting(colours),
          look,
          EditorState.tabSize.of(2),
          EditorView.contentAttributes.of({'aria-label': label, tabindex: '0'}),
          writable.of(editable(told.current !== undefined)),
          EditorView.updateListener.of(update => {
            if (update.docChanged && !update.transactions.some(transaction => transaction.isUserEvent('given'))) told.current?.(update.state.doc.toString())
          }),
        ],
      }),
    })
    view.current = made
    // Escape that closed the search or the offers does not close the drawer around the editor too.
    const keep = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && event.defaultPrevented) event.stopPropagation()
    }
    root.addEventListener('keydown', keep as EventListener)
    return () => {
      root.removeEventListener('keydown', keep as EventListener)
      view.current = null
      made.destroy()
    }
    // The text is followed below; another label is another editor.
  }, [label, writable])

  useEffect(() => {
    view.current?.dispatch({effects: writable.reconfigure(editable(onChange !== undefined))})
  }, [onChange === undefined, writable])

  useEffect(() => {
    const now = view.current
    const before = now?.state.doc.toString()
    if (!now || before === undefined || before === value) return
    // Only what differs is replaced, so that the cursor and the scroll position stay.
    let from = 0
    while (from < before.length && from < value.length && before[from] === value[from]) from++
    let end = 0
    while (end < before.length - from && end < value.length - from && before[before.length - 1 - end] === value[value.length - 1 - end]) end++
    now.dispatch({changes: {from, to: before.length - end, insert: value.slice(from, value.length - end)}, userEvent: 'given'})
  }, [value])

  useEffect(() => {
    const now = view.current
    if (!now) return
    const length = now.state.doc.length
    const marks: Diagnostic[] = faults.map(fault => {
      const span = fault.span ?? (fault.path ? draft.spanAt(fault.path) : undefined) ?? {from: 0, to: 0}
      const from = Math.min(span.from, length)
      return {from, to: Math.min(Math.max(span.to, from), length), severity: fault.severity, message: fault.message}
    })
    now.dispatch(setDiagnostics(now.state, marks))
  }, [faults, draft])

  const show = (fault: Problem) => {
    const now = view.current
    const span = fault.span ?? (fault.path ? draft.spanAt(fault.path) : undefined)
    if (!now || !span) return
    now.dispatch({selection: {anchor: Math.min(span.from, now.state.doc.length)}, scrollIntoView: true})
    now.focus()
  }

  return (
    <>
      <div ref={host} className={css.host} data-keys="own" style={grows ? {height: `${Math.min(draft.text.split('\n').length, 60) * 18 + 14}px`} : undefined} />
      {faults.length > 0 && (
        <div className={css.foot} role="status">
          {faults.slice(0, SHOWN).map((fault, index) => (
            <button key={index} type="button" className={css.fault} data-severity={fault.severity} onClick={() => show(fault)}>
              {lineOf(draft, fault)}
              {fault.message}
            </button>
          ))}
          {faults.length > SHOWN && <span>and {faults.length - SHOWN} more</span>}
        </div>
      )}
    </>
  )
}

function editable(is: boolean) {
  return [EditorView.editable.of(is), EditorState.readOnly.of(!is)]
}

function lineOf(draft: Draft, fault: Problem): string {
  const span = fault.span ?? (fault.path ? draft.spanAt(fault.path) : undefined)
  return span ? `Line ${draft.text.slice(0, span.from).split('\n').length}: ` : ''
}

function complete(schema: Schema | undefined, context: CompletionContext): CompletionResult | null {
  if (!schema || context.state.readOnly || context.state.doc.length > CHECKED) return null
  const found = offersAt(schema, context.state.doc.toString(), context.pos)
  // Without a letter nothing opens by itself: Enter must make lines, not choose.
  if (!found || (found.from === context.pos && !context.explicit)) return null
  return {from: found.from, options: found.offers.map(offer => ({...offer, type: 'property'})), validFor: /^[\w./-]*$/}
}

/** What fields the document may have, once it says what it is. */
function useSchema(draft: Draft, kind: string | undefined): Schema | undefined {
  const small = draft.text.length < CHECKED
  const named = kind ?? (small ? draft.textAt(['kind']) : '')
  const isOurs = kind !== undefined || (small && draft.textAt(['apiVersion']).startsWith('argoproj.io/'))
  const root = isOurs ? ROOTS[named] : undefined
  const api = useAsk<{definitions?: Record<string, Shape>}>(root ? 'swagger.json' : null, undefined, {stale: Infinity})
  const definitions = api.data?.definitions
  return useMemo(() => (root && definitions?.[root] ? {definitions, root} : undefined), [root, definitions])
}

function useFaults(draft: Draft, given: readonly Problem[] | undefined, schema: Schema | undefined): readonly Problem[] {
  const small = draft.text.length < CHECKED
  return useMemo(() => {
    const own = small ? draft.problems : []
    const fields = schema && small && draft.readable ? check(schema, draft.value()) : []
    return [...own, ...(given ?? []), ...fields]
  }, [draft, given, schema, small])
}
