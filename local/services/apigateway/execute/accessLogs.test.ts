import {
  APIGatewayClient,
  CreateDeploymentCommand,
  ImportRestApiCommand,
  UpdateAccountCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway'
import { CloudWatchLogsClient, CreateLogGroupCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { expect } from 'chai'
import { withCloud } from '../../../../tests/cloud.ts'
import { refusalOf } from '../../../../tests/refusal.ts'
import { LOCAL } from '../../../door/fixture.ts'
import { send, sign } from '../../../door/signing.ts'
import { createRole, functionOf, trust } from '../../lambda/fixture.ts'
import { ACCOUNT, uriOf } from './fixture.ts'

const SOURCE = `export const handler = async ({ authorizationToken: token, methodArn }) => {
  if (token === 'nobody') throw new Error('Unauthorized')
  if (token === 'broken') throw new Error('broken')
  const Effect = token === 'denied' ? 'Deny' : 'Allow'
  const Resource = token === 'elsewhere' ? methodArn + '/elsewhere' : methodArn
  return { principalId: token, context: { colour: token === 'odd' ? 'red", "status": "200\\n\\\\' : 'red' },
    policyDocument: { Version: '2012-10-17', Statement: [{ Effect, Action: 'execute-api:Invoke', Resource }] } }
}`
const PHASES = ['authenticate', 'authorizer', 'authorize']
const FORMAT = JSON.stringify({
  id: '$context.requestId',
  ...Object.fromEntries(
    PHASES.flatMap((name) =>
      ['status', 'latency', 'error'].map((key) => [`${name}.${key}`, `$context.${name}.${key}`]),
    ),
  ),
  call: '$context.authorizer.integrationStatus',
  took: '$context.authorizer.integrationLatency',
  colour: '$context.authorizer.colour',
  principal: '$context.authorizer.principalId',
  agent: '$context.identity.userAgent',
})

describe('the access log of a REST API', () => {
  const cloud = withCloud()
  let api: string

  before(async () => {
    const config = cloud.config()
    await createRole(config, 'basic')
    await createRole(
      config,
      'log-writer',
      [{ Effect: 'Allow', Action: 'logs:*', Resource: '*' }],
      trust({ Service: 'apigateway.amazonaws.com' }),
    )
    const lambda = new LambdaClient(config)
    await lambda.send(new CreateFunctionCommand(functionOf('guard', SOURCE)))
    const permission = { StatementId: 'api', Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' }
    await lambda.send(new AddPermissionCommand({ FunctionName: 'guard', ...permission }))
    const client = new APIGatewayClient(config)
    const method = (more = {}) => ({
      ...more,
      responses: { 200: { description: 'ok' } },
      'x-amazon-apigateway-integration': {
        type: 'mock',
        requestTemplates: { 'application/json': '{"statusCode": 200}' },
        responses: { default: { statusCode: '200' } },
      },
    })
    const guard = (name: string) => ({
      ...{ type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authtype': 'custom' },
      'x-amazon-apigateway-authorizer': { type: 'token', authorizerUri: uriOf(name) },
    })
    const definition = {
      swagger: '2.0',
      info: { title: 'tests', version: '1' },
      paths: {
        '/open': { get: method() },
        '/guarded': { get: method({ security: [{ guard: [] }] }) },
        '/forbidden': { get: method({ security: [{ stranger: [] }] }) },
        '/signed': { get: method({ security: [{ sigv4: [] }] }) },
      },
      securityDefinitions: {
        guard: guard('guard'),
        stranger: guard('stranger'),
        sigv4: { type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authtype': 'awsSigv4' },
      },
    }
    const { id = '' } = await client.send(new ImportRestApiCommand({ body: Buffer.from(JSON.stringify(definition)) }))
    api = id
    await client.send(new CreateDeploymentCommand({ restApiId: api, stageName: 'prod' }))
    await new CloudWatchLogsClient(config).send(new CreateLogGroupCommand({ logGroupName: 'access' }))
    const set = (path: string, value: string) => ({ op: 'replace' as const, path, value })
    const role = `arn:aws:iam::${ACCOUNT}:role/log-writer`
    await client.send(new UpdateAccountCommand({ patchOperations: [set('/cloudwatchRoleArn', role)] }))
    const destination = `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:access`
    await client.send(
      new UpdateStageCommand({
        ...{ restApiId: api, stageName: 'prod' },
        patchOperations: [
          set('/accessLogSettings/destinationArn', destination),
          set('/accessLogSettings/format', FORMAT),
        ],
      }),
    )
  })

  /** The line of a request, without its id. */
  const lineOf = async (id: string | null | undefined): Promise<Record<string, string>> => {
    const logs = new CloudWatchLogsClient(cloud.config())
    for (let look = 0; look < 200; look++) {
      const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: 'access' }))
      const line = events.map(({ message = '' }) => JSON.parse(message)).find((one) => one.id === id)
      if (line) return line
      await new Promise((done) => setTimeout(done, 20))
    }
    throw new Error(`no line for ${id}`)
  }
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${cloud.cloud.url}/restapis/${api}/prod/_user_request_${path}`, { headers })
    return { status: response.status, line: await lineOf(response.headers.get('x-amzn-requestid')) }
  }
  const statuses = (line: Record<string, string>) => PHASES.map((name) => line[`${name}.status`])
  const errors = (line: Record<string, string>) => PHASES.map((name) => line[`${name}.error`])

  it('has nothing of the question who may where nobody asks it', async () => {
    const { line } = await ask('/open')

    const { id, agent, ...rest } = line
    expect(new Set(Object.values(rest))).to.deep.equal(new Set(['-']))
  })

  it('tells what an authorizer has said, in what time, and what became of it', async () => {
    const { status, line } = await ask('/guarded', { authorization: 'me' })
    const { line: again } = await ask('/guarded', { authorization: 'me' })

    expect(status).to.equal(200)
    expect(statuses(line)).to.deep.equal(['-', '200', '200'])
    expect(errors(line)).to.deep.equal(['-', '-', '-'])
    expect(line).to.include({ call: '200', colour: 'red', principal: 'me', 'authenticate.latency': '-' })
    for (const key of ['authorizer.latency', 'authorize.latency', 'took']) expect(line[key], key).to.match(/^\d+$/)
    // What is remembered needs no function.
    expect([...statuses(again), again.call]).to.deep.equal(['-', '200', '200', '-'])
  })

  for (const [what, path, headers, status, phases, told] of [
    ['no token', '/guarded', {}, 401, ['-', '401', '-'], ['-', 'Unauthorized', '-']],
    [
      'a refusal of the function',
      '/guarded',
      { authorization: 'nobody' },
      401,
      ['-', '401', '-'],
      ['-', 'Unauthorized', '-'],
    ],
    [
      'a failure of the function',
      '/guarded',
      { authorization: 'broken' },
      500,
      ['-', '500', '-'],
      ['-', 'Execution failed due to an internal error: authorizer function error: broken', '-'],
    ],
    [
      'a function that may not be called',
      '/forbidden',
      { authorization: 'me' },
      500,
      ['-', '500', '-'],
      ['-', 'Execution failed due to configuration error: Invalid permissions on Lambda function', '-'],
    ],
    [
      'a policy that denies',
      '/guarded',
      { authorization: 'denied' },
      403,
      ['-', '200', '403'],
      ['-', '-', 'User is not authorized to access this resource with an explicit deny'],
    ],
    [
      'a policy that does not allow',
      '/guarded',
      { authorization: 'elsewhere' },
      403,
      ['-', '200', '403'],
      ['-', '-', 'User is not authorized to access this resource'],
    ],
    ['no signature', '/signed', {}, 403, ['403', '-', '-'], ['Missing Authentication Token', '-', '-']],
  ] as const)
    it(`tells of ${what}`, async () => {
      const answer = await ask(path, headers)

      expect([answer.status, statuses(answer.line), errors(answer.line)]).to.deep.equal([status, phases, told])
    })

  it('tells of a signature that is right', async () => {
    const path = `/restapis/${api}/prod/_user_request_/signed`
    const { url } = cloud.cloud
    const date = new Date(cloud.clock.now())
    const answer = await send(url, await sign(url, { path }, LOCAL, { service: 'execute-api', date }))
    const line = await lineOf(String(answer.headers['x-amzn-requestid']))

    expect([answer.status, statuses(line), errors(line)]).to.deep.equal([200, ['200', '-', '200'], ['-', '-', '-']])
  })

  it('is one line a request, and stays JSON, whatever clients and functions say', async () => {
    const { line } = await ask('/guarded', { authorization: 'odd', 'user-agent': 'a "b", \\ <c>\td' })

    expect(line).to.include({
      colour: 'red&quot;, &quot;status&quot;: &quot;200 \\',
      agent: 'a &quot;b&quot;, \\ &lt;c&gt; d',
    })
  })

  it('is written in one session of its role for many requests', async () => {
    const begun = () => cloud.cloud.decisions.filter(({ operation }) => operation === 'AssumeRole').length
    await ask('/open')
    const before = begun()

    for (let i = 0; i < 3; i++) await ask('/open')
    const after = begun()
    cloud.clock.advance(60_000)
    await ask('/open')

    expect([after - before, begun() - before]).to.deep.equal([0, 1])
  })

  for (const [what, format, message] of [
    [
      'two lines',
      '$context.requestId\n$context.status',
      'Access Log format must be single line, new line character is allowed only at end of the format',
    ],
    ['none that tells requests apart', '$context.status', 'Access Log format must contain at least $context.requestId'],
  ] as const)
    it(`is refused a format of ${what}`, async () => {
      const patchOperations = [{ op: 'replace' as const, path: '/accessLogSettings/format', value: format }]
      const client = new APIGatewayClient(cloud.config())

      const refused = await refusalOf(
        client.send(new UpdateStageCommand({ restApiId: api, stageName: 'prod', patchOperations })),
      )

      expect(refused).to.deep.equal({ name: 'BadRequestException', status: 400, message })
    })
})
