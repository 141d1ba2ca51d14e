/** How a run of a line looks: the colours that programs ask for, as the few that can be read on our backgrounds. */
export interface Style {
  tone?: Tone
  bold?: boolean
  dim?: boolean
  italic?: boolean
  underline?: boolean
  strike?: boolean
}

export type Tone = 'black' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | 'white'

export interface Run {
  text: string
  style: Style
}

const TONES: Tone[] = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white']
// Colours and such; every other sequence of terminals (cursors, titles, links, what a terminal would answer to) has nothing to do here.
const SEQUENCE = /\u001b\[([0-9;:]*)m|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[PX^_][^\u001b]*(?:\u001b\\)?|\u001b\[[0-?]*[ -/]*[@-~]|\u001b[ -/]*[0-~]|\u001b|\u009b[0-?]*[ -/]*[@-~]/g
// Other control characters, and those that turn the direction of text around for what comes after.
const HOSTILE = /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

/** A line in runs of one look each. Nothing of a sequence is left, whole or cut. */
export function runsOf(line: string): Run[] {
  if (!/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(line)) return [{text: line, style: {}}]
  const runs: Run[] = []
  let style: Style = {}
  let from = 0
  const add = (text: string) => {
    const clean = text.replace(HOSTILE, '')
    if (clean !== '') runs.push({text: clean, style})
  }
  for (const match of line.matchAll(SEQUENCE)) {
    add(line.slice(from, match.index))
    from = match.index + match[0].length
    if (match[1] !== undefined) style = styled(style, match[1])
  }
  add(line.slice(from))
  return runs
}

/** The line without any of it. */
export function plainOf(line: string): string {
  return runsOf(line).map(run => run.text).join('')
}

function styled(before: Style, codes: string): Style {
  let style: Style = {...before}
  const list = codes === '' ? [0] : codes.split(/[;:]/).map(Number)
  for (let at = 0; at < list.length; at++) {
    const code = list[at] ?? 0
    if (code === 0) style = {}
    else if (code === 1) style.bold = true
    else if (code === 2) style.dim = true
    else if (code === 3) style.italic = true
    else if (code === 4) style.underline = true
    else if (code === 9) style.strike = true
    else if (code === 22) delete style.bold, delete style.dim
    else if (code === 23) delete style.italic
    else if (code === 24) delete style.underline
    else if (code === 29) delete style.strike
    else if (code === 39) delete style.tone
    else if (code >= 30 && code <= 37) style.tone = TONES[code - 30]
    else if (code >= 90 && code <= 97) style.tone = TONES[code - 90]
    else if (code === 38 || code === 48) {
      const [kind, ...rest] = list.slice(at + 1)
      const length = kind === 5 ? 2 : kind === 2 ? 4 : 1
      if (code === 38 && kind === 5) style.tone = ofPalette(rest[0] ?? 0)
      if (code === 38 && kind === 2) style.tone = nearest(rest[0] ?? 0, rest[1] ?? 0, rest[2] ?? 0)
      at += length
    }
  }
  return style
}

function ofPalette(index: number): Tone | undefined {
  if (index < 16) return TONES[index % 8]
  if (index >= 232) return index < 244 ? 'black' : undefined
  const at = index - 16
  const level = (step: number) => (step === 0 ? 0 : 55 + step * 40)
  return nearest(level(Math.floor(at / 36)), level(Math.floor(at / 6) % 6), level(at % 6))
}

/** The basic colour that has the same of red, green and blue above the middle. */
function nearest(red: number, green: number, blue: number): Tone | undefined {
  const most = Math.max(red, green, blue)
  if (most - Math.min(red, green, blue) < 32) return most < 110 ? 'black' : undefined
  const high = (value: number) => (value > most * 0.6 ? 1 : 0)
  return TONES[high(red) + 2 * high(green) + 4 * high(blue)]
}

/** Where a word stands in a text, from left to right: pairs of begin and end. At most `most`. */
export function placesOf(text: string, word: string, matchCase: boolean, most = 200): Array<[number, number]> {
  if (word === '') return []
  const [inside, look] = matchCase ? [text, word] : [text.toLowerCase(), word.toLowerCase()]
  // Letters whose small form is longer would shift what follows.
  if (inside.length !== text.length) return []
  const places: Array<[number, number]> = []
  for (let at = inside.indexOf(look); at >= 0 && places.length < most; at = inside.indexOf(look, at + look.length)) places.push([at, at + look.length])
  return places
}

/** The runs with what is marked as runs of its own. */
export function markedRuns(runs: readonly Run[], places: ReadonlyArray<[number, number]>): Array<Run & {mark?: boolean}> {
  if (places.length === 0) return [...runs]
  const out: Array<Run & {mark?: boolean}> = []
  let begin = 0
  let next = 0
  for (const run of runs) {
    const end = begin + run.text.length
    let at = begin
    while (at < end) {
      while (next < places.length && (places[next] as [number, number])[1] <= at) next++
      const place = places[next]
      const inside = place !== undefined && place[0] <= at
      const to = Math.min(end, place === undefined ? end : inside ? place[1] : place[0])
      out.push({text: run.text.slice(at - begin, to - begin), style: run.style, ...(inside ? {mark: true} : {})})
      at = to
    }
    begin = end
  }
  return out
}

/** Whether a line tells of an error, in the words most programs use. */
export function isError(line: string): boolean {
  return /\b(error|fatal|panic|exception|critical)\b/i.test(line.slice(0, 400)) && !/\b(0 errors|no error|error=(nil|null|""))/i.test(line.slice(0, 400))
}
