import type { ApiResponse } from '../types.ts'
import { type Exchange, withVariables } from './exchange.ts'
import { misconfigured } from './gatewayErrors.ts'
import type { Answer } from './integrations/answer.ts'
import { awsAnswer } from './integrations/aws.ts'
import { httpAnswer, proxiedRequest } from './integrations/http.ts'
import { functionOf, invokeFunction, lambdaAnswer } from './integrations/lambda.ts'
import { mockAnswer } from './integrations/mock.ts'
import { proxyAnswer } from './integrations/proxyAnswer.ts'
import { proxyEvent } from './integrations/proxyEvent.ts'
import { type IntegrationRequest, mapParameters, mapRequest } from './mapping.ts'
import { maskedEvent } from './masks.ts'
import { mapResponse } from './responses.ts'

/** Headers of the backend's connection, which end here. */
const OF_CONNECTION = /^(?:connection|keep-alive|transfer-encoding|content-length|date)$/i

/** Runs a route's integration, from the mapped request to the mapped response. */
export const integrate = async (exchange: Exchange): Promise<ApiResponse> => {
  const integration = exchange.route?.method.methodIntegration
  if (!integration) throw misconfigured('No integration defined for method')
  const type = integration.type?.toUpperCase()
  if (type === 'AWS_PROXY') {
    const functionName = functionOf(withVariables(integration.uri ?? '', exchange))
    if (!functionName) throw misconfigured('Invalid lambda function')
    const event = proxyEvent(exchange)
    exchange.log.data(`Endpoint request body after transformations: ${maskedEvent(event)}`)
    const invoked = await invokeFunction(exchange, integration, functionName, event)
    exchange.log.data(`Endpoint response body before transformations: ${invoked.payload.toString()}`)
    const { status, headers, body } = proxyAnswer(exchange, invoked)
    exchange.integration = { ...exchange.integration, status: 200 }
    return { status, headers: [...headers, ['X-Amzn-Trace-Id', exchange.traceId]], body }
  }
  if (type === 'HTTP_PROXY') {
    const request = proxiedRequest(exchange, mapParameters(exchange, integration))
    const { status, headers, body } = await httpAnswer(exchange, integration, request)
    exchange.integration = { ...exchange.integration, status }
    return { status, headers: headers.filter(([name]) => !OF_CONNECTION.test(name)), body }
  }
  const request = mapRequest(exchange, integration)
  const answer = await answerOf(exchange, request)
  exchange.integration = { ...exchange.integration, status: answer.status }
  exchange.log.data(`Endpoint response body before transformations: ${answer.body.toString()}`)
  return mapResponse(exchange, integration, answer)
}

const answerOf = (exchange: Exchange, request: IntegrationRequest): Promise<Answer> | Answer => {
  const integration = exchange.route?.method.methodIntegration ?? {}
  switch (integration.type?.toUpperCase()) {
    case 'MOCK':
      return mockAnswer(exchange, request)
    case 'HTTP':
      return httpAnswer(exchange, integration, request)
    case 'AWS': {
      const functionName = functionOf(withVariables(integration.uri ?? '', exchange))
      if (functionName === undefined) return awsAnswer(exchange, integration, request)
      const headers = new Map([...request.headers].map(([name, values]) => [name.toLowerCase(), values.at(-1) ?? '']))
      return lambdaAnswer(exchange, integration, functionName, request.body, headers)
    }
    default:
      throw misconfigured(`Unknown integration type ${integration.type}`)
  }
}
