import { inflateSync } from 'node:zlib'
import type { Head } from '../types.ts'

/** The chunks of pixels of a PNG, one after another. @throws RangeError for a second head, which the decoder would take */
const pixelData = (file: Buffer): Buffer => {
  const parts: Buffer[] = []
  for (let at = 8; at + 8 <= file.length; ) {
    const length = file.readUInt32BE(at)
    const type = file.toString('latin1', at + 4, at + 8)
    if (type === 'IHDR' && at > 8) throw new RangeError('there are two heads')
    if (type === 'IDAT') parts.push(file.subarray(at + 8, at + 8 + length))
    at += length + 12
  }
  return Buffer.concat(parts)
}

/** How many values a pixel has, by the type of its colours. */
const CHANNELS = [1, 0, 3, 1, 2, 0, 4]

/**
 * A PNG (ISO/IEC 15948, chapters 5 and 8) that was found to inflate to its pixels. The decoder bounds what it inflates only where it is not interlaced; where
 * it is too little, it shows what lies in memory instead of the rest. @throws RangeError, or zlib's own Error
 */
export const allPixels = (file: Buffer, { width, height }: Head): Buffer => {
  // At most 8 bytes a pixel, and in each of seven passes two bytes a row: its filter, and its last byte rounded up.
  const { length } = inflateSync(pixelData(file), { maxOutputLength: 8 * width * height + 14 * height })
  const bits = (file[24] ?? 0) * (CHANNELS[file[25] ?? 0] ?? 0)
  if (length < height * (1 + Math.ceil((width * bits) / 8))) throw new RangeError('it ends too early')
  return file
}
