import {
  APIGatewayClient,
  CreateDeploymentCommand,
  GetAuthorizersCommand,
  GetResourcesCommand,
  ImportRestApiCommand,
  TestInvokeAuthorizerCommand,
  TestInvokeMethodCommand,
  UpdateAccountCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway'
import { CloudWatchLogsClient, CreateLogGroupCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { expect } from 'chai'
import { withCloud } from '../../../../tests/cloud.ts'
import { createRole, functionOf, trust } from '../../lambda/fixture.ts'
import { ACCOUNT, uriOf } from './fixture.ts'

const gatewayTrust = trust({ Service: 'apigateway.amazonaws.com' })
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`

describe('test calls and logs', () => {
  const cloud = withCloud()
  let api: string
  let client: APIGatewayClient

  before(async () => {
    const config = cloud.config()
    await createRole(config, 'basic')
    const lambda = new LambdaClient(config)
    const source =
      "export const handler = async ({ authorizationToken: token, methodArn }) => { if (token === 'no') throw new Error('Unauthorized'); return { principalId: token, policyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: methodArn }] } } }"
    await lambda.send(new CreateFunctionCommand(functionOf('authorizer', source)))
    await lambda.send(
      new AddPermissionCommand({
        FunctionName: 'authorizer',
        StatementId: 'api',
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
      }),
    )
    client = new APIGatewayClient(config)
    const method = (status: number, more = {}) => ({
      ...more,
      responses: { 200: { description: 'ok' } },
      'x-amazon-apigateway-integration': {
        type: 'mock',
        requestTemplates: { 'application/json': `{"statusCode": ${status}}` },
        responses: {
          [status === 200 ? 'default' : '200']: {
            statusCode: '200',
            responseTemplates: {
              'application/json': `{"id": "$input.params('id')", "color": "$stageVariables.color", "ip": "$context.identity.sourceIp"}`,
            },
          },
        },
      },
    })
    const definition = {
      swagger: '2.0',
      info: { title: 'tests', version: '1' },
      paths: {
        '/plain/{id}': { get: method(200, { security: [{ admin: [] }] }) },
        '/open': { get: method(200) },
        '/wrong': { get: method(500) },
      },
      securityDefinitions: {
        admin: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          'x-amazon-apigateway-authtype': 'custom',
          'x-amazon-apigateway-authorizer': { type: 'token', authorizerUri: uriOf('authorizer') },
        },
      },
    }
    const body = Buffer.from(JSON.stringify(definition))
    const { id = '' } = await client.send(new ImportRestApiCommand({ body }))
    api = id
    await client.send(new CreateDeploymentCommand({ restApiId: api, stageName: 'prod' }))
  })

  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${cloud.cloud.url}/restapis/${api}/prod/_user_request_${path}`, init)
  const resourceOf = async (wanted: string) => {
    const { items = [] } = await client.send(new GetResourcesCommand({ restApiId: api }))
    return items.find(({ path }) => path === wanted)?.id
  }

  it('tests a method without its authorizer, with its log', async () => {
    const input = { restApiId: api, httpMethod: 'GET', stageVariables: { color: 'red' } }
    const tested = await client.send(
      new TestInvokeMethodCommand({
        ...input,
        resourceId: await resourceOf('/plain/{id}'),
        pathWithQueryString: '/plain/7',
      }),
    )
    const failing = await client.send(new TestInvokeMethodCommand({ ...input, resourceId: await resourceOf('/wrong') }))

    expect(tested.status).to.equal(200)
    expect(JSON.parse(tested.body ?? '')).to.deep.equal({ id: '7', color: 'red', ip: 'test-invoke-source-ip' })
    expect(tested.headers?.['Content-Type']).to.equal('application/json')
    expect(tested.log).to.match(
      /^Execution log for request [\w-]+\n\w{3} \w{3} \d\d [\d:]{8} UTC \d{4} : Starting execution for request: /,
    )
    expect(tested.log).to.contain('Method completed with status: 200')
    expect(tested.latency).to.be.a('number')
    expect(failing.status).to.equal(500)
    expect(failing.log).to.contain('No match for output mapping and no default endpoint response configured')
  })

  it('refuses to test what is not there', async () => {
    const input = { restApiId: api, httpMethod: 'POST' }
    const missing = [
      new TestInvokeMethodCommand({ ...input, resourceId: 'none' }),
      new TestInvokeMethodCommand({ ...input, resourceId: await resourceOf('/plain/{id}') }),
    ]

    for (const command of missing) {
      const error = await client.send(command).catch((thrown: Error) => thrown)
      expect(error).to.include({ name: 'NotFoundException' })
    }
  })

  it('tests an authorizer', async () => {
    const { items = [] } = await client.send(new GetAuthorizersCommand({ restApiId: api }))
    const input = { restApiId: api, authorizerId: items[0]?.id }
    const passed = await client.send(new TestInvokeAuthorizerCommand({ ...input, headers: { Authorization: 'me' } }))
    const refused = await client.send(new TestInvokeAuthorizerCommand({ ...input, headers: { Authorization: 'no' } }))

    expect(passed).to.include({ clientStatus: 0, principalId: 'me' })
    expect(JSON.parse(passed.policy ?? '').Statement[0].Effect).to.equal('Allow')
    expect(refused.clientStatus).to.equal(401)
  })

  it('writes execution and access logs as the role of the account', async () => {
    const config = cloud.config()
    await createRole(config, 'log-writer', [{ Effect: 'Allow', Action: 'logs:*', Resource: '*' }], gatewayTrust)
    const logs = new CloudWatchLogsClient(config)
    await logs.send(new CreateLogGroupCommand({ logGroupName: 'api-access' }))
    await client.send(
      new UpdateAccountCommand({
        patchOperations: [{ op: 'replace', path: '/cloudwatchRoleArn', value: role('log-writer') }],
      }),
    )
    const format =
      '{"id":"$context.requestId","path":"$context.path","status":"$context.status","none":"$context.authorizer.principalId"}'
    await client.send(
      new UpdateStageCommand({
        restApiId: api,
        stageName: 'prod',
        patchOperations: [
          { op: 'replace', path: '/*/*/logging/loglevel', value: 'INFO' },
          {
            op: 'replace',
            path: '/accessLogSettings/destinationArn',
            value: `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:api-access`,
          },
          { op: 'replace', path: '/accessLogSettings/format', value: format },
        ],
      }),
    )
    const response = await ask('/open')
    const id = response.headers.get('x-amzn-requestid')
    const found = async (logGroupName: string) => {
      for (let count = 0; count < 50; count++) {
        const { events = [] } = await logs
          .send(new FilterLogEventsCommand({ logGroupName }))
          .catch(() => ({ events: [] }))
        if (events.length) return events.map(({ message }) => message)
        await new Promise((done) => setTimeout(done, 20))
      }
      return []
    }

    expect((await found('api-access')).map((line) => JSON.parse(line ?? ''))).to.deep.equal([
      { id, path: '/prod/open', status: '200', none: '-' },
    ])
    const lines = await found(`API-Gateway-Execution-Logs_${api}/prod`)
    expect(lines).to.include(`(${id}) Method completed with status: 200`)
    expect(lines).to.include(`(${id}) HTTP Method: GET, Resource Path: /open`)
  })
})
