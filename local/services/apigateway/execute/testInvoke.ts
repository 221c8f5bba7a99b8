import type {
  TestInvokeAuthorizerRequest,
  TestInvokeAuthorizerResponse,
  TestInvokeMethodRequest,
  TestInvokeMethodResponse,
} from '@aws-sdk/client-api-gateway'
import { ServiceError } from '../../../base/errors.ts'
import type { Context } from '../../service.ts'
import type { ApiRequest, ApiResponse, DeployedApi, Headers, Ports } from '../types.ts'
import { callAuthorizer } from './authorizers.ts'
import { createExchange, type Exchange } from './exchange.ts'
import { GatewayError, KINDS } from './gatewayErrors.ts'
import { own, percentDecoded } from './parameters.ts'
import { createRouter } from './router.ts'

type MethodInput = Omit<TestInvokeMethodRequest, 'restApiId'>
type AuthorizerInput = Omit<TestInvokeAuthorizerRequest, 'restApiId'>
interface Given {
  readonly headers?: Record<string, string> | undefined
  readonly multiValueHeaders?: Record<string, string[]> | undefined
  readonly body?: string | undefined
  readonly stageVariables?: Record<string, string> | undefined
}

const missing = (what: string) =>
  new ServiceError('NotFoundException', `Invalid ${what} identifier specified`, { status: 404 })

const headersOf = ({ headers, multiValueHeaders }: Given): Headers => {
  const several = Object.entries(multiValueHeaders ?? {}).flatMap(([name, values]) =>
    values.map((value) => [name, value] as const),
  )
  const names = new Set(several.map(([name]) => name.toLowerCase()))
  return [...Object.entries(headers ?? {}).filter(([name]) => !names.has(name.toLowerCase())), ...several]
}

const requestOf = (method: string, pathAndQuery: string, given: Given, context: Context): ApiRequest => {
  const [path = '', rawQuery = ''] = pathAndQuery.split(/\?(.*)/s)
  return {
    method,
    path: path.startsWith('/') ? path : `/${path}`,
    rawQuery,
    headers: headersOf(given),
    body: Buffer.from(given.body ?? ''),
    protocol: 'HTTP/1.1',
    domainName: 'testPrefix.testDomainName',
    caller: context.caller,
    facts: context.facts,
  }
}

/** The API as a test sees it: at the stage `test-invoke-stage`, with the variables of the test. */
const testApi = (api: DeployedApi, { stageVariables }: Given): DeployedApi => ({
  ...api,
  stage: { ...api.stage, ...(stageVariables && { variables: stageVariables }) },
})

/** `Thu Apr 09 12:34:56 UTC 2015`, as the lines of a test's log begin. */
const javaDate = (at: number): string => {
  const [weekday, day, month, year, time] = new Date(at).toUTCString().replace(',', '').split(' ')
  return `${weekday} ${month} ${day} ${time} UTC ${year}`
}

const logText = ({ log, requestId }: Exchange): string => {
  const lines = log.lines.map(({ at, text }) => `${javaDate(at)} : ${text}`)
  return [`Execution log for request ${requestId}`, ...lines].join('\n')
}

/** What TestInvokeMethod answers: a method of the API as it stands, without authorizers, keys and throttles. */
export const testMethod = async (
  ports: Ports,
  api: DeployedApi,
  input: MethodInput,
  context: Context,
  respond: (exchange: Exchange) => Promise<ApiResponse>,
): Promise<TestInvokeMethodResponse> => {
  const resource = api.resources.find(({ id }) => id === input.resourceId)
  if (!resource) throw missing('Resource')
  const method = own(resource.resourceMethods, input.httpMethod ?? '')
  if (!method) throw missing('Method')
  const path = input.pathWithQueryString || (resource.path ?? '/')
  const verb = input.httpMethod === 'ANY' ? 'GET' : (input.httpMethod ?? 'GET')
  const exchange = createExchange(testApi(api, input), requestOf(verb, path, input, context), ports, true)
  const found = createRouter([{ ...resource, resourceMethods: { [verb]: method } }]).find(verb, exchange.request.path)
  exchange.route = { resource, method, pathParameters: found?.pathParameters ?? new Map() }
  const response = await respond(exchange)
  const latency = ports.ground.clock.now() - exchange.begun
  return {
    status: response.status,
    body: response.body.toString(),
    headers: Object.fromEntries(response.headers),
    multiValueHeaders: grouped(response.headers),
    log: logText(exchange),
    latency,
  }
}

const grouped = (headers: Headers): Record<string, string[]> => {
  const groups = Map.groupBy(headers, ([name]) => name)
  return Object.fromEntries([...groups].map(([name, lines]) => [name, lines.map(([, value]) => value)]))
}

/** What TestInvokeAuthorizer answers. */
export const testAuthorizer = async (
  ports: Ports,
  api: DeployedApi,
  input: AuthorizerInput,
  context: Context,
): Promise<TestInvokeAuthorizerResponse> => {
  const authorizer = api.authorizers.find(({ id }) => id === input.authorizerId)
  if (!authorizer) throw missing('Authorizer')
  const path = input.pathWithQueryString || '/'
  const exchange = createExchange(testApi(api, input), requestOf('GET', path, input, context), ports, true)
  const name = /^method\.request\.header\.(.+)$/.exec(authorizer.identitySource ?? '')?.[1] ?? ''
  const token = exchange.request.headers.find(([other]) => other.toLowerCase() === name.toLowerCase())?.[1]
  try {
    if (authorizer.type === 'TOKEN' && !token) throw new GatewayError('UNAUTHORIZED')
    const { result, policyText, latency } = await callAuthorizer(exchange, authorizer, [percentDecoded(token ?? '')])
    return {
      clientStatus: 0,
      log: logText(exchange),
      latency,
      principalId: result.principalId,
      policy: policyText,
      authorization: {},
    }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    exchange.log.error(error.reason ?? error.message)
    return {
      clientStatus: KINDS[error.type].status,
      log: logText(exchange),
      latency: ports.ground.clock.now() - exchange.begun,
    }
  }
}
