import { expect } from 'chai'
import { LOWER, randomIds } from './ids.ts'

describe('randomIds', () => {
  it('gives names of a length and an alphabet, secrets of so many bytes', () => {
    const ids = randomIds()

    expect(ids.text(20)).to.match(/^[a-z0-9]{20}$/)
    expect(ids.text(12, 'AB')).to.match(/^[AB]{12}$/)
    expect(ids.text(0)).to.equal('')
    expect(ids.secret(32)).to.match(/^[\w-]{43}$/)
    expect(Buffer.from(ids.secret(10_000), 'base64url')).to.have.length(10_000)
  })

  it('gives no bytes twice, of one cloud or of two', () => {
    const [one, other] = [randomIds(), randomIds()]
    const all = Array.from({ length: 2000 }, (_, n) => [one.secret(16 + (n % 9)), other.secret(24)]).flat()
    const starts = new Set(all.map((secret) => secret.slice(0, 16)))

    expect(starts.size).to.equal(4000)
    expect(new Set(one.text(5000)).size).to.equal(LOWER.length)
  })
})
