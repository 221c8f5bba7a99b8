import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Mocha from 'mocha'
import { Mistake } from '../../local/base/errors.ts'
import { root } from './application.ts'

/** The exercise of a chapter: a task, a file that the reader edits, a check, and the chapter's own function as solution. */
export interface Exercise {
  chapter: string
  title: string
  /** Absolute paths. */
  folder: string
  starter: string
  check: string
  solution: string
  /** The text under `## Hint`. */
  hint: string
}

/** What a check found. */
export interface Verdict {
  passed: string[]
  failed: { title: string; message: string }[]
}

const section = (text: string, heading: string): string =>
  text
    .split(/^## /m)
    .find((part) => part.startsWith(heading))
    ?.slice(heading.length)
    .trim() ?? ''

/** Every exercise that there is, in the order of the chapters. */
export const exercises = (): Exercise[] =>
  readdirSync(join(root, 'chapters'))
    .sort()
    .map((name) => join(root, 'chapters', name, 'exercise'))
    .filter((folder) => existsSync(join(folder, 'check.ts')))
    .map((folder) => {
      const text = readFileSync(join(folder, 'README.md'), 'utf8')
      const file = /\]\(\.\.\/([\w.-]+\.ts)\)/.exec(section(text, 'Solution'))?.[1] ?? ''
      return {
        chapter: /chapters[\\/](\d\d)/.exec(folder)?.[1] ?? '',
        title: /^# (?:Exercise: )?(.*)$/m.exec(text)?.[1] ?? '',
        folder,
        starter: join(folder, 'starter.ts'),
        check: join(folder, 'check.ts'),
        solution: join(folder, '..', file),
        hint: section(text, 'Hint'),
      }
    })

/** The exercise of a chapter, `2` or `02`. @throws Mistake that lists those there are. */
export const exerciseOf = (chapter: string): Exercise => {
  const all = exercises()
  const found = all.find((one) => one.chapter === chapter.padStart(2, '0'))
  if (found) return found
  throw new Mistake(
    `Chapter ${chapter} has no exercise here. There are:\n${all.map((one) => `  ${one.chapter}  ${one.title}`).join('\n')}`,
  )
}

/** Runs an exercise's check over a file: the starter as the reader left it, or the solution. */
export const check = async ({ check }: Exercise, file: string): Promise<Verdict> => {
  process.env.EXERCISE = file
  const mocha = new Mocha({ timeout: 20_000, reporter: class {} as never })
  mocha.addFile(check)
  const verdict: Verdict = { passed: [], failed: [] }
  try {
    await mocha.loadFilesAsync()
  } catch (error) {
    return { passed: [], failed: [{ title: 'the file can be loaded', message: (error as Error).message }] }
  }
  await new Promise<void>((resolve) => {
    mocha
      .run(() => resolve())
      .on('pass', (test) => verdict.passed.push(test.title))
      .on('fail', (test, error: Error) => verdict.failed.push({ title: test.title, message: error.message }))
  })
  return verdict
}
