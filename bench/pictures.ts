import { fork } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { templateFile } from '../scripts/lib/application.ts'
import { canMakePictures, twelveMegapixels } from '../tests/pictures.ts'
import { type Compared, figuresOf } from './figures.ts'
import { type Row, row } from './results.ts'

/** MB that the template gives the function that makes thumbnails. */
const memorySize = (): number =>
  parse(readFileSync(templateFile, 'utf8'), { logLevel: 'silent' }).Resources.CreateThumbnailAndStoreInDB.Properties
    .MemorySize

const ask = <Answer>(memory: number, parameters: string[]): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'picture.ts'), parameters, {
      execArgv: [
        `--max-old-space-size=${Math.floor(memory * 0.9)}`,
        `--max-semi-space-size=${Math.floor(memory * 0.05)}`,
      ],
    })
    child.once('message', (answer) => resolve(answer as Answer))
    child.once('exit', (code) => reject(new Error(`no picture was made (${code})`)))
  })

/** The thumbnail of a picture of 12 megapixels that is hard to compress: warm time beside sharp's, and memory. */
export const pictureRows = async (rounds: number): Promise<Row[]> => {
  if (!(await canMakePictures())) return []
  const folder = mkdtempSync(join(tmpdir(), 'lambda-in-action-bench-'))
  try {
    const file = join(folder, 'picture.jpg')
    writeFileSync(file, await twelveMegapixels())
    const memory = memorySize()
    const { ours, peer } = await ask<{ ours: number[]; peer: number[] }>(memory, [file, String(rounds), 'sharp'])
    const ratio = figuresOf(ours.map((ms, n) => ms / (peer[n] ?? Number.NaN)))
    const times: Compared = { ours: figuresOf(ours), peer: figuresOf(peer), ratio }
    const { peak } = await ask<{ peak: number }>(memory, [file, '5'])
    return [
      row('thumbnail of 12 megapixels, warm', 'ms', 'sharp (libvips, native)', times, { most: 4, of: 'ratio' }),
      {
        ...{ what: 'memory for it, at its peak', unit: 'MB', by: 'the function’s setting', ours: figuresOf([peak]) },
        ...{ peer: figuresOf([memory]), ratio: figuresOf([peak / memory]), target: { most: 1, of: 'ratio' } },
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
