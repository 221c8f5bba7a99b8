import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { md5Of } from './md5.ts'

const MB = 1024 * 1024

describe('md5Of', () => {
  for (const [what, size] of [
    ['few', 0],
    ['many', 40 * MB],
  ] as const)
    it(`gives the MD5 of ${what} bytes, which stay as they are`, async () => {
      const chunk = Buffer.alloc(MB, 'abc')
      const expected = createHash('md5')
      const md5 = md5Of(size)

      for (let at = 0; at < size; at += MB) {
        chunk[0] = at / MB
        expected.update(chunk)
        await md5.update(chunk)
      }
      const digest = await md5.digest()
      md5.end()

      expect(digest).to.equal(expected.digest('hex'))
      expect(chunk.subarray(1, 4).toString()).to.equal('bca')
    })

  it('can be given up', async () => {
    const md5 = md5Of(40 * MB)

    await md5.update(Buffer.alloc(MB))

    md5.end()
  })
})
