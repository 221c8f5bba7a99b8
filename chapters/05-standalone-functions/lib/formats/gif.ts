import codec from '@jimp/js-gif'
import { firstFrameOnly } from '../bombs/gif.ts'

export const GIF = { type: 'image/gif', codec, defused: firstFrameOnly } as const
