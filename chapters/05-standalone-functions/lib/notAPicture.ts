import type { Size } from './types.ts'

/**
 * What is no picture for us: the message says why. To be told and left alone: another try would find the same. Apart from
 * `picture.ts`, so that functions that only pass it on do not have the library of pictures in their bundles.
 */
export class NotAPicture extends Error {
  override name = 'NotAPicture'
}

/** @throws NotAPicture for a size of more pixels: a small file can claim any. */
export const checkSize = ({ width, height }: Size, pixels: number): void => {
  if (!(width > 0 && height > 0)) throw new NotAPicture('the picture has no size')
  if (width * height > pixels)
    throw new NotAPicture(`the picture has ${width} × ${height} pixels, more than ${pixels} in all`)
}
