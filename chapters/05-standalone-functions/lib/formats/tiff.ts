import codec from '@jimp/js-tiff'

export const TIFF = { type: 'image/tiff', codec } as const
