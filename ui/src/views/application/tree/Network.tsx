import {useMemo, useRef, useState} from 'react'

import {EmptyNote} from '@/parts/EmptyNote'
import {useKeys} from '@/shell/keys'
import {GROUP, OBJECT, OUTSIDE} from './network'
import {about} from './Outline'
import type {Face} from './paint'
import SheetView, {type SheetActs} from './Sheet'
import {faceOfObject} from './Tree'
import css from './Tree.module.css'
import type {Shown} from './useTree'
import {glyphOf, rollUp, shortKind, trouble} from './words'
import {StatusGlyph} from '@/parts/StatusGlyph'

/** More lines than anybody reads; the filter finds the rest. */
const MOST = 600

/** The way of traffic: from addresses outside over what takes it in and the services to the pods. Beside the picture stands the same as a list. */
export default function Network({shown, chosen, onOpen, onFold}: {shown: Shown; chosen?: string; onOpen(key: string, apart: boolean): void; onFold(key: string): void}) {
  const {network, sheet} = shown.picture
  const acts = useRef<SheetActs>(null)
  const [current, setCurrent] = useState(-1)
  useKeys('Network', {
    '+': {label: 'Nearer', do: () => acts.current?.zoom(1.25)},
    '-': {label: 'Farther', do: () => acts.current?.zoom(0.8)},
    '0': {label: 'Show everything', do: () => acts.current?.fit()},
  })
  const faces = useMemo(() => {
    if (!network) return null
    const worst = (tally: Uint32Array) => {
      for (let code = tally.length - 1; code > 0; code--) if (tally[code]) return code
      return 0
    }
    const lookOf = (of: number) => {
      const ref = network.ref[of] ?? 0
      if (network.sort[of] === OBJECT) return shown.objects.look[ref] ?? 0
      return network.sort[of] === GROUP ? worst(network.groups[ref]?.tally ?? new Uint32Array()) : 0
    }
    const words = (of: number) => {
      const ref = network.ref[of] ?? 0
      if (network.sort[of] === OUTSIDE) return `${network.outside[ref]} outside`
      if (network.sort[of] === OBJECT) return about(shown, ref)
      const group = network.groups[ref]
      return group ? rollUp(shown.kind(group.members[0] ?? 0), group.members.length, group.tally) : ''
    }
    return {
      lookOf,
      faint: shown.picture.searching ? (of: number) => network.sort[of] === OBJECT && !shown.picture.fits[network.ref[of] ?? 0] : undefined,
      about: words,
      faceOf(of: number): Face {
        const ref = network.ref[of] ?? 0
        if (network.sort[of] === OBJECT) return faceOfObject(shown, ref)
        const group = network.groups[ref]
        if (network.sort[of] === GROUP && group) return {title: `${group.members.length.toLocaleString('en')} ${shortKind(shown.kind(group.members[0] ?? 0))}`, kind: trouble(group.tally) || 'press to open', facts: '', look: lookOf(of), folded: '+'}
        return {title: network.outside[ref] ?? '', kind: 'outside', facts: '', look: 0}
      },
    }
  }, [network, shown])
  if (!network || !sheet || !faces) return null
  if (network.count === 0) return <EmptyNote title={shown.picture.searching ? 'No object that fits the filter takes part in the network.' : 'No object of this application takes part in the network.'}>Services, ingresses, gateways’ routes and pods do.</EmptyNote>
  const pick = (of: number, apart: boolean) => {
    setCurrent(of)
    const ref = network.ref[of] ?? 0
    if (network.sort[of] === OBJECT) onOpen(shown.key(ref), apart)
    if (network.sort[of] === GROUP) onFold(network.groups[ref]?.key ?? '')
  }
  const at = chosen ? network.ref.findIndex((ref, of) => network.sort[of] === OBJECT && shown.key(ref) === chosen) : current
  // In the order of the picture: column by column, from the top.
  const order = Array.from({length: network.count}, (_, of) => of).sort((a, b) => (sheet.boxes[a * 4] ?? 0) - (sheet.boxes[b * 4] ?? 0) || (sheet.boxes[a * 4 + 1] ?? 0) - (sheet.boxes[b * 4 + 1] ?? 0)).slice(0, MOST)
  return (
    <div className={css.tree}>
      <ul className={css.outline} aria-label="Objects of the network">
        {order.map(of => {
          const face = faces.faceOf(of)
          const glyph = glyphOf(face.look)
          const target = edgesFrom(sheet.lines, sheet.boxes, of)
          return (
            <li key={of}>
              <button type="button" className={css.netLine} onClick={event => pick(of, event.ctrlKey || event.metaKey)} onFocus={() => { setCurrent(of); acts.current?.see(of) }} disabled={network.sort[of] === OUTSIDE} aria-current={of === at || undefined}>
                {glyph ? <StatusGlyph look={glyph} label={glyph} /> : <span className={css.noGlyph} />}
                <span className={css.kind}>{face.kind}</span>
                <span className={css.name}>{face.title}</span>
                <span className={css.more}>{target > 0 ? `to ${target}` : ''}</span>
              </button>
            </li>
          )
        })}
      </ul>
      <SheetView sheet={sheet} label={`Picture of the network: ${network.count} objects. The list beside it holds the same.`} {...faces} current={at} acts={acts} onPick={(of, {apart}) => pick(of, apart)} />
    </div>
  )
}

/** How many lines leave a box. */
function edgesFrom(lines: Float32Array, boxes: Float32Array, of: number): number {
  const [x, y] = [(boxes[of * 4] ?? 0) + (boxes[of * 4 + 2] ?? 0), (boxes[of * 4 + 1] ?? 0) + (boxes[of * 4 + 3] ?? 0) / 2]
  let count = 0
  for (let at = 0; at < lines.length; at += 4) if (lines[at] === x && lines[at + 1] === y) count++
  return count
}
