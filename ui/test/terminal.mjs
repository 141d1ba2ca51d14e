// A made-up shell behind the contract's websocket: it says hello in colours, echoes what is typed, and tells its size.
import {createHash} from 'node:crypto'

const ESC = String.fromCharCode(27)

/** Takes over an upgraded connection. */
export function shell(request, socket) {
  const key = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`)
  const say = data => socket.write(frame(JSON.stringify({operation: 'stdout', data})))
  say(`${ESC}[1;32mroot@cart${ESC}[0m:${ESC}[34m/srv${ESC}[0m# ls --color\r\n${ESC}[36mbin${ESC}[0m  ${ESC}[31mbroken.link${ESC}[0m  rules.yaml  ${ESC}]0;a title${String.fromCharCode(7)}\r\n${ESC}[1;32mroot@cart${ESC}[0m:${ESC}[34m/srv${ESC}[0m# `)
  let rest = Buffer.alloc(0)
  socket.on('data', piece => {
    rest = Buffer.concat([rest, piece])
    for (let one = unframe(rest); one; one = unframe(rest)) {
      rest = rest.subarray(one.length)
      if (one.code === 8) return socket.end()
      const {operation, data, cols, rows} = JSON.parse(one.text)
      if (operation === 'resize') say(`[${cols > 20 && rows > 5 ? 'sized' : 'too small'}] `)
      else if (data === '\r') say(`\r\nyou are root\r\n`)
      else say(data)
    }
  })
  socket.on('error', () => socket.destroy())
}

function frame(text) {
  const body = Buffer.from(text)
  const head = body.length < 126 ? Buffer.from([0x81, body.length]) : Buffer.from([0x81, 126, body.length >> 8, body.length & 255])
  return Buffer.concat([head, body])
}

/** The first frame of what came; nothing while it is not whole. Browsers mask theirs. */
function unframe(bytes) {
  if (bytes.length < 6) return undefined
  const short = bytes[1] & 127
  const at = short === 126 ? 4 : 2
  if (bytes.length < at + 4) return undefined
  const size = short === 126 ? bytes.readUInt16BE(2) : short
  const length = at + 4 + size
  if (bytes.length < length) return undefined
  const mask = bytes.subarray(at, at + 4)
  const body = Buffer.from(bytes.subarray(at + 4, length).map((byte, index) => byte ^ mask[index % 4]))
  return {code: bytes[0] & 15, text: body.toString(), length}
}
