import { BMP } from './bmp.ts'
import { GIF } from './gif.ts'
import { JPEG } from './jpeg.ts'
import { PNG } from './png.ts'
import { TIFF } from './tiff.ts'

/**
 * All that the library reads and writes. Each format is a file of its own, since each brings its decoder into a bundle
 * (TIFF 62 KB): a function that takes fewer names them.
 *
 * `defused` makes a file safe to decode, in place, once its head was found good. Decoders do what a head does not tell:
 * they take a second head for the first, follow what leads in a circle, inflate without end, show memory where pixels are
 * missing. It throws for such a file.
 */
export const EVERY_FORMAT = [JPEG, PNG, GIF, BMP, TIFF] as const
export type Format = (typeof EVERY_FORMAT)[number]
