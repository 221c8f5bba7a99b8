import { expect } from 'chai'
import { type Called, createWorkbench } from './testing.ts'

describe('A failing function', () => {
  const bench = createWorkbench()
  const { call, fn, linesOf } = bench
  after(() => bench.stop())

  /** A handler that fails by `body` when the event is not null, and answers `ok` otherwise. */
  const failing = (name: string, body: string, changes = {}) =>
    fn(
      name,
      `export const handler = async (event: any): Promise<any> => { if (event !== null) { ${body} } return 'ok' }`,
      changes,
    )

  const expectNextWorks = async (spec: ReturnType<typeof fn>) => expect((await call(spec, null)).value).to.equal('ok')

  const report = (called: Called) => linesOf(called).find((line) => line.startsWith('REPORT')) ?? ''

  describe('whose handler throws', () => {
    it('answers type, message and trace of an Error, and logs it', async () => {
      const spec = failing('throws', 'throw new TypeError("bad\\nthing")')

      const called = await call(spec)

      expect(called.functionError).to.equal('Unhandled')
      expect(called.value).to.have.all.keys('errorType', 'errorMessage', 'trace')
      expect(called.value).to.include({ errorType: 'TypeError', errorMessage: 'bad\nthing' })
      expect(called.value.trace[0]).to.equal('TypeError: bad')
      expect(called.value.trace.join()).to.match(/file:\/\/\/var\/task\/throws\.mjs:\d+:\d+/)
      expect(called.value.trace.join()).to.not.contain(bench.folder)
      const [line] = linesOf(called).filter((text) => text.includes('ERROR'))
      expect(line).to.match(
        /^\d{4}-\d\d-\d\dT[\d:.]+Z\t[0-9a-f-]{36}\tERROR\tInvoke Error \t\{"errorType":"TypeError","errorMessage":"bad\\nthing","stack":\[/,
      )
      expect(report(called)).to.not.contain('Status')
      await expectNextWorks(spec)
      expect((await call(spec, null)).logStream).to.equal(called.logStream)
    })

    it('shows the position in the source in the log', async () => {
      const called = await call(
        fn(
          'position',
          'export const handler = async (): Promise<void> => {\n  const wrong: string = "here"\n  throw new Error(wrong)\n}',
        ),
      )

      expect(linesOf(called).join()).to.contain(`${bench.folder}/position.ts:3:`)
      expect(linesOf(called).join()).to.not.contain('position.mjs')
    })

    it('answers the type of what is no error', async () => {
      const text = await call(failing('text', 'throw "plain"'))
      const object = await call(failing('object', 'return Promise.reject({ code: 4 })'))
      const nothing = await call(failing('undefined', 'throw undefined'))

      expect(text.value).to.deep.equal({ errorType: 'string', errorMessage: 'plain', trace: [] })
      expect(object.value).to.deep.equal({ errorType: 'object', errorMessage: '[object Object]', trace: [] })
      expect(nothing.value).to.deep.equal({ errorType: 'undefined', errorMessage: 'undefined', trace: [] })
    })

    it('answers the name of an error of one’s own', async () => {
      const { value } = await call(
        failing('own', 'class Refused extends Error { name = "Refused" } throw new Refused("no")'),
      )

      expect(value).to.include({ errorType: 'Refused', errorMessage: 'no' })
    })

    it('survives an error whose message throws', async () => {
      const { value } = await call(
        failing('hostile', 'throw Object.defineProperty(new Error(), "message", { get() { throw 1 } })'),
      )

      expect(value.errorType).to.equal('handled')
    })
  })

  describe('that fails where nobody waits', () => {
    it('ends with Runtime.UnhandledPromiseRejection', async () => {
      const spec = failing('rejects', 'Promise.reject(new Error("lost")); await new Promise((r) => setTimeout(r, 500))')

      const called = await call(spec)

      expect(called.functionError).to.equal('Unhandled')
      expect(called.value).to.include({ errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'Error: lost' })
      expect(linesOf(called).join()).to.contain('ERROR\tUnhandled Promise Rejection \t{"errorType":"Runtime.Unhandled')
      await expectNextWorks(spec)
    })

    it('ends with an exception thrown in the background', async () => {
      const spec = failing(
        'uncaught',
        'setTimeout(() => { throw new RangeError("far") }); await new Promise((r) => setTimeout(r, 500))',
      )

      const called = await call(spec)

      expect(called.value).to.include({ errorType: 'RangeError', errorMessage: 'far' })
      expect(linesOf(called).join()).to.contain('ERROR\tUncaught Exception \t{"errorType":"RangeError"')
      await expectNextWorks(spec)
    })
  })

  describe('that is ended', () => {
    it('times out in a busy loop', async () => {
      const spec = failing('loops', 'for (;;) {}', { timeout: 1 })

      const called = await call(spec)

      expect(called.functionError).to.equal('Unhandled')
      expect(called.value).to.deep.equal({
        errorType: 'Sandbox.Timedout',
        errorMessage: `RequestId: ${called.requestId} Error: Task timed out after 1.00 seconds`,
      })
      expect(called.durationMs).to.equal(1000)
      expect(called.billedMs).to.equal(Math.ceil(1000 + (called.initMs ?? 0)))
      const lines = linesOf(called)
      expect(lines[1]).to.match(/^\d{4}-\d\d-\d\dT[\d:.]+Z [0-9a-f-]{36} Task timed out after 1\.00 seconds\n\n$/)
      expect(lines[2]).to.equal(`END RequestId: ${called.requestId}\n`)
      expect(lines[3]).to.match(/Duration: 1000\.00 ms\t.*\tStatus: timeout\t\n$/)
      await expectNextWorks(spec)
    })

    it('times out while it waits', async () => {
      const { value } = await call(failing('waits', 'await new Promise((r) => setTimeout(r, 9000))', { timeout: 1 }))

      expect(value.errorType).to.equal('Sandbox.Timedout')
    })

    it('says with which status it exited', async () => {
      const spec = failing('exits', 'console.log("last words"); process.exit(3)')

      const called = await call(spec)

      const errorMessage = `RequestId: ${called.requestId} Error: Runtime exited with error: exit status 3`
      expect(called.value).to.deep.equal({ errorType: 'Runtime.ExitError', errorMessage })
      expect(linesOf(called)[1]).to.contain('last words')
      expect(linesOf(called)[2]).to.equal(`${errorMessage}\nRuntime.ExitError\n`)
      expect(report(called)).to.contain('\tStatus: error\tError Type: Runtime.ExitError\t\n')
      await expectNextWorks(spec)
    })

    it('gives no reason when it exits with 0, or waits for what never comes', async () => {
      const exits = await call(failing('exits0', 'process.exit(0)'))
      const never = await call(failing('never', 'await new Promise(() => {})'))

      for (const called of [exits, never])
        expect(called.value).to.deep.equal({
          errorType: 'Runtime.ExitError',
          errorMessage: `RequestId: ${called.requestId} Error: Runtime exited without providing a reason`,
        })
    })

    it('names the signal that ended it', async () => {
      const { value } = await call(
        failing('signal', 'process.kill(process.pid, "SIGTERM"); await new Promise((r) => setTimeout(r, 500))'),
      )

      expect(value.errorMessage).to.match(/Error: Runtime exited with error: signal: terminated$/)
    })

    for (const [what, body] of [
      ['heap', 'const all = []; for (;;) all.push({ n: Math.random() })'],
      [
        'buffers',
        'const all = []; for (;;) { all.push(Buffer.alloc(1e6, 1)); await new Promise((r) => setTimeout(r, 1)) }',
      ],
      ['at a stroke', 'return Buffer.alloc(200e6, 1).length'],
    ] as const)
      it(`runs out of memory: ${what}`, async () => {
        const spec = failing(`memory-${what}`, body, { timeout: 20 })

        const called = await call(spec)

        expect(called.value).to.deep.equal({
          errorType: 'Runtime.OutOfMemory',
          errorMessage: `RequestId: ${called.requestId} Error: Runtime exited with error: signal: killed`,
        })
        expect(called.memoryUsedMb).to.equal(128)
        expect(report(called)).to.contain('Max Memory Used: 128 MB\t').and.contain('Error Type: Runtime.OutOfMemory')
        await expectNextWorks(spec)
      })
  })

  describe('whose result cannot be sent', () => {
    it('is no JSON', async () => {
      const cases = {
        bigint: 'return { n: 1n }',
        circle: 'const a: any = {}; a.a = a; return a',
        toJSON: 'return { toJSON() { throw new Error() } }',
      }
      for (const [name, body] of Object.entries(cases)) {
        const spec = failing(`json-${name}`, body)

        const { value } = await call(spec)

        expect(value).to.include({
          errorType: 'Runtime.JSONStringifyError',
          errorMessage: 'Unable to stringify response body',
        })
        await expectNextWorks(spec)
      }
    })

    it('is larger than 6,291,556 bytes', async () => {
      const spec = failing('large', 'return "x".repeat(event)', { memory: 512 })

      const largest = await call(spec, 6_291_554)
      const tooLarge = await call(spec, 6_291_555)

      expect(largest.payload.length).to.equal(6_291_556)
      expect(tooLarge.functionError).to.equal('Unhandled')
      expect(tooLarge.value).to.deep.equal({
        errorType: 'Function.ResponseSizeTooLarge',
        errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
      })
      await expectNextWorks(spec)
    })
  })

  it('that writes into the runtime’s own pipe is ended', async () => {
    const spec = failing(
      'pipe',
      'const fs = await import("node:fs"); fs.writeSync(3, Buffer.alloc(64, 255)); await new Promise((r) => setTimeout(r, 2000))',
    )

    const { value } = await call(spec)

    expect(value.errorType).to.equal('Runtime.ExitError')
    await expectNextWorks(spec)
  })

  it('that leaves its pipes to a process of another session is ended in time', async () => {
    const spec = fn(
      'leaves',
      `import { spawn } from 'node:child_process'
      export const handler = async (event: string | null) => {
        if (event === null) return 'ok'
        const stdio = ['ignore', 'inherit', 'inherit', 3, 4] as const
        const { pid } = spawn('/bin/sleep', ['10'], { detached: true, stdio: [...stdio] })
        console.log('pid=' + pid + '.')
        if (event === 'exit') process.exit(3)
        for (;;) {}
      }`,
      { timeout: 1 },
    )
    for (const [event, error] of [
      ['exit', 'Runtime.ExitError'],
      ['loop', 'Sandbox.Timedout'],
    ]) {
      const startedAt = performance.now()
      const called = await call(spec, event)

      process.kill(Number(/pid=(\d+)/.exec(linesOf(called).join())?.[1]), 'SIGKILL')
      expect(called.value.errorType).to.equal(error)
      expect(performance.now() - startedAt).to.be.below(5000)
      await expectNextWorks(spec)
    }
  })
})
