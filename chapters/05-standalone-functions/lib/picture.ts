import { createJimp } from '@jimp/core'
import jpeg from '@jimp/js-jpeg'
import { methods as resize } from '@jimp/plugin-resize'
import type { Format } from './formats/every.ts'
import { readHead } from './head.ts'
import { checkSize, NotAPicture } from './notAPicture.ts'
import { type PictureType, type Size, TYPES } from './types.ts'

/** The library with the formats that a function takes. */
const jimpOf = (formats: readonly Format[]) =>
  createJimp({ formats: formats.map(({ codec }) => codec), plugins: [resize] })

/** A decoded picture: `bitmap` has its width, height and pixels (RGBA, a byte each), rows from above. */
export type Picture = Awaited<ReturnType<ReturnType<typeof jimpOf>['fromBuffer']>>

export type { PictureType, Size }
export { NotAPicture }

/** What a function takes. */
export interface Limits {
  /** The most pixels that are decoded: each takes 4 bytes decoded, more on the way. */
  pixels: number
  /** All five formats, or the fewer that a function has in its bundle. */
  formats: readonly Format[]
  /** What the picture will be made to fit: one that is much larger may come out smaller than it is, never than this. */
  box?: Size
}

const NAMES: Record<PictureType, string> = {
  'image/jpeg': 'JPEG',
  'image/png': 'PNG',
  'image/gif': 'GIF',
  'image/bmp': 'BMP',
  'image/tiff': 'TIFF',
}

/** `JPEG, PNG or GIF` */
const listed = (types: readonly PictureType[], last: string): string => {
  const names = types.map((type) => NAMES[type])
  return `${names.slice(0, -1).join(', ')} ${last} ${names.at(-1)}`
}

/**
 * Type and size, read from the first bytes without decoding a pixel.
 * @throws NotAPicture for what is of none of the types, or has more pixels
 */
export const headOf = (
  bytes: Uint8Array,
  { pixels, types }: { pixels: number; types: readonly PictureType[] },
): { type: PictureType } & Size => {
  if (bytes.length === 0) throw new NotAPicture('the file is empty')
  let head: ReturnType<typeof readHead>
  try {
    head = readHead(bytes)
  } catch {
    throw new NotAPicture(`the file is neither ${listed(types, 'nor')}`)
  }
  const type = (TYPES as Record<string, PictureType | undefined>)[head.type ?? '']
  if (!type || !types.includes(type))
    throw new NotAPicture(`the file is of the type ${head.type}, not ${listed(types, 'or')}`)
  const { width, height } = head
  checkSize(head, pixels)
  return { type, width, height }
}

/** Whether an eighth of a picture still fills the box, upright or turned. */
const shrinks = ({ width, height }: Size, box: Size): boolean =>
  Math.max(Math.min(box.width / width, box.height / height), Math.min(box.width / height, box.height / width)) <= 1 / 8

/**
 * Decodes a picture, upright whatever the camera's orientation was (EXIF).
 * @throws NotAPicture for what is none, is cut off, or has too many pixels.
 */
export const readPicture = async (
  bytes: Uint8Array,
  { pixels, formats, box }: Limits,
): Promise<{ picture: Picture; type: PictureType }> => {
  const { type, ...size } = headOf(bytes, { pixels, types: formats.map((format) => format.type) })
  const small = box !== undefined && shrinks(size, box)
  // A cut file is an error, not a picture that ends in grey; the pixels were counted before, so the library need not.
  const maxResolutionInMP = pixels / 1e6
  const jpegOptions = { tolerantDecoding: false, maxResolutionInMP, maxMemoryUsageInMB: 1400, small }
  try {
    const copy = Buffer.from(bytes)
    const safe = formats.find((format) => format.type === type)?.defused(copy, { ...size, pixels })
    return { picture: await jimpOf(formats).fromBuffer(safe ?? copy, { 'image/jpeg': jpegOptions }), type }
  } catch (cause) {
    if (cause instanceof NotAPicture) throw cause
    // What a decoder throws need not be an Error.
    throw new NotAPicture(`the picture is damaged: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
}

/** Puts white under what is transparent, in place: JPEG knows nothing transparent. */
const onWhite = ({ data }: Picture['bitmap']): void => {
  for (let i = 3; i < data.length; i += 4) {
    const alpha = data[i] ?? 255
    if (alpha === 255) continue
    for (let c = i - 3; c < i; c++) data[c] = 255 + (((data[c] ?? 255) - 255) * alpha) / 255
    data[i] = 255
  }
}

const QUALITY = { quality: 85 }

/** A picture as a file; a JPEG is white where the picture was transparent, and the picture then too. */
export const writePicture = async (picture: Picture, type: PictureType): Promise<Buffer> => {
  if (type !== 'image/jpeg') return picture.getBuffer(type as 'image/png')
  // The library would copy the picture, pixel by pixel, to do the same: a second and 50 MB for 12 megapixels.
  onWhite(picture.bitmap)
  return jpeg().encode(picture.bitmap, QUALITY)
}
