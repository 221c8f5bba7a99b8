import type { Authorizer } from '@aws-sdk/client-api-gateway'
import { ServiceError } from '../../../base/errors.ts'
import type { Policy } from '../../../iam/types.ts'
import { apiArn, type Exchange, methodArn, withVariables } from './exchange.ts'
import { GatewayError } from './gatewayErrors.ts'
import { credentialsOf, gateway, inTime } from './integrations/answer.ts'
import { errorMessageOf, functionOf, type Invoked, invoke } from './integrations/lambda.ts'
import { requestParts } from './integrations/proxyEvent.ts'
import { isDecimal, type Json, parseJson, printJson } from './json.ts'
import { mappedValues } from './mapping.ts'
import { matchesWhole } from './vtl/regex.ts'

/** What a Lambda authorizer said ("Output from an API Gateway Lambda authorizer"). */
export interface AuthorizerResult {
  readonly principalId: string
  readonly policy: Policy
  /** Of `$context.authorizer`: its context as texts, and `principalId`. */
  readonly context: Map<string, Json>
  readonly usageIdentifierKey?: string
}

/** Results by API, stage, authorizer and identity. */
export interface AuthorizerCache {
  find(key: string): AuthorizerResult | undefined
  keep(key: string, result: AuthorizerResult, seconds: number): void
  /** Forgets what keys begin with. */
  forget(prefix: string): void
}

const MOST = 10_000

export const createAuthorizerCache = (now: () => number): AuthorizerCache => {
  const results = new Map<string, { result: AuthorizerResult; until: number }>()
  return {
    find(key) {
      const found = results.get(key)
      if (found && found.until > now()) return found.result
      results.delete(key)
      return undefined
    },
    keep(key, result, seconds) {
      if (results.size >= MOST) results.delete(results.keys().next().value ?? '')
      results.set(key, { result, until: now() + seconds * 1000 })
    },
    forget(prefix) {
      for (const key of results.keys()) if (key.startsWith(prefix)) results.delete(key)
    },
  }
}

export const cachePrefix = (apiId: string | undefined, stageName: string | undefined) =>
  `${JSON.stringify([apiId, stageName]).slice(0, -1)},`

/** Seconds that a result holds, where the authorizer does not say. */
const HOLDS = 300

const configuration = (reason: string) =>
  new GatewayError('AUTHORIZER_CONFIGURATION_ERROR', {
    reason: `Execution failed due to configuration error: ${reason}`,
  })
const unauthorized = (requestId: string) =>
  new GatewayError('UNAUTHORIZED', { reason: `Unauthorized request: ${requestId}` })

/** The values by which an authorizer knows who comes. @throws GatewayError UNAUTHORIZED where one is missing */
const identity = (exchange: Exchange, { type, identitySource, identityValidationExpression }: Authorizer): string[] => {
  const sources = (identitySource ?? '').split(',').map((source) => source.trim())
  const values = sources.filter(Boolean).map((source) => mappedValues(exchange, source).at(-1) ?? '')
  if (values.includes('')) throw unauthorized(exchange.requestId)
  const [token = ''] = values
  if (type === 'TOKEN' && identityValidationExpression && !matchesWhole(identityValidationExpression, token))
    throw unauthorized(exchange.requestId)
  return values
}

const eventOf = (exchange: Exchange, { type }: Authorizer, [token]: readonly string[]): Buffer =>
  Buffer.from(
    printJson(
      new Map<string, Json>(
        type === 'TOKEN'
          ? [
              ['type', 'TOKEN'],
              ['methodArn', methodArn(exchange)],
              ['authorizationToken', token ?? null],
            ]
          : [['type', 'REQUEST'], ['methodArn', methodArn(exchange)], ...requestParts(exchange)],
      ),
    ),
  )

