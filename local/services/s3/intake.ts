import { createHash } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

/** Bytes that have all come. */
export interface Taken {
  /** MD5 in hexadecimal. */
  md5: string
  /** Themselves, where they are few: they are in no file then. */
  bytes?: Uint8Array
}

/** Takes bytes into a new file as they come, with their MD5. One of `end` and `abandon` is to be called. */
export interface Intake {
  add(data: Uint8Array): void | Promise<void>
  end(): Promise<Taken>
  /** Forgets all that came, and removes the file. */
  abandon(): Promise<void>
}

/** So many bytes are written in one go: each takes another thread, which has to wake up. */
const BLOCK = 512 * 1024

const here = (path: string, largestBytes: number): Intake => {
  const hash = createHash('md5')
  let held: Uint8Array[] = []
  let size = 0
  let handle: FileHandle | undefined
  const all = () => {
    const bytes = Buffer.concat(held)
    held = []
    size = 0
    return bytes
  }
  const write = async () => {
    const bytes = all()
    handle ??= await open(path, 'wx')
    await handle.appendFile(bytes)
  }
  return {
    add(data) {
      hash.update(data)
      held.push(data)
      size += data.length
      return size < BLOCK ? undefined : write()
    },
    async end() {
      const md5 = hash.digest('hex')
      if (!handle && size <= largestBytes) return { md5, bytes: all() }
      if (!handle) writeFileSync(path, all(), { flag: 'wx' })
      else if (size > 0) await write()
      await handle?.close()
      return { md5 }
    },
    async abandon() {
      await handle?.close().catch(() => {})
      rmSync(path, { force: true })
    },
  }
}

/** Blocks go to the thread and come back to be filled again: nothing is left for V8 to collect. */
const BLOCKS = 4

const inThread = (path: string): Intake => {
  const { Worker } = process.getBuiltinModule('node:worker_threads')
  const worker = new Worker(new URL('./intake.worker.mjs', import.meta.url), { workerData: path })
  const free = Array.from({ length: BLOCKS }, () => new Uint8Array(BLOCK))
  let filled = 0
  let md5: string | undefined
  let fault: Error | undefined
  let heard = () => {}
  worker.on('message', (said: Uint8Array<ArrayBuffer> | string) => {
    if (typeof said === 'string') md5 = said
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
    async add(data) {
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
    async end() {
      send()
      worker.postMessage('end')
      const taken = { md5: await wait(() => md5) }
      await worker.terminate()
      return taken
    },
    async abandon() {
      await worker.terminate()
      rmSync(path, { force: true })
    },
  }
}

/** From so many bytes on a thread is worth its start. */
const LARGE = 32 * 1024 * 1024

/**
 * Takes in about `size` bytes. To compute their MD5 takes longer than all else that is done with the bytes of an upload, so
 * that of many is computed in a thread of its own, which writes them, too.
 * @param path the file, which must not be there
 * @param largestBytes up to so many bytes are given back at the end, and come into no file
 */
export const createIntake = (path: string, size: number, largestBytes: number): Intake =>
  size < LARGE ? here(path, largestBytes) : inThread(path)
