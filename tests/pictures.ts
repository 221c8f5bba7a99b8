/**
 * Test pictures, made by libvips (sharp) and by hand. All but the odd ones show four quarters: red and green above,
 * blue and white below, so that a turned or mirrored picture is told from an upright one.
 */
import { crc32, deflateSync } from 'node:zlib'

const loadSharp = async () => (await import('sharp')).default

/** Whether this machine can make pictures: sharp has binaries for the usual ones only. With REQUIRE_TOOLS=1 it must. */
export const canMakePictures = (): Promise<boolean> =>
  loadSharp().then(
    () => true,
    (error: unknown) => {
      if (process.env.REQUIRE_TOOLS === '1') throw error
      return false
    },
  )

export const QUARTERS = { red: [255, 0, 0], green: [0, 255, 0], blue: [0, 0, 255], white: [255, 255, 255] } as const
export type Quarter = keyof typeof QUARTERS

/** Pixels in RGB of the four quarters. */
const pixels = (width: number, height: number): Buffer => {
  const data = Buffer.alloc(width * height * 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const above = y < height / 2
      const left = x < width / 2
      const colour: Quarter = above ? (left ? 'red' : 'green') : left ? 'blue' : 'white'
      data.set(QUARTERS[colour], (y * width + x) * 3)
    }
  return data
}

const quarters = async (width: number, height: number) =>
  (await loadSharp())(pixels(width, height), { raw: { width, height, channels: 3 } })

export type Format = 'jpeg' | 'png' | 'gif' | 'tiff'

export const picture = async (format: Format, width = 400, height = 300): Promise<Buffer> =>
  (await quarters(width, height)).toFormat(format).toBuffer()

export const progressiveJpeg = async (width = 400, height = 300): Promise<Buffer> =>
  (await quarters(width, height)).jpeg({ progressive: true }).toBuffer()

type Tiff = { compression: 'none' | 'lzw' | 'deflate' | 'packbits' | 'jpeg'; tile?: boolean; predictor?: 'horizontal' }

/** A TIFF as libtiff writes it; a tile has 128 × 128 pixels. */
export const tiffOf = async (options: Tiff): Promise<Buffer> =>
  (await quarters(400, 300)).tiff({ ...options, tileWidth: 128, tileHeight: 128 }).toBuffer()

/** A TIFF whose pixels are compressed by zlib. */
export const deflatedTiff = async (width = 400, height = 300): Promise<Buffer> =>
  (await quarters(width, height)).tiff({ compression: 'deflate' }).toBuffer()

export const greyJpeg = async (): Promise<Buffer> => (await quarters(400, 300)).greyscale().jpeg().toBuffer()

export const cmykJpeg = async (): Promise<Buffer> => (await quarters(400, 300)).toColourspace('cmyk').jpeg().toBuffer()

/**
 * Where a stored pixel (column x, row y) of each EXIF orientation is seen, in a picture of `w` × `h` once it is upright:
 * the standard names the side of the picture that the stored row 0 and column 0 show.
 */
const SEEN_AT: Record<number, (x: number, y: number, w: number, h: number) => [number, number]> = {
  1: (x, y) => [x, y],
  2: (x, y, w) => [w - 1 - x, y],
  3: (x, y, w, h) => [w - 1 - x, h - 1 - y],
  4: (x, y, _, h) => [x, h - 1 - y],
  5: (x, y) => [y, x],
  6: (x, y, w) => [w - 1 - y, x],
  7: (x, y, w, h) => [w - 1 - y, h - 1 - x],
  8: (x, y, _, h) => [y, h - 1 - x],
}

/** A JPEG as a camera stores it that was held in another way: upright, 400 × 300, once its orientation is obeyed. */
export const orientedJpeg = async (orientation: number): Promise<Buffer> => {
  const seenAt = SEEN_AT[orientation]
  if (!seenAt) throw new RangeError(`EXIF knows the orientations 1 to 8, not ${orientation}`)
  const [w, h] = [400, 300]
  const upright = pixels(w, h)
  const [width, height] = orientation > 4 ? [h, w] : [w, h]
  const stored = Buffer.alloc(upright.length)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [seenX, seenY] = seenAt(x, y, w, h)
      upright.copy(stored, (y * width + x) * 3, (seenY * w + seenX) * 3, (seenY * w + seenX) * 3 + 3)
    }
  const sharp = await loadSharp()
  return sharp(stored, { raw: { width, height, channels: 3 } })
    .withMetadata({ orientation })
    .jpeg()
    .toBuffer()
}

