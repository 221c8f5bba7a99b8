/** The types of pictures that are decoded, by image-size's name: by the content, whatever the file's name ends in. */
export const TYPES = {
  bmp: 'image/bmp',
  gif: 'image/gif',
  jpg: 'image/jpeg',
  png: 'image/png',
  tiff: 'image/tiff',
} as const
export type PictureType = (typeof TYPES)[keyof typeof TYPES]

/** Width and height in pixels. */
export interface Size {
  width: number
  height: number
}

/** What the head of a picture says, and how many pixels it may have at most. */
export interface Head extends Size {
  pixels: number
}
