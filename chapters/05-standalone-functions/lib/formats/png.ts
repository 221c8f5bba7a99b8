import codec from '@jimp/js-png'

export const PNG = { type: 'image/png', codec } as const
