import { inflateRawSync } from 'node:zlib'
import { checkSize } from '../notAPicture.ts'
import type { Head, Size } from '../types.ts'
import { fewScans } from './jpeg.ts'
import { lzwLength } from './lzw.ts'

/** Bytes of one value of each type of a field, by number. */
const FIELD_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4]
const [SHORT, LONG, BYTES] = [3, 4, 7]
/**
 * What a picture needs: size, bits, compression, colours, fill order, strips, samples, planes, predictor, palette, tiles,
 * extra samples and their format, tables of JPEG, YCbCr. The decoder knows many more: other directories, which it follows
 * in circles too, and what cameras write of their sensors.
 */
const NEEDED = [
  ...[256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 317, 320, 322, 323, 324, 325, 338, 339, 347],
  ...[529, 530, 531, 532],
]
/** A field of nobody's, which the decoder passes over. */
const UNKNOWN = 65_000
/** Values of a palette for 16 bits; only strips and tiles may have more. */
const MOST_VALUES = 3 * 65_536
const PARTS = [273, 279, 324, 325]
const TABLES = 347

const [NONE, LZW, JPEG, ZIP, OLD_ZIP, PACK_BITS] = [1, 5, 7, 8, 32_946, 32_773]
/** Black or white at 0, RGB, palette, YCbCr. */
const COLOURS = [0, 1, 2, 3, 6]

interface Field {
  at: number
  type: number
  count: number
}

/** A TIFF's numbers, in its own order of bytes. */
const numbersOf = (file: Buffer) => {
  const little = file.toString('latin1', 0, 2) === 'II'
  const read = (at: number, bytes: 2 | 4) => (little ? file.readUIntLE(at, bytes) : file.readUIntBE(at, bytes))
  const write = (value: number, at: number, bytes: 2 | 4) =>
    little ? file.writeUIntLE(value, at, bytes) : file.writeUIntBE(value, at, bytes)
  return { read, write }
}

/** The fields of the first directory. @throws RangeError for what is needed and stands there twice, or is too long */
const fieldsOf = (file: Buffer) => {
  const { read, write } = numbersOf(file)
  const directory = read(4, 4)
  const end = directory + 2 + 12 * read(directory, 2)
  const fields = new Map<number, Field>()
  const others: number[] = []
  for (let at = directory + 2; at < end; at += 12) {
    const [tag, type, count] = [read(at, 2), read(at + 2, 2), read(at + 4, 4)]
    if (count * (FIELD_BYTES[type] ?? 1) > file.length) throw new RangeError('a field is longer than the file')
    if (!NEEDED.includes(tag)) others.push(at)
    else if (fields.has(tag)) throw new RangeError(`the field ${tag} is there twice`)
    else if (count > MOST_VALUES && !PARTS.includes(tag)) throw new RangeError(`the field ${tag} is too long`)
    else fields.set(tag, { at, type, count })
  }
  /** The numbers of a field, or what it is where it is not there. @throws RangeError for what are no numbers */
  const numbers = (tag: number, otherwise?: number): number[] => {
    const field = fields.get(tag)
    if (!field) return otherwise === undefined ? [] : [otherwise]
    const { at, type, count } = field
    if ((type !== SHORT && type !== LONG) || count === 0) throw new RangeError(`the field ${tag} holds no numbers`)
    const bytes = type === SHORT ? 2 : 4
    const start = count * bytes > 4 ? read(at + 8, 4) : at + 8
    return Array.from({ length: count }, (_, i) => read(start + bytes * i, bytes))
  }
  /** Leaves the decoder what a picture needs. */
  const clear = () => {
    for (const at of others) {
      write(UNKNOWN, at, 2)
      write(0, at + 4, 4)
    }
    write(0, end, 4)
  }
  return { fields, numbers, first: (tag: number, otherwise?: number) => numbers(tag, otherwise)[0] ?? 0, clear }
}

/** Reads codes, the highest bits first. */
const codesIn = (data: Buffer) => {
  let [next, bits, value] = [0, 0, 0]
  return (width: number): number | undefined => {
    while (bits < width) {
      if (next === data.length) return undefined
      value = ((value & 0xffff) << 8) | (data[next++] ?? 0)
      bits += 8
    }
    bits -= width
    return (value >> bits) & ((1 << width) - 1)
  }
}

/** The bytes that PackBits stand for. */
const packedLength = (data: Buffer): number => {
  let total = 0
  for (let at = 0; at < data.length; ) {
    const head = data.readInt8(at)
    const length = head === -128 ? 0 : Math.abs(head) + 1
    total += length
    at += 1 + (head >= 0 ? length : head === -128 ? 0 : 1)
  }
  return total
}

