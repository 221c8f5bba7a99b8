import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect } from 'chai'
import { check, committedStarter, exercises } from '../scripts/lib/exercises.ts'
import { Clone } from './clone.ts'

const FIRST = 'chapters/01-running-functions/exercise/starter.ts'
const SECOND = 'chapters/02-first-function/exercise/starter.ts'
const FIRST_TASK = 'chapters/01-running-functions/exercise/README.md'

describe('npm run exercise', function () {
  this.timeout(90_000)
  let clone: Clone
  beforeEach(() => {
    clone = new Clone()
  })
  afterEach(() => clone.remove())

  const run = async (args = '', input?: string) => {
    const { code, output } = await clone.run(`npm run exercise${args && ` -- ${args}`}`, input ? { input } : {})
    return { code, output: output.trim() }
  }
  const read = (file: string) => readFileSync(join(clone.folder, file), 'utf8')
  const write = (file: string, text: string) => writeFileSync(join(clone.folder, file), text)
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=reader', '-c', 'user.email=reader@example.com', ...args], {
      cwd: clone.folder,
    })
  /** The chapter's own function, as if it stood in the exercise's folder. */
  const solution = (file: string) => read(file).replaceAll("'./lib/", "'../lib/")

  it('lists every exercise as not tried, and names the first', async () => {
    const { code, output } = await run()

    expect(code).to.equal(0)
    expect(output).to.match(/^· 01 {2}add numbers only: not tried\n {6}chapters\/01-/)
    expect(output).to.contain('\n· 02  custom greetings on demand: not tried\n')
    expect(output).to.contain('\n      quiz: not tried')
    expect(output).to.contain(`\n\nNext: 01, add numbers only. The task: ${FIRST_TASK}\n  npm run exercise -- 01`)
  })

  it('says what was expected, what came and which line to read, and lists the exercise as failing', async () => {
    const checked = await run('1')
    const listed = await run()

    expect(checked.code).to.equal(1)
    expect(checked.output).to.contain(`  ✓ adds two numbers\n`)
    const line = read(FIRST_TASK)
      .split('\n')
      .findIndex((text) => text.startsWith('2. '))
    expect(checked.output).to.contain(
      `  ✗ refuses text and names the field
      expected  an error for {"value1":"10","value2":20}
      came      the result "1020"
      read      ${FIRST_TASK}:${line + 1}  2. throws an error for a value`,
    )
    expect(checked.output).to.contain(
      `\n3 of 6 to go: edit ${FIRST}\nA hint: npm run exercise -- 01 --hint\n\nNext: 01, `,
    )
    expect(listed.output).to.match(/^✗ 01 {2}add numbers only: failing, 3 of 6 pass\n/)
    expect(listed.output).to.contain('\n\nNext: 01, add numbers only.')
  })

  it('lists a solved one as passed, names the next, and tells when the file was changed since', async () => {
    write(FIRST, solution('chapters/01-running-functions/sum.ts'))

    const checked = await run('01')
    const listed = await run()
    write(FIRST, `${read(FIRST)}// one more line\n`)
    const changed = await run()

    expect(checked.code).to.equal(0)
    expect(checked.output).to.contain('\n\nSolved.\n\nNext: 02, custom greetings on demand.')
    expect(listed.output).to.match(/^✓ 01 {2}add numbers only: passed\n/)
    expect(listed.output).to.contain('\n\nNext: 02, custom greetings on demand.')
    expect(changed.output).to.match(/^✓ 01 {2}add numbers only: passed; changed since\n/)
  })

  it('names an open exercise before it once those after are passed, and the quiz in the end', async () => {
    const all = exercises(clone.folder)
    const kept = (chapters: string[]) => {
      const tried = Object.fromEntries(chapters.map((chapter) => [chapter, { state: 'passed', digest: '' }]))
      write('.local/exercises/progress.json', JSON.stringify({ exercises: tried, quizzes: {} }))
    }
    await run('01')

    kept(all.slice(1).map(({ chapter }) => chapter))
    const before = await run('02 --hint')
    kept(all.map(({ chapter }) => chapter))
    const quiz = await run()

    expect(before.output).to.contain('\n\nNext: 01, add numbers only.')
    expect(quiz.output).to.match(/\n\nNext: the quiz of chapter \d\d\n {2}npm run exercise -- \d\d --quiz$/)
  })

  it('begins anew when nobody can read what it kept', async () => {
    await run('01')
    write('.local/exercises/progress.json', '{"exercises":')

    expect((await run()).output).to.match(/^· 01 {2}add numbers only: not tried\n/)
  })

  it('hints and shows the solution', async () => {
    const hint = await run('2 --hint')
    const shown = await run('02 --solution')

    expect(hint.output).to.match(/^Read `greet` in the same way as `name`[\s\S]*\n\nNext: 02, /)
    expect(shown.output).to.contain('chapters/02-first-function/customGreetingsOnDemand.ts\n\nimport')
    expect(shown.output).to.contain('\n\nNext: 02, ')
  })

  it('says why the file cannot be read, and that a loop does not end', async () => {
    write(FIRST, 'export const handler = async () => {{\n')
    const broken = await run('01')
    write(FIRST, 'export const handler = async () => {\n  for (;;) {}\n}\n')
    const endless = await run('01')
    const listed = await run()

    expect(broken.code).to.equal(1)
    expect(broken.output).to.contain('✗ the file can be loaded')
    expect(broken.output).to.contain(`${FIRST}:`)
    expect(broken.output).not.to.contain('require()')
    expect(endless.code).to.equal(1)
    expect(endless.output).to.equal(`The check was stopped after 30 s: is there an endless loop in ${FIRST}?`)
    expect(listed.output).to.match(/^✗ 01 {2}add numbers only: failing\n/)
  })

  it('names the line of the reader’s file that threw', async () => {
    write(SECOND, 'export const handler = async () => {\n  throw new RangeError("too long")\n}\n')

    const { output } = await run('02')

    expect(output).to.contain('      expected  no error\n      came      RangeError: too long (starter.ts:2)\n')
  })

  describe('--reset', () => {
    it('puts the starter back as committed and keeps the version of the reader', async () => {
      git('init', '-q')
      git('add', 'chapters')
      git('commit', '-qm', 'as it was')
      const committed = read(SECOND)
      write(SECOND, '// mine\n')
      await run('02')

      const { code, output } = await run('02 --reset')
      const again = await run('02 --reset')
      const listed = await run()

      expect(code).to.equal(0)
      expect(read(SECOND)).to.equal(committed)
      const kept = /^Your version is kept in (\.local\/exercises\/02-.*\.ts)$/m.exec(output)?.[1] ?? ''
      expect(read(kept)).to.equal('// mine\n')
      expect(again.output).not.to.contain('Your version')
      expect(listed.output).to.contain('· 02  custom greetings on demand: not tried')
    })

    it('brings back a starter that was deleted', async () => {
      git('init', '-q')
      git('add', 'chapters')
      git('commit', '-qm', 'as it was')
      rmSync(join(clone.folder, SECOND))

      const checked = await run('02')
      const listed = await run()
      await run('02 --reset')

      expect(checked.code).to.equal(1)
      expect(checked.output).to.equal(`${SECOND} is not there: npm run exercise -- 02 --reset brings it back.`)
      expect(listed.output).to.contain('· 02  custom greetings on demand: not tried')
      expect(existsSync(join(clone.folder, SECOND))).to.equal(true)
    })

    it('leaves the file alone where git does not know it', async () => {
      write(SECOND, '// mine\n')

      const { code, output } = await run('02 --reset')

      expect(code).to.equal(1)
      expect(output).to.match(/^chapters\/02-first-function\/exercise\/starter\.ts as it was committed cannot be had: /)
      expect(read(SECOND)).to.equal('// mine\n')
    })
  })

  it('--watch checks again when the file is saved, also by an editor that puts a new file in its place', async () => {
    const child = clone.spawn('npm run exercise -- 01 --watch')
    let output = ''
    const heard = (text: string) =>
      new Promise<void>((resolve, reject) => {
        const look = () => output.includes(text) && resolve()
        child.stdout?.on('data', look)
        child.on('close', () => reject(new Error(`it ended without "${text}":\n${output}`)))
        look()
      })
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part) => (output += part))
    const waiting = 'Waiting until you save'
    await heard(waiting)
    expect(output).to.contain('3 of 6 to go')

    output = ''
    write(FIRST, 'export const handler = async () => {{\n')
    await heard(waiting)
    expect(output).to.contain('✗ the file can be loaded')

    output = ''
    write(`${FIRST}.new`, solution('chapters/01-running-functions/sum.ts'))
    renameSync(join(clone.folder, `${FIRST}.new`), join(clone.folder, FIRST))
    await heard(waiting)
    expect(output).to.contain('\nSolved.\n\nNext: 02, ')

    await clone.end(child)
    expect((await run()).output).to.match(/^✓ 01 /)
  })

  describe('--quiz', () => {
    it('asks the questions, explains, and keeps how many were right', async () => {
      const { code, output } = await run('05 --quiz', 'b\nc\nb\n')
      const listed = await run()

      expect(code).to.equal(0)
      expect(output).to.match(
        /^1\. Pictures and documents .*\n {3}a {2}a function for each.*\n {3}b .*\n {3}c .*\n {3}d .*\nYour answer: b\n✓ Right\. /,
      )
      expect(output).to.contain('\n\n2. Pictures under premium/')
      expect(output).to.contain('Your answer: c\n✓ Right. Memory belongs to a function, not to its trigger')
      expect(output).to.contain('\n3 of 3 right.\n\nNext: 05, ')
      expect(listed.output).to.contain('\n      quiz: passed, 3 of 3 right')
    })

    it('takes what is right though not best, tells what is wrong, and asks again for what is no option', async () => {
      const { code, output } = await run('5 --quiz', 'C)\n\ne\nconstructor\nd\na')
      const listed = await run()

      expect(code).to.equal(1)
      expect(output).to.contain('Your answer: C)\n✓ Right, and b is better. The bucket itself picks the function')
      expect(output).to.contain('Your answer: e\nPlease type a, b, c or d.\nYour answer: constructor\nPlease type')
      expect(output).to.contain('Your answer: d\n✗ c is right. Memory')
      expect(output).to.contain('Your answer: a\n✗ b is right. 0/30')
      expect(output).to.contain('\n1 of 3 right.\n')
      expect(listed.output).to.contain('\n      quiz: failing, 1 of 3 right')
    })

    it('keeps nothing of a quiz whose answers ended, and says where there is one', async () => {
      const ended = await run('05 --quiz', 'b\n')
      const listed = await run()
      const other = await run('02 --quiz')

      expect(ended.code).to.equal(1)
      expect(ended.output).to.match(/The answers ended after 1 of 3 questions\.$/)
      expect(listed.output).to.contain('\n      quiz: not tried')
      expect(other.code).to.equal(1)
      expect(other.output).to.match(/^Chapter 02 has no quiz here\. There is one in: .*05/)
    })
  })

  for (const [args, message] of [
    ['99', 'Chapter 99 has no exercise here. There are:\n  01  add numbers only'],
    ['x', 'Chapter x has no exercise here. There are:\n  01  add numbers only'],
    ['01 02', 'One exercise at a time: what is "02"?'],
    ['--hint', 'Of which chapter? npm run exercise -- 02 --hint'],
    ['01 --hint --reset', '--hint and --reset exclude each other.'],
    ['01 --help-me', 'There is no flag --help-me.'],
  ] as const)
    it(`says what is wrong with "${args}"`, async () => {
      const { code, output } = await run(args)

      expect(code).to.equal(1)
      expect(output).to.contain(message)
      expect(existsSync(join(clone.folder, '.local'))).to.equal(false)
    })
})

