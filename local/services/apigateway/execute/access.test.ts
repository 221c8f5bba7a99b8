import type { Method } from '@aws-sdk/client-api-gateway'
import { expect } from 'chai'
import type { Caller } from '../../../iam/types.ts'
import type { DeployedApi } from '../types.ts'
import {
  ACCOUNT,
  type ApiSketch,
  deployedApi,
  headerOf,
  jsonOf,
  mockOf,
  openServices,
  requestOf,
  type Services,
  textOf,
  uriOf,
} from './fixture.ts'

const allow = (Resource: unknown = '*', Effect = 'Allow', more = {}) => ({
  Version: '2012-10-17',
  Statement: [{ Effect, Action: 'execute-api:Invoke', Resource, ...more }],
})

describe('who may reach a method', () => {
  let services: Services
  before(async () => {
    services = await openServices()
    // The token is what the function gives; it counts its calls in the context.
    await services.addFunction(
      'authorizer',
      `let calls = 0
      export const handler = async (event) => {
        calls++
        const token = event.authorizationToken ?? event.headers.Authorization
        if (token === 'nobody') throw new Error('Unauthorized')
        if (token === 'broken') throw new Error('broken')
        const result = JSON.parse(token)
        return result.context === 'calls' ? { ...result, context: { calls, type: event.type, arn: event.methodArn, yes: true } } : result
      }`,
    )
  })
  after(() => services.stop())

  const seen =
    '{"principal": "$context.authorizer.principalId", "calls": "$context.authorizer.calls", "yes": "$context.authorizer.yes", "arn": "$context.authorizer.arn"}'
  const apiWith = (sketch: Partial<ApiSketch> = {}, authorizer = {}, method: Partial<Method> = {}): DeployedApi =>
    deployedApi({
      methods: {
        'GET /admin/{id}': mockOf(seen, { authorizationType: 'CUSTOM', authorizerId: 'auth1', ...method }),
        'POST /admin/{id}': mockOf(seen, { authorizationType: 'CUSTOM', authorizerId: 'auth1', ...method }),
      },
      authorizers: [
        {
          id: 'auth1',
          name: 'admin',
          type: 'TOKEN',
          authorizerUri: uriOf('authorizer'),
          identitySource: 'method.request.header.Authorization',
          authorizerResultTtlInSeconds: 0,
          ...authorizer,
        },
      ],
      ...sketch,
    })
  const ask = (api: DeployedApi, token: unknown, line = 'GET /admin/5', more = {}) => {
    const Authorization = typeof token === 'string' ? token : JSON.stringify(token)
    return services.executor.execute(
      api,
      requestOf(line, { headers: token === undefined ? {} : { Authorization }, ...more }),
    )
  }
  const arn = (path: string) => `arn:aws:execute-api:us-east-1:${ACCOUNT}:a1b2c3/prod/${path}`

  it('lets pass whom the policy of a TOKEN authorizer allows, with its context', async () => {
    const response = await ask(apiWith(), {
      principalId: 'me',
      policyDocument: allow(arn('GET/admin/*')),
      context: 'calls',
    })

    expect(response.status).to.equal(200)
    expect(jsonOf(response)).to.deep.include({ principal: 'me', yes: 'true', arn: arn('GET/admin/5') })
  })

  it('knows a place in every spelling: a Deny holds for all of them', async () => {
    const Statement = [...allow().Statement, ...allow(arn('GET/admin/a%20b'), 'Deny').Statement]
    const token = { principalId: 'me', policyDocument: { Version: '2012-10-17', Statement }, context: 'calls' }
    const statusOf = async (path: string) => (await ask(apiWith(), token, `GET ${path}`)).status
    const seenArn = async (path: string) => (jsonOf(await ask(apiWith(), token, `GET ${path}`)) as { arn: string }).arn

    for (const path of ['/admin/a%20b', '/%61dmin/a%20b', '/admin/%61%20%62/'])
      expect(await statusOf(path), path).to.equal(403)
    expect(await seenArn('/admin/us-east-1%3A5%2F6')).to.equal(arn('GET/admin/us-east-1:5%2F6'))
    expect(await seenArn('/admin/us-east-1:5%252F')).to.equal(arn('GET/admin/us-east-1:5%252F'))
  })

  for (const [what, token, status, text, type] of [
    ['without a token', undefined, 401, '{"message":"Unauthorized"}', 'UnauthorizedException'],
    ['whom the function does not know', 'nobody', 401, '{"message":"Unauthorized"}', 'UnauthorizedException'],
    ['when the function fails', 'broken', 500, '{"message":null}', 'AuthorizerConfigurationException'],
    [
      'when the function gives no policy',
      { principalId: 'me' },
      500,
      '{"message":null}',
      'AuthorizerConfigurationException',
    ],
    [
      'when the function gives no principal',
      { policyDocument: allow() },
      500,
      '{"message":null}',
      'AuthorizerConfigurationException',
    ],
    [
      'when the context holds an object',
      { principalId: 'me', policyDocument: allow(), context: { a: {} } },
      500,
      '{"message":null}',
      'AuthorizerConfigurationException',
    ],
    [
      'whom a Deny stops',
      { principalId: 'me', policyDocument: allow('*', 'Deny') },
      403,
      '{"Message":"User is not authorized to access this resource with an explicit deny"}',
      'AccessDeniedException',
    ],
    [
      'whom nothing allows',
      { principalId: 'me', policyDocument: allow(arn('POST/*')) },
      403,
      '{"Message":"User is not authorized to access this resource"}',
      'AccessDeniedException',
    ],
  ] as const)
    it(`answers ${status} ${what}`, async () => {
      const response = await ask(apiWith(), token)

      expect([response.status, textOf(response)]).to.deep.equal([status, text])
      expect(headerOf(response, 'x-amzn-errortype')).to.equal(type)
    })

  it('checks the token before it asks', async () => {
    const api = apiWith({}, { identityValidationExpression: 'Bearer [a-z]+' })

    expect((await ask(api, 'Bearer 12')).status).to.equal(401)
    expect((await ask(api, 'Bearer abc')).status).to.equal(500)
  })

  it('remembers a result for its time, and holds the policy against each method', async () => {
    const api = apiWith({}, { authorizerResultTtlInSeconds: 60 })
    const token = { principalId: 'me', policyDocument: allow(arn('GET/admin/*')), context: 'calls', n: 'cached' }
    const calls = async () => (jsonOf(await ask(api, token)) as { calls: string }).calls
    const first = await calls()

    expect(await calls()).to.equal(first)
    expect((await ask(api, token, 'POST /admin/5')).status).to.equal(403)
    services.clock.advance(61_000)
    const later = await calls()
    expect(later).not.to.equal(first)
    services.executor.flushAuthorizers('a1b2c3', 'prod')
    expect(await calls()).not.to.equal(later)
  })

  it('asks a REQUEST authorizer by all its sources', async () => {
    const source =
      'method.request.header.Authorization, method.request.querystring.q, stageVariables.color, context.httpMethod'
    const api = apiWith({ stage: { variables: { color: 'blue' } } }, { type: 'REQUEST', identitySource: source })
    const token = { principalId: 'me', policyDocument: allow(), context: 'calls' }

    expect((await ask(api, token, 'GET /admin/5?q=1')).status).to.equal(200)
    expect((await ask(api, token, 'GET /admin/5')).status).to.equal(401)
  })

  it('holds a resource policy against strangers', async () => {
    const policy = (statement: object) =>
      JSON.stringify(allow('execute-api:/prod/GET/*', 'Allow', { Principal: '*', ...statement }))
    const method = { authorizationType: 'NONE' }
    const here = apiWith(
      { restApi: { policy: policy({ Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } }) } },
      {},
      method,
    )
    const elsewhere = apiWith(
      { restApi: { policy: policy({ Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }) } },
      {},
      method,
    )

    expect((await ask(here, undefined)).status).to.equal(200)
    expect((await ask(here, undefined, 'POST /admin/5')).status).to.equal(403)
    const refused = await ask(elsewhere, undefined)
    expect(refused.status).to.equal(403)
    expect(textOf(refused)).to.match(
      /^\{"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:\*{8}9012:a1b2c3\/prod\/GET\/admin\/5 because no resource-based policy allows/,
    )
  })

  it('asks the resource policy and the authorizer together', async () => {
    const policy = (Effect: string) => JSON.stringify(allow('execute-api:/*', Effect, { Principal: '*' }))
    const denies = apiWith({ restApi: { policy: policy('Deny') } })
    const allows = apiWith({ restApi: { policy: policy('Allow') } })

    expect((await ask(denies, { principalId: 'me', policyDocument: allow() })).status).to.equal(403)
    expect((await ask(allows, { principalId: 'me', policyDocument: allow(arn('POST/*')) })).status).to.equal(200)
    expect((await ask(allows, { principalId: 'me', policyDocument: allow('*', 'Deny') })).status).to.equal(403)
  })

  it('asks IAM about a signed caller', async () => {
    const api = apiWith({}, {}, { authorizationType: 'AWS_IAM' })
    const caller: Caller = {
      kind: 'user',
      arn: `arn:aws:iam::${ACCOUNT}:user/local`,
      account: ACCOUNT,
      userId: 'local',
    }
    const role: Caller = {
      kind: 'role',
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/basic/me`,
      account: ACCOUNT,
      roleArn: `arn:aws:iam::${ACCOUNT}:role/basic`,
      userId: 'AROA:me',
      sessionPolicies: [],
      keys: {},
    }
    const unsigned = await ask(api, undefined)
    const refused = await ask(api, undefined, undefined, { caller: role })

    expect([unsigned.status, textOf(unsigned)]).to.deep.equal([403, '{"message":"Missing Authentication Token"}'])
    expect((await ask(api, undefined, undefined, { caller })).status).to.equal(200)
    expect(refused.status).to.equal(403)
    expect(textOf(refused)).to.contain(`User: ${role.arn} is not authorized to perform: execute-api:Invoke`)
  })

  it('customises what it answers', async () => {
    const response = await ask(
      apiWith({
        gatewayResponses: [
          {
            responseType: 'UNAUTHORIZED',
            statusCode: '418',
            responseParameters: {
              'gatewayresponse.header.Access-Control-Allow-Origin': "'*'",
              'gatewayresponse.header.X-Asked': 'method.request.header.X-Asked',
            },
            responseTemplates: {
              'application/json':
                '{"told":$context.error.messageString,"type":"$context.error.responseType","path":"$context.path"}',
            },
          },
          { responseType: 'DEFAULT_4XX', responseParameters: { 'gatewayresponse.header.X-Any': "'4xx'" } },
        ],
      }),
      undefined,
      undefined,
      { headers: { 'X-Asked': 'me' } },
    )

    expect(response.status).to.equal(418)
    expect(jsonOf(response)).to.deep.equal({ told: 'Unauthorized', type: 'UNAUTHORIZED', path: '/prod/admin/5' })
    expect(headerOf(response, 'access-control-allow-origin')).to.equal('*')
    expect(headerOf(response, 'x-asked')).to.equal('me')
  })
})
