/// <reference path="./jsfeat.d.ts" />
import written from './cascade.json' with { type: 'json' }

/**
 * What the detector of jsfeat was taught of faces, from `cascade.json`, which `scripts/faceCascade.ts` makes of the
 * library's own: a fifth of its size, and next to no time to load. A feature is written `-4rg5rg:322521:841441`: what it
 * adds where it does not hold, in units of 0.00000001 (where it holds, the opposite), then bright points and dark ones.
 * All digits are of base 36; a point has three: column, row, and how often the picture is halved before.
 */
const UNIT = 1e8
const BASE = 36

/** One of the three digits of each point. */
const digits = (points: string, at: number, size: number, none: number): number[] =>
  Array.from({ length: size }, (_, i) => (points[3 * i] ? Number.parseInt(points[3 * i + at] ?? '', BASE) : none))

const featureOf = (text: string): Feature => {
  const [, bright = '', dark = ''] = text.split(':')
  const size = Math.max(bright.length, dark.length) / 3
  const [px, py, pz] = [digits(bright, 0, size, 0), digits(bright, 1, size, 0), digits(bright, 2, size, -1)]
  const [nx, ny, nz] = [digits(dark, 0, size, 0), digits(dark, 1, size, 0), digits(dark, 2, size, -1)]
  return { size, px, py, pz, nx, ny, nz }
}

/** Reads the cascade: a new one each time, as the library writes into it. */
export const readCascade = (): Cascade => ({
  count: written.stages.length,
  width: written.width,
  height: written.height,
  stage_classifier: written.stages.map(({ threshold, features }) => {
    const texts = features.split(' ')
    const alpha = texts.flatMap((text) => {
      const value = Number.parseInt(text, BASE) / UNIT
      return [value, -value]
    })
    return { count: texts.length, threshold, feature: texts.map(featureOf), alpha }
  }),
})
