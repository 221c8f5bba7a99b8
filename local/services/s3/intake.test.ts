import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { createIntake } from './intake.ts'

const MB = 1024 * 1024
const AT_MOST = 1000

const failure = async (work: () => unknown): Promise<NodeJS.ErrnoException | undefined> => {
  try {
    await work()
  } catch (error) {
    return error as NodeJS.ErrnoException
  }
  return undefined
}

describe('The intake of bytes', () => {
  let folder: string
  let path: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'intake-'))
    path = join(folder, 'file')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  for (const [what, size] of [
    ['some', 300_001],
    ['more', 3 * MB + 5],
    ['many, in a thread', 40 * MB + 7],
  ] as const)
    it(`writes ${what}, and gives their MD5`, async () => {
      const expected = createHash('md5')
      const whole: Buffer[] = []
      const intake = createIntake(path, size, AT_MOST)

      for (let at = 0; at < size; at += 100_000) {
        const chunk = Buffer.alloc(Math.min(100_000, size - at), `${at}, `)
        expected.update(chunk)
        whole.push(chunk)
        await intake.add(chunk)
      }
      const taken = await intake.end()

      expect(taken).to.deep.equal({ md5: expected.digest('hex') })
      expect(readFileSync(path).equals(Buffer.concat(whole))).to.equal(true)
    })

  for (const size of [0, 1, AT_MOST])
    it(`gives ${size} bytes back, without a file`, async () => {
      const bytes = Buffer.alloc(size, 'x')
      const intake = createIntake(path, size, AT_MOST)

      await intake.add(bytes)
      const taken = await intake.end()

      expect(taken).to.deep.equal({ md5: createHash('md5').update(bytes).digest('hex'), bytes })
      expect(existsSync(path)).to.equal(false)
    })

  for (const size of [1, 40 * MB])
    it(`of ${size} bytes leaves nothing when it is abandoned`, async () => {
      const intake = createIntake(path, size, AT_MOST)
      for (let i = 0; i < 5; i++) await intake.add(Buffer.alloc(MB))

      await intake.abandon()

      expect(existsSync(path)).to.equal(false)
    })

  for (const size of [1, 40 * MB])
    it(`of ${size} bytes says so when it cannot write`, async () => {
      writeFileSync(path, 'another')
      const intake = createIntake(path, size, AT_MOST)

      const error = await failure(async () => {
        for (let i = 0; i < 10; i++) await intake.add(Buffer.alloc(MB))
        await intake.end()
      })

      expect(error?.code).to.equal('EEXIST')
    })
})
