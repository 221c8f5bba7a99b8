// The thread of `md5.ts`: takes blocks of bytes and gives each back; at `end` it answers with the digest. Plain JavaScript:
// a thread that has to take types out of its code takes twice as long to start, and twice the memory.
import { createHash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'

const md5 = createHash('md5')
parentPort.on('message', (given) => {
  if (given === 'end') return parentPort.postMessage(md5.digest('hex'))
  const { block, length } = given
  md5.update(block.subarray(0, length))
  parentPort.postMessage(block, [block.buffer])
})
