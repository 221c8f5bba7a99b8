// The thread of `intake.ts`: writes blocks of bytes into a new file and gives each back; at `end` it answers with the MD5 of
// all. Plain JavaScript: a thread that has to take types out of its code takes twice as long to start, and twice the memory.
import { createHash } from 'node:crypto'
import { closeSync, openSync, writeSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'

const file = openSync(workerData, 'wx')
const md5 = createHash('md5')
parentPort.on('message', (given) => {
  if (given === 'end') {
    closeSync(file)
    return parentPort.postMessage(md5.digest('hex'))
  }
  const { block, length } = given
  for (let at = 0; at < length; ) at += writeSync(file, block, at, length - at)
  md5.update(block.subarray(0, length))
  parentPort.postMessage(block, [block.buffer])
})
