/** A GIF of 4 × 4 pixels of one colour, another one for each number: the smallest real picture, made without a library. */
export const gifOf = (number: number): Buffer => {
  const colour = [number & 255, (number >> 8) & 255, (number >> 16) & 255]
  return Buffer.from([
    ...Buffer.from('GIF89a'),
    ...[4, 0, 4, 0, 0x80, 0, 0], // 4 × 4, a palette of two colours
    ...[...colour, 255, 255, 255],
    ...[0x2c, 0, 0, 0, 0, 4, 0, 4, 0, 0], // one frame
    ...lzwOfZeros(16),
    0x3b,
  ])
}

/** So many pixels of colour 0 in GIF's LZW, with a clear code before each: then every code has three bits. */
const lzwOfZeros = (pixels: number): number[] => {
  const [CLEAR, END] = [4, 5]
  const codes = [...Array(pixels).fill([CLEAR, 0]).flat(), END] as number[]
  const bytes: number[] = []
  codes.forEach((code, index) => {
    for (let bit = 0; bit < 3; bit++) {
      const at = index * 3 + bit
      bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (((code >> bit) & 1) << (at & 7))
    }
  })
  return [2, bytes.length, ...bytes, 0]
}
