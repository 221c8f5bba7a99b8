import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { statesOf } from '../../local/base/running.ts'

/** What became of an exercise when it was checked last. */
export interface Tried {
  state: 'failing' | 'passed'
  /** How many of its tests passed, and how many there are. Neither where the check was stopped. */
  passed?: number
  of?: number
  /** The file as it was checked: its digest. */
  digest: string
}

/** How a quiz went when it was answered to its end last. */
export interface Answered {
  right: number
  of: number
}

/** How far the reader of this copy of the project is, by chapter. */
export interface Progress {
  exercises: Record<string, Tried>
  quizzes: Record<string, Answered>
}

/** Where progress and the files that a reset put aside are kept: ignored by git. */
export const keptIn = (root: string): string => join(statesOf(root), 'exercises')

const fileOf = (root: string) => join(keptIn(root), 'progress.json')

/** How far the reader is. A file that is not there, or that nobody can read any more, means: at the beginning. */
export const progressOf = (root: string): Progress => {
  try {
    const { exercises = {}, quizzes = {} } = JSON.parse(readFileSync(fileOf(root), 'utf8'))
    return { exercises, quizzes }
  } catch {
    return { exercises: {}, quizzes: {} }
  }
}

/** Changes what is kept. It is written beside and renamed, so that another terminal never reads half of it. */
export const changeProgress = (root: string, change: (progress: Progress) => void): void => {
  const progress = progressOf(root)
  change(progress)
  mkdirSync(keptIn(root), { recursive: true })
  const written = join(keptIn(root), `progress.${process.pid}.json`)
  writeFileSync(written, `${JSON.stringify(progress, null, 2)}\n`)
  renameSync(written, fileOf(root))
}

/** The digest of a file, which tells whether it was changed since it was checked. */
export const digestOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')
