import type { Method, MethodResponse, RequestValidator } from '@aws-sdk/client-api-gateway'
import { given, invalid } from '../errors.ts'
import type { readSecurity } from './authorizers.ts'
import { type Dict, dictOf, isDict, listOf, type OpenApi, textOf } from './document.ts'
import { integrationOf } from './integrations.ts'
import type { Models } from './schemas.ts'

/** What methods are read with. */
export interface Reading {
  readonly document: OpenApi
  readonly models: Models
  readonly security: ReturnType<typeof readSecurity>
  readonly validators: readonly RequestValidator[]
  readonly warnings: string[]
}

const EXTENSION = 'x-amazon-apigateway-integration'
const VALIDATOR = 'x-amazon-apigateway-request-validator'
const PLACES: Record<string, string | undefined> = { path: 'path', query: 'querystring', header: 'header' }
const JSON_TYPE = 'application/json'

/** A method of a path. `shared` are the parameters of the path. */
export const methodOf = (
  httpMethod: string,
  operation: Dict,
  shared: unknown,
  resourceId: string,
  reading: Reading,
): Method => {
  const { document, security, warnings } = reading
  const { authorizationType, authorizerId, authorizationScopes, apiKeyRequired } = security.securityOf(operation)
  const parameters = parametersOf([...listOf(shared), ...listOf(operation.parameters)], reading)
  const requestModels =
    document.version === 2
      ? bodyModels(operation, parameters, reading)
      : contentModels(document.deref(operation.requestBody), reading)
  const extension = operation[EXTENSION]
  if (extension === undefined) warnings.push(`No integration defined for method ${httpMethod}`)
  const integration = isDict(extension) ? integrationOf(document.deref(extension), resourceId) : undefined
  const responses = responsesOf(operation, reading)
  return given({
    httpMethod,
    authorizationType,
    authorizerId,
    authorizationScopes,
    apiKeyRequired,
    operationName: textOf(operation.operationId),
    requestValidatorId: validatorOf(operation, reading),
    requestParameters: parameters.size ? Object.fromEntries(parameters) : undefined,
    requestModels: Object.keys(requestModels).length ? requestModels : undefined,
    methodResponses: Object.keys(responses).length ? responses : undefined,
    methodIntegration: integration,
  })
}

const validatorOf = (operation: Dict, { document, validators }: Reading): string | undefined => {
  const name = textOf(operation[VALIDATOR] ?? document.root[VALIDATOR])
  if (name === undefined) return undefined
  const validator = validators.find((one) => one.name === name)
  if (!validator) throw invalid(`Request validator '${name}' is not defined in x-amazon-apigateway-request-validators`)
  return validator.id
}

/** `method.request.querystring.name` → whether it must be there; later ones win. */
const parametersOf = (list: unknown[], { document }: Reading): Map<string, boolean> => {
  const parameters = new Map<string, boolean>()
  for (const one of list) {
    const { in: where, name, required } = document.deref(one)
    const place = PLACES[textOf(where) ?? '']
    const spelled = textOf(name)
    if (place && spelled !== undefined)
      parameters.set(`method.request.${place}.${spelled}`, required === true || required === 'true')
  }
  return parameters
}

const bodyModels = (operation: Dict, _: unknown, { document, models }: Reading): Record<string, string> => {
  const found: Record<string, string> = {}
  const types = listOf(operation.consumes ?? document.root.consumes).map(String)
  for (const one of listOf(operation.parameters)) {
    const { in: where, schema } = document.deref(one)
    const name = where === 'body' ? models.nameOf(schema) : undefined
    if (name !== undefined) for (const type of types.length ? types : [JSON_TYPE]) found[type] = name
  }
  return found
}

const contentModels = (body: Dict, { models }: Reading): Record<string, string> => {
  const found: Record<string, string> = {}
  for (const [type, media] of Object.entries(dictOf(body.content))) {
    const name = models.nameOf(dictOf(media).schema)
    if (name !== undefined) found[type] = name
  }
  return found
}

const responsesOf = (operation: Dict, reading: Reading): Record<string, MethodResponse> => {
  const { document, models } = reading
  const responses: Record<string, MethodResponse> = {}
  for (const [status, value] of Object.entries(dictOf(operation.responses))) {
    // API Gateway has no default for statuses; such a response is left out, as AWS does.
    if (!/^[1-5]\d\d$/.test(status)) continue
    const response = document.deref(value)
    const headers = Object.keys(dictOf(response.headers)).map((name) => [`method.response.header.${name}`, false])
    const responseModels: Record<string, string> = {}
    if (document.version === 3) Object.assign(responseModels, contentModels(response, reading))
    else {
      const name = models.nameOf(response.schema)
      const types = listOf(operation.produces ?? document.root.produces).map(String)
      if (name !== undefined) for (const type of types.length ? types : [JSON_TYPE]) responseModels[type] = name
    }
    responses[status] = given({
      statusCode: status,
      responseParameters: headers.length ? Object.fromEntries(headers) : undefined,
      responseModels: Object.keys(responseModels).length ? responseModels : undefined,
    })
  }
  return responses
}
