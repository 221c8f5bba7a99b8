import { expect } from 'chai'
import {
  canMakePictures,
  gifWithLargeFrame,
  interlacedBomb,
  interlacedPng,
  picture,
  seen,
  smallTiff,
  transparentPng,
  UPRIGHT,
} from '../../../tests/pictures.ts'
import { EVERY_FORMAT, type Format } from './formats/every.ts'
import { GIF } from './formats/gif.ts'
import { JPEG } from './formats/jpeg.ts'
import { PNG } from './formats/png.ts'
import { headOf, NotAPicture, readPicture, writePicture } from './picture.ts'

const limits = { pixels: 1_000_000, formats: EVERY_FORMAT }

/** The message of the refusal of a file. */
const refusal = async (file: Uint8Array, formats: readonly Format[] = EVERY_FORMAT): Promise<string> => {
  const error = await readPicture(file, { ...limits, formats }).catch((error: Error) => error)
  expect(error).to.be.instanceOf(NotAPicture)
  return (error as Error).message
}

describe('a picture', () => {
  it('is decoded with its type', async () => {
    const { picture: tiff, type } = await readPicture(smallTiff(), limits)

    expect(type).to.equal('image/tiff')
    expect([tiff.bitmap.width, tiff.bitmap.height]).to.deep.equal([4, 4])
    expect([...tiff.bitmap.data.subarray(0, 4)]).to.deep.equal([200, 200, 200, 255])
  })

  it('of another type than those asked for is refused by name', async () => {
    const web = [JPEG, PNG, GIF]

    expect(await refusal(smallTiff(), web)).to.equal('the file is of the type tiff, not JPEG, PNG or GIF')
    expect(await refusal(Buffer.from('text'), web)).to.equal('the file is neither JPEG, PNG nor GIF')
  })

  it('may be interlaced', async function () {
    if (!(await canMakePictures())) this.skip()

    const { picture: png } = await readPicture(await interlacedPng(), limits)

    expect((await seen(await writePicture(png, 'image/png'))).quarters).to.deep.equal(UPRIGHT)
  })

  it('is white in JPEG where it was transparent', async function () {
    if (!(await canMakePictures())) this.skip()
    const { picture: png } = await readPicture(await transparentPng(), limits)

    const jpeg = await seen(await writePicture(png, 'image/jpeg'))

    expect(jpeg.quarters).to.deep.equal(['white', 'green', 'white', 'white'])
  })
})

describe('a decompression bomb', () => {
  it('that its head shows is refused by the head', async function () {
    if (!(await canMakePictures())) this.skip()
    const file = await picture('png', 1001, 1000)

    expect(() => headOf(file, { pixels: 1_000_000, types: ['image/png'] })).to.throw(
      NotAPicture,
      'the picture has 1001 × 1000 pixels, more than 1000000 in all',
    )
  })

  it('in an interlaced PNG is not inflated', async () => {
    const bomb = interlacedBomb()
    const before = process.memoryUsage.rss()

    expect(await refusal(bomb)).to.match(/^the picture is damaged: Cannot create a Buffer larger than 624 bytes/)
    expect(bomb.length).to.be.lessThan(400_000)
    expect(process.memoryUsage.rss() - before).to.be.lessThan(50_000_000)
  })

  it('in the frame of a GIF is refused', async () => {
    expect(await refusal(gifWithLargeFrame())).to.equal(
      'the picture has 60000 × 60000 pixels, more than 1000000 in all',
    )
  })

  it('of TIFF pages that follow one another in a circle is one page', async () => {
    const { picture: tiff } = await readPicture(smallTiff({ next: 24 }), limits)

    expect(tiff.bitmap.width).to.equal(4)
  })

  it('of a TIFF field that claims 4,000,000,000 values is refused', async () => {
    expect(await refusal(smallTiff({ count: 4_000_000_000 }))).to.equal(
      'the picture is damaged: a field is longer than the file',
    )
  })
})
