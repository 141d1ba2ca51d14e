import {useEffect, useMemo, useRef, useState} from 'react'

import {useKeys} from '@/shell/keys'
import Outline, {about, stateWords, type OutlineActs} from './Outline'
import type {Face} from './paint'
import SheetView, {type SheetActs} from './Sheet'
import css from './Tree.module.css'
import type {Shown} from './useTree'
import {HOOK, PROBLEM, PRUNE, rollUp, ROOT, shortKind, SYNCS, trouble} from './words'

export interface TreeProps {
  shown: Shown
  /** Key of the object in the drawer, or of the one that a link points at. */
  chosen?: string
  onOpen(key: string, apart: boolean, tab?: string): void
  /** Opens or folds what is below the object or group of that key. */
  onFold(key: string): void
  /** Asks that an object be in sight: its owners are unfolded. */
  onReveal(key: string): void
  onShape(aspect: number): void
}

/** The objects of an application: a picture, and beside it the same as an outline; both have the same selection. */
export default function Tree({shown, chosen, onOpen, onFold, onReveal, onShape}: TreeProps) {
  const {items, sheet} = shown.picture
  const {objects} = shown
  const [currentKey, setCurrentKey] = useState(() => chosen ?? shown.key(0))
  const outline = useRef<OutlineActs>(null)
  const canvas = useRef<SheetActs>(null)
  const coming = useRef<string | null>(chosen ?? null)
  const keyOfItem = (item: number) => {
    const of = items.object[item] ?? 0
    return of < 0 ? (items.groups[-1 - of]?.key ?? '') : shown.key(of)
  }
  const current = useMemo(() => {
    const group = items.groups.findIndex(one => one.key === currentKey)
    return Math.max(0, items.object.indexOf(group >= 0 ? -1 - group : shown.find(currentKey)))
  }, [items, currentKey, shown])
  const packed = sheet?.mode === 'packed'
  /** What the picture calls an item: its place in the outline, or the object. */
  const ofItem = (item: number) => (packed ? (items.object[item] ?? -1) : item)

  const move = (item: number) => {
    setCurrentKey(keyOfItem(item))
    canvas.current?.see(ofItem(item))
  }
  // What was jumped to may have been folded away until now.
  useEffect(() => {
    if (coming.current === null) return
    const item = items.object.indexOf(shown.find(coming.current))
    if (item < 0) return
    coming.current = null
    outline.current?.go(item)
    canvas.current?.see(packed ? (items.object[item] ?? -1) : item)
  }, [shown, items, packed])
  const jump = (key: string) => {
    const item = items.object.indexOf(shown.find(key))
    if (item >= 0) {
      outline.current?.go(item)
      move(item)
      return
    }
    coming.current = key
    setCurrentKey(key)
    onReveal(key)
  }
  const problem = (step: 1 | -1) => {
    const {count, look} = objects
    const from = Math.max(0, shown.find(currentKey))
    for (let turn = 1; turn <= count; turn++) {
      const at = (((from + step * turn) % count) + count) % count
      if (at > 0 && (look[at] ?? 0) >= PROBLEM && shown.picture.fits[at]) return jump(shown.key(at))
    }
  }
  const openTab = (tab: string) => {
    const of = items.object[current] ?? -1
    if (of > 0) onOpen(shown.key(of), false, tab)
  }
  useKeys('Tree', {
    y: {label: 'Manifest of the selected object', do: () => openTab('manifest')},
    l: {label: 'Logs of the selected object', do: () => openTab('logs')},
    t: {label: 'Terminal in the selected pod', do: () => openTab('exec')},
    '+': {label: 'Nearer', do: () => canvas.current?.zoom(1.25)},
    '-': {label: 'Farther', do: () => canvas.current?.zoom(0.8)},
    '0': {label: 'Show everything', do: () => canvas.current?.fit()},
    '.': {label: 'Show the selected object', do: () => canvas.current?.see(ofItem(current))},
    n: {label: 'Next problem', do: () => problem(1)},
    p: {label: 'Problem before', do: () => problem(-1)},
    'shift+ArrowLeft': {label: 'Move the picture', do: () => canvas.current?.pan(80, 0)},
    'shift+ArrowRight': {label: 'Move the picture', do: () => canvas.current?.pan(-80, 0)},
    'shift+ArrowUp': {label: 'Move the picture', do: () => canvas.current?.pan(0, 80)},
    'shift+ArrowDown': {label: 'Move the picture', do: () => canvas.current?.pan(0, -80)},
  })

  const faces = useMemo(() => facesOf(shown, packed), [shown, packed])
  const open = (item: number, apart: boolean) => {
    const of = items.object[item] ?? 0
    if (of < 0) onFold(keyOfItem(item))
    else onOpen(shown.key(of), apart)
  }
  const {tally} = shown.picture.counts
  return (
    <div className={css.tree}>
      <Outline shown={shown} current={current} onCurrent={item => item !== current && move(item)} onFold={item => onFold(keyOfItem(item))} onOpen={open} acts={outline} />
      {sheet && (
        <SheetView
          sheet={sheet}
          label={`Picture of ${objects.count - 1} objects${trouble(tally) ? `: ${trouble(tally)}` : ', all in order'}. The outline beside it holds the same.`}
          {...faces}
          current={ofItem(current)}
          onShape={onShape}
          acts={canvas}
          onPick={(of, {onFold: fold, apart}) => {
            const object = packed ? of : (items.object[of] ?? 0)
            const key = object < 0 ? (items.groups[-1 - object]?.key ?? '') : shown.key(object)
            setCurrentKey(key)
            if (object < 0 || (!packed && fold && (items.fold[of] ?? 0) > 0 && object > 0)) onFold(key)
            else onOpen(key, apart)
          }}
        />
      )}
    </div>
  )
}

