import { imageSize } from 'image-size'

/**
 * What image-size reads in the first bytes of a picture. It reads on behind the file where that lies in a larger buffer,
 * as small ones do, and takes what stands there for the picture's: such a file is copied.
 * @throws TypeError or RangeError for what is none
 */
export const readHead = (bytes: Uint8Array): ReturnType<typeof imageSize> => {
  const alone = bytes.byteOffset + bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes)
  return imageSize(Buffer.from(alone.buffer, alone.byteOffset, alone.byteLength))
}
