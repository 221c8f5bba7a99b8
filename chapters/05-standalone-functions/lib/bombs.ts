import { inflateSync } from 'node:zlib'

/**
 * What decoders read that the head of a file does not tell: a frame larger than its GIF, an interlaced PNG that inflates
 * without end, the later pages of a TIFF. Formats: GIF89a; PNG (ISO/IEC 15948), chapters 5 and 8; TIFF 6.0, section 2.
 */

interface Size {
  width: number
  height: number
}

/** The size of the first frame of a GIF, which need not be that of the GIF. */
const firstFrame = (file: Buffer): Size | undefined => {
  const flags = file[10] ?? 0
  let at = 13 + (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)
  while (file[at] === 0x21) {
    at += 2 // an extension and its label, then blocks that each begin with their length, the last one empty
    while (file[at]) at += (file[at] ?? 0) + 1
    at++
  }
  if (file[at] !== 0x2c || at + 9 > file.length) return undefined
  return { width: file.readUInt16LE(at + 5), height: file.readUInt16LE(at + 7) }
}

/** The largest size that a picture has besides the one in its head, in pixels, if there is another. */
export const hiddenSize = (bytes: Uint8Array, type: string): Size | undefined =>
  type === 'image/gif' ? firstFrame(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)) : undefined

/** The chunks of pixels of a PNG, one after another. */
const pixelData = (file: Buffer): Buffer => {
  const parts: Buffer[] = []
  for (let at = 8; at + 8 <= file.length; ) {
    const length = file.readUInt32BE(at)
    if (file.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(file.subarray(at + 8, at + 8 + length))
    at += length + 12
  }
  return Buffer.concat(parts)
}

/** The decoder bounds what it inflates, but not where the picture is interlaced. @throws RangeError from zlib */
const checkInterlaced = (file: Buffer, { width, height }: Size): void => {
  const interlaced = file[28] === 1
  // At most 8 bytes a pixel, and in each of seven passes two bytes a row: its filter, and its last byte rounded up.
  if (interlaced) inflateSync(pixelData(file), { maxOutputLength: 8 * width * height + 14 * height })
}

/** Bytes of one value of each type of a TIFF's fields, by number. */
const FIELD_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4]
/** Fields that lead to further directories (SubIFDs, EXIF, GPS, makers' notes), which a picture does not need. */
const DIRECTORIES = [330, 34665, 34853, 37500, 50740, 61440]
/** A field of nobody's, which the decoder passes over. */
const UNKNOWN = 65_000

/**
 * A TIFF with its first page alone, and no directory below it: the decoder follows them all, in circles too.
 * @throws RangeError for a field that is longer than the file
 */
const firstPage = (file: Buffer): Buffer => {
  const little = file.toString('latin1', 0, 2) === 'II'
  const read = (at: number, bytes: 2 | 4) => (little ? file.readUIntLE(at, bytes) : file.readUIntBE(at, bytes))
  const write = (value: number, at: number, bytes: 2 | 4) =>
    little ? file.writeUIntLE(value, at, bytes) : file.writeUIntBE(value, at, bytes)
  const directory = read(4, 4)
  const fields = read(directory, 2)
  for (let i = 0; i < fields; i++) {
    const at = directory + 2 + 12 * i
    if (read(at + 4, 4) * (FIELD_BYTES[read(at + 2, 2)] ?? 1) > file.length)
      throw new RangeError('a field is longer than the file')
    if (DIRECTORIES.includes(read(at, 2))) write(UNKNOWN, at, 2)
  }
  write(0, directory + 2 + 12 * fields, 4)
  return file
}

/**
 * Makes a file safe to decode, in place, once its head was found good.
 * @throws RangeError for a picture that holds more than its head says
 */
export const defused = (file: Buffer, type: string, size: Size): Buffer => {
  if (type === 'image/png') checkInterlaced(file, size)
  return type === 'image/tiff' ? firstPage(file) : file
}
