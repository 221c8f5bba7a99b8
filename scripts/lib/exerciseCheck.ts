// Runs the check named by the first argument over the file named by EXERCISE, and sends the verdict to the parent.
import Mocha from 'mocha'
import type { Verdict } from './exercises.ts'

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
  verdict.failed.push({ title: 'the file can be loaded', message: (error as Error).message })
}
process.send?.(verdict, () => process.exit())
