import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from './application.ts'
import type { Exercise } from './exercises.ts'
import type { Failure } from './failure.ts'
import { type Answered, digestOf, type Progress, type Tried } from './progress.ts'
import { quizzes } from './quiz.ts'

const indented = (text: string, by: string) => text.replaceAll('\n', `\n${by}`)

/** A failed test: what was expected, what came, and where the README of the exercise speaks of it. */
export const failureText = ({ folder }: Exercise, { title, about, expected, came, read }: Failure): string => {
  const pages = read.map(({ line, text }) => `${relative(root, join(folder, 'README.md'))}:${line}  ${text}`)
  return [
    `  ✗ ${title}`,
    ...(about ? [`      ${indented(about, '      ')}`] : []),
    `      expected  ${indented(expected, '                ')}`,
    `      came      ${indented(came, '                ')}`,
    ...pages.map((page, index) => `      ${index === 0 ? 'read' : '    '}      ${page}`),
  ].join('\n')
}

const MARKS = { passed: '✓', failing: '✗', 'not tried': '·' }

/** The state of an exercise in words: `failing, 3 of 6 pass`, and whether its file is another one since. */
const stateText = (tried: Tried | undefined, { starter }: Exercise): string => {
  if (!tried) return 'not tried'
  const counted = tried.state === 'failing' && tried.of !== undefined ? `, ${tried.passed} of ${tried.of} pass` : ''
  const since = !existsSync(starter) || digestOf(starter) !== tried.digest ? '; changed since' : ''
  return `${tried.state}${counted}${since}`
}

const quizText = (answered: Answered | undefined): string =>
  answered === undefined
    ? 'not tried'
    : answered.right === answered.of
      ? `passed, ${answered.of} of ${answered.of} right`
      : `failing, ${answered.right} of ${answered.of} right`

/** Every exercise and quiz with its state, and what comes next. */
export const listText = (all: Exercise[], progress: Progress): string => {
  const asked = quizzes().map(({ chapter }) => chapter)
  const lines = all.flatMap((one) => {
    const tried = progress.exercises[one.chapter]
    const quiz = progress.quizzes[one.chapter]
    return [
      `${MARKS[tried?.state ?? 'not tried']} ${one.chapter}  ${one.title}: ${stateText(tried, one)}`,
      `      ${relative(root, one.starter)}`,
      ...(asked.includes(one.chapter) ? [`      quiz: ${quizText(quiz)}`] : []),
    ]
  })
  return `${lines.join('\n')}\n\n${nextText(all, progress)}`
}

/**
 * The exercise to go on with: the first one that is not passed, after a chapter if there is one there. One that is
 * still failing comes before those after it.
 */
const nextOf = (all: Exercise[], { exercises }: Progress, after = ''): Exercise | undefined => {
  const open = all.filter(({ chapter }) => exercises[chapter]?.state !== 'passed')
  return open.find(({ chapter }) => chapter >= after) ?? open[0]
}

/** One sentence on what comes next, with the command. @param after the chapter that was just checked */
export const nextText = (all: Exercise[], progress: Progress, after?: string): string => {
  const next = nextOf(all, progress, after)
  if (next) {
    const task = relative(root, join(next.folder, 'README.md'))
    return `Next: ${next.chapter}, ${next.title}. The task: ${task}\n  npm run exercise -- ${next.chapter}`
  }
  const quiz = quizzes().find(({ chapter }) => {
    const answered = progress.quizzes[chapter]
    return answered === undefined || answered.right < answered.of
  })
  if (quiz) return `Next: the quiz of chapter ${quiz.chapter}\n  npm run exercise -- ${quiz.chapter} --quiz`
  return 'All exercises are passed.'
}
