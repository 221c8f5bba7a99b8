import { commonLogTime, contextValue, fullPath, identityOf } from '../context.ts'
import type { Exchange } from '../exchange.ts'
import { type Json, printJson } from '../json.ts'
import { header, isBinary, type Multi, mediaType, singles } from '../parameters.ts'

const orNull = (map: Map<string, Json>): Json => (map.size ? map : null)
const lists = (values: Multi): Map<string, Json> => new Map(values)

/** Headers of the connection, which end here. */
const OF_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding', 'te', 'upgrade', 'proxy-connection'])

/** The headers that go on, with those that API Gateway adds. */
export const forwardedHeaders = ({ request, headers, traceId, test }: Exchange): Multi => {
  const kept: Multi = new Map([...headers].filter(([name]) => !OF_CONNECTION.has(name.toLowerCase())))
  if (test) return kept
  const set = (name: string, value: string) => {
    const there = [...kept.keys()].find((other) => other.toLowerCase() === name.toLowerCase())
    const before = there === undefined ? [] : (kept.get(there) ?? [])
    if (there !== undefined) kept.delete(there)
    kept.set(name, [name === 'X-Forwarded-For' ? [...before, value].join(', ') : value])
  }
  const secure = request.facts.secure
  set('X-Amzn-Trace-Id', traceId)
  set('X-Forwarded-For', request.facts.sourceIp)
  set('X-Forwarded-Port', new URL(request.facts.origin).port || (secure ? '443' : '80'))
  set('X-Forwarded-Proto', secure ? 'https' : 'http')
  return kept
}

/** Whether the body goes as base64: its content type is one of the API's binary media types. */
export const isBinaryRequest = ({ api, request }: Exchange): boolean =>
  isBinary(api.restApi.binaryMediaTypes, mediaType(header(request.headers, 'content-type') ?? ''))

/** `requestContext` of a proxy event. */
export const requestContext = (exchange: Exchange): Map<string, Json> => {
  const { api, request, route, begun } = exchange
  return new Map<string, Json>([
    ['resourceId', route?.resource.id ?? null],
    ...(exchange.authorizer ? ([['authorizer', exchange.authorizer]] as const) : []),
    ['resourcePath', route?.resource.path ?? null],
    ...(route?.method.operationName ? ([['operationName', route.method.operationName]] as const) : []),
    ['httpMethod', request.method],
    ['extendedRequestId', exchange.extendedRequestId],
    ['requestTime', commonLogTime(begun)],
    ['path', exchange.test ? request.path : fullPath(exchange)],
    ['accountId', api.account],
    ['protocol', request.protocol],
    ['stage', api.stage.stageName ?? null],
    ['domainPrefix', contextValue(exchange, 'domainPrefix') ?? null],
    ['requestTimeEpoch', begun],
    ['requestId', exchange.requestId],
    ['identity', identityOf(exchange)],
    ['domainName', request.domainName],
    ['deploymentId', api.stage.deploymentId ?? null],
    ['apiId', api.restApi.id ?? null],
  ])
}

/** What is the same in the event of a proxy integration and of a REQUEST authorizer. */
export const requestParts = (exchange: Exchange): [string, Json][] => {
  const { api, request, route, query } = exchange
  const headers = forwardedHeaders(exchange)
  return [
    ['resource', route?.resource.path ?? null],
    ['path', request.path],
    ['httpMethod', request.method],
    ['headers', orNull(singles(headers))],
    ['multiValueHeaders', orNull(lists(headers))],
    ['queryStringParameters', orNull(singles(query))],
    ['multiValueQueryStringParameters', orNull(lists(query))],
    ['pathParameters', orNull(new Map(route?.pathParameters ?? []))],
    ['stageVariables', orNull(new Map(Object.entries(api.stage.variables ?? {})))],
    ['requestContext', requestContext(exchange)],
  ]
}

/** The event of a Lambda proxy integration ("Input format of a Lambda function for proxy integration", payload 1.0). */
export const proxyEvent = (exchange: Exchange): Buffer => {
  const { body } = exchange.request
  const binary = isBinaryRequest(exchange) && body.length > 0
  const event = new Map<string, Json>([
    ...requestParts(exchange),
    ['body', body.length ? body.toString(binary ? 'base64' : 'utf8') : null],
    ['isBase64Encoded', binary],
  ])
  return Buffer.from(printJson(event))
}
