import { expect } from 'chai'
import { bmp, canMakePictures, picture, seen } from '../../tests/pictures.ts'
import { EVERY_FORMAT } from './lib/formats/every.ts'
import { readPicture, writePicture } from './lib/picture.ts'

process.env.FLIPPED_BUCKET ??= 'local-123456789012-flipped'
const { flip, handler } = await import('./flipImage.ts')

const limits = { pixels: 1_000_000, formats: EVERY_FORMAT }

describe('flipImage', () => {
  it('mirrors from top to bottom', async function () {
    if (!(await canMakePictures())) this.skip()
    const { picture: png } = await readPicture(await picture('png'), limits)

    flip(png.bitmap)

    expect((await seen(await writePicture(png, 'image/png'))).quarters).to.deep.equal(['blue', 'white', 'red', 'green'])
  })

  for (const [width, height] of [
    [1, 1],
    [3, 1],
    [1, 2],
    [4, 3],
    [5, 100],
  ] as const)
    it(`gives ${width} × ${height} pixels back when it is done twice`, async () => {
      const { bitmap } = (await readPicture(bmp(width, height), limits)).picture
      for (let i = 0; i < bitmap.data.length; i++) bitmap.data[i] = (i * 7919) % 251
      const before = Buffer.from(bitmap.data)

      flip(bitmap)
      const once = Buffer.from(bitmap.data)
      flip(bitmap)

      const row = 4 * width
      expect(once.subarray(0, row)).to.deep.equal(before.subarray(-row))
      expect(once.equals(before)).to.equal(height === 1)
      expect(bitmap.data.equals(before)).to.equal(true)
    })

  it('refuses to write where it read', async () => {
    const record = { s3: { bucket: { name: process.env.FLIPPED_BUCKET }, object: { key: 'flip/a.jpg' } } }

    const error = await handler({ Records: [record] } as never).catch((error: Error) => error)

    expect((error as Error).message).to.equal(
      'local-123456789012-flipped is where flipped pictures go: flipping there never ends',
    )
  })
})
