const [SOS, APP1] = [0xda, 0xe1]
const [ORIENTATION, SHORT] = [274, 3]

/** The orientation in the first directory of a block of EXIF, which is a TIFF (TIFF 6.0, section 2). */
const inExif = (exif: Buffer): number | undefined => {
  const little = exif.toString('latin1', 0, 2) === 'II'
  const read = (at: number, bytes: 2 | 4) => (little ? exif.readUIntLE(at, bytes) : exif.readUIntBE(at, bytes))
  const directory = read(4, 4)
  const end = directory + 2 + 12 * read(directory, 2)
  for (let at = directory + 2; at < end; at += 12)
    if (read(at, 2) === ORIENTATION) return read(at + 8, read(at + 2, 2) === SHORT ? 2 : 4)
  return undefined
}

/** The first orientation in a JPEG's segments before its pixels. @throws RangeError for a file that is cut off */
const orientationOf = (file: Buffer): number | undefined => {
  for (let at = 2; file[at] === 0xff && file[at + 1] !== SOS; at += 2 + file.readUInt16BE(at + 2)) {
    const isExif = file[at + 1] === APP1 && file.toString('latin1', at + 4, at + 10) === 'Exif\0\0'
    const found = isExif ? inExif(file.subarray(at + 10, at + 2 + file.readUInt16BE(at + 2))) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/** What jimp asks of exif-parser, which reads all that a camera writes (21 KB): how a JPEG is to be turned, 1 to 8. */
const create = (file: Buffer) => ({ parse: () => ({ tags: { Orientation: orientationOf(file) } }) })

/** In the place of the package's own, by `template.yaml` (Alias). */
export default { create }
