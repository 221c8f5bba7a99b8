import { expect } from 'chai'
import fc from 'fast-check'
import { type Algorithm, algorithms, byName, combine, isCombinable, isDigest, type Summed } from './checksums.ts'

const digest = async (name: string, ...parts: Uint8Array[]) => {
  const running = (byName.get(name) as Algorithm).begin()
  for (const part of parts) running.update(part)
  return Buffer.from(await running.digest()).toString('base64')
}

describe('checksums', () => {
  it('gives the values of the check string 123456789', async () => {
    const check = Buffer.from('123456789')

    const crcs = await Promise.all(['CRC32', 'CRC32C', 'CRC64NVME'].map((name) => digest(name, check)))

    // "Catalogue of parametrised CRC algorithms": CRC-32/ISO-HDLC, CRC-32/ISCSI, CRC-64/NVME
    expect(crcs.map((one) => Buffer.from(one, 'base64').toString('hex'))).to.deep.equal([
      'cbf43926',
      'e3069283',
      'ae8b14860a799888',
    ])
  })

  it('has as many bytes as it says', async () => {
    for (const { name, bytes } of algorithms)
      expect(isDigest(await digest(name, Buffer.from('x')), bytes)).to.equal(true)
  })

  it('combines the CRCs of parts into that of the whole', async () => {
    const names = algorithms.map(({ name }) => name).filter(isCombinable)
    const parts = fc.array(fc.uint8Array({ maxLength: 3000 }), { minLength: 1, maxLength: 4 })

    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), parts, async (name, all) => {
        const sums = await Promise.all(all.map(async (one) => ({ value: await digest(name, one), size: one.length })))

        const combined = combine(name, sums as [Summed])

        expect(combined).to.equal(await digest(name, ...all))
      }),
    )
  })
})
