import type { ApiKey, UsagePlan } from '@aws-sdk/client-api-gateway'
import { expect } from 'chai'
import type { DeployedApi, Executor, Ports, Use } from '../types.ts'
import { createExecutor } from './executor.ts'
import {
  type ApiSketch,
  deployedApi,
  headerOf,
  mockOf,
  openServices,
  requestOf,
  type Services,
  textOf,
} from './fixture.ts'
import { periodOf } from './keys.ts'

describe('keys, throttles, quotas and the cache', () => {
  let services: Services
  before(async () => {
    services = await openServices()
  })
  after(() => services.stop())

  /** An executor with keys of its own. */
  const executorWith = (keys: Record<string, { key: Partial<ApiKey>; plan?: UsagePlan }>): Executor => {
    const uses = new Map<string, number>()
    const ports: Ports = {
      ground: services.ground,
      cloud: services.dispatch.cloud,
      decide: () => {
        throw new Error('not asked')
      },
      findKey: (_, value) => keys[value],
      countUse: ({ usagePlanId, keyId, from, limit }: Use) => {
        const name = `${usagePlanId} ${keyId} ${from}`
        const left = (limit ?? Number.POSITIVE_INFINITY) - (uses.get(name) ?? 0)
        if (left <= 0) return undefined
        uses.set(name, (uses.get(name) ?? 0) + 1)
        return left - 1
      },
      logsRole: () => undefined,
    }
    return createExecutor(ports)
  }
  const api = (sketch: Partial<ApiSketch> = {}): DeployedApi =>
    deployedApi({
      methods: {
        'GET /books': mockOf('{"key": "$context.identity.apiKeyId", "at": "$context.requestId"}', {
          apiKeyRequired: true,
        }),
        'GET /open': mockOf('{}'),
      },
      ...sketch,
    })
  const key = { id: 'k1', enabled: true }
  const plan = { id: 'p1', apiStages: [{ apiId: 'a1b2c3', stage: 'prod' }] }
  const get = (executor: Executor, deployed: DeployedApi, value?: string, line = 'GET /books') =>
    executor.execute(deployed, requestOf(line, { headers: value === undefined ? {} : { 'x-api-key': value } }))
  const statuses = async (times: number, ask: () => Promise<{ status: number }>) => {
    const answers: number[] = []
    for (let count = 0; count < times; count++) answers.push((await ask()).status)
    return answers
  }

  it('asks for a key that is enabled and has a plan', async () => {
    const executor = executorWith({
      good: { key, plan },
      off: { key: { ...key, enabled: false }, plan },
      alone: { key },
    })
    const refused = await Promise.all(
      [undefined, 'unknown', 'off', 'alone'].map((value) => get(executor, api(), value)),
    )
    const good = await get(executor, api(), 'good')

    for (const response of refused) {
      expect([response.status, textOf(response)]).to.deep.equal([403, '{"message":"Forbidden"}'])
      expect(headerOf(response, 'x-amzn-errortype')).to.equal('ForbiddenException')
    }
    expect([good.status, JSON.parse(textOf(good)).key]).to.deep.equal([200, 'k1'])
    expect((await get(executor, api(), undefined, 'GET /open')).status).to.equal(200)
  })

  it('throttles a key by rate and burst of its plan', async () => {
    const executor = executorWith({
      a: { key, plan: { ...plan, throttle: { rateLimit: 1, burstLimit: 2 } } },
      b: { key: { ...key, id: 'k2' }, plan: { ...plan, throttle: { rateLimit: 1, burstLimit: 2 } } },
    })
    const deployed = api()

    expect(await statuses(3, () => get(executor, deployed, 'a'))).to.deep.equal([200, 200, 429])
    expect((await get(executor, deployed, 'b')).status).to.equal(200)
    const refused = await get(executor, deployed, 'a')
    expect(textOf(refused)).to.equal('{"message":"Too Many Requests"}')
    expect(headerOf(refused, 'x-amzn-errortype')).to.equal('TooManyRequestsException')
    services.clock.advance(1000)
    expect(await statuses(2, () => get(executor, deployed, 'a'))).to.deep.equal([200, 429])
  })

  it('throttles a method of a plan, a method of a stage, and all methods of a stage', async () => {
    const slow = { rateLimit: 0.001, burstLimit: 1 }
    const ofPlan = executorWith({
      a: { key, plan: { ...plan, apiStages: [{ apiId: 'a1b2c3', stage: 'prod', throttle: { '/books/GET': slow } }] } },
    })
    const settings = { throttlingRateLimit: 0.001, throttlingBurstLimit: 1 }
    const ofMethod = api({ stage: { methodSettings: { '~1open/GET': settings } } })
    const ofStage = api({
      stage: {
        methodSettings: { '*/*': settings, '~1books/GET': { throttlingRateLimit: -1, throttlingBurstLimit: -1 } },
      },
    })
    const open = executorWith({ a: { key, plan } })
    const keyless = executorWith({})

    expect(await statuses(2, () => get(ofPlan, api(), 'a'))).to.deep.equal([200, 429])
    expect(await statuses(2, () => get(keyless, ofMethod, undefined, 'GET /open'))).to.deep.equal([200, 429])
    expect(await statuses(2, () => get(open, ofStage, 'a'))).to.deep.equal([200, 200])
    expect(await statuses(2, () => get(open, ofStage, undefined, 'GET /open'))).to.deep.equal([200, 429])
  })

  it('stops a key whose quota is used up, until the next period', async () => {
    const quota = { limit: 2, period: 'DAY' as const }
    const executor = executorWith({ a: { key, plan: { ...plan, quota } } })
    const deployed = api()

    expect(await statuses(3, () => get(executor, deployed, 'a'))).to.deep.equal([200, 200, 429])
    const refused = await get(executor, deployed, 'a')
    expect(textOf(refused)).to.equal('{"message":"Limit Exceeded"}')
    expect(headerOf(refused, 'x-amzn-errortype')).to.equal('LimitExceededException')
    services.clock.advance(86_400_000)
    expect((await get(executor, deployed, 'a')).status).to.equal(200)
  })

  it('counts the offset of a quota in the first period only', async () => {
    const created = { ...key, createdDate: new Date(services.clock.now()) }
    const executor = executorWith({
      a: { key: created, plan: { ...plan, quota: { limit: 3, offset: 2, period: 'DAY' } } },
    })
    const deployed = api()

    expect(await statuses(2, () => get(executor, deployed, 'a'))).to.deep.equal([200, 429])
    services.clock.advance(86_400_000)
    expect(await statuses(4, () => get(executor, deployed, 'a'))).to.deep.equal([200, 200, 200, 429])
  })

  it('knows the periods of quotas', () => {
    const at = Date.parse('2026-02-18T23:59:59Z')

    expect(periodOf('DAY', at)).to.deep.equal({ from: '2026-02-18', to: '2026-02-18' })
    expect(periodOf('WEEK', at)).to.deep.equal({ from: '2026-02-15', to: '2026-02-21' })
    expect(periodOf('MONTH', at)).to.deep.equal({ from: '2026-02-01', to: '2026-02-28' })
    expect(periodOf('WEEK', Date.parse('2026-02-15T00:00:00Z'))).to.deep.equal({ from: '2026-02-15', to: '2026-02-21' })
  })

  describe('the cache of a stage', () => {
    const cached = (settings = {}) =>
      deployedApi({
        methods: {
          'GET /books/{id}': mockOf('{"at": "$context.requestId"}', {
            methodIntegration: {
              ...mockOf('{"at": "$context.requestId", "page": "$input.params(\'page\')"}').methodIntegration,
              cacheKeyParameters: ['method.request.path.id', 'method.request.querystring.page'],
            },
          }),
          'POST /books/{id}': mockOf('{"at": "$context.requestId"}'),
        },
        stage: {
          cacheClusterEnabled: true,
          methodSettings: {
            '*/*': {
              cachingEnabled: true,
              cacheTtlInSeconds: 60,
              requireAuthorizationForCacheControl: false,
              ...settings,
            },
          },
        },
      })
    let asked = 0
    const at = async (deployed: DeployedApi, line: string, headers = {}) => {
      const request = requestOf(line, { headers })
      const facts = { ...request.facts, requestId: `request ${++asked}` }
      const response = await services.executor.execute(deployed, { ...request, facts })
      return { at: (JSON.parse(textOf(response) || '{}') as { at: string }).at, response }
    }

    it('answers from the cache by its keys, for its time', async () => {
      const deployed = cached()
      const first = await at(deployed, 'GET /books/1?page=1&other=1')

      expect((await at(deployed, 'GET /books/1?page=1&other=2')).at).to.equal(first.at)
      expect((await at(deployed, 'GET /books/1?page=2')).at).not.to.equal(first.at)
      expect((await at(deployed, 'GET /books/2?page=1')).at).not.to.equal(first.at)
      expect((await at(deployed, 'POST /books/1?page=1')).at).not.to.equal(first.at)
      services.clock.advance(61_000)
      expect((await at(deployed, 'GET /books/1?page=1')).at).not.to.equal(first.at)
    })

    it('asks anew when the client may say so, and after a flush', async () => {
      const deployed = cached()
      const fresh = { 'Cache-Control': 'max-age=0' }
      const first = await at(deployed, 'GET /books/3')
      const second = await at(deployed, 'GET /books/3', fresh)

      expect(second.at).not.to.equal(first.at)
      expect((await at(deployed, 'GET /books/3')).at).to.equal(second.at)
      services.executor.flushStage('a1b2c3', 'prod')
      expect((await at(deployed, 'GET /books/3')).at).not.to.equal(second.at)
    })

    it('does not let strangers renew it where that wants a permission', async () => {
      const fresh = { 'Cache-Control': 'max-age=0' }
      const warning = cached({
        requireAuthorizationForCacheControl: true,
        unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
      })
      const failing = cached({
        requireAuthorizationForCacheControl: true,
        unauthorizedCacheControlHeaderStrategy: 'FAIL_WITH_403',
      })
      const first = await at(warning, 'GET /books/4')
      const second = await at(warning, 'GET /books/4', fresh)

      expect(second.at).to.equal(first.at)
      expect(headerOf(second.response, 'warning')).to.match(/^199 /)
      expect((await at(failing, 'GET /books/4', fresh)).response.status).to.equal(403)
    })
  })
})
