/// <reference path="./jsfeat.d.ts" />
import { readCascade } from './cascade.ts'
import { type Picture, type Size, writePicture } from './picture.ts'

/** Where a face is, in whole pixels of the picture. */
export interface Face extends Size {
  x: number
  y: number
}

/**
 * The larger side of the copy that is searched, in pixels. A face must have 24 of them, so a larger copy finds smaller
 * ones; it also takes more time and sees more faces where there are none.
 */
const SEARCHED = 640
/** How many sizes of a face are tried until it is twice as large. */
const STEPS = 8
/** How many detections, nearly the same, must agree on a face. */
const AGREEING = 2
/** The sum of the detector's last stage: what is below was never a face in our pictures. */
const SURE = -2
/** The width of the lines around a face, in pixels. */
const LINE = 2

const load = async () => {
  // Of the library only what finds faces: its parts are scripts that look for one another in a global of its name.
  const jsfeat = {} as Jsfeat
  Object.assign(globalThis, { jsfeat })
  await import('jsfeat/src/jsfeat_struct.js')
  await import('jsfeat/src/jsfeat_cache.js')
  await import('jsfeat/src/jsfeat_imgproc.js')
  await import('jsfeat/src/jsfeat_bbf.js')
  const { bbf, matrix_t: Matrix, U8_t, C1_t } = jsfeat
  const cascade = readCascade()
  bbf.prepare_cascade(cascade)
  return { bbf, cascade, Matrix, type: U8_t | C1_t }
}
let detector: ReturnType<typeof load> | undefined

/** The brightness of each pixel (Rec. 601), what is transparent on white. */
const greyOf = ({ data, width, height }: Picture['bitmap']): Uint8Array => {
  const grey = new Uint8Array(width * height)
  for (let i = 0; i < grey.length; i++) {
    const [red = 0, green = 0, blue = 0, alpha = 255] = [data[4 * i], data[4 * i + 1], data[4 * i + 2], data[4 * i + 3]]
    grey[i] = 255 + (alpha / 255) * (0.299 * red + 0.587 * green + 0.114 * blue - 255)
  }
  return grey
}

/** The picture's pixels at another scale; the picture itself stays. */
const scaled = (picture: Picture, scale: number): Picture['bitmap'] => {
  if (scale === 1) return picture.bitmap
  // A clone would copy all pixels before it is resized, which gives it new ones: 50 MB for 12 megapixels.
  const whole = { ...picture.bitmap }
  picture.resize({ w: Math.max(1, Math.round(whole.width * scale)), h: Math.max(1, Math.round(whole.height * scale)) })
  const small = picture.bitmap
  picture.bitmap = whole
  return small
}

let pyramid: { levels: number } | undefined

/** Finds the faces in a picture that look towards us, the surest first. */
export const facesIn = async (picture: Picture): Promise<Face[]> => {
  // The first picture loads it, so that the function starts faster.
  detector ??= load()
  const { bbf, cascade, Matrix, type } = await detector
  const { width, height } = picture.bitmap
  const scale = Math.min(1, SEARCHED / Math.max(width, height))
  const searched = scaled(picture, scale)
  if (searched.width < cascade.width || searched.height < cascade.height) return []
  const matrix = new Matrix(searched.width, searched.height, type)
  matrix.data.set(greyOf(searched))
  // The library keeps its pyramid, and in it the picture of the call before where that had as many levels.
  if (pyramid) pyramid.levels = -1
  const built = bbf.build_pyramid(matrix, cascade.width, cascade.height, STEPS)
  pyramid = built
  return bbf
    .group_rectangles(bbf.detect(built, cascade), AGREEING)
    .filter(({ confidence }) => confidence > SURE)
    .sort((one, other) => other.confidence - one.confidence)
    .map((found) => ({
      x: Math.round(found.x / scale),
      y: Math.round(found.y / scale),
      width: Math.round(found.width / scale),
      height: Math.round(found.height / scale),
    }))
}

/** Draws a white rectangle, its lines 2 pixels wide and inside it; what lies outside of the picture is left out. */
const drawRectangle = ({ data, width, height }: Picture['bitmap'], face: Face): void => {
  const [right, below] = [face.x + face.width, face.y + face.height]
  for (let y = Math.max(0, face.y); y < Math.min(height, below); y++)
    for (let x = Math.max(0, face.x); x < Math.min(width, right); x++) {
      const onLine = x < face.x + LINE || x >= right - LINE || y < face.y + LINE || y >= below - LINE
      if (onLine) data.fill(255, 4 * (y * width + x), 4 * (y * width + x) + 4)
    }
}

/** The picture as JPEG, with a white rectangle around each face. */
export const withRectangles = (picture: Picture, faces: Face[]): Promise<Buffer> => {
  for (const face of faces) drawRectangle(picture.bitmap, face)
  return writePicture(picture, 'image/jpeg')
}
