import { expect } from 'chai'
import type { ServiceError } from '../base/errors.ts'
import type { Environment } from './environment.ts'
import { createPool } from './pool.ts'
import { createWorkbench, running, sleep, until } from './testing.ts'
import type { FunctionSpec, InvokeResult } from './types.ts'

const WHO =
  'export const handler = async (ms: number) => { await new Promise((r) => setTimeout(r, ms)); return process.pid }'

describe('The environments of a function', () => {
  const bench = createWorkbench()
  const { call, fn } = bench
  after(() => bench.stop())

  const refusal = async (promise: Promise<unknown>) =>
    promise.then(
      () => expect.fail('expected a refusal'),
      (error: ServiceError) => error,
    )

  it('are as many as there are events at once, and are used again', async () => {
    const spec = fn('scale', WHO)

    const together = await Promise.all([1, 2, 3].map(() => call(spec, 200)))
    const again = await Promise.all([1, 2, 3].map(() => call(spec, 100)))

    const pids = together.map(({ value }) => value)
    expect(new Set(pids).size).to.equal(3)
    expect(again.map(({ value }) => value)).to.have.members(pids)
    expect(new Set(together.map(({ logStream }) => logStream)).size).to.equal(3)
  })

  it('are no more than its concurrency: AWS’s refusal', async () => {
    const spec = fn('limited', WHO, { concurrency: 2 })
    const under = [call(spec, 200), call(spec, 200)]

    const error = await refusal(call(spec, 0))
    const never = await refusal(call(fn('zero', WHO, { concurrency: 0 }), 0))
    await Promise.all(under)
    const later = await call(spec, 0)

    expect(error).to.include({ code: 'TooManyRequestsException', message: 'Rate Exceeded.', status: 429 })
    expect(error.fields).to.deep.equal({ Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded', Type: 'User' })
    expect(never.code).to.equal('TooManyRequestsException')
    expect(later.value).to.be.a('number')
  })

  it('take another place when a call failed', async () => {
    const spec = fn('leaves', 'export const handler = async () => process.exit(1)', { concurrency: 1 })

    for (let n = 0; n < 3; n++) expect((await call(spec)).value.errorType).to.equal('Runtime.ExitError')
  })

  it('have a spare after the first use, with its own log stream', async () => {
    const spec = fn('spare', WHO)
    const first = await call(spec, 0)
    await sleep(500)

    const [one, two] = await Promise.all([call(spec, 50), call(spec, 50)])

    const second = one.value === first.value ? two : one
    expect(second.value).to.not.equal(first.value)
    expect(second.logStream).to.not.equal(first.logStream)
    expect(second.initMs).to.be.lessThan(first.initMs ?? 0)
  })

  it('end when the revision changes, and when they are retired', async () => {
    const spec = fn('revised', WHO)
    const old = await call(spec, 0)

    const slow = call(spec, 300)
    const revised = await call({ ...spec, revision: '2', environment: { A: '1' } }, 0)

    expect(revised.value).to.not.equal(old.value)
    expect((await slow).value).to.equal(old.value)
    expect(await until(() => !running(old.value))).to.equal(true)

    bench.execution.retire(spec.arn)

    expect(await until(() => !running(revised.value))).to.equal(true)
  })

  it('of two versions live side by side and share the concurrency', async () => {
    const latest = fn('versions', WHO, { concurrency: 2 })
    const published = { ...latest, version: '1' }
    const [a, b] = await Promise.all([call(latest, 100), call(published, 100)])
    const [c, d] = [await call(latest, 0), await call(published, 0)]

    expect([c.value, d.value]).to.deep.equal([a.value, b.value])
    expect(b.logStream).to.contain('/[1]')
    const under = [call(latest, 100), call(published, 100)]
    expect((await refusal(call(latest, 0))).code).to.equal('TooManyRequestsException')
    await Promise.all(under)
  })

  it('are made anew before their credentials expire', async () => {
    let made = 0
    const spec = fn('expires', 'export const handler = async () => process.env.AWS_ACCESS_KEY_ID', {
      concurrency: 1,
      credentials: async () => ({
        accessKeyId: `KEY${++made}`,
        secretAccessKey: 's',
        sessionToken: 't',
        expiration: Date.now() + (made === 1 ? 30_000 : 3_600_000),
      }),
    })

    const values = [(await call(spec)).value, (await call(spec)).value, (await call(spec)).value]

    expect(values).to.deep.equal(['KEY1', 'KEY2', 'KEY2'])
  })

  it('that died unseen are replaced', async () => {
    const spec = fn('dies', WHO, { concurrency: 1 })
    const { value: pid } = await call(spec, 0)
    process.kill(pid, 'SIGKILL')
    await until(() => !running(pid))

    expect((await call(spec, 0)).functionError).to.equal(undefined)
  })

  it('reject when credentials fail, and work again afterwards', async () => {
    const spec = fn('keyless', WHO)
    const error = await refusal(call({ ...spec, credentials: () => Promise.reject(new Error('no role')) }, 0))

    expect(error.message).to.equal('no role')
    expect((await call(spec, 0)).value).to.be.a('number')
  })
})

describe('The environments of all functions', () => {
  /** A pool of environments that are only counted. */
  const counted = (limits: { limit?: number; idle?: number }) => {
    const ended: string[] = []
    const made: string[] = []
    const pool = createPool({
      now: Date.now,
      ...limits,
      async make(spec) {
        made.push(spec.name)
        let alive = true
        const environment: Environment = {
          get alive() {
            return alive
          },
          run: async () => ({}) as InvokeResult,
          async end() {
            if (alive) ended.push(spec.name)
            alive = false
          },
        }
        return { environment, expiration: Number.POSITIVE_INFINITY }
      },
    })
    const use = (name: string, concurrency = 1) => {
      const spec = { name, arn: name, version: '1', revision: '1', timeout: 1, concurrency } as FunctionSpec
      return pool.run(spec, { folder: '', file: '', sha256: '', size: 0 }, { requestId: '', payload: Buffer.alloc(0) })
    }
    return { ended, made, pool, use }
  }

  it('are limited: the one that waited longest goes first', async () => {
    const { ended, made, pool, use } = counted({ limit: 3 })

    for (const name of ['a', 'b', 'c', 'a', 'd', 'a']) await use(name)

    expect(made).to.deep.equal(['a', 'b', 'c', 'd'])
    expect(ended).to.deep.equal(['b'])
    await pool.stop()
    expect(ended).to.have.members(['a', 'b', 'c', 'd'])
  })

  it('make room by their spares first', async () => {
    const { ended, made, pool, use } = counted({ limit: 3 })
    await use('a', 2)
    await until(() => made.length === 2)
    await use('b')

    await use('c')

    expect(made).to.deep.equal(['a', 'a', 'b', 'c'])
    expect(ended).to.deep.equal(['a'])
    await use('a')
    expect(made).to.have.length(4)
    await pool.stop()
  })

  it('end when nobody calls, spares too', async () => {
    const { ended, made, pool, use } = counted({ idle: 300 })
    await use('a', 2)
    await until(() => made.length === 2)

    for (let n = 0; n < 5; n++) {
      await sleep(100)
      await use('b')
    }

    expect(ended).to.deep.equal(['a', 'a'])
    await pool.stop()
  })
})
