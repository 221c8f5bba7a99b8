import { inflateSync } from 'node:zlib'
import { expect } from 'chai'
import { encode } from 'uqr'
import { pngOf } from './png.ts'

describe('a QR code as PNG', () => {
  it('has five pixels for a module, and four modules of white around', () => {
    const modules = encode('otpauth:', { ecc: 'M', border: 0 }).data
    const png = pngOf(modules)
    const side = (21 + 8) * 5
    const data = png.subarray(png.indexOf('IDAT') + 4)
    const rows = inflateSync(data)
    const isDark = (x: number, y: number) => {
      const byte = rows[y * (Math.ceil(side / 8) + 1) + 1 + (x >> 3)] ?? 0
      return ((byte >> (7 - (x & 7))) & 1) === 0
    }

    expect(modules).to.have.length(21)
    expect(png.subarray(0, 8)).to.deep.equal(Buffer.from('89504e470d0a1a0a', 'hex'))
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).to.deep.equal([side, side])
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        const expected = modules[Math.floor(y / 5) - 4]?.[Math.floor(x / 5) - 4] ?? false
        if (isDark(x, y) !== expected) expect.fail(`the pixel ${x}, ${y} should be ${expected ? 'dark' : 'white'}`)
      }
  })
})
