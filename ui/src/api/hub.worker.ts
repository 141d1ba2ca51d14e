/// <reference lib="webworker" />
import {makeHub} from './hub'

const join = makeHub()
;(self as unknown as SharedWorkerGlobalScope).onconnect = event => {
  const port = event.ports[0]
  if (port) join(port)
}
