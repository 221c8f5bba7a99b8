/** The part of jsfeat that finds faces: the library comes without types. */
declare module 'jsfeat' {
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

  interface Cascade {
    /** The smallest thing that it sees, in pixels. */
    width: number
    height: number
  }

  interface Pyramid {
    levels: number
  }

  /** Compares the brightness of a few points, in a cascade of ever more careful stages (Abramson, Steux: "YEF"). */
  interface Detector {
    face_cascade: Cascade
    prepare_cascade(cascade: Cascade): void
    /** Copies of the picture, ever smaller, `interval` of them until it is half as large. */
    build_pyramid(picture: Matrix, minWidth: number, minHeight: number, interval: number): Pyramid
    detect(pyramid: Pyramid, cascade: Cascade): Found[]
    /** Puts together what is nearly the same, and leaves out what fewer than so many detections agree on. */
    group_rectangles(found: Found[], minNeighbors: number): Found[]
  }

  const jsfeat: {
    U8_t: number
    C1_t: number
    matrix_t: new (columns: number, rows: number, type: number) => Matrix
    bbf: Detector
  }
  export default jsfeat
}

/** What the detector was taught of faces: a script that adds itself to a global called `jsfeat`. */
declare module 'jsfeat/cascades/bbf_face.js' {}
