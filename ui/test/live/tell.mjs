// Tells one story in Chromium: `node test/live/tell.mjs NAME`, with what there is as a line of JSON on its input. The test `browser`
// of the program runs it: it has the server, and starts and stops it when a line of this script's output asks for that.
import {createInterface} from 'node:readline'

import {World} from './world.mjs'

const lines = createInterface({input: process.stdin})[Symbol.asyncIterator]()
const given = JSON.parse((await lines.next()).value)
const ask = async what => {
  console.log(JSON.stringify({ask: what}))
  await lines.next()
}
const {default: story} = await import(`./${process.argv[2]}.mjs`)
const world = await World.open(given, ask)
try {
  await story(world)
} catch (error) {
  world.fault(error.stack.split('\n').filter(line => !line.includes('node_modules')).slice(0, 24).join('\n'))
  await world.describe()
}
await world.close()
for (const fault of world.faults) console.log(JSON.stringify({fault}))
process.exit(0)
