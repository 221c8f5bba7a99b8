import { ApiGatewayV2Client, CreateApiCommand, CreateStageCommand } from '@aws-sdk/client-apigatewayv2'
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DescribeResourcePoliciesCommand,
  FilterLogEventsCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { expect } from 'chai'
import { withCloud } from '../../../../tests/cloud.ts'
import { refusalOf } from '../../../../tests/refusal.ts'
import { ACCOUNT } from '../../lambda/fixture.ts'

const POLICY = 'AWSLogDeliveryWrite20150319'
const Format = '$context.requestId'
const groupArn = (name: string) => `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:${name}`

describe('log delivery of HTTP APIs', () => {
  const cloud = withCloud()
  let logs: CloudWatchLogsClient
  let client: ApiGatewayV2Client
  let ApiId: string | undefined
  before(async () => {
    logs = new CloudWatchLogsClient(cloud.config())
    client = new ApiGatewayV2Client(cloud.config())
    ApiId = (await client.send(new CreateApiCommand({ Name: 'logged', ProtocolType: 'HTTP' }))).ApiId
  })
  after(() => {
    logs.destroy()
    client.destroy()
  })
  const stage = (StageName: string, group: string, format = Format) =>
    client.send(
      new CreateStageCommand({
        ...{ ApiId, StageName, AutoDeploy: true },
        AccessLogSettings: { DestinationArn: groupArn(group), Format: format },
      }),
    )
  const resources = async (): Promise<string[]> => {
    const { resourcePolicies = [] } = await logs.send(new DescribeResourcePoliciesCommand({}))
    const { Statement = [] } = JSON.parse(resourcePolicies[0]?.policyDocument ?? '{}')
    return Statement.flatMap(({ Resource }: { Resource: string[] }) => Resource)
  }
  const linesOf = async (logGroupName: string, count: number): Promise<string[]> => {
    for (let look = 0; look < 200; look++) {
      const { events = [] } = await logs.send(
        new FilterLogEventsCommand({ logGroupName, filterPattern: '-Permissions' }),
      )
      if (events.length >= count) return events.map(({ message = '' }) => message)
      await new Promise((done) => setTimeout(done, 20))
    }
    throw new Error(`no ${count} lines in ${logGroupName}`)
  }
  const ask = (name: string, path: string, headers = {}) =>
    fetch(`${cloud.cloud.url}/restapis/${ApiId}/${name}/_user_request_${path}`, { headers })

  it('is let into the groups of stages that a template makes at the same time', async () => {
    const names = ['a', 'b', 'c']
    const part = (n: string) => `
  Log${n}: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: together-${n} } }
  Stage${n}:
    Type: AWS::ApiGatewayV2::Stage
    Properties: { ApiId: !Ref Api, StageName: ${n}, AccessLogSettings: { DestinationArn: !GetAtt Log${n}.Arn, Format: ${Format} } }`
    const api = 'Api: { Type: AWS::ApiGatewayV2::Api, Properties: { Name: together, ProtocolType: HTTP } }'
    const template = `Resources:\n  ${api}${names.map(part).join('')}\n`

    await cloud.cloud.deploy({ name: 'local', template, file: '/log/template.yaml', parameters: {} })

    expect(await resources()).to.have.members(names.map((n) => `${groupArn(`together-${n}`)}:log-stream:*`))
  })

  it('writes a line of at most 1 MB, whatever a request makes of the format', async () => {
    await stage('long', 'long', `$context.requestId ${'$context.identity.userAgent '.repeat(100)}`)

    const answer = await ask('long', '/', { 'user-agent': '"'.repeat(4000) })
    const [line = ''] = await linesOf('long', 1)

    expect(line.startsWith(`${answer.headers.get('apigw-requestid')} &quot;&quot;`)).to.equal(true)
    expect(Buffer.byteLength(line)).to.be.within(1_000_000, 1_048_576 - 26)
  })

  it('has no variable for the key of whoever signed', async () => {
    await stage('key', 'key', '$context.requestId|$context.identity.accessKey|$context.identity.sourceIp')

    const answer = await ask('key', '/')

    expect(await linesOf('key', 1)).to.deep.equal([`${answer.headers.get('apigw-requestid')}|-|127.0.0.1`])
  })

  it('takes a format of at most 3 KB', async () => {
    const refused = await refusalOf(stage('large', 'large', Format.padEnd(3073, '-')))

    expect(refused).to.include({ name: 'BadRequestException', status: 400 })
    expect(refused.message).to.equal('Access Log format must be at most 3072 bytes')
    await stage('large', 'large', Format.padEnd(3072, '-'))
  })

  it('says once that a log is not written, however many requests come', async () => {
    await stage('gone', 'gone')
    const said = () => cloud.log.filter(({ text }) => text.includes('/gone is not written'))
    const requests = async (count: number) => {
      for (let i = 0; i < count; i++) await ask('gone', '/')
    }
    await logs.send(new DeleteLogGroupCommand({ logGroupName: 'gone' }))

    await requests(3)
    const first = said()
    await logs.send(new CreateLogGroupCommand({ logGroupName: 'gone' }))
    await requests(1)
    await linesOf('gone', 1)
    await logs.send(new DeleteLogGroupCommand({ logGroupName: 'gone' }))
    await requests(3)

    expect(first).to.deep.equal([
      {
        level: 'warn',
        from: 'apigateway',
        text: `the access log of ${ApiId}/gone is not written: The specified log group does not exist.`,
      },
    ])
    expect(said()).to.have.length(2)
  })

  const put = (...Resource: string[]) =>
    logs.send(
      new PutResourcePolicyCommand({
        policyName: POLICY,
        policyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              ...{ Sid: 'AWSLogDeliveryWrite', Effect: 'Allow', Resource },
              Principal: { Service: 'delivery.logs.amazonaws.com' },
              Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            },
          ],
        }),
      }),
    )

  it('needs no other resource where its policy lets it into the group already', async () => {
    await put(`arn:aws:logs:us-east-1:${ACCOUNT}:log-group:of-*`)

    await stage('covered', 'of-somebody')

    expect(await resources()).to.deep.equal([`arn:aws:logs:us-east-1:${ACCOUNT}:log-group:of-*`])
  })

  it('is refused where its policy would be too long', async () => {
    const long = Array.from({ length: 48 }, (_, n) => `${groupArn(`a-rather-long-name-of-a-group-${n}`)}:log-stream:*`)
    await put(...long)

    const refused = await refusalOf(stage('full', 'one-too-many-of-them'.padEnd(400, '.')))

    expect(refused).to.deep.equal({
      name: 'BadRequestException',
      status: 400,
      message:
        'Cannot enable logging. Policy document length breaking Cloudwatch Logs Constraints, either < 1 or > 5120',
    })
    expect(await resources()).to.deep.equal(long)
  })
})
