import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { join, relative } from 'node:path'
import Mocha from 'mocha'
import { Mistake } from '../local/base/errors.ts'
import { root } from './lib/application.ts'
import { run } from './lib/run.ts'

const usage = `npm test -- [file or folder …] [--grep text]

Runs the tests: all of them, those of some files or folders, or those whose title holds a text.
npm run test:full runs in full what is otherwise a seeded sample. npm run test:deployed deploys each chapter to what
AWS_ENDPOINT_URL or AWS_PROFILE names, or to the local cloud that runs, and deletes it again. With REQUIRE_TOOLS=1 a missing tool is a failure.`

/** All tests, in parts of a process each, all at the same time: much of what they take is waiting, for browsers above all. */
const PARTS = [
  ['local', 'tests/{[a-q]*,[a-q]*/**/*}.test.ts'],
  ['chapters'],
  ['tests/{[r-z]*,[r-z]*/**/*}.test.ts', 'scripts'],
]

const TOTALS = /^(\d+) passed, (\d+) failed, (\d+) skipped$/m

/** Runs one part. What it says comes as it comes, or, of `quiet`, at its end. @returns passed, failed, skipped */
const part = (names: string[], quiet: boolean): Promise<number[]> =>
  new Promise((resolve, reject) => {
    const { execPath, execArgv } = process
    const child = spawn(execPath, [...execArgv, join(root, 'scripts', 'test.ts'), ...names], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let told = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      told += text
      if (!quiet) process.stdout.write(text)
    })
    child.on('error', reject)
    child.on('close', () => {
      if (quiet) process.stdout.write(told)
      const totals = TOTALS.exec(told.slice(-500))?.slice(1).map(Number)
      // A process that ended without its last line has failed as a whole.
      resolve(totals ?? [0, 1, 0])
    })
  })

const everything = async (): Promise<void> => {
  const counts = await Promise.all(PARTS.map((names, index) => part(names, index > 0)))
  const [passed = 0, failed = 0, skipped = 0] = [0, 1, 2].map((at) =>
    counts.reduce((sum, totals) => sum + (totals[at] ?? 0), 0),
  )
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
  process.exit(failed > 0 || passed === 0 ? 1 : 0)
}

/** Test files of what was named. @throws Mistake when a name fits nothing. */
const filesOf = (named: string[]): string[] =>
  named.flatMap((name) => {
    const pattern = name.endsWith('.ts') ? name : join(name, '**', '*.test.ts')
    const found = globSync(pattern, { cwd: root, exclude: (path) => path.includes('node_modules') }).sort()
    if (found.length === 0) throw new Mistake(`There is no test in ${name}.`)
    return found.map((file) => join(root, file))
  })

await run(async () => {
  const args = process.argv.slice(2)
  if (args.includes('--help') || args.includes('-h')) return console.log(usage)
  const at = args.indexOf('--grep')
  const grep = at < 0 ? undefined : args.splice(at, 2)[1]
  if (args.includes('--full')) process.env.TEST_FULL = '1'
  if (args.includes('--deployed')) process.env.TEST_DEPLOYED = '1'
  const given = args.filter((arg) => arg !== '--full' && arg !== '--deployed')
  const named = process.env.TEST_DEPLOYED && given.length === 0 ? ['tests/deployed'] : given
  const unknown = named.find((name) => name.startsWith('-'))
  if (unknown) throw new Mistake(`There is no flag ${unknown}.\n\n${usage}`)

  if (named.length === 0 && !grep) return everything()
  const began = performance.now()
  const mocha = new Mocha({ timeout: 60_000, reporter: 'spec', ...(grep ? { grep } : {}) })
  for (const file of filesOf(named.length > 0 ? named : PARTS.flat())) mocha.addFile(file)
  await mocha.loadFilesAsync()
  /** How many tests of a file were skipped. */
  const skipped = new Map<string, number>()
  const stats = await new Promise<Mocha.Stats | undefined>((resolve) => {
    const runner = mocha.run(() => resolve(runner.stats))
    runner.on('pending', ({ file = '' }) => skipped.set(file, (skipped.get(file) ?? 0) + 1))
  })
  const { passes = 0, failures = 0, pending = 0, tests = 0 } = stats ?? {}
  if (skipped.size > 0) console.log('Skipped for want of a tool (CONTRIBUTING.md says how to get it):')
  for (const [file, count] of skipped) console.log(`  ${count} in ${relative(root, file)}`)
  console.log(`${tests} tests in ${((performance.now() - began) / 1000).toFixed(0)} s`)
  console.log(`${passes} passed, ${failures} failed, ${pending} skipped`)
  // What a failed test left open must not keep the process alive.
  process.exit(failures > 0 || passes === 0 ? 1 : 0)
})
