import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { createInterface } from 'node:readline'
import { Mistake } from '../local/base/errors.ts'
import { root } from './lib/application.ts'
import { check, type Exercise, exerciseOf, exercises, reset } from './lib/exercises.ts'
import { onSave } from './lib/onSave.ts'
import { changeProgress, digestOf, progressOf } from './lib/progress.ts'
import { ask, quizOf } from './lib/quiz.ts'
import { failureText, listText, nextText } from './lib/report.ts'
import { run } from './lib/run.ts'

const usage = `npm run exercise                       lists the exercises, and how far you are
npm run exercise -- 02                 checks your file for chapter 2
npm run exercise -- 02 --watch         checks it again whenever you save it, until Ctrl-C
npm run exercise -- 02 --hint          says where to begin
npm run exercise -- 02 --solution      shows the chapter's own function
npm run exercise -- 02 --reset         puts the file back as it was committed; yours is kept aside
npm run exercise -- 05 --quiz          asks the chapter's questions`

const FLAGS = ['--watch', '--hint', '--solution', '--reset', '--quiz']

/** What comes next, as the last words of every command. */
const sayNext = (chapter: string) =>
  console.log(`\n${nextText(exercises(), progressOf(root), chapter.padStart(2, '0'))}`)

/** Checks the reader's file, prints what came of it, and remembers it. @returns whether it is solved */
const report = async (exercise: Exercise): Promise<boolean> => {
  const { chapter, starter, title } = exercise
  if (!existsSync(starter))
    throw new Mistake(`${relative(root, starter)} is not there: npm run exercise -- ${chapter} --reset brings it back.`)
  const digest = digestOf(starter)
  const { passed, failed } = await check(exercise, starter).catch((error: unknown) => {
    changeProgress(root, ({ exercises }) => {
      exercises[chapter] = { state: 'failing', digest }
    })
    throw error
  })
  const solved = failed.length === 0
  const of = passed.length + failed.length
  changeProgress(root, ({ exercises }) => {
    exercises[chapter] = { state: solved ? 'passed' : 'failing', passed: passed.length, of, digest }
  })
  console.log(`${chapter}  ${title}\n`)
  for (const one of passed) console.log(`  ✓ ${one}`)
  for (const one of failed) console.log(failureText(exercise, one))
  if (solved) console.log('\nSolved.')
  else
    console.log(`\n${failed.length} of ${of} to go: edit ${relative(root, starter)}
A hint: npm run exercise -- ${chapter} --hint`)
  sayNext(chapter)
  return solved
}

/** Checks now and at each save, until Ctrl-C. */
const watch = async (exercise: Exercise): Promise<void> => {
  const tell = async () => {
    try {
      await report(exercise)
    } catch (error) {
      if (!(error instanceof Mistake)) throw error
      console.error(error.message)
    }
    console.log(`\nWaiting until you save ${relative(root, exercise.starter)}; Ctrl-C ends it.`)
  }
  // Watched from before the first check on, so that what is saved during it counts.
  const first = Promise.withResolvers<void>()
  const stop = onSave(
    exercise.starter,
    () => first.promise.then(tell),
    (error) => first.reject(error),
  )
  const ended = new Promise<void>((resolve, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
    first.promise.catch(reject)
  })
  await tell()
  first.resolve()
  await ended
  stop()
  process.exit()
}

const quiz = async (chapter: string) => {
  const questions = quizOf(chapter)
  const input = createInterface({ input: process.stdin })
  const lines = input[Symbol.asyncIterator]()
  const answers: AsyncIterator<string> = {
    next: async () => {
      const line = await lines.next()
      // What is piped in is not seen on the screen: say it.
      if (!process.stdin.isTTY && !line.done) console.log(line.value)
      return line
    },
  }
  try {
    const right = await ask(questions, answers, (text) => process.stdout.write(text))
    changeProgress(root, ({ quizzes }) => {
      quizzes[chapter.padStart(2, '0')] = { right, of: questions.length }
    })
    console.log(`\n${right} of ${questions.length} right.`)
    if (right < questions.length) process.exitCode = 1
  } finally {
    input.close()
  }
}

/** Puts the starter back, and forgets how it was checked. */
const startAgain = (exercise: Exercise) => {
  const { chapter, starter } = exercise
  const aside = reset(exercise)
  changeProgress(root, ({ exercises }) => {
    delete exercises[chapter]
  })
  console.log(`${relative(root, starter)} is as it was committed.`)
  if (aside) console.log(`Your version is kept in ${relative(root, aside)}`)
}

await run(async () => {
  const args = process.argv.slice(2)
  const flags = args.filter((arg) => arg.startsWith('-'))
  const [chapter, ...more] = args.filter((arg) => !arg.startsWith('-'))
  if (flags.some((flag) => flag === '--help' || flag === '-h')) return console.log(usage)
  const unknown = flags.find((flag) => !FLAGS.includes(flag))
  if (unknown) throw new Mistake(`There is no flag ${unknown}.\n\n${usage}`)
  if (more[0] !== undefined) throw new Mistake(`One exercise at a time: what is "${more[0]}"?\n\n${usage}`)
  const [flag, second] = flags
  if (second) throw new Mistake(`${flag} and ${second} exclude each other.\n\n${usage}`)
  if (chapter === undefined) {
    if (flag) throw new Mistake(`Of which chapter? npm run exercise -- 02 ${flag}\n\n${usage}`)
    return console.log(listText(exercises(), progressOf(root)))
  }
  if (flag === '--quiz') {
    await quiz(chapter)
    return sayNext(chapter)
  }
  const exercise = exerciseOf(chapter)
  if (flag === '--watch') return watch(exercise)
  if (flag === '--reset') startAgain(exercise)
  else if (flag === '--hint') console.log(exercise.hint)
  else if (flag === '--solution')
    console.log(
      exercise.solutions
        .map((file) => `${relative(root, file)}\n\n${readFileSync(file, 'utf8').trimEnd()}`)
        .join('\n\n'),
    )
  else {
    if (!(await report(exercise))) process.exitCode = 1
    return
  }
  sayNext(chapter)
})