/** From so many below a card says how many. */
const MANY_BELOW = 8

/** How the painter learns what a box is. */
function facesOf(shown: Shown, packed: boolean) {
  const {objects, picture} = shown
  const {items, fits, searching} = picture
  const objectOf = (of: number) => (packed ? of : (items.object[of] ?? 0))
  const groupOf = (of: number) => (packed || (items.object[of] ?? 0) >= 0 ? undefined : items.groups[-1 - (items.object[of] ?? 0)])
  const lookOf = (of: number) => {
    const group = groupOf(of)
    if (group) return worst(group.tally)
    return objects.look[objectOf(of)] ?? 0
  }
  return {
    lookOf,
    faint: searching ? (of: number) => !groupOf(of) && !fits[objectOf(of)] : undefined,
    faceOf(of: number): Face {
      const group = groupOf(of)
      if (group) {
        const rest = trouble(group.tally)
        return {title: `${group.members.length.toLocaleString('en')} ${shortKind(shown.kind(group.members[0] ?? 0))}`, kind: rest || 'press to open', facts: '', look: lookOf(of), folded: picture.items.fold[of] === 2 ? '+' : '−'}
      }
      const face = faceOfObject(shown, objectOf(of), packed ? 0 : (items.fold[of] ?? 0))
      const count = objects.below[objectOf(of)] ?? 0
      return packed && count >= MANY_BELOW ? {...face, folded: count.toLocaleString('en')} : face
    },
    about(of: number): string {
      const group = groupOf(of)
      return group ? rollUp(shown.kind(group.members[0] ?? 0), group.members.length, group.tally) : about(shown, objectOf(of))
    },
  }
}

/** The card of an object. */
export function faceOfObject(shown: Shown, index: number, fold = 0): Face {
  const {objects} = shown
  const flags = objects.flags[index] ?? 0
  const look = objects.look[index] ?? 0
  const outOfSync = SYNCS[objects.sync[index] ?? 0] === 'OutOfSync'
  return {
    title: shown.name(index),
    kind: flags & HOOK ? `${shortKind(shown.kind(index))} hook` : shortKind(shown.kind(index)),
    facts: shown.facts(index) || (look >= PROBLEM ? stateWords(shown, index) : ''),
    look,
    // The first glyph says how it runs; that it differs from Git must not be lost behind it.
    mark: flags & PRUNE ? 'delete' : outOfSync && look > PROBLEM && objects.health[index] !== 0 && !(flags & ROOT) ? 'warn' : undefined,
    folded: fold === 2 ? `+${(objects.below[index] ?? 0).toLocaleString('en')}` : undefined,
    faint: false,
  }
}

function worst(tally: Uint32Array): number {
  for (let code = tally.length - 1; code > 0; code--) if (tally[code]) return code
  return 0
}