/** Asks an authorizer's function. @throws GatewayError UNAUTHORIZED for its error `Unauthorized`, AUTHORIZER_… */
export const callAuthorizer = async (
  exchange: Exchange,
  authorizer: Authorizer,
  values: readonly string[],
): Promise<{ result: AuthorizerResult; policyText: string; latency: number }> => {
  const functionName = functionOf(withVariables(authorizer.authorizerUri ?? '', exchange))
  if (!functionName) throw configuration('Invalid authorizer URI')
  const { log, ports, requestId } = exchange
  const begun = ports.ground.clock.now()
  log.info(`Starting authorizer: ${authorizer.id} for request: ${requestId}`)
  const invoked = await answered(exchange, authorizer, functionName, eventOf(exchange, authorizer, values))
  // Lambda's own status: a function that throws has been invoked.
  exchange.authorizerCall = { integrationStatus: 200, integrationLatency: ports.ground.clock.now() - begun }
  if (invoked.functionError !== undefined) {
    const message = errorMessageOf(invoked.payload)
    if (message === 'Unauthorized') throw unauthorized(requestId)
    throw new GatewayError('AUTHORIZER_FAILURE', {
      reason: `Execution failed due to an internal error: authorizer function error: ${message}`,
    })
  }
  const latency = ports.ground.clock.now() - begun
  const { policyText, ...result } = resultOf(invoked.payload.toString(), latency)
  log.info(`Successfully completed authorizer execution`)
  return { result, policyText, latency }
}

const answered = async (exchange: Exchange, authorizer: Authorizer, name: string, event: Buffer): Promise<Invoked> => {
  const begun = exchange.ports.ground.clock.now()
  const arn = `${apiArn(exchange.api)}/authorizers/${authorizer.id}`
  try {
    const given = await credentialsOf(exchange, authorizer.authorizerCredentials)
    return await inTime(exchange, {}, invoke(exchange, given?.caller ?? gateway(exchange, arn), name, event))
  } catch (error) {
    if (error instanceof ServiceError) {
      exchange.authorizerCall = {
        integrationStatus: error.status ?? 500,
        integrationLatency: exchange.ports.ground.clock.now() - begun,
      }
      throw configuration('Invalid permissions on Lambda function')
    }
    if (error instanceof GatewayError)
      throw new GatewayError('AUTHORIZER_FAILURE', { reason: error.reason ?? error.message })
    throw error
  }
}

/** Reads what the function gave. @throws GatewayError AUTHORIZER_CONFIGURATION_ERROR for anything else */
const resultOf = (text: string, latency: number): AuthorizerResult & { policyText: string } => {
  let output: Json
  try {
    output = parseJson(text)
  } catch {
    throw configuration('Invalid JSON in response')
  }
  if (!(output instanceof Map)) throw configuration('Invalid JSON in response')
  const [principalId, policy, own] = ['principalId', 'policyDocument', 'context'].map((name) => output.get(name))
  if (typeof principalId !== 'string' || !principalId) throw configuration('principalId is missing')
  if (!(policy instanceof Map) || !policy.has('Statement')) throw configuration('Invalid policy document')
  if (own !== undefined && own !== null && !(own instanceof Map)) throw configuration('Invalid context')
  const key = output.get('usageIdentifierKey')
  const policyText = printJson(policy)
  return {
    principalId,
    policy: JSON.parse(policyText) as Policy,
    policyText,
    context: new Map<string, Json>([
      ...contextOf(own ?? new Map()),
      ['principalId', principalId],
      ['integrationLatency', latency],
    ]),
    ...(typeof key === 'string' ? { usageIdentifierKey: key } : {}),
  }
}

/** Context values are texts, numbers and truth values; methods read them as text. */
const contextOf = (own: Map<string, Json>): [string, Json][] =>
  [...own].map(([name, value]) => {
    if (value instanceof Map || Array.isArray(value))
      throw configuration(`Context value ${name} is no text, number or boolean`)
    return [name, value === null ? null : isDecimal(value) ? value.text : String(value)]
  })

/** The result of a method's authorizer, asked or remembered. */
export const askAuthorizer = async (exchange: Exchange, cache: AuthorizerCache): Promise<AuthorizerResult> => {
  const { api, route } = exchange
  const authorizer = api.authorizers.find(({ id }) => id === route?.method.authorizerId)
  if (!authorizer) throw configuration('The authorizer of the method is missing')
  if (authorizer.type !== 'TOKEN' && authorizer.type !== 'REQUEST')
    throw configuration(`Authorizers of type ${authorizer.type} are not part of the local cloud`)
  const values = identity(exchange, authorizer)
  const seconds = authorizer.authorizerResultTtlInSeconds ?? HOLDS
  const cached = seconds > 0 && values.length > 0
  const key = `${cachePrefix(api.restApi.id, api.stage.stageName)}${JSON.stringify([authorizer, values])}`
  const known = cached ? cache.find(key) : undefined
  if (known) {
    exchange.log.info(`Using cached authorizer policy for request: ${exchange.requestId}`)
    return known
  }
  const { result } = await callAuthorizer(exchange, authorizer, values)
  if (cached) cache.keep(key, result, seconds)
  return result
}
