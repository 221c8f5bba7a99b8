import { closeSync, mkdirSync, openSync, readdirSync, readSync, rmSync, unlink } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { type Algorithm, byName, type ChecksumName, type Running } from '../../base/checksums.ts'
import type { Ids } from '../../base/ids.ts'
import type { State } from '../../base/state.ts'
import type { Bytes } from '../service.ts'
import { createIntake } from './intake.ts'
import { createRows, LARGEST_ROW } from './rows.ts'

/** Checksums in base64, by algorithm. */
export type Checksums = { [Name in ChecksumName]?: string }

/** Bytes that have arrived whole. */
export interface Received {
  /** The name of their file, which no key has a part in. */
  file: string
  /** Themselves, where they are few and wait for {@link Files.keep}. */
  bytes?: Uint8Array
  size: number
  /** MD5 in hexadecimal: the ETag of an object put in one piece. */
  md5: string
  checksums: Checksums
}

/** A file of an object, in its order. */
export interface Piece {
  file: string
  size: number
}

/** The bytes of objects, as files, small ones as rows. What no table of objects names is not there. */
export interface Files {
  /** Takes in bytes as they come, computing `algorithms`; leaves nothing when they end with an error. */
  receive(body: Bytes, algorithms: readonly ChecksumName[]): Promise<Received>
  /** Keeps what was received: to be called in the transaction that names it. */
  keep(received: Received): void
  /**
   * `length` bytes of an object from `start`. They stay readable until they are read, whatever happens to the object. Who
   * needs a part no longer may give it to `next`, to be filled again.
   */
  read(content: string, pieces: readonly Piece[], start: number, length: number): Bytes
  /** Removes files, with the transaction that gives them up, and when the last reader of `content` has ended. */
  remove(files: readonly string[], content?: string): void
  /** Removes what a killed cloud left behind: every file but `known`. */
  sweep(known: ReadonlySet<string>): void
}

/** So many bytes are read at once; more of them pass through in parts of this size. */
const SMALL = 128 * 1024
const PART = 512 * 1024

export const createFiles = (folder: string, ids: Ids, state: State): Files => {
  mkdirSync(folder, { recursive: true })
  const rows = createRows(state)
  const path = (file: string) => join(folder, file)
  const readers = new Map<string, number>()
  const waiting = new Map<string, string[]>()

  /** What cannot be removed now is swept at the next start. */
  const drop = (files: readonly string[]) => {
    rows.remove(files.filter(rows.has))
    state.committed(() => {
      for (const file of files) if (!rows.has(file)) unlink(path(file), () => {})
    })
  }
  const begin = (content: string): (() => void) => {
    readers.set(content, (readers.get(content) ?? 0) + 1)
    let ended = false
    return () => {
      if (ended) return
      ended = true
      const left = (readers.get(content) ?? 0) - 1
      if (left > 0) return void readers.set(content, left)
      readers.delete(content)
      drop(waiting.get(content) ?? [])
      waiting.delete(content)
    }
  }

  type Parts = AsyncGenerator<Uint8Array, void, Uint8Array | undefined>
  async function* bytes(pieces: readonly Piece[], start: number, length: number): Parts {
    let [skip, left] = [start, length]
    let spare: Uint8Array | undefined
    for (const { file, size } of pieces) {
      if (left === 0) return
      if (skip >= size) {
        skip -= size
        continue
      }
      if (rows.has(file)) {
        const found = rows.read(file).subarray(skip, skip + left)
        yield found
        left -= found.length
        skip = 0
        continue
      }
      const handle = await open(path(file))
      try {
        for (let at = skip; at < size && left > 0; ) {
          const wanted = Math.min(PART, size - at, left)
          const room = wanted === PART && spare?.length === PART ? spare : Buffer.allocUnsafe(wanted)
          const { bytesRead, buffer } = await handle.read(room, 0, wanted, at)
          if (bytesRead === 0) throw new Error(`the file ${file} is shorter than its ${size} bytes`)
          spare = yield bytesRead < wanted ? buffer.subarray(0, bytesRead) : buffer
          at += bytesRead
          left -= bytesRead
        }
      } finally {
        await handle.close()
      }
      skip = 0
    }
  }

  const readNow = (file: string, start: number, length: number): Uint8Array => {
    if (rows.has(file)) return rows.read(file).subarray(start, start + length)
    const buffer = Buffer.allocUnsafe(length)
    const descriptor = openSync(path(file), 'r')
    try {
      let at = 0
      while (at < length) {
        const count = readSync(descriptor, buffer, at, length - at, start + at)
        if (count === 0) throw new Error(`the file ${file} is shorter than ${start + length} bytes`)
        at += count
      }
    } finally {
      closeSync(descriptor)
    }
    return buffer
  }

  return {
    async receive(body, names) {
      const name = ids.uuid()
      const announced = typeof body === 'object' && 'length' in body ? Number(body.length) : 0
      const intake = createIntake(path(name), announced, LARGEST_ROW)
      const sums = names.map((name): [ChecksumName, Running] => [name, (byName.get(name) as Algorithm).begin()])
      let size = 0
      try {
        for await (const chunk of typeof body === 'string' || body instanceof Uint8Array ? [Buffer.from(body)] : body) {
          await intake.add(chunk)
          for (const [, sum] of sums) sum.update(chunk)
          size += chunk.length
        }
        const taken = await intake.end()
        const checksums: Checksums = {}
        for (const [name, sum] of sums) checksums[name] = Buffer.from(await sum.digest()).toString('base64')
        return { file: taken.bytes ? rows.name() : name, size, checksums, ...taken }
      } catch (error) {
        await intake.abandon()
        throw error
      }
    },
    keep({ file, bytes }) {
      if (bytes) rows.add(file, bytes)
    },
    read(content, pieces, start, length) {
      if (length === 0) return new Uint8Array(0)
      const [only, another] = pieces
      if (only && !another && length <= SMALL) return readNow(only.file, start, length)
      const end = begin(content)
      const source = bytes(pieces, start, length)
      return {
        [Symbol.asyncIterator]: (): AsyncIterator<Uint8Array, void, Uint8Array | undefined> => ({
          async next(spare?: Uint8Array) {
            try {
              const step = await source.next(spare)
              if (step.done) end()
              return step
            } catch (error) {
              end()
              throw error
            }
          },
          async return() {
            await source.return(undefined)
            end()
            return { done: true, value: undefined }
          },
        }),
      }
    },
    remove(files, content) {
      if (content === undefined || !readers.has(content)) return drop(files)
      state.committed(() => {
        if (readers.has(content)) waiting.set(content, [...(waiting.get(content) ?? []), ...files])
        else drop(files)
      })
    },
    sweep(known) {
      rows.sweep(known)
      for (const file of readdirSync(folder)) if (!known.has(file)) rmSync(path(file), { force: true })
    },
  }
}
