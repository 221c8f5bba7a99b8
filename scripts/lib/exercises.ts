import { execFileSync, fork } from 'node:child_process'
import { constants, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Mistake } from '../../local/base/errors.ts'
import { root } from './application.ts'
import type { Failure } from './failure.ts'
import { keptIn } from './progress.ts'

/** The exercise of a chapter: a task, a file that the reader edits, a check, and its solution. */
export interface Exercise {
  chapter: string
  title: string
  /** Absolute paths. */
  folder: string
  starter: string
  check: string
  /** The chapter's own function, or files beside the starter where there are several ways. */
  solutions: string[]
  /** The text under `## Hint`. */
  hint: string
}

/** How long a check may take, in ms: an endless loop in the reader's file must not hold the terminal. */
const LONGEST = 30_000

/** What a check found. */
export interface Verdict {
  /** The titles of the tests that passed. */
  passed: string[]
  failed: Failure[]
}

const section = (text: string, heading: string): string =>
  text
    .split(/^## /m)
    .find((part) => part.startsWith(heading))
    ?.slice(heading.length)
    .trim() ?? ''

/** Every exercise that there is, in the order of the chapters. @param project the folder of another copy of the project */
export const exercises = (project: string = root): Exercise[] =>
  readdirSync(join(project, 'chapters'))
    .sort()
    .map((name) => join(project, 'chapters', name, 'exercise'))
    .filter((folder) => existsSync(join(folder, 'check.ts')))
    .map((folder) => {
      const text = readFileSync(join(folder, 'README.md'), 'utf8')
      const files = [...section(text, 'Solution').matchAll(/\]\(((?:\.\.\/)?[\w.-]+\.ts)\)/g)]
      return {
        chapter: /chapters[\\/](\d\d)/.exec(folder)?.[1] ?? '',
        title: /^# (?:Exercise: )?(.*)$/m.exec(text)?.[1] ?? '',
        folder,
        starter: join(folder, 'starter.ts'),
        check: join(folder, 'check.ts'),
        solutions: files.map(([, file = '']) => join(folder, file)),
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

/**
 * Runs an exercise's check over a file, the starter as the reader left it or the solution, in a process of its own:
 * what the file does must not touch this one.
 */
export const check = (exercise: Exercise, file: string): Promise<Verdict> =>
  new Promise((resolve, reject) => {
    const child = fork(join(root, 'scripts', 'lib', 'exerciseCheck.ts'), [exercise.check], {
      cwd: root,
      env: { ...process.env, EXERCISE: file },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      timeout: LONGEST,
      killSignal: 'SIGKILL',
    })
    let told = ''
    child.stderr?.on('data', (part) => {
      told += part
    })
    let verdict: Verdict | undefined
    child.on('message', (message) => {
      verdict = message as Verdict
    })
    child.on('close', (_, signal) => {
      if (verdict) resolve(verdict)
      else if (signal === 'SIGKILL')
        reject(
          new Mistake(
            `The check was stopped after ${LONGEST / 1000} s: is there an endless loop in ${relative(root, file)}?`,
          ),
        )
      else reject(new Mistake(`The check of chapter ${exercise.chapter} ended without a verdict.\n${told.trim()}`))
    })
  })

/** The starter as the project's last commit has it. @throws Mistake where git does not know */
export const committedStarter = ({ folder, starter }: Exercise): string => {
  try {
    return execFileSync('git', ['show', 'HEAD:./starter.ts'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  } catch (error) {
    const { stderr, code } = error as { stderr?: string; code?: string }
    const why = code === 'ENOENT' ? 'git is not installed' : (stderr?.trim().split('\n')[0] ?? 'git failed')
    throw new Mistake(`${relative(root, starter)} as it was committed cannot be had: ${why}.`)
  }
}

/**
 * Puts the starter back as it was committed. The reader's version is put aside first, under a name of its own.
 * @returns where the reader's version lies now; nothing when the file was as committed already
 * @throws Mistake where git does not know the starter
 */
export const reset = (exercise: Exercise): string | undefined => {
  const committed = committedStarter(exercise)
  const { chapter, starter } = exercise
  const there = existsSync(starter)
  if (there && readFileSync(starter, 'utf8') === committed) return undefined
  if (!there) {
    writeFileSync(starter, committed)
    return undefined
  }
  const aside = keptIn(root)
  mkdirSync(aside, { recursive: true })
  const time = new Date().toISOString().replace(/[:.]/g, '-')
  const copy = join(aside, `${chapter}-${time}.ts`)
  copyFileSync(starter, copy, constants.COPYFILE_EXCL)
  writeFileSync(starter, committed)
  return copy
}