describe('the exercises', function () {
  this.timeout(60_000)
  let clone: Clone
  before(() => {
    clone = new Clone()
  })
  after(() => clone?.remove())

  for (const original of exercises()) {
    const { chapter } = original

    it(`${chapter}: the starter fails its check, but not all of it, and for the reasons of the task`, async () => {
      // As committed, where git has it: who solved an exercise did not break the project.
      const exercise = exercises(clone.folder).find((one) => one.chapter === chapter) ?? original
      writeFileSync(exercise.starter, committed(original))

      const { passed, failed } = await check(exercise, exercise.starter)

      expect(passed, 'what passes').not.to.deep.equal([])
      expect(failed, 'what fails').not.to.deep.equal([])
      for (const { title, read } of failed)
        expect(read[0]?.line, `${title}: the line to read, another than the title`).to.be.greaterThan(1)
    })

    for (const solution of original.solutions)
      it(`${chapter}: the solution ${basename(solution)} passes`, async () => {
        const { passed, failed } = await check(original, solution)

        expect(failed).to.deep.equal([])
        expect(passed.length).to.be.greaterThan(1)
      })
  }
})

/** The starter as committed, or as it is where there is no repository or it is new. */
const committed = (exercise: ReturnType<typeof exercises>[number]): string => {
  try {
    return committedStarter(exercise)
  } catch {
    return readFileSync(exercise.starter, 'utf8')
  }
}
