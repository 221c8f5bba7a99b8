import { checkSize } from '../notAPicture.ts'
import type { Head, Size } from '../types.ts'
import { lzwLength } from './lzw.ts'

/** Behind the blocks that begin here, each with its length before it, the last one empty. */
const behindBlocks = (file: Buffer, at: number): number => {
  let end = at
  while (file[end]) end += (file[end] ?? 0) + 1
  return end + 1
}

/**
 * Where the first frame begins.
 * @throws RangeError for an extension that the decoder passes over in another way: it would find another frame
 */
const firstFrame = (file: Buffer): number => {
  const flags = file[10] ?? 0
  let at = 13 + (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)
  while (file[at] === 0x21) {
    if (file[at + 1] === 0xff && file[at + 2] !== 11) throw new RangeError('an extension has another length than 11')
    at = behindBlocks(file, at + 2)
  }
  return at
}

/** The size of a frame, which need not be that of the GIF. */
const frameSize = (file: Buffer, at: number): Size | undefined => {
  if (file[at] !== 0x2c || at + 9 > file.length) return undefined
  return { width: file.readUInt16LE(at + 5), height: file.readUInt16LE(at + 7) }
}

/** Reads codes from blocks, the lowest bits first. */
const codesIn = (file: Buffer, at: number) => {
  let [next, left, bits, value] = [at, 0, 0, 0]
  return (width: number): number | undefined => {
    while (bits < width) {
      if (left === 0) left = file[next++] ?? 0
      if (left === 0) return undefined
      value |= (file[next++] ?? 0) << bits
      bits += 8
      left--
    }
    const code = value & ((1 << width) - 1)
    value >>>= width
    bits -= width
    return code
  }
}

/**
 * A GIF (GIF89a) with its first frame alone, in place: the decoder reads the heads of all.
 * @throws NotAPicture for a frame of too many pixels; RangeError for one that the decoder would read in another way, or
 *   without end
 */
export const firstFrameOnly = (file: Buffer, { pixels }: Head): Buffer => {
  const at = firstFrame(file)
  const size = frameSize(file, at)
  if (!size) return file
  checkSize(size, pixels)
  const flags = file[at + 9] ?? 0
  const data = at + 10 + (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)
  const bits = file[data] ?? 0
  if (bits < 1 || bits > 8) throw new RangeError(`a GIF's pixels have 1 to 8 bits, not ${bits}`)
  lzwLength(codesIn(file, data + 1), bits, 0, size.width * size.height)
  const end = behindBlocks(file, data + 1)
  if (end < file.length) file[end] = 0x3b
  return file.subarray(0, end + 1)
}
