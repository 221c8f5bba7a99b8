import type { Integration } from '@aws-sdk/client-api-gateway'
import { ServiceError } from '../../../../base/errors.ts'
import type { Caller } from '../../../../iam/types.ts'
import type { Exchange } from '../exchange.ts'
import { GatewayError, misconfigured } from '../gatewayErrors.ts'
import { parseJson } from '../json.ts'
import { type Answer, credentialsOf, gateway, inTime, sourceArn } from './answer.ts'

/** What a function gave back. */
export interface Invoked {
  readonly payload: Buffer
  /** `Handled` or `Unhandled`: the payload tells the error. */
  readonly functionError?: string
}

const FUNCTION = /:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/

/** The function that an integration's URI names; undefined where it is another service's. */
export const functionOf = (uri: string): string | undefined => FUNCTION.exec(uri)?.[1]

/** Invokes a function as `as`. @throws ServiceError as Invoke does */
export const invoke = async (
  { ports, context }: Exchange,
  as: Caller,
  functionName: string,
  payload: Buffer,
  event = false,
): Promise<Invoked> => {
  const lambda = ports.cloud({ ...context, caller: as, account: as.account })('lambda')
  const InvocationType = event ? 'Event' : 'RequestResponse'
  const { Payload, FunctionError } = await lambda.Invoke({
    FunctionName: functionName,
    InvocationType,
    Payload: payload,
  })
  const result = await bytesOf(Payload)
  return { payload: result, ...(FunctionError === undefined ? {} : { functionError: FunctionError }) }
}

const bytesOf = async (bytes: unknown): Promise<Buffer> => {
  if (bytes === undefined) return Buffer.alloc(0)
  if (typeof bytes === 'string' || bytes instanceof Uint8Array) return Buffer.from(bytes as Uint8Array)
  const parts: Uint8Array[] = []
  for await (const part of bytes as AsyncIterable<Uint8Array>) parts.push(part)
  return Buffer.concat(parts)
}

/**
 * Invokes the function of an integration: by its role, or as API Gateway, which the function's policy must allow.
 * @throws GatewayError where Lambda refuses, or the function does not answer in time
 */
export const invokeFunction = async (
  exchange: Exchange,
  integration: Integration,
  functionName: string,
  payload: Buffer,
  event = false,
): Promise<Invoked> => {
  const { log } = exchange
  log.info(
    `Sending request to https://lambda.${exchange.api.region}.amazonaws.com/2015-03-31/functions/${functionName}/invocations`,
  )
  const given = await credentialsOf(exchange, integration.credentials)
  const as = given?.caller ?? gateway(exchange, sourceArn(exchange))
  const begun = exchange.ports.ground.clock.now()
  try {
    return await inTime(exchange, integration, invoke(exchange, as, functionName, payload, event))
  } catch (error) {
    if (error instanceof ServiceError) throw refused(error)
    throw error
  } finally {
    exchange.integration = { ...exchange.integration, latency: exchange.ports.ground.clock.now() - begun }
  }
}

const refused = (error: ServiceError): GatewayError => {
  switch (error.code) {
    case 'AccessDeniedException':
    case 'ResourceNotFoundException':
      return misconfigured('Invalid permissions on Lambda function')
    case 'InvalidRequestContentException':
      return new GatewayError('BAD_REQUEST_BODY', { message: error.message, reason: error.message })
    case 'RequestTooLargeException':
      return new GatewayError('REQUEST_TOO_LARGE', { reason: error.message })
    default:
      return misconfigured(`Lambda invocation failed with status: ${error.status ?? 500}. ${error.message}`)
  }
}

/** The text of a function's error: what selection patterns are compared with. */
export const errorMessageOf = (payload: Buffer): string => {
  try {
    const error = parseJson(payload.toString())
    const message = error instanceof Map ? error.get('errorMessage') : undefined
    return typeof message === 'string' ? message : ''
  } catch {
    return ''
  }
}

/** A custom integration with a function (`aws`): its event is what the mapping made. */
export const lambdaAnswer = async (
  exchange: Exchange,
  integration: Integration,
  functionName: string,
  payload: Buffer,
  headers: ReadonlyMap<string, string>,
): Promise<Answer> => {
  const event = headers.get('x-amz-invocation-type')?.toLowerCase() === 'event'
  const invoked = await invokeFunction(exchange, integration, functionName, payload, event)
  const failed = invoked.functionError !== undefined
  if (failed)
    exchange.log.error(
      `Lambda execution failed with status 200 due to customer function error: ${errorMessageOf(invoked.payload)}`,
    )
  return {
    status: event ? 202 : 200,
    headers: [
      ['Content-Type', 'application/json'],
      ...(failed ? ([['X-Amz-Function-Error', invoked.functionError ?? '']] as const) : []),
    ],
    body: invoked.payload,
    matched: failed ? errorMessageOf(invoked.payload) : '',
  }
}
