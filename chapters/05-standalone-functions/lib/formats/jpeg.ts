import jpeg from '@jimp/js-jpeg'
import { fewScans } from '../bombs/jpeg.ts'
import { shrunkJpeg } from '../shrunkJpeg.ts'

const library = jpeg()
type DecodeOptions = Parameters<typeof library.decode>[1] & { small?: boolean }

/** The library's JPEG; one that will be made small is decoded at an eighth: 12 megapixels in 0.15 s instead of 1.1 s. */
const codec = () => ({
  ...library,
  decode: (file: Buffer, { small, ...options }: DecodeOptions = {}) =>
    (small && shrunkJpeg(file, (options.maxResolutionInMP ?? 100) * 1e6)) || library.decode(file, options),
})

export const JPEG = { type: 'image/jpeg', codec, defused: fewScans } as const