/** A JPEG of 400 × 300 pixels with a block of EXIF: an orientation as SHORT (3) or LONG (4), its directory at `at`. */
export const jpegWithExif = async (
  order: 'II' | 'MM',
  at: number,
  type: 3 | 4,
  orientation: number,
): Promise<Buffer> => {
  const exif = Buffer.alloc(at + 18)
  const write = (value: number, to: number, bytes: number) =>
    order === 'II' ? exif.writeUIntLE(value, to, bytes) : exif.writeUIntBE(value, to, bytes)
  exif.write(order)
  write(42, 2, 2)
  write(at, 4, 4)
  write(1, at, 2)
  write(274, at + 2, 2)
  write(type, at + 4, 2)
  write(1, at + 6, 4)
  write(orientation, at + 10, type === 3 ? 2 : 4)
  const head = Buffer.from([0xff, 0xe1, 0, exif.length + 8])
  const jpeg = await picture('jpeg')
  return Buffer.concat([jpeg.subarray(0, 2), head, Buffer.from('Exif\0\0'), exif, jpeg.subarray(2)])
}

/** A BMP of so many bits with what follows its head: palette and pixels. @param colours so many the head claims */
export const bmpOf = (size: [number, number], bits: number, behind: Buffer, { colours = 0, compression = 0 } = {}) => {
  const head = Buffer.alloc(54)
  head.write('BM')
  head.writeUInt32LE(54 + 4 * colours, 10)
  head.writeUInt32LE(40, 14)
  head.writeInt32LE(size[0], 18)
  head.writeInt32LE(size[1], 22)
  head.writeUInt16LE(1, 26)
  head.writeUInt16LE(bits, 28)
  head.writeUInt32LE(compression, 30)
  head.writeUInt32LE(colours, 46)
  return Buffer.concat([head, behind])
}

export const interlacedPng = async (): Promise<Buffer> =>
  (await quarters(400, 300)).png({ progressive: true }).toBuffer()

/** PNG with 1, 2, 4 or 8 bits of a palette, or 16 bits of a channel. */
export const pngOfDepth = async (bits: 1 | 2 | 4 | 8 | 16): Promise<Buffer> => {
  const shown = await quarters(400, 300)
  if (bits === 16) return shown.toColourspace('rgb16').png().toBuffer()
  if (bits === 1)
    return shown.greyscale().threshold(128).toColourspace('b-w').png({ palette: true, colours: 2 }).toBuffer()
  return shown.png({ palette: true, colours: 2 ** bits }).toBuffer()
}

/** A PNG whose left half cannot be seen. */
export const transparentPng = async (): Promise<Buffer> => {
  const rgb = pixels(400, 300)
  const data = Buffer.alloc(400 * 300 * 4)
  for (let i = 0; i < 400 * 300; i++) {
    rgb.copy(data, i * 4, i * 3, i * 3 + 3)
    data[i * 4 + 3] = i % 400 < 200 ? 0 : 255
  }
  return (await loadSharp())(data, { raw: { width: 400, height: 300, channels: 4 } })
    .png()
    .toBuffer()
}

/** A BMP of 24 bits: libvips writes none. Rows go from the bottom up, each a multiple of 4 bytes, colours as BGR. */
export const bmp = (width = 400, height = 300): Buffer => {
  const row = Math.ceil((width * 3) / 4) * 4
  const file = Buffer.alloc(54 + row * height)
  file.write('BM')
  file.writeUInt32LE(file.length, 2)
  file.writeUInt32LE(54, 10)
  file.writeUInt32LE(40, 14)
  file.writeInt32LE(width, 18)
  file.writeInt32LE(height, 22)
  file.writeUInt16LE(1, 26)
  file.writeUInt16LE(24, 28)
  file.writeUInt32LE(row * height, 34)
  const rgb = pixels(width, height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++)
        file[54 + (height - 1 - y) * row + x * 3 + c] = rgb[(y * width + x) * 3 + 2 - c] as number
  return file
}

/** A JPEG of 4,000 × 3,000 pixels that is hard to compress, like a photograph of leaves. */
export const twelveMegapixels = async (): Promise<Buffer> => {
  const sharp = await loadSharp()
  return sharp({
    create: {
      width: 4000,
      height: 3000,
      channels: 3,
      background: 'grey',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  })
    .jpeg({ quality: 85 })
    .toBuffer()
}

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const whole = Buffer.alloc(body.length + 8)
  whole.writeUInt32BE(data.length)
  body.copy(whole, 4)
  whole.writeUInt32BE(crc32(body), body.length + 4)
  return whole
}

/** A PNG of these chunks: their types and data. */
export const pngOf = (...chunks: [string, Buffer][]): Buffer => {
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, ...chunks.map(([type, data]) => chunk(type, data)), chunk('IEND', Buffer.alloc(0))])
}

/** The head of a PNG, RGB of 8 bits where nothing else is said: bits, colours, compression, filter, interlaced. */
export const pngHead = (width: number, height: number, rest = [8, 2, 0, 0, 0]): [string, Buffer] => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  header.set(rest, 8)
  return ['IHDR', header]
}

/** A PNG of one bit that claims 50,000 × 50,000 pixels in a small file: a decompression bomb. */
export const bombPng = (side = 50_000): Buffer =>
  pngOf(pngHead(side, side, [1, 0, 0, 0, 0]), [
    'IDAT',
    deflateSync(Buffer.alloc((Math.ceil(side / 8) + 1) * side), { level: 9 }),
  ])

