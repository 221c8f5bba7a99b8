import { createHash } from 'node:crypto'
import { Worker } from 'node:worker_threads'

/** An MD5 as it grows, to be ended whatever becomes of it. */
export interface Md5 {
  update(data: Uint8Array): undefined | Promise<void>
  /** In hexadecimal. */
  digest(): string | Promise<string>
  end(): void
}

/** From so many bytes on a thread is worth its start. */
const LARGE = 32 * 1024 * 1024
/** So many bytes may wait for the thread. */
const MOST_WAITING = 4 * 1024 * 1024

const here = (): Md5 => {
  const hash = createHash('md5')
  return {
    update: (data) => void hash.update(data),
    digest: () => hash.digest('hex'),
    end: () => {},
  }
}

const apart = (): Md5 => {
  const worker = new Worker(new URL('./md5.worker.ts', import.meta.url))
  let waiting = 0
  let fault: Error | undefined
  let heard = (_digest?: string) => {}
  worker.on('message', (said: number | string) => {
    if (typeof said === 'number') waiting -= said
    heard(typeof said === 'string' ? said : undefined)
  })
  worker.on('error', (error) => {
    fault = error
    heard()
  })
  const hear = () =>
    new Promise<string | undefined>((resolve) => {
      heard = resolve
    })
  const room = async () => {
    while (waiting > MOST_WAITING && !fault) await hear()
    if (fault) throw fault
  }
  return {
    update(data) {
      const copy = new Uint8Array(data)
      waiting += copy.length
      worker.postMessage(copy, [copy.buffer])
      return waiting > MOST_WAITING || fault ? room() : undefined
    },
    async digest() {
      worker.postMessage('end')
      for (;;) {
        if (fault) throw fault
        const digest = await hear()
        if (digest !== undefined) return digest
      }
    },
    end: () => void worker.terminate(),
  }
}

/**
 * An MD5 of about `size` bytes. It takes longer than all else that is done with the bytes of an upload, so that of many
 * it is computed in a thread of its own.
 */
export const md5Of = (size: number): Md5 => (size < LARGE ? here() : apart())
