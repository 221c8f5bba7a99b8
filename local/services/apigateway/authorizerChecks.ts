import type { Authorizer } from '@aws-sdk/client-api-gateway'
import { invalid } from './errors.ts'

const SOURCE = /^(method\.request\.(header|querystring)\.[^,\s]+|context\.[^,\s]+|stageVariables\.[^,\s]+)$/

/** Whether an authorizer is one that API Gateway takes. @throws ServiceError `BadRequestException` */
export const checkAuthorizer = (authorizer: Authorizer): void => {
  const { type, identitySource, authorizerUri, authorizerResultTtlInSeconds: ttl, providerARNs, name } = authorizer
  if (!type || !['TOKEN', 'REQUEST', 'COGNITO_USER_POOLS'].includes(type))
    throw invalid('Invalid authorizer type specified. Must be one of TOKEN, REQUEST, COGNITO_USER_POOLS')
  if (!name) throw invalid('Authorizer name cannot be empty')
  if (ttl !== undefined && !(ttl >= 0 && ttl <= 3600))
    throw invalid('Authorizer result TTL must be between 0 and 3600 seconds')
  if (type === 'COGNITO_USER_POOLS') {
    if (!providerARNs?.length) throw invalid('COGNITO_USER_POOLS authorizers require at least one provider ARN')
  } else {
    if (!authorizerUri)
      throw invalid(
        'Invalid Authorizer URI: null. Authorizer URI should be a valid API Gateway ARN that represents a Lambda function invocation.',
      )
    if (!/^arn:[\w-]+:apigateway:[\w-]+:lambda:path\/\/?2015-03-31\/functions\/.+\/invocations$/s.test(authorizerUri))
      throw invalid(
        `Invalid Authorizer URI: ${authorizerUri}. Authorizer URI should be a valid API Gateway ARN that represents a Lambda function invocation.`,
      )
  }
  const sources = (identitySource ?? '').split(',').map((one) => one.trim())
  if (identitySource === undefined || identitySource === '') {
    if (type === 'REQUEST' && ttl !== 0)
      throw invalid('Identity source is required when the authorization caching is enabled.')
    if (type !== 'REQUEST') throw invalid('Identity source must not be empty.')
  } else if (
    type === 'REQUEST'
      ? !sources.every((one) => SOURCE.test(one))
      : !/^method\.request\.header\.[^,\s]+$/.test(identitySource)
  )
    throw invalid(`Invalid mapping expression specified: ${identitySource}`)
}
