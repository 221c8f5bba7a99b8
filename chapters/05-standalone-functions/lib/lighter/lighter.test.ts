import { deflateRawSync } from 'node:zlib'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { canMakePictures, jpegWithExif, smallTiff } from '../../../../tests/pictures.ts'
import exifParser from './exifParser.ts'
import { fileTypeFromBuffer } from './fileType.ts'
import { distance, image, palette, utils } from './imageQ.ts'
import mime from './mime.ts'
import { inflateRaw } from './pako.ts'
import tinycolor from './tinycolor2.ts'
import { z } from './zod.ts'

describe('what stands for zod', () => {
  const options = z.union([
    z.object({ w: z.number().min(0), mode: z.nativeEnum({ BEZIER: 'bezier' }).optional() }),
    z.object({ h: z.number().min(0) }),
  ])

  for (const good of [{ w: 1 }, { w: 0, mode: 'bezier' }, { h: 2.5, more: true }])
    it(`lets ${JSON.stringify(good)} pass as it is`, () => {
      expect(options.parse(good)).to.equal(good)
    })

  for (const bad of [{}, null, 'w', { w: -1 }, { w: '1' }, { w: Number.NaN }, { w: 1, mode: 'other' }])
    it(`refuses ${JSON.stringify(bad)}`, () => {
      expect(() => options.parse(bad)).to.throw(TypeError, 'expected one of several forms, given')
    })

  it('knows instances, and says what it wanted', () => {
    const bytes = z.object({ data: z.instanceof(Buffer) })

    expect(bytes.parse({ data: Buffer.alloc(1) }).data).to.have.length(1)
    expect(() => bytes.parse({ data: new Uint8Array(1) as Buffer })).to.throw(TypeError, 'expected an object of data')
  })
})

describe('what stands for file-type', () => {
  it('names a picture', async () => {
    expect(await fileTypeFromBuffer(smallTiff())).to.deep.equal({ mime: 'image/tiff' })
  })

  it('knows nothing else', async () => {
    expect(await fileTypeFromBuffer(Buffer.from('<svg width="1" height="1"></svg>'))).to.equal(undefined)
    const error = await fileTypeFromBuffer(Buffer.from('%PDF-1.7')).catch((error: Error) => error)
    expect(error).to.be.instanceOf(TypeError)
  })
})

describe('what stands for exif-parser', () => {
  const orientation = (file: Buffer) => exifParser.create(file).parse().tags.Orientation

  before(async function () {
    if (!(await canMakePictures())) this.skip()
  })

  for (const [order, at, type] of [
    ['II', 8, 3],
    ['MM', 8, 3],
    ['II', 10, 3],
    ['MM', 20, 4],
    ['II', 8, 4],
  ] as const)
    it(`finds it in the order ${order}, in a directory at ${at}, as ${type === 3 ? 'SHORT' : 'LONG'}`, async () => {
      expect(orientation(await jpegWithExif(order, at, type, 6))).to.equal(6)
    })

  it('takes the first of two, and none of what has none', async () => {
    const [six, three] = [await jpegWithExif('II', 8, 3, 6), await jpegWithExif('II', 8, 3, 3)]

    expect(orientation(Buffer.concat([six.subarray(0, 36 + 2), three.subarray(2)]))).to.equal(6)
    expect(orientation(Buffer.concat([six.subarray(0, 2), six.subarray(38)]))).to.equal(undefined)
  })
})

describe('what stands for mime', () => {
  it('names the format of a file', () => {
    const names = ['/tmp/a.b.PNG', 'a.jpg', 'a.jpeg', 'a.tif', 'a.tiff', 'a.gif', 'a.bmp', 'a.txt', 'png']

    const types = names.map((name) => mime.getType(name)?.replace('image/', ''))

    expect(types).to.deep.equal(['png', 'jpeg', 'jpeg', 'tiff', 'tiff', 'gif', 'bmp', undefined, 'png'])
  })
})

describe('what stands for pako', () => {
  it('inflates', () => {
    expect(Buffer.from(inflateRaw(deflateRawSync('pixels'))).toString()).to.equal('pixels')
  })

  it('refuses what ends too soon', () => {
    expect(() => inflateRaw(deflateRawSync(Buffer.alloc(1000, 'ab')).subarray(0, 8))).to.throw('unexpected end of file')
  })
})

describe('what stands for tinycolor2', () => {
  it('refuses names of colours', () => {
    expect(() => tinycolor('red')).to.throw('the colour "red" must be a number')
  })
})

describe('what stands for image-q', () => {
  /** The colours that a picture gets, as jimp's GIF asks for them. */
  const quantized = (pixels: Uint32Array, most: number): Uint32Array => {
    const container = utils.PointContainer.fromUint32Array(pixels)
    const quantizer = new palette.NeuQuantFloat(new distance.Euclidean(), most)
    quantizer.sample(container)
    return new image.NearestColor().quantizeSync(container, quantizer.quantizeSync()).toUint32Array()
  }
  const channels = (pixel: number) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255, pixel >>> 24]

  it('leaves a picture with few colours as it is', () => {
    const few = Uint32Array.of(0xff010203, 0xff010204, 0, 0xffffffff, 0xff010203)

    expect(quantized(few, 256)).to.deep.equal(few)
  })

  it('keeps colours of a gradient near, and what is transparent transparent', () => {
    const gradient = Uint32Array.from(
      { length: 4096 },
      (_, i) => (0xff000000 | ((i % 64) << 2) | ((i >> 6) << 10)) >>> 0,
    )
    gradient.fill(0x00ffffff, 0, 64)

    const got = quantized(gradient, 256)

    expect(new Set(got).size).to.be.at.most(256)
    got.forEach((pixel, i) => {
      const [red = 0, green = 0, blue = 0, alpha] = channels(pixel)
      const [wasRed = 0, wasGreen = 0] = channels(gradient[i] ?? 0)
      expect(alpha).to.equal(i < 64 ? 0 : 255)
      if (i >= 64) expect(Math.max(Math.abs(red - wasRed), Math.abs(green - wasGreen), blue)).to.be.at.most(16)
    })
  })

  it('never gives more colours than are asked for, and each opaque or transparent', () => {
    const anyPixels = fc.uint32Array({ minLength: 1, maxLength: 400 })
    fc.assert(
      fc.property(anyPixels, fc.integer({ min: 2, max: 256 }), (pixels, most) => {
        const got = quantized(pixels, most)

        expect(got.length).to.equal(pixels.length)
        expect(new Set(got).size).to.be.at.most(most)
        got.forEach((pixel, i) => {
          expect(pixel >>> 24).to.equal((pixels[i] ?? 0) >>> 31 ? 255 : 0)
        })
      }),
      { numRuns: 50 },
    )
  })
})
