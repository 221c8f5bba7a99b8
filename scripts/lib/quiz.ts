import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Mistake } from '../../local/base/errors.ts'
import { root } from './application.ts'

/** A question of a chapter's quiz, as it stands in `exercise/quiz.json`. */
export interface Question {
  question: string
  /** By letter. */
  options: Record<string, string>
  best: string
  /** Other options that are right, though not the best. */
  also?: string[]
  why: string
}

/** Each chapter that has a quiz, with the file of its questions. */
export const quizzes = (): { chapter: string; file: string }[] =>
  readdirSync(join(root, 'chapters'))
    .sort()
    .map((name) => ({ chapter: name.slice(0, 2), file: join(root, 'chapters', name, 'exercise', 'quiz.json') }))
    .filter(({ file }) => existsSync(file))

export const questionsIn = (file: string): Question[] => JSON.parse(readFileSync(file, 'utf8'))

/** The quiz of a chapter, `5` or `05`. @throws Mistake that lists the chapters with one */
export const quizOf = (chapter: string): Question[] => {
  const all = quizzes()
  const found = all.find((one) => one.chapter === chapter.padStart(2, '0'))
  if (found) return questionsIn(found.file)
  throw new Mistake(`Chapter ${chapter} has no quiz here. There is one in: ${all.map((one) => one.chapter).join(', ')}`)
}

/** What is wrong with a question, a sentence each. */
export const faultsOfQuestion = ({ question, options, best, also = [], why }: Question): string[] => [
  ...(question && why ? [] : ['it has no question or no reason']),
  ...(Object.keys(options).length < 2 ? ['it has fewer than two options'] : []),
  ...[best, ...also].filter((letter) => !options[letter]).map((letter) => `there is no option ${letter}`),
]

/** What an answer is worth, and the words for it. */
export const judged = ({ best, also = [], why }: Question, letter: string): { right: boolean; text: string } => {
  if (letter === best) return { right: true, text: `✓ Right. ${why}` }
  if (also.includes(letter)) return { right: true, text: `✓ Right, and ${best} is better. ${why}` }
  return { right: false, text: `✗ ${best} is right${also.length > 0 ? `, ${also.join(' and ')} too` : ''}. ${why}` }
}

/**
 * Asks the questions one after another.
 * @param answers lines as they were typed or piped in
 * @param say prints, without a line break of its own
 * @returns how many answers were right
 * @throws Mistake when the lines end before the questions do
 */
export const ask = async (
  questions: Question[],
  answers: AsyncIterator<string>,
  say: (text: string) => void,
): Promise<number> => {
  let right = 0
  for (const [index, question] of questions.entries()) {
    const letters = Object.keys(question.options)
    const options = letters.map((letter) => `   ${letter}  ${question.options[letter]}\n`).join('')
    say(`${index === 0 ? '' : '\n'}${index + 1}. ${question.question}\n${options}`)
    for (;;) {
      say('Your answer: ')
      const { value, done } = await answers.next()
      if (done) throw new Mistake(`\nThe answers ended after ${index} of ${questions.length} questions.`)
      const letter = value.trim().toLowerCase().replace(/[).]$/, '')
      if (!letters.includes(letter)) {
        say(`Please type ${letters.slice(0, -1).join(', ')} or ${letters.at(-1)}.\n`)
        continue
      }
      const { right: scored, text } = judged(question, letter)
      if (scored) right++
      say(`${text}\n`)
      break
    }
  }
  return right
}
