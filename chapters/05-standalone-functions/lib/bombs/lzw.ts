/** What a decoder of LZW keeps of a code: how many values it stands for. Codes have 12 bits at most. */
const TABLE = 4096

/**
 * Walks through LZW data without decoding them.
 * @param read the next so many bits, as many as a code has; undefined where the data end
 * @param bits of a value: GIF has 2 to 8, TIFF 8
 * @param early by how much sooner codes get a bit longer: TIFF 1, GIF 0
 * @param most values; no further is walked
 * @returns how many values the data stand for
 * @throws RangeError for a code that nothing was said of: decoders follow it in circles, or to what was decoded before
 */
export const lzwLength = (
  read: (bits: number) => number | undefined,
  bits: number,
  early: 0 | 1,
  most: number,
): number => {
  const clear = 1 << bits
  const lengths = new Uint32Array(TABLE).fill(1, 0, clear)
  let next = clear + 2
  let width = bits + 1
  let previous = 0
  let total = 0
  for (let code = read(width); code !== undefined && code !== clear + 1 && total <= most; code = read(width)) {
    if (code === clear) {
      next = clear + 2
      width = bits + 1
      previous = 0
      continue
    }
    if (code > (previous ? next : clear)) throw new RangeError('a code is unknown')
    if (previous && next < TABLE) {
      lengths[next++] = previous + 1
      if (next + early >= 1 << width && width < 12) width++
    }
    previous = lengths[code] ?? 0
    total += previous
  }
  return total
}
