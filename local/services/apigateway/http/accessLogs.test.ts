import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  ApiGatewayV2Client,
  CreateStageCommand,
  GetStageCommand,
  NotFoundException,
  UpdateStageCommand,
} from '@aws-sdk/client-apigatewayv2'
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  DescribeResourcePoliciesCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { expect } from 'chai'
import { withCloud } from '../../../../tests/cloud.ts'
import { refusalOf } from '../../../../tests/refusal.ts'
import { LOCAL } from '../../../door/fixture.ts'
import { send, sign } from '../../../door/signing.ts'
import { ACCOUNT, createRole, roleArn, sessionOf, trust } from '../../lambda/fixture.ts'

const NAMES = [
  ...['requestId', 'extendedRequestId', 'identity.sourceIp', 'identity.userAgent', 'identity.userArn', 'requestTime'],
  ...['httpMethod', 'routeKey', 'path', 'status', 'protocol', 'responseLength', 'dataProcessed', 'stage', 'apiId'],
  ...['accountId', 'domainName', 'domainPrefix', 'error.message', 'error.messageString', 'error.responseType'],
  ...['integrationErrorMessage', 'integration.status', 'integration.integrationStatus', 'integration.requestId'],
  ...[
    'integrationLatency',
    'responseLatency',
    'authorizer.error',
    'authorizer.who',
    'authorizer.claims',
    'nothing.such',
  ],
]
const FORMAT = NAMES.map((name) => `${name}=$context.${name}`).join('|')

/** As SAM writes it: the group is named by its ARN, with `:*` behind it. */
const template = (
  backend: string,
  settings = 'AccessLogSettings: { DestinationArn: !GetAtt Log.Arn, Format: !Ref Format }',
) => `
Transform: AWS::Serverless-2016-10-31
Parameters: { Format: { Type: String } }
Resources:
  Log: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: access } }
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      StageName: prod
      CorsConfiguration: { AllowOrigins: ['https://page.example'], AllowMethods: [GET] }
      ${settings}
      Auth:
        EnableIamAuthorizer: true
        Authorizers:
          Guard:
            FunctionArn: !GetAtt Echo.Arn
            AuthorizerPayloadFormatVersion: '2.0'
            EnableSimpleResponses: true
            EnableFunctionDefaultPermissions: true
            Identity: { Headers: [X-Pass] }
          Stranger:
            FunctionArn: !GetAtt Hidden.Arn
            AuthorizerPayloadFormatVersion: '2.0'
            EnableSimpleResponses: true
            Identity: { Headers: [X-Pass] }
  Echo:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs24.x
      Handler: index.handler
      InlineCode: |
        exports.handler = async (event) => {
          if (event.type === 'REQUEST') return event.headers['x-pass'] === 'odd' ? {} : { isAuthorized: event.headers['x-pass'] === 'yes', context: { who: 'Ada' } }
          if (event.rawPath.endsWith('/fails')) throw new Error('no "<such>"\\nthing')
          if (event.rawPath.endsWith('/odd')) return { statusCode: 'odd' }
          return { statusCode: 201, body: event.requestContext.requestId }
        }
      Events:
        Item: { Type: HttpApi, Properties: { ApiId: !Ref Api, Method: GET, Path: '/items/{id}' } }
        Fails: { Type: HttpApi, Properties: { ApiId: !Ref Api, Method: GET, Path: /fails } }
        Odd: { Type: HttpApi, Properties: { ApiId: !Ref Api, Method: GET, Path: /odd } }
        Guarded: { Type: HttpApi, Properties: { ApiId: !Ref Api, Method: GET, Path: /guarded, Auth: { Authorizer: Guard } } }
        Strange: { Type: HttpApi, Properties: { ApiId: !Ref Api, Method: GET, Path: /strange, Auth: { Authorizer: Stranger } } }
        Signed: { Type: HttpApi, Properties: { ApiId: !Ref Api, Method: GET, Path: /signed, Auth: { Authorizer: AWS_IAM } } }
  Hidden:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs24.x, Handler: index.handler, InlineCode: 'exports.handler = async () => ({})' }
  Closed: # no permission for the API
    Type: AWS::ApiGatewayV2::Integration
    Properties: { ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt Hidden.Arn, PayloadFormatVersion: '2.0' }
  ClosedRoute:
    Type: AWS::ApiGatewayV2::Route
    Properties: { ApiId: !Ref Api, RouteKey: GET /closed, Target: !Sub 'integrations/\${Closed}' }
  Backend:
    Type: AWS::ApiGatewayV2::Integration
    Properties: { ApiId: !Ref Api, IntegrationType: HTTP_PROXY, IntegrationMethod: ANY, IntegrationUri: '${backend}', PayloadFormatVersion: '1.0' }
  BackendRoute:
    Type: AWS::ApiGatewayV2::Route
    Properties: { ApiId: !Ref Api, RouteKey: ANY /backend, Target: !Sub 'integrations/\${Backend}' }
Outputs:
  Api: { Value: !Ref Api }
`

