/** Colours of a palette, of which each pixel has 8 bits at most. */
const COLOURS = 256

/**
 * A BMP whose palette (BITMAPINFOHEADER, biClrUsed) is no larger than it may be: the decoder makes an object of each
 * colour, 56 bytes.
 * @throws RangeError
 */
export const smallPalette = (file: Buffer): Buffer => {
  const colours = file.readUInt32LE(46)
  if (colours > COLOURS) throw new RangeError(`the palette has ${colours} colours, more than ${COLOURS}`)
  return file
}
