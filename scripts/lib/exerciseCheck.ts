// Runs the check named by the first argument over the file named by EXERCISE, and sends the verdict to the parent.
import { pathToFileURL } from 'node:url'
import Mocha from 'mocha'
import type { Verdict } from './exercises.ts'

/** An error's own words; before those of a file that cannot be read, its stack names the place. */
const textOf = (error: unknown): string =>
  error instanceof SyntaxError
    ? ((error.stack ?? error.message).split(/\n\s+at /)[0] ?? '')
    : String((error as Error)?.message ?? error)

const verdict: Verdict = { passed: [], failed: [] }
const mocha = new Mocha({ timeout: 20_000, reporter: class {} as never })
mocha.addFile(process.argv[2] ?? '')
try {
  await mocha.loadFilesAsync()
  await new Promise<void>((resolve) => {
    mocha
      .run(() => resolve())
      .on('pass', (test) => verdict.passed.push(test.title))
      .on('fail', (test, error: Error) => verdict.failed.push({ title: test.title, message: error.message }))
  })
} catch (error) {
  // The check imports the reader's file: that file's own error says more than the one of the check.
  const cause = await import(pathToFileURL(process.env.EXERCISE ?? '').href).then(
    () => error,
    (own: unknown) => own,
  )
  verdict.failed.push({ title: 'the file can be loaded', message: textOf(cause) })
}
process.send?.(verdict, () => process.exit())
