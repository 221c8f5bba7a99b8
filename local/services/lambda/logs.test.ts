import { CloudWatchLogsClient, DeleteLogGroupCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { InvokeCommand, LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { allow, createFunction, createRole, LOGGING, roleArn } from './fixture.ts'
import { batchesOf } from './logs.ts'

const GREET = `console.log('Loading function')
export const handler = async ({ name }) => {
  console.log('name =', name)
  return 'Hello ' + name
}`

describe('logs of functions', () => {
  const cloud = withCloud()
  let lambda: LambdaClient
  let logs: CloudWatchLogsClient
  before(async () => {
    lambda = new LambdaClient(cloud.config())
    logs = new CloudWatchLogsClient(cloud.config())
  })
  after(() => {
    lambda.destroy()
    logs.destroy()
  })

  const greet = async (FunctionName: string, name = 'John') => {
    const Payload = JSON.stringify({ name })
    const result = await lambda.send(new InvokeCommand({ FunctionName, Payload, LogType: 'Tail' }))
    return Buffer.from(result.Payload ?? []).toString()
  }
  const logged = async (logGroupName: string) =>
    (await logs.send(new FilterLogEventsCommand({ logGroupName }))).events ?? []
  /** The events of a log once there are `count`: they come a moment after the answer. */
  const settled = async (logGroupName: string, count: number) => {
    for (const until = Date.now() + 5000; Date.now() < until; await new Promise((resolve) => setTimeout(resolve, 10))) {
      const events = await logged(logGroupName).catch(() => [])
      if (events.length >= count) return events
    }
    throw new Error(`fewer than ${count} events in ${logGroupName}`)
  }
  const quiet = () => new Promise((resolve) => setTimeout(resolve, 100))
  const lost = (name: string) => cloud.log.filter(({ text }) => text.startsWith(`the log lines of ${name} are lost`))

  it('reach CloudWatch Logs, in a group of their own, made when it is not there', async () => {
    await createRole(cloud.config(), 'basic')
    await createFunction(lambda, 'greet', GREET)

    await greet('greet')
    await greet('greet', 'Jane')
    const events = await settled('/aws/lambda/greet', 10)

    const texts = events.map(({ message = '' }) => message)
    expect(texts.filter((text) => text.includes('Loading function'))).to.have.length(1)
    expect(texts.filter((text) => /^START RequestId: /.test(text))).to.have.length(2)
    expect(texts.filter((text) => /\tINFO\tname = J/.test(text))).to.have.length(2)
    expect(texts.filter((text) => /^END RequestId: /.test(text))).to.have.length(2)
    expect(texts.filter((text) => /^REPORT RequestId: .*Init Duration/.test(text))).to.have.length(1)
    expect(new Set(events.map(({ logStreamName }) => logStreamName)).size).to.equal(1)
    expect(events[0]?.logStreamName).to.match(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/)
  })

  it('come back when somebody has deleted the group', async () => {
    await greet('greet')
    await settled('/aws/lambda/greet', 14)
    await logs.send(new DeleteLogGroupCommand({ logGroupName: '/aws/lambda/greet' }))

    await greet('greet', 'again')
    const events = await settled('/aws/lambda/greet', 4)

    expect(events.some(({ message }) => message?.includes('name = again'))).to.equal(true)
  })

  it('go to the group that LoggingConfig names', async () => {
    await lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: 'greet', LoggingConfig: { LogGroup: 'shared' } }),
    )

    await greet('greet')

    expect(await settled('shared', 5)).to.have.length.greaterThan(4)
  })

  it('are missing without logs:PutLogEvents; the call answers, and the cloud says why, once', async () => {
    const withoutPut = { ...LOGGING, Action: ['logs:CreateLogGroup', 'logs:CreateLogStream'] }
    await createRole(cloud.config(), 'mute', [withoutPut])
    await createFunction(lambda, 'muted', GREET, { Role: roleArn('mute') })

    const answers = [await greet('muted'), await greet('muted', 'Jane')]
    await quiet()

    expect(answers).to.deep.equal(['"Hello John"', '"Hello Jane"'])
    expect((await refusalOf(logged('/aws/lambda/muted'))).name).to.equal('ResourceNotFoundException')
    expect(lost('muted')).to.have.length(1)
    expect(lost('muted')[0]?.text).to.contain(
      'User: arn:aws:sts::123456789012:assumed-role/mute/muted is not authorized to perform: logs:PutLogEvents on resource: arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/muted:log-stream:',
    )
    expect(cloud.lines.some((line) => line.includes('name = Jane'))).to.equal(true)

    await allow(cloud.config(), 'mute', [LOGGING])
    await greet('muted', 'at last')
    const events = await settled('/aws/lambda/muted', 4)
    expect(events.some(({ message }) => message?.includes('name = at last'))).to.equal(true)
  })

  it('come with the policy that Lambda makes for one function, and not with that of another function', async () => {
    const policy = (name: string) => [
      { Effect: 'Allow', Action: 'logs:CreateLogGroup', Resource: 'arn:aws:logs:us-east-1:123456789012:*' },
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: `arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/${name}:*`,
      },
    ]
    for (const [name, of] of [
      ['narrow', 'narrow'],
      ['astray', 'narrow'],
    ] as const) {
      await createRole(cloud.config(), name, policy(of))
      await createFunction(lambda, name, GREET, { Role: roleArn(name) })
    }

    await greet('astray')
    await greet('narrow')

    expect(await settled('/aws/lambda/narrow', 5)).to.have.length.greaterThan(4)
    expect(lost('narrow')).to.deep.equal([])
    expect(lost('astray')).to.have.length(1)
  })

  it('are missing too when the role may write but not create', async () => {
    await createRole(cloud.config(), 'writer', [{ ...LOGGING, Action: 'logs:PutLogEvents' }])
    await createFunction(lambda, 'written', GREET, { Role: roleArn('writer') })

    await greet('written')
    await quiet()

    expect(lost('written')[0]?.text).to.contain('is not authorized to perform: logs:CreateLogStream')
  })
})

describe('batches of log lines', () => {
  const line = (at: number, message: string) => ({ at, message })

  it('are in the order of time, within 10,000 events and 1 MB', () => {
    const many = Array.from({ length: 10_001 }, (_, n) => line(10_001 - n, 'x'))
    const long = [line(1, 'a'.repeat(600_000)), line(2, 'b'.repeat(600_000)), line(3, 'c')]

    expect(batchesOf(many).map(({ length }) => length)).to.deep.equal([10_000, 1])
    expect(batchesOf(many)[0]?.[0]).to.deep.equal(line(1, 'x'))
    expect(batchesOf(long).map((batch) => batch.map(({ at }) => at))).to.deep.equal([[1], [2, 3]])
    expect(batchesOf([])).to.deep.equal([])
  })

  it('cut a line above 1 MB between characters, and lose none', () => {
    const message = 'å'.repeat(1_000_000)

    const batches = batchesOf([line(1, message)])

    expect(batches.flat().map((one) => Buffer.byteLength(one.message))).to.deep.equal([1_048_550, 951_450])
    expect(
      batches
        .flat()
        .map((one) => one.message)
        .join(''),
    ).to.equal(message)
  })

  it('leave out what is empty, which CloudWatch Logs does not take', () => {
    expect(batchesOf([line(1, '')])).to.deep.equal([])
  })
})
