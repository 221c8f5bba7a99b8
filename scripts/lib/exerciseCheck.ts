// Runs the check named by the first argument over the file named by EXERCISE, and sends the verdict to the parent.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { config } from 'chai'
import Mocha from 'mocha'
import type { Verdict } from './exercises.ts'
import { failureOf } from './failure.ts'

/** As much of a value as helps on a terminal. */
config.truncateThreshold = 400

/** An error's own words; before those of a file that cannot be read, its stack names the place. */
const textOf = (error: unknown): string =>
  error instanceof SyntaxError
    ? ((error.stack ?? error.message).split(/\n\s+at /)[0] ?? '')
    : String((error as Error)?.message ?? error)

const check = process.argv[2] ?? ''
const file = process.env.EXERCISE ?? ''
const readme = readFileSync(join(dirname(check), 'README.md'), 'utf8')
const verdict: Verdict = { passed: [], failed: [] }
const mocha = new Mocha({ timeout: 20_000, reporter: class {} as never })
mocha.addFile(check)
try {
  await mocha.loadFilesAsync()
  await new Promise<void>((resolve) => {
    mocha
      .run(() => resolve())
      .on('pass', (test) => verdict.passed.push(test.title))
      .on('fail', (test, error: Error) => verdict.failed.push(failureOf(test.title, error, readme, file)))
  })
} catch (error) {
  // The check imports the reader's file: that file's own error says more than the one of the check.
  const cause = await import(pathToFileURL(file).href).then(
    () => error,
    (own: unknown) => own,
  )
  const wrong = failureOf('the file can be loaded', new Error(), readme, file)
  verdict.failed.push({ ...wrong, expected: 'a file that can be loaded', came: textOf(cause) })
}
process.send?.(verdict, () => process.exit())
