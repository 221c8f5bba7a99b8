import { BMP } from './bmp.ts'
import { GIF } from './gif.ts'
import { JPEG } from './jpeg.ts'
import { PNG } from './png.ts'
import { TIFF } from './tiff.ts'

/**
 * All that the library reads and writes. Each format is a file of its own, since each brings its decoder into a bundle
 * (TIFF 62 KB): a function that takes fewer names them.
 */
export const EVERY_FORMAT = [JPEG, PNG, GIF, BMP, TIFF] as const
export type Format = (typeof EVERY_FORMAT)[number]
