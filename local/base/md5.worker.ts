// The thread of `md5.ts`: takes bytes, and tells how many it has taken; at `end` it answers with the digest.
import { createHash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'

const md5 = createHash('md5')
parentPort?.on('message', (given: Uint8Array | 'end') => {
  if (given === 'end') return parentPort?.postMessage(md5.digest('hex'))
  md5.update(given)
  parentPort?.postMessage(given.length)
})
