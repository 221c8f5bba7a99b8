import codec from '@jimp/js-gif'

export const GIF = { type: 'image/gif', codec } as const
