/** The part of jsfeat that finds faces: the library comes without types. */

/** A matrix of one byte an element, row by row from above. */
interface Matrix {
  data: Uint8Array
}

/** A rectangle in which the cascade saw what it was taught, in the matrix's pixels. */
interface Found {
  x: number
  y: number
  width: number
  height: number
  /** How many detections, nearly the same, were put together. */
  neighbors: number
  /** The sum of the last stage: the higher the surer. */
  confidence: number
}

/**
 * Points that are bright (p) and others that are dark (n) where there is a face: columns, rows, and how often the picture
 * is halved before, -1 for a point that there is not. As many of each as `size`.
 */
interface Feature {
  size: number
  px: number[]
  py: number[]
  pz: number[]
  nx: number[]
  ny: number[]
  nz: number[]
}

interface Stage {
  count: number
  threshold: number
  feature: Feature[]
  /** For each feature what it adds where it does not hold, and where it does. */
  alpha: number[]
}

interface Cascade {
  count: number
  /** The smallest thing that it sees, in pixels. */
  width: number
  height: number
  stage_classifier: Stage[]
}

interface Pyramid {
  levels: number
}

/** Compares the brightness of a few points, in a cascade of ever more careful stages (Abramson, Steux: "YEF"). */
interface Detector {
  prepare_cascade(cascade: Cascade): void
  /** Copies of the picture, ever smaller, `interval` of them until it is half as large. */
  build_pyramid(picture: Matrix, minWidth: number, minHeight: number, interval: number): Pyramid
  detect(pyramid: Pyramid, cascade: Cascade): Found[]
  /** Puts together what is nearly the same, and leaves out what fewer than so many detections agree on. */
  group_rectangles(found: Found[], minNeighbors: number): Found[]
}

interface Jsfeat {
  U8_t: number
  C1_t: number
  matrix_t: new (columns: number, rows: number, type: number) => Matrix
  bbf: Detector
}

/** The whole library, and what its detector was taught of faces: that adds itself to a global called `jsfeat`. */
declare module 'jsfeat' {
  const jsfeat: Omit<Jsfeat, 'bbf'> & { bbf: Detector & { face_cascade: Cascade } }
  export default jsfeat
}
declare module 'jsfeat/cascades/bbf_face.js' {}

/** Its parts, scripts that each add themselves to a global called `jsfeat`, where they find one another. */
declare module 'jsfeat/src/jsfeat_struct.js' {}
declare module 'jsfeat/src/jsfeat_cache.js' {}
declare module 'jsfeat/src/jsfeat_imgproc.js' {}
declare module 'jsfeat/src/jsfeat_bbf.js' {}
