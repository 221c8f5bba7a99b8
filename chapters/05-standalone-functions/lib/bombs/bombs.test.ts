import { deflateSync } from 'node:zlib'
import { expect } from 'chai'
import * as pictures from '../../../../tests/pictures.ts'
import { EVERY_FORMAT } from '../formats/every.ts'
import { NotAPicture, readPicture } from '../picture.ts'

const limits = { pixels: 1_000_000, formats: EVERY_FORMAT }

/** The message of the refusal of a file. */
const refusal = async (file: Uint8Array): Promise<string> => {
  const error = await readPicture(file, limits).catch((error: Error) => error)
  expect(error).to.be.instanceOf(NotAPicture)
  return (error as Error).message
}
const sizeOf = async (file: Uint8Array) => {
  const { width, height } = (await readPicture(file, limits)).picture.bitmap
  return [width, height]
}

describe('a JPEG', () => {
  before(async function () {
    if (!(await pictures.canMakePictures())) this.skip()
  })

  it('of 600 scans is refused: each goes through the whole picture', async () => {
    const file = await pictures.progressiveJpeg()
    const [, second = 0, third = 0] = [...file.toString('latin1').matchAll(/\xff\xda/g)].map(({ index }) => index)
    const scans = Array.from({ length: 600 }, () => file.subarray(second, third))

    expect(await refusal(Buffer.concat([file.subarray(0, second), ...scans, file.subarray(second)]))).to.equal(
      'the picture is damaged: it has more than 500 scans',
    )
    expect(await sizeOf(file)).to.deep.equal([400, 300])
  })
})

describe('a GIF', () => {
  const { gifOf, gifFrame } = pictures
  /** Codes of three bits, then of four: clear, 6, 0, 6. The second 6 stands for itself and 0. */
  const CIRCLE = [2, 2, 0b00_110_100, 0b0_110_0, 0]

  it('with a code that stands for itself is refused: the decoder would never end', async () => {
    expect(await refusal(gifOf(50, 50, gifFrame(50, 50), CIRCLE, [0x3b]))).to.equal(
      'the picture is damaged: a code is unknown',
    )
  })

  it('with an extension that hides a large frame from all but the decoder is refused', async () => {
    const small = [...gifFrame(4, 4), 2, 2, 0x44, 0x01, 0, 0x3b]
    const hidden = [...gifFrame(60_000, 60_000), 2, 2, 0x44, 0x01, 0, 0x3b]

    expect(await refusal(gifOf(4, 4, [0x21, 0xff, 0, ...small], hidden))).to.match(/has another length than 11$/)
  })

  it('with 100,000 frames is its first, whatever is in the others', async () => {
    const frames = Array.from({ length: 100_000 }, (_, i) => [...gifFrame(i, 9), 2, 0])
    const first = [...gifFrame(2, 1), 2, 2, 0x44, 0x0a, 0]

    expect(await sizeOf(gifOf(2, 1, first, ...frames, [0x99]))).to.deep.equal([2, 1])
  })

  for (const bits of [0, 9, 12, 255])
    it(`whose pixels are said to have ${bits} bits is refused`, async () => {
      expect(await refusal(gifOf(4, 4, gifFrame(4, 4), [bits, 1, 0, 0, 0x3b]))).to.contain(`not ${bits}`)
    })
})

describe('a PNG', () => {
  const { pngOf, pngHead } = pictures
  const pixels = (bytes: number): [string, Buffer] => ['IDAT', deflateSync(Buffer.alloc(bytes))]

  it('with a second head is refused: the decoder would take that one', async () => {
    expect(await refusal(pngOf(pngHead(8, 8), pngHead(60_000, 60_000), pixels(200)))).to.equal(
      'the picture is damaged: there are two heads',
    )
  })

  it('with too few pixels is refused: the decoder would show memory in their place', async () => {
    expect(await refusal(pngOf(pngHead(8, 8), pixels(20)))).to.equal('the picture is damaged: it ends too early')
    expect(await refusal(pngOf(pngHead(8, 8), pixels(199)))).to.equal('the picture is damaged: it ends too early')
    expect(await refusal(pngOf(pngHead(8, 8)))).to.equal('the picture is damaged: unexpected end of file')
    expect(await sizeOf(pngOf(pngHead(8, 8), pixels(200)))).to.deep.equal([8, 8])
  })
})

describe('a BMP', () => {
  it('whose palette claims more than 256 colours is refused', async () => {
    const bmp = pictures.bmpOf([4, 4], 24, Buffer.alloc(4 * 257 + 64), { colours: 257 })

    expect(await refusal(bmp)).to.equal('the picture is damaged: the palette has 257 colours, more than 256')
  })
})

