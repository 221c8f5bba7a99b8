import { util } from 'chai'

/** Why one test of an exercise failed, and what to read about it. */
export interface Failure {
  /** The test's title. */
  title: string
  /** What was looked at, where the check says so: `the thumbnail of images/b.jpg`. */
  about?: string
  expected: string
  came: string
  /** Where the exercise's README speaks of it, each with the line that stands there, counted from 1. */
  read: { line: number; text: string }[]
}

/** Where a check sends its reader: `look at README.md beside your file, point 2`, or `points 2 and 3`, or `the table`. */
const POINTER = /[\s:;,.]*look at:? README\.md beside your file, (points? \d+(?:(?:, | and )\d+)*|the table)/i

/** The lines of an exercise's README that a check names; its task as a whole where it names none. */
const linesOf = (pointer: string | undefined, readme: string): Failure['read'] => {
  const lines = readme.split('\n')
  const at = (index: number) => {
    if (index < 0) return []
    let end = index + 1
    while (/^ +\S/.test(lines[end] ?? '')) end++ // what a point of a list goes on with
    const text = lines.slice(index, end).map((line) => line.trim())
    return [{ line: index + 1, text: text.join(' ') }]
  }
  const named =
    pointer === 'the table'
      ? at(lines.findIndex((line) => line.startsWith('|'))).map(({ line }) => ({ line, text: 'the table' }))
      : [...(pointer ?? '').matchAll(/\d+/g)].flatMap(([n]) => at(lines.findIndex((line) => line.startsWith(`${n}. `))))
  return named.length > 0 ? named : at(lines.findIndex((line) => line.startsWith('# ')))
}

/** Splits `expected 'a' to equal 'b'` and `expected an error, but got 30` into what was expected and what came. */
const sidesOf = (sentence: string, actual: unknown): { expected: string; came: string } | undefined => {
  // chai's types say that it takes objects only and gives nothing.
  const shown = (util.objDisplay as (value: unknown) => unknown)(actual) as string
  if (sentence.startsWith(`${shown} `)) {
    const rest = sentence.slice(shown.length + 1)
    const expected = rest.replace(/^to (?:deeply )?equal /, '').replace(/^to not (?:deeply )?equal /, 'anything but ')
    return { expected, came: shown }
  }
  const [, expected, came] = /^([\s\S]*?),? but got ([\s\S]*)$/.exec(sentence) ?? []
  return expected !== undefined && came !== undefined ? { expected, came } : undefined
}

/** Where in the reader's file an error was thrown: `starter.ts:12`. */
const thrownAt = (error: Error, file: string): string => {
  const name = file.split(/[\\/]/).at(-1) ?? ''
  const line = (error.stack ?? '').split('\n').find((one) => /^\s+at /.test(one) && one.includes(name))
  const place = line && /:(\d+):\d+\)?$/.exec(line)?.[1]
  return place ? ` (${name}:${place})` : ''
}

/**
 * What a failed test tells the reader.
 * @param error what the test threw: an assertion of chai, an error of the check (`expected …, but got …`), or one of the
 *   reader's own function
 * @param readme the text of the exercise's README
 * @param file the reader's file
 */
export const failureOf = (title: string, error: Error, readme: string, file: string): Failure => {
  const pointer = POINTER.exec(error.message)
  const message = error.message.replace(POINTER, '')
  const read = linesOf(pointer?.[1]?.toLowerCase(), readme)
  const [, about, sentence] = /^(?:([\s\S]*?): ?)??expected ([\s\S]*)$/.exec(message.replace(/^: /, '')) ?? []
  const sides = sentence === undefined ? undefined : sidesOf(sentence, (error as { actual?: unknown }).actual)
  if (!sides) return { title, expected: 'no error', came: `${error.name}: ${message}${thrownAt(error, file)}`, read }
  return { title, ...(about ? { about } : {}), ...sides, read }
}
