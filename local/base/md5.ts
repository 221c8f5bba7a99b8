import { createHash } from 'node:crypto'

/** An MD5 as it grows, to be ended whatever becomes of it. */
export interface Md5 {
  update(data: Uint8Array): void | Promise<void>
  /** In hexadecimal. */
  digest(): string | Promise<string>
  end(): void
}

/** From so many bytes on a thread is worth its start. */
const LARGE = 32 * 1024 * 1024
/** Bytes go to the thread in blocks, which come back to be filled again: nothing is left for V8 to collect. */
const BLOCK = 512 * 1024
const BLOCKS = 4

const here = (): Md5 => {
  const hash = createHash('md5')
  return {
    update: (data) => void hash.update(data),
    digest: () => hash.digest('hex'),
    end: () => {},
  }
}

const apart = (): Md5 => {
  const { Worker } = process.getBuiltinModule('node:worker_threads')
  const worker = new Worker(new URL('./md5.worker.mjs', import.meta.url))
  const free = Array.from({ length: BLOCKS }, () => new Uint8Array(BLOCK))
  let filled = 0
  let digest: string | undefined
  let fault: Error | undefined
  let heard = () => {}
  worker.on('message', (said: Uint8Array<ArrayBuffer> | string) => {
    if (typeof said === 'string') digest = said
    else free.unshift(said)
    heard()
  })
  worker.on('error', (error) => {
    fault = error
    heard()
  })
  /** Waits for what `look` finds once the thread has said something. */
  const wait = async <T>(look: () => T | undefined): Promise<T> => {
    for (;;) {
      if (fault) throw fault
      const found = look()
      if (found !== undefined) return found
      await new Promise<void>((resolve) => {
        heard = resolve
      })
    }
  }
  const send = () => {
    const block = free.pop()
    if (block && filled > 0) worker.postMessage({ block, length: filled }, [block.buffer])
    filled = 0
  }
  return {
    async update(data) {
      for (let at = 0; at < data.length; ) {
        // The last one is being filled.
        const block = free.at(-1) ?? (await wait(() => free.at(-1)))
        const part = data.subarray(at, at + BLOCK - filled)
        block.set(part, filled)
        filled += part.length
        at += part.length
        if (filled === BLOCK) send()
      }
    },
    digest() {
      send()
      worker.postMessage('end')
      return wait(() => digest)
    },
    end: () => void worker.terminate(),
  }
}

/**
 * An MD5 of about `size` bytes. It takes longer than all else that is done with the bytes of an upload, so that of many
 * it is computed in a thread of its own.
 */
export const md5Of = (size: number): Md5 => (size < LARGE ? here() : apart())
