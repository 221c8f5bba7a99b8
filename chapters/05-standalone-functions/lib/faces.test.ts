import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { bmp, canMakePictures, fourTimes, orientedJpeg } from '../../../tests/pictures.ts'
import { facesIn, withRectangles } from './faces.ts'
import { EVERY_FORMAT } from './formats/every.ts'
import { readPicture } from './picture.ts'

const photo = readFileSync(new URL('../../../events/photo.jpg', import.meta.url))
const limits = { pixels: 12_500_000, formats: EVERY_FORMAT }
const decoded = async (file: Uint8Array) => (await readPicture(file, limits)).picture

describe('facesIn', () => {
  it('finds the face of a portrait', async () => {
    const faces = await facesIn(await decoded(photo))

    expect(faces).to.have.length(1)
    const { x = 0, y = 0, width = 0, height = 0 } = faces[0] ?? {}
    // The nose of the person stands at (224, 115).
    expect([x < 224, x + width > 224, y < 115, y + height > 115]).to.deep.equal([true, true, true, true])
    expect(width).to.be.within(70, 120)
    expect(width).to.equal(height)
  })

  it('finds four faces of several sizes in a larger picture', async function () {
    if (!(await canMakePictures())) this.skip()

    const faces = await facesIn(await decoded(await fourTimes(photo)))

    const middles = faces.map(({ x, y, width, height }) => [x + width / 2, y + height / 2])
    for (const [left, top, side] of [
      [50, 50, 512],
      [700, 100, 400],
      [1100, 600, 450],
      [300, 750, 420],
    ] as const) {
      const near = middles.filter(
        ([x = 0, y = 0]) => Math.hypot(x - (left + (224 / 512) * side), y - (top + (115 / 512) * side)) < side / 8,
      )
      expect(near, `at ${left}, ${top}`).to.have.length(1)
    }
    expect(faces).to.have.length(4)
  })

  it('finds none where there is none', async function () {
    if (!(await canMakePictures())) this.skip()

    expect(await facesIn(await decoded(bmp(512, 512)))).to.deep.equal([])
    expect(await facesIn(await decoded(await orientedJpeg(6)))).to.deep.equal([])
  })

  it('sees nothing of the picture before', async () => {
    const mirrored = await decoded(photo)
    const pixels = new Uint32Array(mirrored.bitmap.data.buffer, mirrored.bitmap.data.byteOffset, 512 * 512)
    for (let row = 0; row < 512; row++) pixels.subarray(512 * row, 512 * (row + 1)).reverse()
    await facesIn(await decoded(photo))

    const after = await facesIn(mirrored)
    await facesIn(await decoded(bmp(100, 100)))
    const alone = await facesIn(mirrored)

    expect(alone).to.have.length(1)
    expect(after).to.deep.equal(alone)
  })

  for (const [width, height] of [
    [1, 1],
    [23, 400],
    [24, 24],
    [4000, 30],
    [2000, 1],
  ] as const)
    it(`takes a picture of ${width} × ${height} pixels`, async () => {
      expect(await facesIn(await decoded(bmp(width, height)))).to.deep.equal([])
    })

  it('leaves the picture as it was', async () => {
    const picture = await decoded(bmp(1000, 800))
    const before = Buffer.from(picture.bitmap.data)

    await facesIn(picture)

    expect([picture.bitmap.width, picture.bitmap.height]).to.deep.equal([1000, 800])
    expect(before.equals(picture.bitmap.data)).to.equal(true)
  })
})

describe('withRectangles', () => {
  const WHITE = [255, 255, 255]
  const RED = [255, 0, 0]
  const drawnOn = async (face: { x: number; y: number; width: number; height: number }) => {
    const picture = await decoded(bmp(100, 100))
    await withRectangles(picture, [face])
    const { data } = picture.bitmap
    return (x: number, y: number) => [...data.subarray(4 * (y * 100 + x), 4 * (y * 100 + x) + 3)]
  }

  it('draws white lines, 2 pixels wide, and nothing else', async () => {
    const at = await drawnOn({ x: 10, y: 5, width: 30, height: 20 })

    for (const [x, y] of [
      [10, 5],
      [11, 10],
      [39, 24],
      [38, 10],
      [20, 6],
      [20, 23],
    ] as const)
      expect(at(x, y), `at ${x}, ${y}`).to.deep.equal(WHITE)
    for (const [x, y] of [
      [9, 5],
      [10, 4],
      [12, 7],
      [37, 22],
      [40, 10],
      [20, 25],
    ] as const)
      expect(at(x, y), `at ${x}, ${y}`).to.deep.equal(RED)
  })

  it('leaves out what lies beyond the edges', async () => {
    const at = await drawnOn({ x: -5, y: -5, width: 20, height: 20 })

    expect(at(0, 0)).to.deep.equal(RED)
    expect(at(14, 0)).to.deep.equal(WHITE)
    expect(at(0, 14)).to.deep.equal(WHITE)
    expect(at(99, 1), 'no line at the other side').to.deep.equal([0, 255, 0])
  })

  it('gives a JPEG', async () => {
    const jpeg = await withRectangles(await decoded(photo), [])

    expect([...jpeg.subarray(0, 3)]).to.deep.equal([0xff, 0xd8, 0xff])
  })
})
