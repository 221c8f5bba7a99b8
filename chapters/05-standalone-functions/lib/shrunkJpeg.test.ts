import { expect } from 'chai'
import fc from 'fast-check'
import {
  canMakePictures,
  cmykJpeg,
  greyJpeg,
  orientedJpeg,
  picture,
  progressiveJpeg,
  seen,
  UPRIGHT,
} from '../../../tests/pictures.ts'
import { shrunkJpeg } from './shrunkJpeg.ts'
import { makeThumbnail } from './thumbnail.ts'

const loadSharp = async () => (await import('sharp')).default

/** A picture of smooth colours, 403 × 309 pixels: no whole number of blocks. */
const smooth = async () => {
  const [width, height] = [403, 309]
  const data = Buffer.alloc(width * height * 3)
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)]
    data.set([(x * 255) / width, (y * 255) / height, 255 - (x * 255) / width], i * 3)
  }
  return (await loadSharp())(data, { raw: { width, height, channels: 3 } })
}

describe('shrunkJpeg', () => {
  before(async function () {
    if (!(await canMakePictures())) this.skip()
  })

  for (const [name, options] of [
    ['with halved colours', {}],
    ['with whole colours', { chromaSubsampling: '4:4:4' }],
    ['with Huffman tables of its own', { optimiseCoding: true }],
    ['with tables of quantization of its own', { quantisationTable: 3 }],
  ] as const)
    it(`gives the averages of the blocks of a JPEG ${name}`, async () => {
      const file = await (await smooth()).jpeg({ progressive: false, ...options }).toBuffer()

      const shrunk = shrunkJpeg(file)

      expect(shrunk).to.include({ width: 51, height: 39 })
      const sharp = await loadSharp()
      const whole = await sharp(file).raw().toBuffer()
      // Halved colours are averages of 16 × 16 pixels.
      for (const [x, y] of [
        [0, 0],
        [20, 11],
        [49, 37],
      ] as const)
        for (const c of [0, 1, 2]) {
          let sum = 0
          for (let i = 0; i < 64; i++) sum += whole[((y * 8 + (i >> 3)) * 403 + x * 8 + (i & 7)) * 3 + c] ?? 0
          expect(shrunk?.data[(y * 51 + x) * 4 + c]).to.be.closeTo(sum / 64, 8)
        }
    })

  it('takes grey ones', async () => {
    const file = await greyJpeg()
    const [grey] = await (await loadSharp())(file).raw().toBuffer()

    const shrunk = shrunkJpeg(file)

    expect(shrunk).to.include({ width: 50, height: 38 })
    expect([...(shrunk?.data.subarray(0, 4) ?? [])]).to.deep.equal([grey, grey, grey, 255])
  })

  it('leaves progressive ones and those in CMYK to others', async () => {
    expect(shrunkJpeg(await progressiveJpeg())).to.equal(undefined)
    expect(shrunkJpeg(await cmykJpeg())).to.equal(undefined)
  })

  it('leaves what has more pixels than it may to the library', async () => {
    const file = await picture('jpeg', 800, 600)

    expect(shrunkJpeg(file, 800 * 600 - 1)).to.equal(undefined)
    expect(shrunkJpeg(file, 800 * 600)).to.include({ width: 100, height: 75 })
  })

  it('refuses what is cut off, wherever', async () => {
    const file = await picture('jpeg', 80, 60)
    const end = file.lastIndexOf(Buffer.from([0xff, 0xd9]))

    for (let length = 3; length < end - 1; length++)
      expect(() => shrunkJpeg(file.subarray(0, length)), `${length} bytes`).to.throw()
  })

  it('makes a picture of its size, or refuses, whatever is damaged', async () => {
    const file = await picture('jpeg', 80, 60)

    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.nat(255), (at, byte) => {
        const damaged = Buffer.from(file)
        damaged[at] = byte
        let shrunk: ReturnType<typeof shrunkJpeg>
        try {
          shrunk = shrunkJpeg(damaged)
        } catch (error) {
          expect(error).to.be.instanceOf(Error)
          return
        }
        if (shrunk) expect(shrunk.data.length).to.equal(shrunk.width * shrunk.height * 4)
      }),
      { numRuns: 500 },
    )
  })

  for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8])
    it(`is turned as the EXIF orientation ${orientation} says`, async () => {
      const { bytes } = await makeThumbnail(await orientedJpeg(orientation), { width: 40, height: 40 })

      const { width, height, quarters } = await seen(bytes)
      expect([width, height]).to.deep.equal([40, 30])
      expect(quarters).to.deep.equal(UPRIGHT)
    })

  it('shows the same as the whole picture', async () => {
    const shrunk = shrunkJpeg(await picture('jpeg', 800, 600))
    const { data = Buffer.alloc(0), width = 0, height = 0 } = shrunk ?? {}
    const png = await (await loadSharp())(data, { raw: { width, height, channels: 4 } })
      .png()
      .toBuffer()

    expect((await seen(png)).quarters).to.deep.equal(UPRIGHT)
  })
})
