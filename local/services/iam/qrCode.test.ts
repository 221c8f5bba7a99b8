import { createHash } from 'node:crypto'
import { inflateSync } from 'node:zlib'
import { expect } from 'chai'
import { pngOf } from './png.ts'
import { qrCode } from './qrCode.ts'

const drawn = (modules: readonly boolean[][]) => modules.map((row) => row.map((dark) => (dark ? '#' : '.')).join(''))
const textOf = (length: number) => 'otpauth://totp/'.padEnd(length, 'A7b@3').slice(0, length)

/** What is expected here was read by a scanner (jsQR), in all versions. */
describe('QR codes', () => {
  it('of version 1', () => {
    expect(drawn(qrCode('otpauth:'))).to.deep.equal([
      '#######..##.#.#######',
      '#.....#.###...#.....#',
      '#.###.#...##..#.###.#',
      '#.###.#...##..#.###.#',
      '#.###.#.#..##.#.###.#',
      '#.....#..#.#..#.....#',
      '#######.#.#.#.#######',
      '.....................',
      '#.#.#.#...#.#...#..#.',
      '.#.#.#.#...#.##.#...#',
      '##....######....#.###',
      '....##...#####.#....#',
      '####.##..#.#..#..#.#.',
      '........#.....####.##',
      '#######..##.#..##.###',
      '#.....#..#....##...#.',
      '#.###.#.#.#.#.###....',
      '#.###.#....#.#..##.#.',
      '#.###.#.##.#.######.#',
      '#.....#...####.....#.',
      '#######.####.#####.##',
    ])
  })

  for (const [length, version, digest] of [
    [100, 6, 'b1fa87ce459d43b9'],
    [122, 7, '261fefcb8441f668'],
    [230, 11, '293244c209340311'],
    [412, 15, 'ad33762a08a7ecfe'],
  ] as const)
    it(`of ${length} bytes, version ${version}`, () => {
      const modules = qrCode(textOf(length))

      expect(modules).to.have.length(version * 4 + 17)
      expect(createHash('sha256').update(drawn(modules).join('\n')).digest('hex').slice(0, 16)).to.equal(digest)
    })

  it('of more than 412 bytes there is none', () => {
    expect(() => qrCode(textOf(413))).to.throw(RangeError, '413 bytes do not fit into a QR code of version 15')
  })

  it('as PNG: five pixels a module, and four modules of white around', () => {
    const modules = qrCode('otpauth:')
    const png = pngOf(modules)
    const side = (21 + 8) * 5
    const data = png.subarray(png.indexOf('IDAT') + 4)
    const rows = inflateSync(data)
    const isDark = (x: number, y: number) => {
      const byte = rows[y * (Math.ceil(side / 8) + 1) + 1 + (x >> 3)] ?? 0
      return ((byte >> (7 - (x & 7))) & 1) === 0
    }

    expect(png.subarray(0, 8)).to.deep.equal(Buffer.from('89504e470d0a1a0a', 'hex'))
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).to.deep.equal([side, side])
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        const expected = modules[Math.floor(y / 5) - 4]?.[Math.floor(x / 5) - 4] ?? false
        if (isDark(x, y) !== expected) expect.fail(`the pixel ${x}, ${y} should be ${expected ? 'dark' : 'white'}`)
      }
  })
})
