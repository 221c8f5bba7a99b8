/** Scans of a progressive JPEG: encoders write about ten, and an embedded picture has its own. */
const MOST_SCANS = 500
const SCAN = Buffer.from([0xff, 0xda])

/**
 * A JPEG (ITU-T T.81) of no more scans than it may have: each goes through the whole picture, however few bytes it has.
 * @throws RangeError
 */
export const fewScans = (file: Buffer): Buffer => {
  let scans = 0
  for (let at = file.indexOf(SCAN); at >= 0; at = file.indexOf(SCAN, at + 2))
    if (++scans > MOST_SCANS) throw new RangeError(`it has more than ${MOST_SCANS} scans`)
  return file
}
