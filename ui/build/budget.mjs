// Fails the build where it became heavier than it may be: what the first screen needs, each chunk that comes later, and the fonts.
import {readFileSync, readdirSync, rmSync} from 'node:fs'
import {gzipSync} from 'node:zlib'

const KIB = 1024
const limits = {first: 180 * KIB, chunk: 140 * KIB, fonts: 100 * KIB}
const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))
rmSync(new URL('.vite', dist), {recursive: true})
const size = file => gzipSync(readFileSync(new URL(file, dist)), {level: 9}).length

// The index and the list of applications with all that they import at once.
const first = new Set()
const visit = key => {
  const entry = manifest[key]
  if (!entry || first.has(entry.file)) return
  first.add(entry.file)
  for (const css of entry.css ?? []) first.add(css)
  for (const next of entry.imports ?? []) visit(next)
}
visit('index.html')
visit('src/views/applications/Applications.tsx')

const wrong = []
const total = [...first].reduce((sum, file) => sum + size(file), 0)
if (total > limits.first) wrong.push(`the first screen takes ${kib(total)}, it may take ${kib(limits.first)}`)
let largest = ['', 0]
for (const file of readdirSync(new URL('assets/', dist))) {
  if (!/\.(js|css)$/.test(file) || first.has(`assets/${file}`)) continue
  const bytes = size(`assets/${file}`)
  if (bytes > largest[1]) largest = [file, bytes]
  if (bytes > limits.chunk) wrong.push(`${file} takes ${kib(bytes)}, it may take ${kib(limits.chunk)}`)
}
const fonts = readdirSync(new URL('assets/', dist)).filter(file => file.endsWith('.woff2'))
const fontBytes = fonts.reduce((sum, file) => sum + readFileSync(new URL(`assets/${file}`, dist)).length, 0)
if (fontBytes > limits.fonts) wrong.push(`the fonts take ${kib(fontBytes)}, they may take ${kib(limits.fonts)}`)

console.log(`first screen ${kib(total)} gzip; largest later chunk ${largest[0]} ${kib(largest[1])}; fonts ${kib(fontBytes)}`)
if (wrong.length > 0) {
  console.error(wrong.join('\n'))
  process.exit(1)
}

function kib(bytes) {
  return `${(bytes / KIB).toFixed(1)} KiB`
}
