import { expect } from 'chai'
import { createEnvironment } from './environment.ts'
import { createWorkbench, sleep } from './testing.ts'
import type { FunctionLogLine, FunctionSpec } from './types.ts'
import { scriptOf, variables } from './variables.ts'

describe('A function whose module does not load', () => {
  const bench = createWorkbench()
  const { call, fn, linesOf, log } = bench
  after(() => bench.stop())

  const pack = (name: string, text: string, changes: Partial<FunctionSpec> = {}) => {
    bench.write(`${name}/index.mjs`, text)
    const folder = `${bench.folder}/${name}`
    return fn(name, undefined, { handler: 'index.handler', code: { kind: 'package', folder }, ...changes })
  }
  const errorOf = async (spec: FunctionSpec) => {
    const { value, functionError } = await call(spec)
    expect(functionError).to.equal('Unhandled')
    return value
  }

  it('names what it cannot find', async () => {
    const missing = await errorOf(pack('missing', 'export const handler = 1', { handler: 'other.handler' }))
    const imported = await errorOf(pack('imported', 'import "./nowhere.mjs"\nexport const handler = async () => 1'))

    expect(missing.errorType).to.equal('Runtime.ImportModuleError')
    expect(missing.errorMessage).to.equal("Error: Cannot find module 'other'\nRequire stack:\n- /var/runtime/index.mjs")
    expect(imported.errorType).to.equal('Error')
    expect(imported.errorMessage).to.equal(
      "Cannot find module '/var/task/nowhere.mjs' imported from /var/task/index.mjs",
    )
  })

  it('is no JavaScript', async () => {
    const value = await errorOf(pack('syntax', 'export const handler = async ( => 1'))

    expect(value.errorType).to.equal('Runtime.UserCodeSyntaxError')
    expect(value.errorMessage).to.match(/^SyntaxError: /)
  })

  it('exports no such handler', async () => {
    const none = await errorOf(fn('none', 'export const other = 1'))
    const number = await errorOf(fn('number', 'export const handler = 1'))
    const bad = await errorOf(fn('bad', 'export const handler = 1', { handler: 'bad' }))
    const dots = await errorOf(fn('dots', 'export const handler = 1', { handler: '../dots.handler' }))

    expect(none).to.include({
      errorType: 'Runtime.HandlerNotFound',
      errorMessage: 'none.handler is undefined or not exported',
    })
    expect(number).to.include({
      errorType: 'Runtime.HandlerNotFound',
      errorMessage: 'number.handler is not a function',
    })
    expect(bad).to.include({ errorType: 'Runtime.MalformedHandlerName', errorMessage: 'Bad handler' })
    expect(dots.errorMessage).to.equal(
      "'../dots.handler' is not a valid handler name. Use absolute paths when specifying root directories in handler names.",
    )
  })

  it('has a handler with a callback', async () => {
    const value = await errorOf(
      fn('callback', 'export const handler = (_event: any, _context: any, done: any) => done(null, 1)'),
    )

    expect(value.errorType).to.equal('Runtime.CallbackHandlerDeprecated')
    expect(value.errorMessage).to.match(
      /^ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node\.js 24\./,
    )
  })

  it('throws: it is tried again at the invocation, and both are logged', async () => {
    const spec = fn('throws', 'throw new Error("at import")\nexport const handler = async () => 1')
    log.length = 0

    const called = await call(spec)
    const again = await call(spec)

    expect(called.value).to.include({ errorType: 'Error', errorMessage: 'at import' })
    expect(again.value).to.include({ errorMessage: 'at import' })
    const kinds = log
      .filter(({ stream }) => stream === called.logStream)
      .map(
        ({ message }) =>
          /INIT_START|Init Error|INIT_REPORT.*Phase: \w+\tStatus: error\tError Type: Error|START|END|REPORT/.exec(
            message,
          )?.[0],
      )
    expect(kinds.map((kind) => kind?.replace(/Duration: [\d.]+ ms\t/, ''))).to.deep.equal([
      'INIT_START',
      'Init Error',
      'INIT_REPORT Init Phase: init\tStatus: error\tError Type: Error',
      'Init Error',
      'INIT_REPORT Init Phase: invoke\tStatus: error\tError Type: Error',
      'START',
      'END',
      'REPORT',
    ])
    expect(linesOf(called).at(-1)).to.contain('Status: error\tError Type: Error').and.not.contain('Init Duration')
  })

  it('exits', async () => {
    const value = await errorOf(fn('exits', 'process.exit(9)\nexport const handler = async () => 1'))

    expect(value.errorMessage).to.match(/Error: Runtime exited with error: exit status 9$/)
  })

  it('rejects unseen', async () => {
    const value = await errorOf(
      fn(
        'unseen',
        'Promise.reject(new Error("early"))\nawait new Promise((r) => setTimeout(r, 500))\nexport const handler = async () => 1',
      ),
    )

    expect(value).to.include({ errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'Error: early' })
  })

  it('takes longer than the init phase may: it is loaded again in the function’s own time', async () => {
    const spec = fn('slow', 'await new Promise((r) => setTimeout(r, 600))\nexport const handler = async () => "late"', {
      timeout: 2,
    })
    const never = fn('slower', 'await new Promise((r) => setTimeout(r, 5000))\nexport const handler = async () => 1', {
      timeout: 1,
    })
    const runtime = {
      kind: 'source',
      folder: import.meta.dirname,
      build: { Format: 'esm', OutExtension: ['.js=.mjs'], Target: 'node24' },
    } as const
    const run = async (of: FunctionSpec) => {
      const bundle = await bench.execution.bundle(of.code, of.handler)
      const script = scriptOf(await bench.execution.bundle(runtime, 'runtime/index.run'))
      const lines: FunctionLogLine[] = []
      const environment = createEnvironment({
        spec: of,
        bundle,
        script,
        variables: variables(of, bundle, script, await of.credentials(), 'stream', ''),
        logStream: 'stream',
        keeper: { watch() {}, release() {}, stop: async () => {} },
        now: Date.now,
        uuid: () => '00000000-0000-4000-8000-000000000000',
        onLog: (more) => void lines.push(...more),
        toSources: (text) => text,
        initLimit: 300,
        onDeath() {},
      })
      const result = await environment.run({ requestId: 'id', payload: Buffer.from('{}') })
      await environment.end()
      return { result, lines: lines.map(({ message }) => message) }
    }

    const late = await run(spec)
    const failed = await run(never)

    expect(Buffer.from(late.result.payload).toString()).to.equal('"late"')
    expect(late.lines[1]).to.match(/^INIT_REPORT Init Duration: [\d.]+ ms\tPhase: init\tStatus: timeout\n$/)
    expect(late.result.initMs).to.equal(undefined)
    expect(late.result.durationMs).to.be.greaterThan(600)
    expect(late.result.billedMs).to.be.greaterThan(900)
    expect(Buffer.from(failed.result.payload).toString()).to.equal(
      '{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: id Error: Task timed out after 1.00 seconds"}',
    )
    expect(failed.lines[2]).to.match(/Phase: invoke\tStatus: timeout\n$/)
    await sleep(0)
  })
})
