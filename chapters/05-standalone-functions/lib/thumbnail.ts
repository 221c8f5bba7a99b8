import { createJimp } from '@jimp/core'
import bmp, { msBmp } from '@jimp/js-bmp'
import gif from '@jimp/js-gif'
import jpeg from '@jimp/js-jpeg'
import png from '@jimp/js-png'
import tiff from '@jimp/js-tiff'
import { methods as resize } from '@jimp/plugin-resize'
import { imageSize } from 'image-size'

const Jimp = createJimp({ formats: [bmp, msBmp, gif, jpeg, png, tiff], plugins: [resize] })

/** What is no picture for us: the message says why. To be told and left alone: another try would find the same. */
export class NotAPicture extends Error {
  override name = 'NotAPicture'
}

/** The box that a thumbnail must fit, in pixels. */
export interface Box {
  width: number
  height: number
}

/** A thumbnail's bytes and their type, `image/jpeg`. */
export interface Thumbnail {
  bytes: Buffer
  contentType: string
}

/** By the content, whatever the name ends in. */
const TYPES: Record<string, string> = {
  bmp: 'image/bmp',
  gif: 'image/gif',
  jpg: 'image/jpeg',
  png: 'image/png',
  tiff: 'image/tiff',
}

/**
 * The most pixels that are decoded. A small file can claim any size (a decompression bomb), and each pixel takes
 * 4 bytes decoded, more on the way: what the function's memory holds.
 */
export const MOST_PIXELS = 24_000_000

/** A cut file is an error, not a picture that ends in grey; the pixels were counted before, so the library need not. */
const JPEG = { tolerantDecoding: false, maxResolutionInMP: MOST_PIXELS / 1e6, maxMemoryUsageInMB: 1400 }

/** Type and size, read from the first bytes without decoding a pixel. @throws NotAPicture */
const headOf = (bytes: Uint8Array): { contentType: string } & Box => {
  if (bytes.length === 0) throw new NotAPicture('the file is empty')
  let head: ReturnType<typeof imageSize>
  try {
    head = imageSize(bytes)
  } catch {
    throw new NotAPicture('the file is neither JPEG, PNG, GIF, BMP nor TIFF')
  }
  const contentType = TYPES[head.type ?? '']
  if (!contentType) throw new NotAPicture(`the file is of the type ${head.type}, not JPEG, PNG, GIF, BMP or TIFF`)
  const { width, height } = head
  if (!(width > 0 && height > 0)) throw new NotAPicture('the picture has no size')
  if (width * height > MOST_PIXELS)
    throw new NotAPicture(`the picture has ${width} × ${height} pixels, more than ${MOST_PIXELS} in all`)
  return { contentType, width, height }
}

/** The size that fits the box and keeps the ratio; never larger than the picture, never less than one pixel. */
export const fitted = ({ width, height }: Box, box: Box): { w: number; h: number } => {
  const scale = Math.min(box.width / width, box.height / height, 1)
  return { w: Math.max(1, Math.round(width * scale)), h: Math.max(1, Math.round(height * scale)) }
}

/**
 * Makes the thumbnail of a picture: upright (EXIF orientation), in the picture's own format.
 * @throws NotAPicture for what is none, is cut off, or has too many pixels.
 */
export const makeThumbnail = async (bytes: Uint8Array, box: Box): Promise<Thumbnail> => {
  const { contentType } = headOf(bytes)
  try {
    const picture = await Jimp.fromBuffer(Buffer.from(bytes), { 'image/jpeg': JPEG })
    picture.resize(fitted(picture.bitmap, box))
    return { bytes: await picture.getBuffer(contentType as 'image/jpeg', { quality: 85 }), contentType }
  } catch (cause) {
    throw new NotAPicture(`the picture is damaged: ${(cause as Error).message}`, { cause })
  }
}
