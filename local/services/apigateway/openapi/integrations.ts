import type { Integration, IntegrationResponse } from '@aws-sdk/client-api-gateway'
import { given, invalid } from '../errors.ts'
import { checkIntegration } from '../integrationChecks.ts'
import { type Dict, dictOf, isDict, listOf, textOf } from './document.ts'

/** A map of texts; other values as JSON would write them. */
export const textsOf = (value: unknown): Record<string, string> | undefined =>
  isDict(value) ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, templateOf(one)])) : undefined

/** Templates may be written as objects, which are meant as their JSON. */
const templateOf = (value: unknown): string => textOf(value) ?? (value === null ? '' : JSON.stringify(value))

const upper = (value: unknown): string | undefined => textOf(value)?.toUpperCase()

const responseOf = (pattern: string, value: unknown): IntegrationResponse => {
  const response = dictOf(value)
  const statusCode = textOf(response.statusCode)
  if (statusCode === undefined) throw invalid(`The statusCode of the integration response '${pattern}' is missing.`)
  return given({
    statusCode,
    selectionPattern: pattern === 'default' ? undefined : pattern,
    responseParameters: textsOf(response.responseParameters),
    responseTemplates: textsOf(response.responseTemplates),
    contentHandling: upper(response.contentHandling) as IntegrationResponse['contentHandling'],
  })
}

/**
 * `x-amazon-apigateway-integration` (developer guide, "x-amazon-apigateway-integration object").
 * @param resourceId the cache's name where none is given
 */
export const integrationOf = (extension: Dict, resourceId: string): Integration => {
  const type = upper(extension.type)
  const responses: Record<string, IntegrationResponse> = {}
  for (const [pattern, value] of Object.entries(dictOf(extension.responses))) {
    const response = responseOf(pattern, value)
    responses[response.statusCode ?? ''] = response
  }
  const tls = dictOf(extension.tlsConfig)
  const timeout = extension.timeoutInMillis
  const integration: Integration = given({
    type: type as Integration['type'],
    httpMethod: upper(extension.httpMethod),
    uri: textOf(extension.uri),
    connectionType: (upper(extension.connectionType) as Integration['connectionType']) ?? httpConnection(type),
    connectionId: textOf(extension.connectionId),
    credentials: textOf(extension.credentials),
    requestParameters: textsOf(extension.requestParameters),
    requestTemplates: textsOf(extension.requestTemplates),
    passthroughBehavior: upper(extension.passthroughBehavior) ?? 'WHEN_NO_MATCH',
    contentHandling: upper(extension.contentHandling) as Integration['contentHandling'],
    timeoutInMillis: timeout === undefined ? 29_000 : Number(timeout),
    cacheNamespace: textOf(extension.cacheNamespace) ?? resourceId,
    cacheKeyParameters: listOf(extension.cacheKeyParameters).map(String),
    integrationResponses: Object.keys(responses).length ? responses : undefined,
    tlsConfig:
      tls.insecureSkipVerification === undefined
        ? undefined
        : { insecureSkipVerification: tls.insecureSkipVerification === true },
  })
  checkIntegration(integration)
  return integration
}

const httpConnection = (type: string | undefined): Integration['connectionType'] =>
  type?.startsWith('HTTP') ? 'INTERNET' : undefined
