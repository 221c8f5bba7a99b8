import type { ApiRequest, ApiResponse, DeployedApi, Executor, Ports } from '../types.ts'
import { createExchange, type Exchange } from './exchange.ts'
import { GatewayError } from './gatewayErrors.ts'
import { gatewayResponse } from './gatewayResponses.ts'
import { integrate } from './integrate.ts'
import { LARGEST_BODY } from './integrations/http.ts'
import { createRouter, type Router } from './router.ts'

/** Makes the data plane of a cloud. */
export const createExecutor = (ports: Ports): Executor => {
  /** By the API as it is deployed: another deployment is another object. */
  const routers = new WeakMap<DeployedApi, Router>()
  const routerOf = (api: DeployedApi): Router => {
    const router = routers.get(api) ?? createRouter(api.resources)
    routers.set(api, router)
    return router
  }

  const respond = async (exchange: Exchange): Promise<ApiResponse> => {
    const { api, request } = exchange
    if (request.body.length > LARGEST_BODY) throw new GatewayError('REQUEST_TOO_LARGE')
    const route = routerOf(api).find(request.method, request.path)
    if (!route) throw new GatewayError('MISSING_AUTHENTICATION_TOKEN')
    exchange.route = route
    return integrate(exchange)
  }

  const answered = async (exchange: Exchange): Promise<ApiResponse> => {
    try {
      return await respond(exchange)
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      exchange.log.error(error.reason ?? error.message)
      return gatewayResponse(exchange, error)
    }
  }

  return {
    async execute(api: DeployedApi, request: ApiRequest) {
      const exchange = createExchange(api, request, ports)
      const response = await answered(exchange)
      return finished(exchange, response)
    },
    async testMethod() {
      throw new Error('not there yet')
    },
    async testAuthorizer() {
      throw new Error('not there yet')
    },
    flushStage() {},
    flushAuthorizers() {},
  }
}

/** Headers that would end a line or that HTTP cannot carry; other text goes as UTF-8. */
const headerText = (value: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what a header may not hold
  Buffer.from(value.replace(/[\0-\x08\x0a-\x1f\x7f]+/g, ' ')).toString('latin1')

/** A backend's headers that API Gateway passes on under other names. */
const REMAPPED =
  /^(?:connection|content-length|date|server|www-authenticate|authorization|host|x-amzn-requestid|x-amz-apigw-id)$/i
const TOKEN = /^[!#$%&'*+.^`|~\w-]+$/

const finished = (exchange: Exchange, { status, headers, body }: ApiResponse): ApiResponse => ({
  status,
  headers: [
    ...headers
      .filter(([name]) => TOKEN.test(name) && !/^transfer-encoding$/i.test(name))
      .map(([name, value]) => [REMAPPED.test(name) ? `x-amzn-Remapped-${name}` : name, headerText(value)] as const),
    ['x-amzn-RequestId', exchange.requestId],
    ['x-amz-apigw-id', exchange.extendedRequestId],
  ],
  body: exchange.request.method === 'HEAD' ? Buffer.alloc(0) : body,
})
