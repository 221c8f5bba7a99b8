import type { InvokeRequest } from '../../execution/types.ts'
import type { Caller } from '../../iam/types.ts'
import { oneOf } from '../constraints.ts'
import { LATEST, type Operations, refusal, targetOf, theFunction, valid } from './names.ts'
import { resourceKeys } from './tags.ts'
import { ASYNCHRONOUS, type AsynchronousEvent } from './types.ts'

/** Bytes of a payload (Lambda quotas), and of a client context as it is sent (API reference of Invoke). */
const LARGEST = 6_291_456
const LARGEST_ASYNCHRONOUS = 1_048_576
const LARGEST_CONTEXT = 3_583

const utf8 = new TextDecoder('utf-8', { fatal: true })

const badContent = (message: string) => refusal('InvalidRequestContentException', message)

/** The payload as it is sent on: JSON text in UTF-8; nothing stands for an empty object. */
const payloadOf = (payload: unknown, asynchronous: boolean): Uint8Array => {
  const bytes =
    typeof payload === 'string' ? Buffer.from(payload) : ((payload as Uint8Array | undefined) ?? Buffer.alloc(0))
  if (bytes.length > LARGEST)
    throw refusal(
      'RequestTooLargeException',
      `Request must be smaller than ${LARGEST} bytes for the InvokeFunction operation`,
      { status: 413 },
    )
  if (asynchronous && bytes.length > LARGEST_ASYNCHRONOUS)
    throw refusal(
      'RequestTooLargeException',
      `${bytes.length} byte payload is too large for the Event invocation type (limit ${LARGEST_ASYNCHRONOUS} bytes)`,
      { status: 413 },
    )
  if (!bytes.length) return Buffer.from('{}')
  try {
    JSON.parse(utf8.decode(bytes))
  } catch (error) {
    const why = (error as Error).message
    throw badContent(`Could not parse request body into json: Could not parse payload into json: ${why}`)
  }
  return bytes
}

const clientContextOf = (text: string | undefined): unknown => {
  if (text === undefined) return undefined
  if (text.length > LARGEST_CONTEXT) throw badContent(`Client context must be no larger than ${LARGEST_CONTEXT} bytes.`)
  try {
    const context: unknown = JSON.parse(Buffer.from(text, 'base64').toString())
    if (context && typeof context === 'object' && !Array.isArray(context)) return context
  } catch {
    // answered below
  }
  throw badContent('Client context must be a valid Base64-encoded JSON object.')
}

/** `context.identity` of a caller who has credentials of a Cognito identity pool. */
const identityOf = (caller: Caller): InvokeRequest['identity'] => {
  if (caller.kind !== 'role') return undefined
  const key = (name: string) => caller.keys[`cognito-identity.amazonaws.com:${name}`]
  const [cognitoIdentityId, cognitoIdentityPoolId] = [key('sub'), key('aud')]
  return typeof cognitoIdentityId === 'string' && typeof cognitoIdentityPoolId === 'string'
    ? { cognitoIdentityId, cognitoIdentityPoolId }
    : undefined
}

export const invoke = {
  Invoke: {
    action(input, call) {
      const { arn, qualifiedArn } = targetOf(input, call)
      return ['lambda:InvokeFunction', qualifiedArn, resourceKeys(call.store.find(arn))]
    },
    async run(input, call) {
      const { InvocationType: type = 'RequestResponse', LogType } = input
      valid(
        oneOf('invocationType', type, ['Event', 'RequestResponse', 'DryRun']),
        oneOf('logType', LogType, ['None', 'Tail']),
      )
      const clientContext = clientContextOf(input.ClientContext)
      const payload = payloadOf(input.Payload, type === 'Event')
      const fn = theFunction(input, call)
      if (type === 'DryRun') return { StatusCode: 204 }
      const { requestId } = call.facts
      const functionArn = targetOf(input, call).qualifiedArn
      const identity = identityOf(call.caller)
      if (type === 'Event') {
        const event: AsynchronousEvent = {
          ...{ requestId, functionArn: fn.arn, invokedArn: functionArn, identity },
          payload: Buffer.from(payload).toString(),
          failures: 0,
          throttles: 0,
        }
        call.ground.outbox.add(ASYNCHRONOUS, event)
        return { StatusCode: 202 }
      }
      const result = await call.store.execute(fn, { requestId, functionArn, payload, clientContext, identity })
      return {
        StatusCode: 200,
        FunctionError: result.functionError,
        LogResult: LogType === 'Tail' ? Buffer.from(result.tail).toString('base64') : undefined,
        ExecutedVersion: LATEST,
        Payload: result.payload,
      }
    },
  },
} satisfies Operations