describe('a TIFF', () => {
  const { smallTiff } = pictures
  const SIZE = [
    [256, 3, 1, 60_000],
    [257, 3, 1, 60_000],
  ]

  it('with a second size that only the decoder takes is refused', async () => {
    const twice = smallTiff({ fields: [...SIZE.map(([tag = 0]) => [tag, 3, 1, 4]), [256, 3, 2, 60_000]] })

    expect(await refusal(twice)).to.equal('the picture is damaged: the field 256 is there twice')
  })

  it('with another size behind its directory, where the decoder does not look, is as large as the decoder says', async () => {
    const behind = Buffer.alloc(8 + 24 + 13)
    for (const [i, tag] of [256, 257].entries()) {
      behind.writeUInt16LE(tag, 8 + 12 * i)
      behind.writeUInt16LE(3, 10 + 12 * i)
      behind.writeUInt32LE(1, 12 + 12 * i)
      behind.writeUInt32LE(4, 16 + 12 * i)
    }

    expect(await refusal(smallTiff({ fields: SIZE, next: 1000, behind }))).to.match(
      /^the picture has 60000 × 60000 pixels/,
    )
  })

  for (const [what, options, message] of [
    [
      'whose strip inflates to more than its rows',
      { data: deflateSync(Buffer.alloc(1e6)), fields: [[259, 3, 1, 8]] },
      /larger than 16 bytes/,
    ],
    [
      'whose strip unpacks to more than its rows',
      { data: Buffer.alloc(64, 0x81), fields: [[259, 3, 1, 32_773]] },
      /larger than its place/,
    ],
    ['whose LZW codes begin in the middle', { fields: [[259, 3, 1, 5]] }, /do not begin with the one that clears/],
    [
      'whose LZW codes lead nowhere',
      { data: Buffer.from([0x80, 0x4b, 0]), fields: [[259, 3, 1, 5]] },
      /a code is unknown/,
    ],
    [
      'whose tables of JPEG are no bytes',
      {
        fields: [
          [259, 3, 1, 7],
          [347, 3, 2, 0],
        ],
      },
      /holds no tables/,
    ],
    [
      'whose strip is a JPEG of 65,535 × 65,535',
      { data: Buffer.from('ffd8ffc0001108ffffffff0301220002110103110100', 'hex'), fields: [[259, 3, 1, 7]] },
      /larger than its place/,
    ],
    ['whose pixels have 65,535 bits', { fields: [[258, 3, 1, 65_535]] }, /has 65535 bits/],
    ['whose pixels have 60 samples', { fields: [[277, 3, 1, 60]] }, /has 480 bits/],
    [
      'whose strip is longer than the file',
      {
        fields: [
          [259, 3, 1, 32_773],
          [279, 4, 1, 0xffffffff],
        ],
      },
      /ends too early/,
    ],
    ['whose strip lies behind its end', { fields: [[273, 4, 1, 1_000_000]] }, /ends too early/],
    ['whose rows are in strips of none', { fields: [[278, 3, 1, 0]] }, /tiles are too large/],
    [
      'whose tiles have no width',
      {
        fields: [
          [322, 3, 1, 0],
          [323, 3, 1, 16],
          [324, 4, 1, 8],
          [325, 4, 1, 16],
        ],
      },
      /tiles are too large/,
    ],
    [
      'whose tile is large',
      {
        fields: [
          [322, 4, 1, 100_000],
          [323, 4, 1, 20_000],
          [324, 4, 1, 8],
          [325, 4, 1, 16],
        ],
      },
      /tiles are too large/,
    ],
    [
      'of more tiles than it has',
      {
        fields: [
          [322, 3, 1, 1],
          [323, 3, 1, 1],
          [324, 4, 1, 8],
          [325, 4, 1, 16],
        ],
      },
      /part of it is missing/,
    ],
    [
      'of what a sensor saw',
      {
        fields: [
          [259, 3, 1, 34_316],
          [3, 4, 1, 0xffffffff],
        ],
      },
      /not known \(34316\)/,
    ],
    ['of ink', { fields: [[262, 3, 1, 5]] }, /of a kind that is not known \(5\)/],
    [
      'whose colours are in planes',
      {
        fields: [
          [277, 3, 1, 3],
          [284, 3, 1, 2],
        ],
      },
      /stands alone/,
    ],
    ['whose width is a text', { fields: [[256, 2, 1, 0x34]] }, /neither JPEG/],
  ] as const)
    it(`${what} is refused`, async () => {
      expect(await refusal(smallTiff(options as never))).to.match(message)
    })

  it('says what the decoder throws, whatever it is', async () => {
    const fourBits = smallTiff({
      fields: [
        [258, 3, 1, 4],
        [262, 3, 1, 2],
      ],
    })

    expect(await refusal(fourBits)).to.equal('the picture is damaged: 4')
  })

  for (const compression of ['none', 'lzw', 'deflate', 'packbits', 'jpeg'] as const)
    for (const tile of [false, true])
      it(`compressed by ${compression}, in ${tile ? 'tiles' : 'strips'}, is decoded`, async function () {
        if (!(await pictures.canMakePictures())) this.skip()

        expect(await sizeOf(await pictures.tiffOf({ compression, tile }))).to.deep.equal([400, 300])
      })
})
