import { EVERY_FORMAT } from './formats/every.ts'
import { readPicture, type Size, writePicture } from './picture.ts'

/** A thumbnail's bytes and their type, `image/jpeg`. */
export interface Thumbnail {
  bytes: Buffer
  contentType: string
}

/** The most pixels that are decoded: what the function's memory holds. */
export const MOST_PIXELS = 24_000_000

/** The largest side of a GIF that is written, in pixels: GIF is for small pictures, and takes long. */
const LARGEST_GIF = 1024

/** The size that fits the box and keeps the ratio; never larger than the picture, never less than one pixel. */
export const fitted = ({ width, height }: Size, box: Size): { w: number; h: number } => {
  const scale = Math.min(box.width / width, box.height / height, 1)
  return { w: Math.max(1, Math.round(width * scale)), h: Math.max(1, Math.round(height * scale)) }
}

/**
 * Makes the thumbnail of a picture: upright (EXIF orientation), in the picture's own format.
 * @param box what the thumbnail must fit, in pixels
 * @throws NotAPicture for what is none, is cut off, or has too many pixels.
 */
export const makeThumbnail = async (bytes: Uint8Array, box: Size): Promise<Thumbnail> => {
  const { picture, type } = await readPicture(bytes, { pixels: MOST_PIXELS, formats: EVERY_FORMAT, box })
  const largest = type === 'image/gif' ? LARGEST_GIF : Number.POSITIVE_INFINITY
  picture.resize(fitted(picture.bitmap, { width: Math.min(box.width, largest), height: Math.min(box.height, largest) }))
  return { bytes: await writePicture(picture, type), contentType: type }
}
