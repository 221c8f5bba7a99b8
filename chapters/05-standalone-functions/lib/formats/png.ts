import codec from '@jimp/js-png'
import { allPixels } from '../bombs/png.ts'

export const PNG = { type: 'image/png', codec, defused: allPixels } as const
