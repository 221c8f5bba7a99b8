import type { ApiResponse, DeployedApi, Executor, Ports } from '../types.ts'
import { authorize } from './authorize.ts'
import { cachePrefix, createAuthorizerCache } from './authorizers.ts'
import { createResponseCache } from './cache.ts'
import { createExchange, type Exchange } from './exchange.ts'
import { finished } from './finish.ts'
import { GatewayError } from './gatewayErrors.ts'
import { gatewayResponse } from './gatewayResponses.ts'
import { integrate } from './integrate.ts'
import { LARGEST_BODY } from './integrations/http.ts'
import { countUse, keyOf } from './keys.ts'
import { createRequestLogs } from './logs.ts'
import { createRouter, type Router } from './router.ts'
import { testAuthorizer, testMethod } from './testInvoke.ts'
import { createThrottle } from './throttle.ts'
import { validateRequest } from './validate.ts'

/**
 * Makes the data plane of REST APIs for a cloud: routing, authorisation, keys, throttles, validation, mapping,
 * integrations, gateway responses, caches, logs.
 *
 * Left out: authorizers of Cognito user pools, VPC links, client certificates, canaries, WAF, streamed responses,
 * scripts of JSONPath, formats of models, access logs to Firehose.
 */
export const createExecutor = (ports: Ports): Executor => {
  const { clock, log } = ports.ground
  const now = () => clock.now()
  /** By the API as it is deployed: another deployment is another object. */
  const routers = new WeakMap<DeployedApi, Router>()
  const authorizerCache = createAuthorizerCache(now)
  const cache = createResponseCache(now)
  const throttle = createThrottle(now)
  const logs = createRequestLogs(ports)

  const routerOf = (api: DeployedApi): Router => {
    const router = routers.get(api) ?? createRouter(api.resources)
    routers.set(api, router)
    return router
  }

  /** What comes after the question who may: checks of the request, then the cache or the integration. */
  const served = async (exchange: Exchange): Promise<ApiResponse> => {
    validateRequest(exchange)
    return cache.through(exchange, () => integrate(exchange))
  }
  const admitted = async (exchange: Exchange): Promise<ApiResponse> => {
    const { api, request } = exchange
    if (request.body.length > LARGEST_BODY) throw new GatewayError('REQUEST_TOO_LARGE')
    const route = routerOf(api).find(request.method, request.path)
    if (!route) throw new GatewayError('MISSING_AUTHENTICATION_TOKEN')
    exchange.route = route
    exchange.log.info(`Extended Request Id: ${exchange.extendedRequestId}`)
    const { usageIdentifierKey } = await authorize(exchange, authorizerCache)
    const key = keyOf(exchange, usageIdentifierKey)
    throttle.take(exchange, key)
    if (key) countUse(exchange, key)
    return served(exchange)
  }

  /** Answers, whatever happens on the way. */
  const answered = async (exchange: Exchange, respond: (exchange: Exchange) => Promise<ApiResponse>) => {
    const { request } = exchange
    exchange.log.info(`Starting execution for request: ${exchange.requestId}`)
    exchange.log.info(`HTTP Method: ${request.method}, Resource Path: ${request.path}`)
    exchange.log.data(`Method request body before transformations: ${request.body.toString()}`)
    const response = finished(exchange, await withGatewayResponse(exchange, respond))
    exchange.log.info(`Method completed with status: ${response.status}`)
    return response
  }
  const withGatewayResponse = async (exchange: Exchange, respond: (exchange: Exchange) => Promise<ApiResponse>) => {
    try {
      const response = await respond(exchange)
      exchange.log.info('Successfully completed execution')
      return response
    } catch (error) {
      const known = error instanceof GatewayError ? error : new GatewayError('API_CONFIGURATION_ERROR')
      if (!(error instanceof GatewayError))
        log({ level: 'error', from: 'apigateway', text: `a request for ${exchange.request.path} failed`, cause: error })
      exchange.log.error(known.reason ?? known.message)
      return gatewayResponse(exchange, known)
    }
  }

  return {
    async execute(api, request) {
      const exchange = createExchange(api, request, ports)
      const response = await answered(exchange, admitted)
      logs.take(exchange, response)
      return response
    },
    testMethod: (api, input, context) =>
      testMethod(ports, api, input, context, (exchange) => answered(exchange, served)),
    testAuthorizer: (api, input, context) => testAuthorizer(ports, api, input, context),
    flushStage: (apiId, stageName) => cache.forget(apiId, stageName),
    flushAuthorizers: (apiId, stageName) => authorizerCache.forget(cachePrefix(apiId, stageName)),
  }
}