/** An interlaced PNG of 8 × 8 pixels whose data inflates to `size` bytes: a bomb that its head does not show. */
export const interlacedBomb = (size = 200_000_000): Buffer =>
  pngOf(pngHead(8, 8, [8, 2, 0, 0, 1]), ['IDAT', deflateSync(Buffer.alloc(size), { level: 9 })])

/** A GIF in black and white with what follows its palette. */
export const gifOf = (width: number, height: number, ...behind: number[][]): Buffer => {
  const file = Buffer.alloc(19)
  file.write('GIF89a')
  file.writeUInt16LE(width, 6)
  file.writeUInt16LE(height, 8)
  file[10] = 0x80
  file.fill(255, 16)
  return Buffer.concat([file, Buffer.from(behind.flat())])
}

/** The head of a frame of a GIF, in its upper left corner. */
export const gifFrame = (width: number, height: number): number[] => {
  const size = [width & 255, width >> 8, height & 255, height >> 8]
  return [0x2c, 0, 0, 0, 0, ...size, 0]
}

/** A GIF of 10 × 10 pixels whose only frame claims 60,000 × 60,000. */
export const gifWithLargeFrame = (): Buffer => gifOf(10, 10, gifFrame(60_000, 60_000), [2, 0, 0x3b])

interface TiffOptions {
  /** Where its second directory is said to be. */
  next?: number
  /** How long the field of strips' lengths is said to be. */
  count?: number
  /** Its pixels, or what stands for them. */
  data?: Buffer
  /** Fields that stand in the place of its own by tag, or beside them: tag, type, length, value. */
  fields?: number[][]
  /** What comes behind its directory. */
  behind?: Buffer
}

/** A grey TIFF of 4 × 4 pixels. */
export const smallTiff = ({
  next = 0,
  count = 1,
  data = Buffer.alloc(16, 200),
  fields: others = [],
  behind = Buffer.alloc(0),
}: TiffOptions = {}): Buffer => {
  const own = [
    [256, 3, 1, 4],
    [257, 3, 1, 4],
    [258, 3, 1, 8],
    [259, 3, 1, 1],
    [262, 3, 1, 1],
    [273, 4, 1, 8],
    [277, 3, 1, 1],
    [278, 3, 1, 4],
    [279, 4, count, data.length],
  ]
  const fields = [...own.filter(([tag]) => !others.some(([other]) => other === tag)), ...others]
  const directory = 8 + data.length
  const file = Buffer.alloc(directory + 2 + fields.length * 12 + 4)
  file.write('II')
  file.writeUInt16LE(42, 2)
  file.writeUInt32LE(directory, 4)
  data.copy(file, 8)
  file.writeUInt16LE(fields.length, directory)
  fields.forEach(([tag = 0, type = 0, length = 0, value = 0], i) => {
    const at = directory + 2 + i * 12
    file.writeUInt16LE(tag, at)
    file.writeUInt16LE(type, at + 2)
    file.writeUInt32LE(length, at + 4)
    file.writeUInt32LE(value, at + 8)
  })
  file.writeUInt32LE(next, file.length - 4)
  return Buffer.concat([file, behind])
}

/** What a picture shows: its format and size, and the colour in the middle of each quarter. */
export const seen = async (file: Uint8Array) => {
  const image = (await loadSharp())(file)
  const { format, width, height, hasAlpha } = await image.metadata()
  const { data, info } = await image.toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const at = (fx: number, fy: number): Quarter => {
    const start = (Math.floor(info.height * fy) * info.width + Math.floor(info.width * fx)) * info.channels
    const colour = [0, 1, 2].map((c) => data[start + (info.channels >= 3 ? c : 0)] as number)
    const distance = (name: Quarter) =>
      QUARTERS[name].reduce<number>((sum, v, c) => sum + Math.abs(v - (colour[c] as number)), 0)
    return (Object.keys(QUARTERS) as Quarter[]).sort((a, b) => distance(a) - distance(b))[0] as Quarter
  }
  return {
    format,
    width,
    height,
    hasAlpha,
    quarters: [at(0.25, 0.25), at(0.75, 0.25), at(0.25, 0.75), at(0.75, 0.75)] as Quarter[],
  }
}

/** The quarters of an upright picture, row by row. */
export const UPRIGHT: Quarter[] = ['red', 'green', 'blue', 'white']

/** A picture of 1,600 × 1,200 pixels with the person of a photograph four times in it, in several sizes. */
export const fourTimes = async (photo: Uint8Array): Promise<Buffer> => {
  const sharp = await loadSharp()
  const places = [
    [512, 50, 50],
    [400, 700, 100],
    [450, 1100, 600],
    [420, 300, 750],
  ]
  const persons = places.map(async ([side, left = 0, top = 0]) => ({
    input: await sharp(photo).resize(side, side).toBuffer(),
    left,
    top,
  }))
  return sharp({ create: { width: 1600, height: 1200, channels: 3, background: '#557' } })
    .composite(await Promise.all(persons))
    .jpeg()
    .toBuffer()
}
