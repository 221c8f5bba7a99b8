import codec from '@jimp/js-bmp'

export const BMP = { type: 'image/bmp', codec } as const
