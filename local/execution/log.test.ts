import { expect } from 'chai'
import { createWorkbench } from './testing.ts'

const TIME = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z'

describe('The log of a function', () => {
  const bench = createWorkbench()
  const { call, fn, linesOf, log } = bench
  after(() => bench.stop())

  describe('in format Text', () => {
    it('has INIT_START, START, END and REPORT around the lines, in order', async () => {
      const spec = fn(
        'text',
        'console.log("loading")\nexport const handler = async () => console.log("hello", { a: 1 })',
      )
      log.length = 0

      const { requestId, logStream, durationMs, billedMs, memoryUsedMb, initMs, tail } = await call(spec)

      const messages = log.map(({ message }) => message)
      expect(messages[0]).to.match(
        /^INIT_START Runtime Version: nodejs:24\.v\d+\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}\n$/,
      )
      expect(messages[1]).to.match(new RegExp(`^${TIME}\t-\tINFO\tloading\n$`))
      expect(messages[2]).to.equal(`START RequestId: ${requestId} Version: $LATEST\n`)
      expect(messages[3]).to.match(new RegExp(`^${TIME}\t${requestId}\tINFO\thello { a: 1 }\n$`))
      expect(messages[4]).to.equal(`END RequestId: ${requestId}\n`)
      expect(messages[5]).to.equal(
        `REPORT RequestId: ${requestId}\tDuration: ${durationMs.toFixed(2)} ms\tBilled Duration: ${billedMs} ms\t` +
          `Memory Size: 128 MB\tMax Memory Used: ${memoryUsedMb} MB\tInit Duration: ${initMs?.toFixed(2)} ms\t\n`,
      )
      expect(messages).to.have.length(6)
      expect(log.every(({ stream, at }) => stream === logStream && Math.abs(at - Date.now()) < 5000)).to.equal(true)
      expect(billedMs).to.equal(Math.ceil(durationMs + (initMs ?? 0)))
      expect(memoryUsedMb).to.be.within(20, 128)
      expect(tail).to.equal(messages.slice(1).join(''))
    })

    it('names the level of each method, and keeps what has several lines together', async () => {
      const spec = fn(
        'levels',
        `export const handler = async () => {
          console.trace('t'); console.debug('d'); console.info('%s has %d', 'i', 2); console.warn('w\\nx'); console.error(new Error('e'))
        }`,
      )

      const called = await call(spec)

      const lines = linesOf(called)
        .slice(1, -2)
        .map((line) => line.split('\t').slice(2).join('\t'))
      expect(lines.slice(0, 4)).to.deep.equal(['TRACE\tt\n', 'DEBUG\td\n', 'INFO\ti has 2\n', 'WARN\tw\nx\n'])
      expect(lines[4]).to.match(/^ERROR\tError: e\n {4}at .*\/levels\.ts:2:\d+/)
      expect(lines).to.have.length(5)
    })

    it('takes what is written to the streams as it is, line by line, in order with the console', async () => {
      const spec = fn(
        'raw',
        `export const handler = async () => {
          process.stdout.write('one\\ntw'); process.stdout.write('o\\n'); console.log('three'); process.stderr.write('four')
          console.table([{ a: 1 }])
        }`,
      )
      await call(spec)
      log.length = 0

      const { requestId, tail } = await call(spec)

      const raw = log.map(({ message }) => message).slice(1, -2)
      expect(raw.slice(0, 2)).to.deep.equal(['one\n', 'two\n'])
      expect(raw[2]).to.contain(`${requestId}\tINFO\tthree\n`)
      expect(raw[3]).to.contain('┌')
      expect(raw.at(-1)).to.equal('four\n')
      expect(tail.split('\n')).to.include('four')
    })

    it('loses nothing that was written before the process ended', async () => {
      const spec = fn(
        'dies',
        'export const handler = async () => { for (let n = 0; n < 500; n++) console.log("line " + n); process.abort() }',
      )

      const called = await call(spec)

      expect(linesOf(called).filter((line) => line.includes('line '))).to.have.length(500)
      expect(called.value.errorMessage).to.match(/signal: aborted$/)
    })

    it('logs a warning of Node itself', async () => {
      log.length = 0
      await call(
        fn(
          'warning',
          'export const handler = async () => { process.emitWarning("careful"); await new Promise((r) => setTimeout(r, 50)) }',
        ),
      )

      expect(log.map(({ message }) => message).join('')).to.contain('Warning: careful')
    })
  })

  describe('in format JSON', () => {
    const parsed = () => log.map(({ message }) => JSON.parse(message))

    it('is JSON line by line, the platform’s too', async () => {
      const spec = fn(
        'json',
        `export const handler = async () => {
          console.debug('unseen'); console.log('hello'); console.info({ a: 1 }); console.warn('%s', 'w', 2)
          console.error('failed', new TypeError('t')); console.error(new RangeError('r'))
        }`,
        { logFormat: 'JSON' },
      )
      log.length = 0

      const { requestId, durationMs, billedMs, memoryUsedMb, initMs } = await call(spec)

      const lines = parsed()
      expect(lines[0]).to.deep.include({ type: 'platform.initStart' })
      expect(lines[0].record).to.include({ initializationType: 'on-demand', phase: 'init' })
      expect(lines[1]).to.deep.include({ type: 'platform.start', record: { requestId, version: '$LATEST' } })
      expect(lines[2]).to.deep.include({ level: 'INFO', requestId, message: 'hello' })
      expect(lines[2].timestamp).to.match(new RegExp(`^${TIME}$`))
      expect(lines[3].message).to.deep.equal({ a: 1 })
      expect(lines[4]).to.include({ level: 'WARN', message: 'w 2' })
      expect(lines[5]).to.include({ level: 'ERROR', errorType: 'TypeError', errorMessage: 't' })
      expect(lines[5].message).to.match(/^failed TypeError: t\n/)
      expect(lines[5].stackTrace[0]).to.equal('TypeError: t')
      expect(lines[6].message).to.include({ errorType: 'RangeError', errorMessage: 'r' })
      expect(lines[7]).to.deep.include({
        type: 'platform.report',
        record: {
          requestId,
          metrics: {
            durationMs: Math.round(durationMs * 100) / 100,
            billedDurationMs: billedMs,
            memorySizeMB: 128,
            maxMemoryUsedMB: memoryUsedMb,
            initDurationMs: Math.round((initMs ?? 0) * 100) / 100,
          },
          status: 'success',
        },
      })
      expect(lines).to.have.length(8)
    })

    it('has the levels asked for', async () => {
      const text = 'export const handler = async () => { console.debug("d"); console.info("i"); console.error("e") }'
      const levels = async (logLevel: 'DEBUG' | 'ERROR') => {
        log.length = 0
        await call(fn(`level${logLevel}`, text, { logFormat: 'JSON', logLevel }))
        return parsed().flatMap(({ level }) => level ?? [])
      }

      expect(await levels('DEBUG')).to.deep.equal(['DEBUG', 'INFO', 'ERROR'])
      expect(await levels('ERROR')).to.deep.equal(['ERROR'])
    })

    it('reports a failure', async () => {
      log.length = 0
      await call(
        fn('jsonThrows', 'export const handler = async () => { throw new Error("no") }', { logFormat: 'JSON' }),
      )
      const thrown = parsed()
      log.length = 0
      await call(fn('jsonExits', 'export const handler = async () => process.exit(1)', { logFormat: 'JSON' }))
      const exited = parsed()

      expect(thrown[2].message).to.include({ errorType: 'Error', errorMessage: 'no' })
      expect(thrown[3].record.status).to.equal('error')
      expect(exited.at(-2)).to.deep.include({ type: 'platform.runtimeDone' })
      expect(exited.at(-1).record).to.include({ status: 'error', errorType: 'Runtime.ExitError' })
    })
  })

  it('has a tail of at most 4 KB, the last of the invocation', async () => {
    const spec = fn(
      'tail',
      'export const handler = async () => { for (let n = 0; n < 200; n++) console.log("line " + n) }',
    )

    const { tail } = await call(spec)

    expect(Buffer.byteLength(tail)).to.equal(4096)
    expect(tail).to.contain('line 199\n').and.not.contain('line 9\n')
    expect(tail).to.match(/REPORT [^\n]*\n$/)
  })

  it('cuts an event after 1 MB', async () => {
    log.length = 0
    await call(fn('long', 'export const handler = async () => { console.log("x".repeat(3e6)) }', { memory: 512 }))

    const longest = Math.max(...log.map(({ message }) => Buffer.byteLength(message)))
    expect(longest).to.equal(1_048_550)
  })

  it('that floods holds up neither the cloud nor another function, and is there to the end', async function () {
    this.timeout(30_000)
    const flood = fn(
      'flood',
      'export const handler = async () => { for (let n = 0; n < 100_000; n++) console.log("y".repeat(200) + n) }',
      { timeout: 20 },
    )
    const other = fn('other', 'export const handler = async () => "here"')
    await call(other)
    const before = process.memoryUsage.rss()
    const flooding = call(flood)

    let slowest = 0
    for (let n = 0; n < 20; n++) {
      const started = performance.now()
      await call(other)
      slowest = Math.max(slowest, performance.now() - started)
    }
    const flooded = await flooding

    expect(flooded.value).to.equal(null)
    expect(log.filter(({ message }) => message.includes('yyy'))).to.have.length(100_000)
    expect(slowest).to.be.lessThan(1000)
    expect((process.memoryUsage.rss() - before) / 1e6).to.be.lessThan(400)
  })
})
