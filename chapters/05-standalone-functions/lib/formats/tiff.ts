import codec from '@jimp/js-tiff'
import { firstPage } from '../bombs/tiff.ts'

export const TIFF = { type: 'image/tiff', codec, defused: firstPage } as const
