import { expect } from 'chai'
import {
  bmp,
  bombPng,
  canMakePictures,
  cmykJpeg,
  greyJpeg,
  orientedJpeg,
  picture,
  pngOfDepth,
  progressiveJpeg,
  seen,
  transparentPng,
  twelveMegapixels,
  UPRIGHT,
} from '../../../tests/pictures.ts'
import { NotAPicture } from './picture.ts'
import { fitted, makeThumbnail } from './thumbnail.ts'

const box = { width: 200, height: 200 }

/** The message of the refusal of a file. */
const refusal = async (file: Uint8Array): Promise<string> => {
  const error = await makeThumbnail(file, box).catch((error: Error) => error)
  expect(error).to.be.instanceOf(NotAPicture)
  return (error as Error).message
}

describe('fitted', () => {
  for (const [size, limits, expected] of [
    [
      [4000, 3000],
      [200, 200],
      [200, 150],
    ],
    [
      [3000, 4000],
      [200, 200],
      [150, 200],
    ],
    [
      [400, 300],
      [100, 100],
      [100, 75],
    ],
    [
      [100, 50],
      [200, 200],
      [100, 50],
    ],
    [
      [1, 1],
      [200, 200],
      [1, 1],
    ],
    [
      [10_000, 2],
      [200, 200],
      [200, 1],
    ],
    [
      [300, 300],
      [200.5, 1e9],
      [201, 201],
    ],
  ] as const)
    it(`puts ${size.join(' × ')} into ${limits.join(' × ')} as ${expected.join(' × ')}`, () => {
      const got = fitted({ width: size[0], height: size[1] }, { width: limits[0], height: limits[1] })

      expect([got.w, got.h]).to.deep.equal(expected)
    })
})

describe('makeThumbnail', () => {
  before(async function () {
    if (!(await canMakePictures())) this.skip()
  })

  for (const [name, make, format, type] of [
    ['a baseline JPEG', () => picture('jpeg'), 'jpeg', 'image/jpeg'],
    ['a progressive JPEG', () => progressiveJpeg(), 'jpeg', 'image/jpeg'],
    ['a JPEG in CMYK', () => cmykJpeg(), 'jpeg', 'image/jpeg'],
    ['a PNG', () => picture('png'), 'png', 'image/png'],
    ['a PNG with a palette of 2 bits', () => pngOfDepth(2), 'png', 'image/png'],
    ['a PNG with a palette of 4 bits', () => pngOfDepth(4), 'png', 'image/png'],
    ['a PNG with a palette of 8 bits', () => pngOfDepth(8), 'png', 'image/png'],
    ['a PNG of 16 bits', () => pngOfDepth(16), 'png', 'image/png'],
    ['a GIF', () => picture('gif'), 'gif', 'image/gif'],
    ['a TIFF', () => picture('tiff'), 'tiff', 'image/tiff'],
  ] as const)
    it(`fits ${name} into the box, in its own format`, async () => {
      const { bytes, contentType } = await makeThumbnail(await make(), box)

      expect(contentType).to.equal(type)
      expect(await seen(bytes)).to.include({ format, width: 200, height: 150 })
      expect((await seen(bytes)).quarters).to.deep.equal(UPRIGHT)
    })

  it('fits a BMP into the box', async () => {
    const { bytes, contentType } = await makeThumbnail(bmp(), box)

    expect(contentType).to.equal('image/bmp')
    expect(bytes.subarray(0, 2).toString()).to.equal('BM')
    expect([bytes.readInt32LE(18), Math.abs(bytes.readInt32LE(22))]).to.deep.equal([200, 150])
  })

  for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8])
    it(`obeys the EXIF orientation ${orientation}`, async () => {
      const { bytes } = await makeThumbnail(await orientedJpeg(orientation), box)

      const { width, height, quarters } = await seen(bytes)
      expect([width, height]).to.deep.equal([200, 150])
      expect(quarters).to.deep.equal(UPRIGHT)
    })

  it('keeps what is transparent', async () => {
    const { bytes } = await makeThumbnail(await transparentPng(), box)

    expect((await seen(bytes)).hasAlpha).to.equal(true)
  })

  it('takes a grey JPEG and a PNG of one bit', async () => {
    expect(await seen((await makeThumbnail(await greyJpeg(), box)).bytes)).to.include({ width: 200, height: 150 })
    expect(await seen((await makeThumbnail(await pngOfDepth(1), box)).bytes)).to.include({ width: 200, height: 150 })
  })

  it('does not enlarge a picture of one pixel', async () => {
    const { bytes } = await makeThumbnail(await picture('png', 1, 1), box)

    expect(await seen(bytes)).to.include({ width: 1, height: 1 })
  })

  it('makes no GIF that is larger than 1,024 pixels, whatever the box', async () => {
    const { bytes } = await makeThumbnail(await picture('gif', 1500, 300), { width: 3000, height: 3000 })

    expect(await seen(bytes)).to.include({ format: 'gif', width: 1024, height: 205 })
  })

  it('takes 12 megapixels', async () => {
    const { bytes } = await makeThumbnail(await twelveMegapixels(), box)

    expect(await seen(bytes)).to.include({ format: 'jpeg', width: 200, height: 150 })
  }).timeout(60_000)

  it('refuses 50,000 × 50,000 pixels in a small file before it decodes them', async () => {
    const bomb = bombPng()
    const before = process.memoryUsage.rss()

    expect(await refusal(bomb)).to.equal('the picture has 50000 × 50000 pixels, more than 24000000 in all')
    expect(bomb.length).to.be.lessThan(400_000)
    expect(process.memoryUsage.rss() - before).to.be.lessThan(100_000_000)
  })

  it('refuses an empty file, and text', async () => {
    expect(await refusal(Buffer.alloc(0))).to.equal('the file is empty')
    expect(await refusal(Buffer.from('not a picture, whatever its name is'))).to.equal(
      'the file is neither JPEG, PNG, GIF, BMP nor TIFF',
    )
    expect(await refusal(Buffer.from('<svg width="10" height="10"></svg>'))).to.contain('svg')
  })

  for (const format of ['jpeg', 'png', 'gif', 'tiff'] as const)
    for (const part of [0.02, 0.5, 0.9])
      it(`refuses a ${format} of which only ${part * 100} % came`, async () => {
        const whole = await picture(format, 800, 600)

        await refusal(whole.subarray(0, Math.floor(whole.length * part)))
      })

  for (const part of [0.02, 0.5, 0.9])
    it(`refuses a bmp of which only ${part * 100} % came`, async () => {
      const whole = bmp()

      await refusal(whole.subarray(0, Math.floor(whole.length * part)))
    })
})