describe('the access log of an HTTP API', () => {
  const cloud = withCloud()
  let api: string
  let backend: Server
  let logs: CloudWatchLogsClient
  let client: ApiGatewayV2Client
  const address = () => `http://127.0.0.1:${(backend.address() as AddressInfo).port}`
  const deploy = (text = template(address())) =>
    cloud.cloud.deploy({ name: 'local', template: text, file: '/log/template.yaml', parameters: { Format: FORMAT } })

  before(async () => {
    backend = createServer((_, response) =>
      response.writeHead(207, { 'x-amzn-requestid': 'of-the-backend' }).end('hello'),
    )
    await new Promise<void>((done) => backend.listen(0, '127.0.0.1', done))
    logs = new CloudWatchLogsClient(cloud.config())
    client = new ApiGatewayV2Client(cloud.config())
    api = (await deploy()).outputs.Api?.value ?? ''
  })
  after(() => {
    backend.close()
    logs.destroy()
    client.destroy()
  })

  const eventsOf = async (logGroupName = 'access') =>
    (await logs.send(new FilterLogEventsCommand({ logGroupName }))).events ?? []
  /** The line of a request, by its id. */
  const lineOf = async (id: string | null | undefined) => {
    for (let look = 0; look < 200; look++) {
      const found = (await eventsOf()).find(({ message }) => message?.startsWith(`requestId=${id}|`))
      const pairs = found?.message?.split('|').map((part) => part.split(/=(.*)/s).slice(0, 2))
      if (found && pairs) return { event: found, line: Object.fromEntries(pairs) as Record<string, string> }
      await new Promise((done) => setTimeout(done, 20))
    }
    throw new Error(`no line for ${id}`)
  }
  const ask = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${cloud.cloud.url}/restapis/${api}/prod/_user_request_${path}`, init)
    const body = await answer.text()
    return { status: answer.status, body, ...(await lineOf(answer.headers.get('apigw-requestid'))) }
  }

  it('has a line for each request, in a stream of its minute', async () => {
    const { status, body, line, event } = await ask('/items/7?x=1', { headers: { 'user-agent': 'a "test" <1>\\' } })

    expect([status, body]).to.deep.equal([201, line.requestId])
    expect(line.requestId).to.match(/^[\w-]{15}=$/)
    const at = new Date(event.timestamp ?? 0).toISOString()
    expect(event.logStreamName).to.equal(`${api}_prod-${at.slice(0, 16).replace(/[T:]/g, '-')}`)
    const { requestTime, integrationLatency, responseLatency, 'integration.requestId': invoked, ...rest } = line
    expect(requestTime).to.match(/^\d\d\/[A-Z][a-z][a-z]\/\d{4}:\d\d:\d\d:\d\d \+0000$/)
    for (const latency of [integrationLatency, responseLatency]) expect(latency).to.match(/^\d+$/)
    expect(invoked).to.match(/^[0-9a-f-]{36}$/)
    expect(rest).to.deep.equal({
      requestId: body,
      extendedRequestId: body,
      'identity.sourceIp': '127.0.0.1',
      'identity.userAgent': 'a &quot;test&quot; &lt;1&gt;\\\\',
      'identity.userArn': '-',
      httpMethod: 'GET',
      routeKey: 'GET /items/{id}',
      path: '/prod/items/7',
      status: '201',
      protocol: 'HTTP/1.1',
      responseLength: '16',
      dataProcessed: '16',
      stage: 'prod',
      apiId: api,
      accountId: ACCOUNT,
      domainName: `${api}.execute-api.localhost`,
      domainPrefix: api,
      'error.message': '-',
      'error.messageString': '-',
      'error.responseType': '-',
      integrationErrorMessage: '-',
      'integration.status': '201',
      'integration.integrationStatus': '200',
      'authorizer.error': '-',
      'authorizer.who': '-',
      'authorizer.claims': '-',
      'nothing.such': '-',
    })
  })

  const PERMISSION = (what: string) =>
    `The IAM role configured on the ${what} or API Gateway doesn't have permissions to call the ${what}. Check the permissions and try again.`
  const FAILED = {
    status: '500',
    'error.message': 'Internal Server Error',
    'error.responseType': 'INTEGRATION_FAILURE',
  }
  const refusals: [what: string, path: string, init: RequestInit, told: Record<string, string>][] = [
    [
      'a function that fails, on one line',
      '/fails',
      {},
      {
        ...FAILED,
        'error.messageString': '"Internal Server Error"',
        integrationErrorMessage:
          'The Lambda function returned the following error: no &quot;&lt;such&gt;&quot; thing. Check your Lambda function code and try again.',
        'integration.integrationStatus': '200',
        'integration.status': '-',
      },
    ],
    [
      'an answer that is none',
      '/odd',
      {},
      {
        ...FAILED,
        integrationErrorMessage:
          "The response from the Lambda function doesn't match the format that API Gateway expects.",
      },
    ],
    [
      'a function that the API may not call',
      '/closed',
      {},
      { ...FAILED, integrationErrorMessage: PERMISSION('integration'), 'integration.integrationStatus': '-' },
    ],
    [
      'an authorizer that the API may not call',
      '/strange',
      { headers: { 'x-pass': 'yes' } },
      { ...FAILED, 'error.responseType': 'AUTHORIZER_FAILURE', 'authorizer.error': PERMISSION('authorizer') },
    ],
    [
      'an authorizer that does not say yes or no',
      '/guarded',
      { headers: { 'x-pass': 'odd' } },
      {
        ...FAILED,
        'error.responseType': 'AUTHORIZER_FAILURE',
        'authorizer.error':
          "The response from the Lambda Authorizer function doesn't match the format that API Gateway expects. Simple response did not include 'isAuthorized'",
      },
    ],
    [
      'a refusal',
      '/guarded',
      { headers: { 'x-pass': 'no' } },
      { status: '403', 'error.message': 'Forbidden', 'error.responseType': 'ACCESS_DENIED' },
    ],
    [
      'a request that says not who it is from',
      '/guarded',
      {},
      { status: '401', 'error.message': 'Unauthorized', 'error.responseType': 'UNAUTHORIZED' },
    ],
    [
      'no such route',
      '/nowhere',
      {},
      { status: '404', routeKey: '-', 'error.message': 'Not Found', path: '/prod/nowhere' },
    ],
    [
      'a browser that asks beforehand',
      '/items/7',
      { method: 'OPTIONS', headers: { origin: 'https://page.example', 'access-control-request-method': 'GET' } },
      { status: '204', httpMethod: 'OPTIONS', routeKey: '-', 'error.message': '-' },
    ],
    [
      'what an authorizer has said',
      '/guarded',
      { headers: { 'x-pass': 'yes' } },
      { status: '201', 'authorizer.who': 'Ada', 'authorizer.error': '-' },
    ],
    [
      'a backend',
      '/backend',
      { method: 'POST', body: 'four' },
      {
        ...{ status: '207', 'integration.status': '207', 'integration.requestId': 'of-the-backend' },
        ...{ responseLength: '5', dataProcessed: '9', routeKey: 'ANY /backend', httpMethod: 'POST' },
      },
    ],
  ]
  for (const [what, path, init, told] of refusals)
    it(`tells of ${what}`, async () => {
      const { line, status } = await ask(path, init)

      expect(line).to.include(told)
      expect(String(status)).to.equal(told.status)
    })

  it('tells who signed where a route asks for that', async () => {
    const path = `/restapis/${api}/prod/_user_request_/signed`
    const { url } = cloud.cloud
    const date = new Date(cloud.clock.now())
    const answer = await send(url, await sign(url, { path }, LOCAL, { service: 'execute-api', date }))
    const { line } = await lineOf(String(answer.headers['apigw-requestid']))

    expect(line).to.include({ status: '201', 'identity.userArn': `arn:aws:iam::${ACCOUNT}:user/local` })
  })

  it('is written by log delivery, which a policy lets into this group, tried out when it was set', async () => {
    const { resourcePolicies = [] } = await logs.send(new DescribeResourcePoliciesCommand({}))
    const { logStreams = [] } = await logs.send(new DescribeLogStreamsCommand({ logGroupName: 'access' }))

    expect(resourcePolicies.map(({ policyName }) => policyName)).to.deep.equal(['AWSLogDeliveryWrite20150319'])
    const { Statement } = JSON.parse(resourcePolicies[0]?.policyDocument ?? '{}')
    expect(Statement).to.have.length(1)
    expect(Statement[0]).to.include({ Sid: 'AWSLogDeliveryWrite', Effect: 'Allow' })
    expect(Statement[0].Resource).to.deep.equal([`arn:aws:logs:us-east-1:${ACCOUNT}:log-group:access:log-stream:*`])
    expect(logStreams.map(({ logStreamName }) => logStreamName)).to.include(
      'log_stream_created_by_aws_to_validate_log_delivery_subscriptions',
    )
  })

  const stage = (settings: { DestinationArn?: string; Format?: string }, by = client) =>
    by.send(new UpdateStageCommand({ ApiId: api, StageName: 'prod', AccessLogSettings: settings }))
  const group = (name: string, place = `us-east-1:${ACCOUNT}`) => `arn:aws:logs:${place}:log-group:${name}`
  const wrongs: [what: string, settings: { DestinationArn?: string; Format?: string }, message: string][] = [
    ['no ARN', { DestinationArn: 'access', Format: FORMAT }, 'Invalid ARN specified in the request'],
    ['another region', { DestinationArn: group('access', `eu-west-1:${ACCOUNT}`) }, 'Invalid ARN specified'],
    ['another account', { DestinationArn: group('access', 'us-east-1:210987654321') }, 'Invalid ARN specified'],
    [
      'a format of two lines',
      { DestinationArn: group('access'), Format: '$context.requestId\n$context.status' },
      'Access Log format must be single line, new line character is allowed only at end of the format',
    ],
    [
      'a format without the id',
      { DestinationArn: group('access'), Format: '$context.status' },
      'Access Log format must contain at least $context.requestId',
    ],
  ]
  for (const [what, settings, message] of wrongs)
    it(`is refused for ${what}`, async () => {
      const refused = await refusalOf(stage(settings))

      expect(refused).to.include({ name: 'BadRequestException', status: 400 })
      expect(refused.message).to.contain(message)
    })

  it('is for those only who may set up log delivery', async () => {
    const config = cloud.config()
    const statement = (Action: string | string[]) => ({ Effect: 'Allow' as const, Action, Resource: '*' })
    const may = ['logs:CreateLogDelivery', 'logs:DescribeResourcePolicies', 'logs:PutResourcePolicy']
    const trusted = trust({ AWS: `arn:aws:iam::${ACCOUNT}:root` })
    await createRole(config, 'poor', [statement('apigateway:*')], trusted)
    await createRole(config, 'rich', [statement('apigateway:*'), statement([...may, 'logs:CreateLogGroup'])], trusted)
    const by = async (role: string) =>
      new ApiGatewayV2Client(cloud.config((await sessionOf(config, roleArn(role))) as never))
    const settings = { DestinationArn: group('made'), Format: '$context.requestId\n' }

    const refused = await refusalOf(stage(settings, await by('poor')))
    const kept = await client.send(new GetStageCommand({ ApiId: api, StageName: 'prod' }))
    await stage(settings, await by('rich'))
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: 'made' }))
    await stage({ DestinationArn: group('access'), Format: FORMAT })

    expect(refused).to.deep.equal({
      name: 'BadRequestException',
      status: 400,
      message: 'Insufficient permissions to enable logging',
    })
    expect(kept.AccessLogSettings?.DestinationArn).to.match(/:log-group:access(:\*)?$/)
    expect(logGroups).to.have.length(1)
  })

  it('ends with its settings', async () => {
    await deploy(template(address(), 'Description: no log'))
    const before = (await eventsOf()).length
    await fetch(`${cloud.cloud.url}/restapis/${api}/prod/_user_request_/items/7`)
    await cloud.settled()
    const { AccessLogSettings } = await client.send(new GetStageCommand({ ApiId: api, StageName: 'prod' }))

    expect(AccessLogSettings).to.equal(undefined)
    expect(await eventsOf()).to.have.length(before)
  })

  it('needs an API that is there', async () => {
    const refused = client.send(
      new CreateStageCommand({
        ApiId: 'nosuchapi',
        StageName: 'a',
        AccessLogSettings: { DestinationArn: group('access') },
      }),
    )

    expect(await refused.catch((error) => error)).to.be.instanceOf(NotFoundException)
  })
})
