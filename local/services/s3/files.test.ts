import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { randomIds } from '../../base/ids.ts'
import { openState, type State } from '../../base/state.ts'
import type { Bytes } from '../service.ts'
import { createFiles, type Files, type Piece, type Received } from './files.ts'

const collect = async (bytes: Bytes): Promise<Buffer> => {
  if (typeof bytes === 'string' || bytes instanceof Uint8Array) return Buffer.from(bytes)
  const parts: Uint8Array[] = []
  for await (const part of bytes) parts.push(part)
  return Buffer.concat(parts)
}

const pattern = (size: number, seed = 1) => {
  const bytes = Buffer.allocUnsafe(size)
  for (let i = 0; i < size; i++) bytes[i] = (i * 31 + seed * 7 + (i >> 8)) & 255
  return bytes
}

async function* inParts(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** Files are removed in the background. */
const until = async (holds: () => boolean) => {
  for (let i = 0; i < 200 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(holds()).to.equal(true)
}

describe('files', () => {
  let parent: string
  let folder: string
  let state: State
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 's3-files-'))
    folder = join(parent, 's3')
    state = openState(parent)
  })
  afterEach(() => {
    state.close()
    rmSync(parent, { recursive: true, force: true })
  })
  /** What is received is kept at once. */
  const open = () => {
    const files = createFiles(folder, randomIds(), state)
    const receive: Files['receive'] = async (...given) => {
      const received = await files.receive(...given)
      files.keep(received)
      return received
    }
    return { ...files, receive }
  }
  const rows = () => state.prepare('select * from s3_bytes').all().length
  const pieceOf = ({ file, size }: Received) => ({ file, size })

  it('keeps bytes of every size, with MD5 and checksums', async () => {
    const files = open()
    for (const size of [0, 1, 1000, 16 * 1024, 16 * 1024 + 1, 128 * 1024, 128 * 1024 + 1, 1_000_000]) {
      const bytes = pattern(size)

      const received = await files.receive(inParts(bytes, 50_000), ['SHA256'])

      expect(received.size).to.equal(size)
      expect(received.md5).to.equal(createHash('md5').update(bytes).digest('hex'))
      expect(received.checksums).to.deep.equal({ SHA256: createHash('sha256').update(bytes).digest('base64') })
      expect(await collect(files.read('c', [pieceOf(received)], 0, size))).to.deep.equal(bytes)
    }
  })

  it('fills again what a reader gives back, and nothing else', async () => {
    const files = open()
    const parts = [pattern(1_500_000, 1), pattern(700_000, 2), pattern(10, 3)]
    const pieces: Piece[] = []
    for (const part of parts) pieces.push(pieceOf(await files.receive(part, [])))
    const read = async (giveBack: boolean) => {
      const bytes = files.read('c', pieces, 0, 2_200_010) as AsyncIterable<Uint8Array>
      const reader = bytes[Symbol.asyncIterator]()
      const [copies, given]: [Buffer[], Uint8Array[]] = [[], []]
      for (let step = await reader.next(); !step.done; step = await reader.next(giveBack ? step.value : undefined)) {
        copies.push(Buffer.from(step.value))
        given.push(step.value)
      }
      expect(Buffer.concat(copies)).to.deep.equal(Buffer.concat(parts))
      return { whole: Buffer.concat(given), rooms: new Set(given.map(({ buffer }) => buffer)).size }
    }

    expect((await read(false)).whole).to.deep.equal(Buffer.concat(parts))
    expect((await read(true)).rooms).to.be.lessThan((await read(false)).rooms)
  })

  it('reads any range of an object of several files', async () => {
    const files = open()
    const parts = [pattern(300_000, 1), pattern(5, 2), pattern(0, 3), pattern(200_000, 4)]
    const pieces: Piece[] = []
    for (const part of parts) pieces.push(pieceOf(await files.receive(part, [])))
    const whole = Buffer.concat(parts)

    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(whole.length), async (start, length) => {
        const end = Math.min(start + length, whole.length)

        const read = await collect(files.read('c', pieces, start, end - start))

        expect(read.equals(whole.subarray(start, end))).to.equal(true)
      }),
      { numRuns: 60 },
    )
  })

  it('leaves nothing of a body that ends with an error, small or large', async () => {
    const files = open()
    for (const size of [10, 1_000_000]) {
      const broken = (async function* () {
        yield pattern(size)
        throw new Error('the client went away')
      })()

      const refused = await files.receive(broken, []).catch((error: Error) => error.message)

      expect(refused).to.equal('the client went away')
    }
    expect(readdirSync(folder)).to.deep.equal([])
    expect(rows()).to.equal(0)
  })

  it('keeps what is being read until the reader has ended', async () => {
    const files = open()
    const bytes = pattern(1_000_000)
    const received = await files.receive(bytes, [])
    const reading = files.read('c', [pieceOf(received)], 0, bytes.length) as AsyncIterable<Uint8Array>
    const iterator = reading[Symbol.asyncIterator]()
    const first = (await iterator.next()).value as Uint8Array

    files.remove([received.file], 'c')
    const rest = await collect({ [Symbol.asyncIterator]: () => iterator })

    expect(Buffer.concat([first, rest]).equals(bytes)).to.equal(true)
    await until(() => readdirSync(folder).length === 0)
  })

  it('lets go of what a reader gave up before its first byte', async () => {
    const files = open()
    const received = await files.receive(pattern(1_000_000), [])
    const reading = files.read('c', [pieceOf(received)], 0, 1_000_000) as AsyncIterable<Uint8Array>

    await reading[Symbol.asyncIterator]().return?.()
    files.remove([received.file], 'c')

    await until(() => readdirSync(folder).length === 0)
  })

  it('keeps a small object, too, until its reader has ended', async () => {
    const files = open()
    const [small, large] = [await files.receive('small', []), await files.receive(pattern(300_000), [])]
    const reading = files.read('c', [pieceOf(large), pieceOf(small)], 0, 300_005) as AsyncIterable<Uint8Array>
    const iterator = reading[Symbol.asyncIterator]()
    await iterator.next()

    files.remove([small.file, large.file], 'c')
    const rest = await collect({ [Symbol.asyncIterator]: () => iterator })

    expect(rest.subarray(-5).toString()).to.equal('small')
    expect(rows()).to.equal(0)
  })

  it('keeps a small object with the transaction that names it, and gives it up with the one that does not', async () => {
    const files = createFiles(folder, randomIds(), state)
    const received = await files.receive('small', [])
    const undone = (run: () => void) =>
      expect(() =>
        state.transaction(() => {
          run()
          throw new Error('no')
        }),
      ).to.throw('no')

    undone(() => files.keep(received))
    expect(rows()).to.equal(0)
    state.transaction(() => files.keep(received))
    undone(() => files.remove([received.file], 'c'))
    expect(rows()).to.equal(1)
    state.transaction(() => files.remove([received.file], 'c'))
    expect(rows()).to.equal(0)
  })

  it('sweeps all that nothing knows', async () => {
    const files = open()
    const received = await files.receive(pattern(20_000), [])
    const small = await files.receive('kept', [])
    await files.receive('left behind', [])
    writeFileSync(join(folder, 'left-behind'), 'half')

    files.sweep(new Set([received.file, small.file]))

    expect(readdirSync(folder)).to.deep.equal([received.file])
    expect(rows()).to.equal(1)
    expect((await collect(files.read('c', [pieceOf(small)], 0, 4))).toString()).to.equal('kept')
  })
})
