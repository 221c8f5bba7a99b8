import { expect } from 'chai'
import { createWorkbench } from './testing.ts'

describe('An execution environment', () => {
  const bench = createWorkbench()
  const { call, fn, linesOf } = bench
  after(() => bench.stop())

  it('answers what an async handler resolves to, and loads the module once', async () => {
    const counter = fn('counter', 'let n = 0\nexport const handler = async (event: object) => ({ event, n: ++n })')

    const first = await call(counter, { a: [1, 'é', null] })
    const second = await call(counter)

    expect(first.value).to.deep.equal({ event: { a: [1, 'é', null] }, n: 1 })
    expect(first.functionError).to.equal(undefined)
    expect(first.initMs).to.be.greaterThan(0)
    expect(second.value.n).to.equal(2)
    expect(second.initMs).to.equal(undefined)
    expect(second.logStream).to.equal(first.logStream)
    expect(first.logStream).to.match(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/)
  })

  it('takes what a synchronous handler returns, and nothing as null', async () => {
    const value = await call(fn('sync', 'export const handler = () => 7'))
    const nothing = await call(fn('nothing', 'export const handler = async () => {}'))

    expect(value.value).to.equal(7)
    expect(Buffer.from(nothing.payload).toString()).to.equal('null')
  })

  it('waits for top-level await, and hands on 6 MB both ways', async () => {
    const echo = fn(
      'echo',
      'const ready = await new Promise((r) => setTimeout(r, 20, "yes"))\nexport const handler = async (e: string) => ready + e',
      { memory: 512 },
    )
    const event = 'x'.repeat(6_000_000)

    const { value } = await call(echo, event)

    expect(value).to.equal(`yes${event}`)
  })

  it('gives the handler its context', async () => {
    const spec = fn(
      'context',
      `export const handler = async (_: unknown, context: any) => ({
        ...context, remaining: context.getRemainingTimeInMillis(), trace: process.env._X_AMZN_TRACE_ID })`,
    )
    const functionArn = `${spec.arn}:live`
    const clientContext = { custom: { key: 'value' } }
    const identity = { cognitoIdentityId: 'us-east-1:1', cognitoIdentityPoolId: 'us-east-1:2' }

    const { value, requestId, logStream } = await call(spec, {}, { functionArn, clientContext, identity })

    expect(value).to.deep.include({
      awsRequestId: requestId,
      functionName: 'context',
      functionVersion: '$LATEST',
      invokedFunctionArn: functionArn,
      memoryLimitInMB: '128',
      logGroupName: '/aws/lambda/context',
      logStreamName: logStream,
      callbackWaitsForEmptyEventLoop: true,
      clientContext,
      identity,
    })
    expect(value.remaining).to.be.within(2500, 3000)
    expect(value.trace).to.match(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0/)
  })

  it('names its log stream by day and version, and by the function too in a log group that others may share', async () => {
    const text = 'export const handler = async () => 1'

    const own = await call(fn('streams', text))
    const shared = await call(fn('streams', text, { logGroup: 'shared', revision: '2' }))

    expect(own.logStream).to.match(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/)
    expect(shared.logStream).to.match(/^\d{4}\/\d\d\/\d\d\/streams\[\$LATEST\][0-9a-f]{32}$/)
  })

  it('has the declared variables, the runtime’s own and nothing else', async () => {
    process.env.LEAK_OF_THE_PARENT = 'yes'
    const spec = fn('variables', 'export const handler = async () => process.env', {
      environment: { TABLE: 'images', AWS_ENDPOINT_URL: '' },
    })
    const own = fn('own', 'export const handler = async () => process.env.AWS_ENDPOINT_URL', {
      environment: { AWS_ENDPOINT_URL: 'http://elsewhere' },
    })

    const { value, logStream } = await call(spec)
    const { value: endpoint } = await call(own)

    delete process.env.LEAK_OF_THE_PARENT
    const { LAMBDA_TASK_ROOT, LAMBDA_RUNTIME_DIR, _X_AMZN_TRACE_ID, ...rest } = value
    expect(rest).to.deep.equal({
      TABLE: 'images',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4599',
      _HANDLER: 'variables.handler',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_NAME: 'variables',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/variables',
      AWS_LAMBDA_LOG_STREAM_NAME: logStream,
      AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: 'token',
      LANG: 'en_US.UTF-8',
      TZ: ':UTC',
      PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    })
    expect(endpoint).to.equal('http://elsewhere')
  })

  it('lives in UTC', async () => {
    const spec = fn(
      'utc',
      'export const handler = async () => [new Date(0).getHours(), new Date().getTimezoneOffset()]',
    )

    expect((await call(spec)).value).to.deep.equal([0, 0])
  })

  it('has no channel to the parent that a function could see', async () => {
    const { value } = await call(
      fn('channel', 'export const handler = async () => [typeof process.send, process.argv.length]'),
    )

    expect(value).to.deep.equal(['undefined', 2])
  })

  it('makes 100 warm calls, each answered by the same environment', async () => {
    const spec = fn('warm', 'export const handler = async (n: number) => [n, process.pid]')

    const answers = []
    for (let n = 0; n < 100; n++) answers.push((await call(spec, n)).value)

    expect(answers.map(([n]) => n)).to.deep.equal(Array.from({ length: 100 }, (_, n) => n))
    expect(new Set(answers.map(([, pid]) => pid)).size).to.equal(1)
  })

  it('runs a package in place, with its own node_modules, whatever its extension', async () => {
    const inPlace = (folder: string, handler: string) =>
      fn(folder, undefined, { handler, code: { kind: 'package', folder: `${bench.folder}/${folder}` } })
    bench.write('pack/index.mjs', 'import { word } from "words"\nexport const handler = async () => word')
    bench.write('pack/node_modules/words/package.json', '{ "name": "words", "main": "index.js" }')
    bench.write('pack/node_modules/words/index.js', 'exports.word = "found"')
    bench.write('old/src/app.js', 'exports.deep = { handler: async () => __filename.endsWith("app.js") }')
    bench.write('oldest/index.cjs', 'module.exports.handler = async () => "cjs"')

    expect((await call(inPlace('pack', 'index.handler'))).value).to.equal('found')
    expect((await call(inPlace('old', 'src/app.deep.handler'))).value).to.equal(true)
    expect((await call(inPlace('oldest', 'index.handler'))).value).to.equal('cjs')
  })

  it('lets work that outlives its invocation end, without a line of it in the next one’s tail', async () => {
    const spec = fn(
      'background',
      `export const handler = async (event: string) => {
        console.log('begin ' + event)
        if (event === 'first') setTimeout(() => console.log('late'), 60)
        if (event === 'second') await new Promise((r) => setTimeout(r, 120))
        return event
      }`,
    )

    const first = await call(spec, 'first')
    const second = await call(spec, 'second')

    expect(first.value + second.value).to.equal('firstsecond')
    expect(second.tail).to.contain('begin second').and.not.contain('late')
    expect(linesOf(first).filter((line) => line.includes('late'))).to.have.length(1)
  })
})
