/// <reference path="../chapters/05-standalone-functions/lib/jsfeat.d.ts" />
// `node scripts/faceCascade.ts` writes what the detector of jsfeat was taught of faces in a fifth of its size, for chapter
// 5: `chapters/05-standalone-functions/lib/cascade.ts` has the format and reads it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import jsfeat from 'jsfeat'
import { root } from './lib/application.ts'

Object.assign(globalThis, { jsfeat })
await import('jsfeat/cascades/bbf_face.js')
const { width, height, stage_classifier } = jsfeat.bbf.face_cascade

const digit = (value = 0) => value.toString(36)

const points = (columns: number[], rows: number[], halved: number[]): string =>
  halved.map((times, i) => (times < 0 ? '' : digit(columns[i]) + digit(rows[i]) + digit(times))).join('')

const stages = stage_classifier.map(({ threshold, feature, alpha }) => ({
  threshold,
  features: feature
    .map(({ px, py, pz, nx, ny, nz }, i) => {
      const fails = digit(Math.round((alpha[2 * i] ?? 0) * 1e8))
      return `${fails}:${points(px, py, pz)}:${points(nx, ny, nz)}`
    })
    .join(' '),
}))
const from = 'jsfeat 0.0.8, cascades/bbf_face.js: The MIT License, Copyright (c) 2012 Eugene Zatepyakin'
const file = join(root, 'chapters/05-standalone-functions/lib/cascade.json')
writeFileSync(file, `${JSON.stringify({ from, width, height, stages }, null, 2)}\n`)
