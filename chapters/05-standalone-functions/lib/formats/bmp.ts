import codec from '@jimp/js-bmp'
import { smallPalette } from '../bombs/bmp.ts'

export const BMP = { type: 'image/bmp', codec, defused: smallPalette } as const
