import type { Integration } from '@aws-sdk/client-api-gateway'
import { invalid } from './errors.ts'

const TYPES = ['HTTP', 'AWS', 'MOCK', 'HTTP_PROXY', 'AWS_PROXY']
const PASSTHROUGH = ['WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES', 'NEVER']
const HANDLING = ['CONVERT_TO_BINARY', 'CONVERT_TO_TEXT']
const VERBS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'ANY']

/** Whether an integration is one that API Gateway takes. @throws ServiceError `BadRequestException` */
export const checkIntegration = (integration: Integration): void => {
  const { type, httpMethod, uri, passthroughBehavior, contentHandling, timeoutInMillis, connectionType } = integration
  if (!type || !TYPES.includes(type))
    throw invalid(`Enumeration value for integration type must be one of: ${TYPES.join(', ')}`)
  if (connectionType === 'VPC_LINK') throw invalid('VPC links are not part of the local cloud.')
  if (type !== 'MOCK') {
    if (!httpMethod) throw invalid('Enumeration value for HttpMethod must be non-empty')
    if (!VERBS.includes(httpMethod)) throw invalid('Invalid HTTP method specified')
    if (!uri) throw invalid('Invalid HTTP endpoint specified for URI')
    if (type.startsWith('HTTP') && !/^https?:\/\/./.test(uri)) throw invalid('Invalid HTTP endpoint specified for URI')
    if (type.startsWith('AWS')) checkUri(uri, type)
  }
  if (passthroughBehavior && !PASSTHROUGH.includes(passthroughBehavior))
    throw invalid(`Invalid passthroughBehavior specified. Must be one of: ${PASSTHROUGH.join(', ')}`)
  if (contentHandling && !HANDLING.includes(contentHandling))
    throw invalid(`Invalid contentHandling specified. Must be one of: ${HANDLING.join(', ')}`)
  if (timeoutInMillis !== undefined && !(timeoutInMillis >= 50 && timeoutInMillis <= 29_000))
    throw invalid('Timeout should be between 50 ms and 29000 ms')
}

/** `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/…/invocations`, `arn:aws:apigateway:…:sns:action/Publish` */
const ARN = /^arn:[\w-]+:apigateway:[\w-]+:[\w.-]+:(path|action)\/(.*)$/s
const INVOCATIONS = /^(\/)?2015-03-31\/functions\/(.+)\/invocations$/s

const checkUri = (uri: string, type: string) => {
  const [, , rest = ''] = ARN.exec(uri) ?? []
  if (!ARN.test(uri)) throw invalid('Invalid ARN specified in the request')
  if (uri.includes(':lambda:path/') && !INVOCATIONS.test(rest)) throw invalid('Invalid function ARN or invalid uri')
  if (type === 'AWS_PROXY' && !uri.includes(':lambda:') && !uri.includes(':firehose:'))
    throw invalid(
      "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
    )
}
