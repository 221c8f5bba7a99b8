import {
  InvokeCommand,
  type InvokeCommandInput,
  LambdaClient,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { arnOf, createFunction, createRole } from './fixture.ts'

const ECHO = `export const handler = async (event, context) => {
  console.log('heard', JSON.stringify(event).slice(0, 100))
  if (event?.fail) throw new TypeError(event.fail)
  const { awsRequestId, clientContext, identity, invokedFunctionArn, functionVersion, logGroupName } = context
  return { event, awsRequestId, clientContext, identity, invokedFunctionArn, functionVersion, logGroupName }
}`
const COUNT = `export const handler = async (event) => JSON.stringify(event).length`
const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('Invoke', () => {
  const cloud = withCloud()
  let lambda: LambdaClient
  before(async () => {
    lambda = new LambdaClient(cloud.config())
    await createRole(cloud.config(), 'basic')
    await createFunction(lambda, 'echo', ECHO)
    await createFunction(lambda, 'count', COUNT, { MemorySize: 512 })
  })
  after(() => lambda.destroy())

  const invoke = async (input: Omit<InvokeCommandInput, 'FunctionName'> & { FunctionName?: string } = {}) => {
    const { Payload, $metadata, ...rest } = await lambda.send(new InvokeCommand({ FunctionName: 'echo', ...input }))
    const text = Buffer.from(Payload ?? []).toString()
    return { ...rest, requestId: $metadata.requestId, payload: text && JSON.parse(text) }
  }

  describe('RequestResponse', () => {
    it('gives what the function returns, and the request id that it saw', async () => {
      const { payload, requestId, ...rest } = await invoke({ Payload: '{"a":[1,"ü"]}' })

      expect(rest).to.deep.equal({ StatusCode: 200, ExecutedVersion: '$LATEST' })
      expect(payload.event).to.deep.equal({ a: [1, 'ü'] })
      expect(payload.awsRequestId).to.equal(requestId)
      expect(payload).to.include({ functionVersion: '$LATEST', logGroupName: '/aws/lambda/echo' })
    })

    it('gives an empty object to the function where there is no payload', async () => {
      expect((await invoke()).payload.event).to.deep.equal({})
    })

    it('answers 200 with the error document when the function throws', async () => {
      const { StatusCode, FunctionError, payload } = await invoke({ Payload: '{"fail":"no luck"}' })

      expect({ StatusCode, FunctionError }).to.deep.equal({ StatusCode: 200, FunctionError: 'Unhandled' })
      expect(payload).to.include({ errorType: 'TypeError', errorMessage: 'no luck' })
      expect(payload.trace[0]).to.equal('TypeError: no luck')
    })

    it('gives the tail of the log when asked to', async () => {
      const { LogResult = '', requestId } = await invoke({ Payload: '{"b":2}', LogType: 'Tail' })

      const tail = Buffer.from(LogResult, 'base64').toString()
      expect(tail).to.match(new RegExp(`^START RequestId: ${requestId} Version: \\$LATEST\\n`))
      expect(tail)
        .to.contain('heard {"b":2}')
        .and.to.match(/REPORT RequestId: .*\tDuration: .* ms\t/)
    })

    for (const name of ['echo', `123456789012:function:echo`, 'function:echo', arnOf('echo')])
      it(`takes the name ${name}, with and without a qualifier`, async () => {
        const plain = await invoke({ FunctionName: name })
        const qualified = await invoke({ FunctionName: `${name}:$LATEST` })
        const beside = await invoke({ FunctionName: name, Qualifier: '$LATEST' })

        expect(plain.payload.invokedFunctionArn).to.equal(arnOf('echo'))
        expect(qualified.payload.invokedFunctionArn).to.equal(`${arnOf('echo')}:$LATEST`)
        expect(beside.payload.invokedFunctionArn).to.equal(`${arnOf('echo')}:$LATEST`)
      })

    it('hands on the client context', async () => {
      const { payload } = await invoke({ ClientContext: base64('{"custom":{"x":1}}') })

      expect(payload.clientContext).to.deep.equal({ custom: { x: 1 } })
      expect(payload.identity).to.equal(undefined)
    })

    it('takes a client context of 3,583 bytes', async () => {
      const context = base64(`{"a":"${'x'.repeat(2677)}"}`).padEnd(3583, '=')

      expect(context).to.have.length(3583)
      expect((await invoke({ ClientContext: context })).payload.clientContext.a).to.have.length(2677)
    })

    it('takes a payload of 6 MB', async () => {
      const { payload } = await invoke({ FunctionName: 'count', Payload: JSON.stringify('x'.repeat(6_291_454)) })

      expect(payload).to.equal(6_291_456)
    })
  })

  describe('Event', () => {
    it('answers 202 at once, and runs the function', async () => {
      const { StatusCode, payload, requestId } = await invoke({ InvocationType: 'Event', Payload: '{"later":1}' })
      await cloud.settled()

      expect({ StatusCode, payload }).to.deep.equal({ StatusCode: 202, payload: '' })
      expect(cloud.lines.find((line) => line.includes('heard {"later":1}'))).to.contain(requestId)
    })

    it('takes a payload of 1 MB', async () => {
      const Payload = JSON.stringify('x'.repeat(1_048_574))

      const { StatusCode } = await invoke({ FunctionName: 'count', InvocationType: 'Event', Payload })
      await cloud.settled()

      expect(StatusCode).to.equal(202)
    })
  })

  it('DryRun answers 204 and runs nothing', async () => {
    const { StatusCode, payload } = await invoke({ InvocationType: 'DryRun', Payload: '{"never":1}' })

    expect({ StatusCode, payload }).to.deep.equal({ StatusCode: 204, payload: '' })
    expect(cloud.lines.filter((line) => line.includes('never'))).to.deep.equal([])
  })

  type Refused = [
    what: string,
    input: Parameters<typeof invoke>[0],
    expected: { name: string; status: number; message: string | RegExp },
  ]
  const refusals: Refused[] = [
    [
      'a function that is not there',
      { FunctionName: 'nobody' },
      { name: 'ResourceNotFoundException', status: 404, message: `Function not found: ${arnOf('nobody')}` },
    ],
    [
      'a version that is not there',
      { Qualifier: '7' },
      { name: 'ResourceNotFoundException', status: 404, message: `Function not found: ${arnOf('echo')}:7` },
    ],
    [
      'a function of another region',
      { FunctionName: arnOf('echo').replace('us-east-1', 'eu-west-1') },
      {
        name: 'ResourceNotFoundException',
        status: 404,
        message: "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
      },
    ],
    [
      'two qualifiers that differ',
      { FunctionName: 'echo:7', Qualifier: '$LATEST' },
      {
        name: 'InvalidParameterValueException',
        status: 400,
        message: 'The derived qualifier from the function name does not match the specified qualifier.',
      },
    ],
    [
      'a name that is none',
      { FunctionName: 'not a name' },
      {
        name: 'ValidationException',
        status: 400,
        message:
          /^1 validation error detected: Value 'not a name' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: /,
      },
    ],
    [
      'another invocation type',
      { InvocationType: 'Later' as 'Event' },
      {
        name: 'ValidationException',
        status: 400,
        message:
          "1 validation error detected: Value 'Later' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]",
      },
    ],
    ...['{bad', '', '{"a":1}}', 'undefined', '\xff'].flatMap(
      (text): [string, Parameters<typeof invoke>[0], { name: string; status: number; message: RegExp }][] =>
        text
          ? [
              [
                `the payload ${text}`,
                { Payload: Buffer.from(text, 'latin1') },
                {
                  name: 'InvalidRequestContentException',
                  status: 400,
                  message: /^Could not parse request body into json: Could not parse payload into json: /,
                },
              ],
            ]
          : [],
    ),
    ...['not base64 {', base64('no json'), base64('[1]'), base64('"x"')].map(
      (ClientContext): Refused => [
        `the client context ${ClientContext}`,
        { ClientContext },
        {
          name: 'InvalidRequestContentException',
          status: 400,
          message: 'Client context must be a valid Base64-encoded JSON object.',
        },
      ],
    ),
    [
      'a client context of 3,584 bytes',
      { ClientContext: base64(`{"a":"${'x'.repeat(2680)}"}`).padEnd(3584, '=') },
      { name: 'InvalidRequestContentException', status: 400, message: /3583 bytes/ },
    ],
    [
      'a payload above 6 MB',
      { Payload: JSON.stringify('x'.repeat(6_291_455)) },
      {
        name: 'RequestTooLargeException',
        status: 413,
        message: 'Request must be smaller than 6291456 bytes for the InvokeFunction operation',
      },
    ],
    [
      'an event above 1 MB',
      { InvocationType: 'Event', Payload: JSON.stringify('x'.repeat(1_048_575)) },
      {
        name: 'RequestTooLargeException',
        status: 413,
        message: '1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)',
      },
    ],
  ]
  for (const [what, input, { name, status, message }] of refusals)
    it(`refuses ${what}`, async () => {
      const refusal = await refusalOf(invoke(input))

      expect(refusal).to.include({ name, status })
      if (typeof message === 'string') expect(refusal.message).to.equal(message)
      else expect(refusal.message).to.match(message)
    })

  it('throttles a function without concurrency, but takes its events', async () => {
    await createFunction(lambda, 'still', COUNT)
    await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: 'still', ReservedConcurrentExecutions: 0 }))

    const throttled = await lambda.send(new InvokeCommand({ FunctionName: 'still' })).catch((error) => error)
    const { StatusCode } = await invoke({ FunctionName: 'still', InvocationType: 'Event' })

    expect(throttled).to.include({
      name: 'TooManyRequestsException',
      message: 'Rate Exceeded.',
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      Type: 'User',
    })
    expect(throttled.$metadata.httpStatusCode).to.equal(429)
    expect(StatusCode).to.equal(202)
  })
})
