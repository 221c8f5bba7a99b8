import { expect } from 'chai'
import type { Caller } from '../iam/types.ts'
import { arnOf, trust } from '../services/lambda/fixture.ts'
import { addFunction, addRole, type Core, newFolder, removeFolder, startCore } from './fixture.ts'

const MINUTE = 60_000
/** Fails until it was called `event.failures` times. */
const FAILING = `let calls = 0
export const handler = async (event) => {
  console.log('try', ++calls)
  if (calls <= event.failures) throw new RangeError('not yet')
  return { calls }
}`
const RECEIVER = `export const handler = async (event) => console.log('received ' + JSON.stringify(event))`
const SLOW = `export const handler = () => new Promise((resolve) => setTimeout(resolve, 400))`
const BRIEF = `export const handler = () => new Promise((resolve) => setTimeout(resolve, 10))`
const MAY_INVOKE = { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: arnOf('receiver') }

describe('asynchronous invocations', () => {
  let folder: string
  let core: Core
  beforeEach(async () => {
    folder = newFolder()
    core = startCore(folder)
  })
  afterEach(async () => {
    await core.stop()
    removeFolder(folder)
  })

  const lambda = () => core.cloud()('lambda')
  const send = (FunctionName: string, event: unknown) =>
    lambda().Invoke({ FunctionName, InvocationType: 'Event', Payload: JSON.stringify(event) })
  const tries = () => core.lines.filter((line) => /\ttry \d/.test(line))
  const ends = () => core.lines.filter((line) => /REPORT RequestId/.test(line))
  const warnings = () => core.said.map(({ text }) => text)
  const waiting = () => core.ground.outbox.waiting()
  const delivered = () => core.until(() => waiting() === 0, 'an empty queue')
  const received = (): Record<string, unknown>[] =>
    core.lines.flatMap((line) => {
      const [, json] = /\treceived (\{.*\})/.exec(line) ?? []
      return json ? [JSON.parse(json)] : []
    })
  /** Long enough for something that must not happen. */
  const quiet = () => new Promise((resolve) => setTimeout(resolve, 80))

  it('runs a function that works once', async () => {
    await addRole(core)
    await addFunction(core, 'works', FAILING)

    await send('works', { failures: 0 })
    await delivered()
    core.clock.advance(10 * MINUTE)
    await quiet()

    expect(tries()).to.have.length(1)
  })

  it('tries again one and two minutes after a failure, with the same request id, then drops the event with a line', async () => {
    await addRole(core)
    await addFunction(core, 'fails', FAILING)

    await send('fails', { failures: 9 })
    await core.until(() => ends().length === 1 && waiting() === 1, 'the first try')
    core.clock.advance(MINUTE - 2000)
    await quiet()
    const early = tries().length
    core.clock.advance(2000)
    await core.until(() => ends().length === 2, 'the second try')
    core.clock.advance(2 * MINUTE - 2000)
    await quiet()
    const second = tries().length
    core.clock.advance(2000)
    await delivered()

    expect([early, second, tries().length]).to.deep.equal([1, 2, 3])
    const [id] = /(?<=RequestId: )[0-9a-f-]{36}/.exec(ends()[0] ?? '') ?? []
    expect(ends().filter((line) => line.includes(`RequestId: ${id}`))).to.have.length(3)
    expect(warnings()).to.include(
      `event ${id} of fails ended as RetriesExhausted after 3 tries: it has no destination for failures, so it is dropped`,
    )
  })

  it('stops trying once the function works', async () => {
    await addRole(core)
    await addFunction(core, 'recovers', FAILING)

    await send('recovers', { failures: 1 })
    await core.until(() => ends().length === 1 && waiting() === 1, 'the first try')
    core.clock.advance(MINUTE)
    await delivered()

    expect(tries()).to.have.length(2)
    expect(warnings()).to.deep.equal([])
  })

  it('gives a failure to its destination, in the shape that AWS documents', async () => {
    await addRole(core, [MAY_INVOKE])
    await addFunction(core, 'fails', FAILING)
    await addFunction(core, 'receiver', RECEIVER)
    await lambda().PutFunctionEventInvokeConfig({
      FunctionName: 'fails',
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: arnOf('receiver') } },
    })

    await send('fails', { failures: 9 })
    await core.until(() => received().length === 1, 'the destination')
    await delivered()

    const [record] = received() as [
      { timestamp: string; requestContext: { requestId: string }; responsePayload: object },
    ]
    expect(record.timestamp).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(record.responsePayload).to.include({ errorType: 'RangeError', errorMessage: 'not yet' })
    expect(ends()[0]).to.contain(record.requestContext.requestId)
    expect(record).to.deep.include({
      version: '1.0',
      requestContext: {
        requestId: record.requestContext.requestId,
        functionArn: `${arnOf('fails')}:$LATEST`,
        condition: 'RetriesExhausted',
        approximateInvokeCount: 1,
      },
      requestPayload: { failures: 9 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    })
  })

  it('puts a failure to a bucket, under the name that AWS documents', async () => {
    await addRole(core, [{ Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::failed/*' }])
    await addFunction(core, 'fails', FAILING)
    const s3 = core.cloud()('s3')
    await s3.CreateBucket({ Bucket: 'failed' })
    await lambda().PutFunctionEventInvokeConfig({
      FunctionName: 'fails',
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::failed' } },
    })

    await send('fails', { failures: 9 })
    await delivered()

    const { Contents: [{ Key = '' } = {}] = [] } = await s3.ListObjectsV2({ Bucket: 'failed' })
    const { Body } = await s3.GetObject({ Bucket: 'failed', Key })
    expect(Key).to.match(
      /^aws\/lambda\/async\/fails\/\d{4}\/\d\d\/\d\d\/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[0-9a-f-]{36}$/,
    )
    expect(JSON.parse(Buffer.from(Body as Uint8Array).toString())).to.deep.include({ requestPayload: { failures: 9 } })
    expect(warnings()).to.deep.equal([])
  })

  it('gives a success to its destination, after the tries that it took', async () => {
    await addRole(core, [MAY_INVOKE])
    await addFunction(core, 'recovers', FAILING)
    await addFunction(core, 'receiver', RECEIVER)
    await lambda().PutFunctionEventInvokeConfig({
      FunctionName: 'recovers',
      DestinationConfig: { OnSuccess: { Destination: arnOf('receiver') } },
    })

    await send('recovers', { failures: 1 })
    await core.until(() => ends().length === 1 && waiting() === 1, 'the first try')
    core.clock.advance(MINUTE)
    await core.until(() => received().length === 1, 'the destination')

    const [record] = received() as [{ requestContext: object; responseContext: object }]
    expect(record.requestContext).to.include({ condition: 'Success', approximateInvokeCount: 2 })
    expect(record.responseContext).to.deep.equal({ statusCode: 200, executedVersion: '$LATEST' })
    expect(record).to.deep.include({ responsePayload: { calls: 2 } })
  })

  it('says so when the role may not invoke the destination', async () => {
    await addRole(core)
    await addFunction(core, 'works', FAILING)
    await addFunction(core, 'receiver', RECEIVER)
    await lambda().PutFunctionEventInvokeConfig({
      FunctionName: 'works',
      DestinationConfig: { OnSuccess: { Destination: arnOf('receiver') } },
    })

    await send('works', { failures: 0 })
    await delivered()

    expect(warnings().find((text) => text.includes('did not reach'))).to.match(
      /^the outcome of event [0-9a-f-]{36} of works did not reach arn:.*:receiver: User: arn:aws:sts::123456789012:assumed-role\/basic\/works is not authorized to perform: lambda:InvokeFunction on resource: /,
    )
    expect(received()).to.deep.equal([])
  })

  it('names the dead letter target that it cannot reach', async () => {
    await addRole(core)
    await addFunction(core, 'fails', FAILING)
    const TargetArn = 'arn:aws:sqs:us-east-1:123456789012:dead'
    await lambda().UpdateFunctionConfiguration({ FunctionName: 'fails', DeadLetterConfig: { TargetArn } })
    await lambda().PutFunctionEventInvokeConfig({ FunctionName: 'fails', MaximumRetryAttempts: 0 })

    await send('fails', { failures: 9 })
    await delivered()

    expect(warnings().at(-1)).to.match(/after 1 try: the local cloud cannot send it to the dead letter target .*:dead$/)
  })

  it('gives a function that may run once at a time its events one by one', async () => {
    await addRole(core)
    await addFunction(core, 'brief', BRIEF)
    await lambda().PutFunctionConcurrency({ FunctionName: 'brief', ReservedConcurrentExecutions: 1 })

    await Promise.all(Array.from({ length: 30 }, () => send('brief', {})))
    await delivered()

    expect(ends()).to.have.length(30)
    expect(warnings()).to.deep.equal([])
  })

  it('of a slow function leave room for those of another', async () => {
    await addRole(core)
    await addFunction(core, 'slow', SLOW)
    await addFunction(core, 'works', FAILING)

    await Promise.all(Array.from({ length: 30 }, () => send('slow', {})))
    await send('works', { failures: 0 })
    await core.until(() => tries().length === 1, 'the other function')
    const left = waiting()
    await delivered()

    expect(left).to.be.greaterThan(5)
  })

  it('keeps a throttled event until there is room', async () => {
    await addRole(core)
    await addFunction(core, 'slow', SLOW)
    await lambda().PutFunctionConcurrency({ FunctionName: 'slow', ReservedConcurrentExecutions: 1 })

    const busy = lambda().Invoke({ FunctionName: 'slow' })
    await send('slow', {})
    await core.until(() => warnings().length === 1, 'the throttle')
    await busy
    core.clock.advance(2000)
    await delivered()

    expect(warnings()).to.have.length(1)
    expect(warnings()[0]).to.match(/^event [0-9a-f-]{36} of slow has to wait: Rate Exceeded.$/)
    expect(ends()).to.have.length(2)
  })

  it('tries a role that Lambda cannot have until the event is six hours old', async () => {
    await addRole(core)
    await addFunction(core, 'orphan', FAILING)
    const elsewhere = trust({ Service: 'ec2.amazonaws.com' })
    await core.cloud()('iam').UpdateAssumeRolePolicy({ RoleName: 'basic', PolicyDocument: elsewhere })
    core.clock.advance(60 * MINUTE) // the session that CreateFunction began has ended

    await send('orphan', { failures: 0 })
    await core.until(() => warnings().length > 0 && waiting() === 1, 'the first try')
    for (let at = 0; at < 6 * 60 - 1; at += 5) {
      core.clock.advance(5 * MINUTE)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    await delivered()

    expect(warnings().find((text) => text.includes('has to wait'))).to.contain('cannot be assumed by Lambda')
    expect(warnings().at(-1)).to.match(/ended as EventAgeExceeded after 0 tries: it has no destination/)
    expect(tries()).to.deep.equal([])
  })

  it('sends what a function without concurrency gets straight to its end', async () => {
    await addRole(core)
    await addFunction(core, 'still', FAILING)
    await lambda().PutFunctionConcurrency({ FunctionName: 'still', ReservedConcurrentExecutions: 0 })

    await send('still', { failures: 0 })
    await delivered()

    expect(warnings().at(-1)).to.match(/ended as ZeroReservedConcurrency after 0 tries/)
  })

  it('drops, with a line, what waits for a function that is deleted', async () => {
    await addRole(core)
    await addFunction(core, 'fails', FAILING)
    await send('fails', { failures: 9 })
    await core.until(() => ends().length === 1 && waiting() === 1, 'the first try')

    await lambda().DeleteFunction({ FunctionName: 'fails' })
    core.clock.advance(MINUTE)
    await delivered()

    expect(warnings()).to.have.length(1)
    expect(warnings()[0]).to.match(/^event [0-9a-f-]{36} is dropped: arn:.*:function:fails is not there any more$/)
  })

  it('goes on after a restart where it was', async () => {
    await addRole(core)
    await addFunction(core, 'fails', FAILING)
    await send('fails', { failures: 9 })
    await core.until(() => ends().length === 1 && waiting() === 1, 'the first try')
    const first = /RequestId: ([0-9a-f-]{36})/.exec(ends()[0] ?? '')?.[1]
    await core.stop()

    core = startCore(folder)
    core.clock.advance(MINUTE)
    await core.until(() => ends().length === 1, 'the second try')
    core.clock.advance(2 * MINUTE)
    await delivered()

    expect(ends()).to.have.length(2)
    expect(ends()[0]).to.contain(first)
    expect(warnings().at(-1)).to.contain('after 3 tries')
  })

  it('stops at once with many events under way and waiting; the next start delivers them all', async () => {
    await addRole(core)
    await addFunction(core, 'slow', SLOW)
    await Promise.all(Array.from({ length: 30 }, () => send('slow', {})))
    await core.until(() => core.lines.some((line) => /START RequestId/.test(line)), 'the first start')

    const began = performance.now()
    await core.stop()
    const took = performance.now() - began
    core = startCore(folder)
    const left = waiting()
    await delivered()

    expect(took).to.be.lessThan(1500)
    expect(left).to.equal(30)
    expect(ends()).to.have.length(30)
  })

  it('gives a function the identity of a caller from an identity pool', async () => {
    await addRole(core)
    const source = 'export const handler = async (_, { identity }) => identity'
    await addFunction(core, 'identity', source)
    const keys = {
      'cognito-identity.amazonaws.com:sub': 'us-east-1:id',
      'cognito-identity.amazonaws.com:aud': 'us-east-1:pool',
    }
    const role = 'arn:aws:iam::123456789012:role/basic'
    await lambda().AddPermission({
      FunctionName: 'identity',
      StatementId: 'a',
      Action: 'lambda:InvokeFunction',
      Principal: role,
    })
    const caller: Caller = {
      kind: 'role',
      account: '123456789012',
      arn: 'arn:aws:sts::123456789012:assumed-role/basic/s',
      roleArn: role,
      userId: 'AROA:s',
      sessionPolicies: [],
      keys,
    }

    const { Payload } = await core.cloud(caller)('lambda').Invoke({ FunctionName: 'identity' })

    expect(JSON.parse(Buffer.from(Payload as Uint8Array).toString())).to.deep.equal({
      cognitoIdentityId: 'us-east-1:id',
      cognitoIdentityPoolId: 'us-east-1:pool',
    })
  })
})