/** The most pixels that a frame of a JPEG claims, wherever the decoder may find it; a height of 0 comes later. */
const claimedPixels = (data: Buffer): number => {
  let most = 0
  for (let at = data.indexOf(0xff); at >= 0 && at + 9 <= data.length; at = data.indexOf(0xff, at + 1))
    if ([0xc0, 0xc1, 0xc2].includes(data[at + 1] ?? 0))
      most = Math.max(most, (data.readUInt16BE(at + 5) || 65_535) * data.readUInt16BE(at + 7))
  return most
}

/** Where a strip or tile goes: so many pixels across and down, and their bytes. */
interface Place extends Size {
  bytes: number
}

/** Whether what a strip or tile stands for fits its place. @throws Error of zlib, which stops where it does not */
const FITS: Record<number, (data: Buffer, place: Place, tables: Buffer) => boolean> = {
  [NONE]: () => true,
  [LZW]: (data, { bytes }) => {
    if (codesIn(data)(9) !== 256) throw new RangeError('its codes do not begin with the one that clears')
    return lzwLength(codesIn(data), 8, 1, bytes) <= bytes
  },
  [JPEG]: (data, { width, height }, tables) =>
    // The decoder puts the tables in the place of the marker at the beginning.
    claimedPixels(Buffer.concat([tables, fewScans(data).subarray(2)])) <= 2 * width * height,
  [ZIP]: (data, { bytes }) => inflateRawSync(data.subarray(2, -4), { maxOutputLength: bytes }).length <= bytes,
  [PACK_BITS]: (data, { bytes }) => packedLength(data) <= bytes,
}
FITS[OLD_ZIP] = FITS[ZIP] as (typeof FITS)[number]

/** The tables that all JPEGs of a TIFF share, without the marker at the end. */
const tablesIn = (file: Buffer, field: Field | undefined): Buffer => {
  if (!field) return Buffer.alloc(0)
  if (field.type !== BYTES) throw new RangeError(`the field ${TABLES} holds no tables`)
  const start = field.count > 4 ? numbersOf(file).read(field.at + 8, 4) : field.at + 8
  const tables = file.subarray(start, start + field.count)
  return tables.subarray(0, tables.indexOf(Buffer.from([0xff, 0xd9])))
}

/** The size of a strip or tile, and how many there are. @throws RangeError for what is far larger than the page */
const placesOf = ({ fields, first }: ReturnType<typeof fieldsOf>, { width, height }: Size) => {
  const bits = first(258, 1) * first(277, 1)
  if (bits < 1 || bits > 128) throw new RangeError(`a pixel has ${bits} bits, more than 128`)
  const place = fields.has(322)
    ? { width: first(322), height: first(323) }
    : { width, height: Math.min(first(278, height), height) }
  const count = Math.ceil(width / place.width) * Math.ceil(height / place.height)
  const area = count * place.width * place.height
  // Tiles go beyond the edge, but not by far. What divides by nothing is no number.
  if (!(area <= 4 * Math.max(width * height, 2 ** 20))) throw new RangeError('its tiles are too large')
  return { count, place: { ...place, bytes: Math.ceil((place.width * bits) / 8) * place.height } }
}

/**
 * A TIFF (TIFF 6.0) with its first page alone and only the fields that a picture needs, in place, once each of its
 * strips or tiles was found to hold no more than it may.
 * @throws NotAPicture for a page of too many pixels; RangeError for what holds more, or is stored in a way that is not
 *   known here; zlib's own Error
 */
export const firstPage = (file: Buffer, { pixels }: Head): Buffer => {
  const directory = fieldsOf(file)
  const { fields, numbers, first, clear } = directory
  const size = { width: first(256), height: first(257) }
  checkSize(size, pixels)
  const [compression, colours] = [first(259, NONE), first(262, 0)]
  const fits = FITS[compression]
  if (!fits) throw new RangeError(`it is compressed in a way that is not known (${compression})`)
  if (!COLOURS.includes(colours)) throw new RangeError(`its colours are of a kind that is not known (${colours})`)
  if (first(284, 1) !== 1 && first(277, 1) > 1) throw new RangeError('each of its colours stands alone')
  const { count, place } = placesOf(directory, size)
  const tiled = fields.has(322)
  const starts = numbers(tiled || !fields.has(273) ? 324 : 273)
  // Of pixels that are one strip as they are, the decoder asks no length.
  const whole = !tiled && count === 1 && compression === NONE
  const lengths = whole ? [place.bytes] : numbers(tiled || !fields.has(279) ? 325 : 279)
  if (starts.length !== count || lengths.length !== count) throw new RangeError('a part of it is missing')
  if (lengths.reduce((sum, length) => sum + length, 0) > file.length) throw new RangeError('it ends too early')
  const tables = tablesIn(file, fields.get(TABLES))
  starts.forEach((start, i) => {
    const end = start + (lengths[i] ?? 0)
    if (end > file.length) throw new RangeError('it ends too early')
    if (!fits(file.subarray(start, end), place, tables)) throw new RangeError('a part of it is larger than its place')
  })
  clear()
  return file
}
