import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { createInterface } from 'node:readline'
import { Mistake } from '../local/base/errors.ts'
import { root } from './lib/application.ts'
import { check, type Exercise, exerciseOf, exercises } from './lib/exercises.ts'
import { ask, quizOf } from './lib/quiz.ts'
import { run } from './lib/run.ts'

const usage = `npm run exercise                       lists the exercises
npm run exercise -- 02                 checks your file for chapter 2
npm run exercise -- 02 --hint          says where to begin
npm run exercise -- 02 --solution      shows the chapter's own function
npm run exercise -- 05 --quiz          asks the chapter's questions`

const FLAGS = ['--hint', '--solution', '--quiz']

const list = () => {
  for (const one of exercises()) console.log(`${one.chapter}  ${one.title}\n    ${relative(root, one.starter)}`)
  console.log('\nRead the task in the README beside the file, edit the file, then: npm run exercise -- <chapter>')
}

const report = async (exercise: Exercise) => {
  const { passed, failed } = await check(exercise, exercise.starter)
  console.log(`${exercise.chapter}  ${exercise.title}\n`)
  for (const title of passed) console.log(`  ✓ ${title}`)
  for (const { title, message } of failed) console.log(`  ✗ ${title}\n${message.replace(/^/gm, '      ')}`)
  if (failed.length === 0) return console.log('\nSolved.')
  const file = relative(root, exercise.starter)
  const task = relative(root, exercise.folder)
  console.log(
    `\n${failed.length} of ${passed.length + failed.length} to go. Edit ${file}; the task stands in ${task}/README.md.`,
  )
  console.log(`A hint: npm run exercise -- ${exercise.chapter} --hint`)
  process.exitCode = 1
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
    console.log(`\n${right} of ${questions.length} right.`)
    if (right < questions.length) process.exitCode = 1
  } finally {
    input.close()
  }
}

await run(async () => {
  const args = process.argv.slice(2)
  const flags = args.filter((arg) => arg.startsWith('-'))
  const [chapter] = args.filter((arg) => !arg.startsWith('-'))
  if (flags.some((flag) => flag === '--help' || flag === '-h')) return console.log(usage)
  const unknown = flags.find((flag) => !FLAGS.includes(flag))
  if (unknown) throw new Mistake(`There is no flag ${unknown}.\n\n${usage}`)
  if (chapter === undefined) return list()
  if (flags.includes('--quiz')) return quiz(chapter)
  const exercise = exerciseOf(chapter)
  if (flags.includes('--hint')) return console.log(exercise.hint)
  if (flags.includes('--solution')) {
    console.log(`${relative(root, exercise.solution)}\n`)
    return console.log(readFileSync(exercise.solution, 'utf8').trimEnd())
  }
  await report(exercise)
})
