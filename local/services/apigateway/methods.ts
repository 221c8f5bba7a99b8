import type { Method, MethodResponse } from '@aws-sdk/client-api-gateway'
import { type ApiDefinition, theMethod, theResource } from './definition.ts'
import { conflict, given, invalid, missing } from './errors.ts'
import { changed, theApi } from './lookup.ts'
import { type Operations, on } from './names.ts'
import { entry, member, type Patches, patched, text, truth, truthOf } from './patch.ts'

const path = '/restapis/{restApiId}/resources/{resourceId}/methods/{httpMethod}'
const response = `${path}/responses/{statusCode}`
const VERBS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'ANY']
const TYPES = ['NONE', 'AWS_IAM', 'CUSTOM', 'COGNITO_USER_POOLS']
const PARAMETER = /^method\.request\.(header|querystring|path|multivalueheader|multivaluequerystring)\.[^\s]+$/
const RESPONSE_PARAMETER = /^method\.response\.header\.[^\s]+$/

/** @throws ServiceError `BadRequestException` for what a method cannot be. */
export const checkMethod = (method: Method, { authorizers, requestValidators, models }: ApiDefinition): void => {
  const { authorizationType, authorizerId, requestValidatorId, requestParameters, requestModels } = method
  if (!authorizationType || !TYPES.includes(authorizationType))
    throw invalid(`Invalid authorization type specified. Valid options are ${TYPES.join(', ')}`)
  if (authorizationType === 'CUSTOM' || authorizationType === 'COGNITO_USER_POOLS') {
    const authorizer = authorizers.find(({ id }) => id === authorizerId)
    if (!authorizer)
      throw invalid(
        'Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.',
      )
    if ((authorizer.type === 'COGNITO_USER_POOLS') !== (authorizationType === 'COGNITO_USER_POOLS'))
      throw invalid('The authorization type of the method does not fit its authorizer.')
  }
  if (requestValidatorId && !requestValidators.some(({ id }) => id === requestValidatorId))
    throw invalid('Invalid Request Validator identifier specified')
  for (const name of Object.keys(requestParameters ?? {}))
    if (!PARAMETER.test(name))
      throw invalid(
        `Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: ${name}]`,
      )
  checkModels(requestModels, models)
}

const checkModels = (named: Record<string, string> | undefined, models: ApiDefinition['models']): void => {
  for (const name of Object.values(named ?? {}))
    if (!models.some((model) => model.name === name)) throw invalid(`Invalid model identifier specified: ${name}`)
}
const checkResponse = (
  { statusCode, responseParameters, responseModels }: MethodResponse,
  models: ApiDefinition['models'],
): void => {
  if (!/^[1-5]\d\d$/.test(statusCode ?? '')) throw invalid('Invalid status code specified')
  for (const name of Object.keys(responseParameters ?? {}))
    if (!RESPONSE_PARAMETER.test(name))
      throw invalid(
        `Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: ${name}]`,
      )
  checkModels(responseModels, models)
}

const theResponse = (method: Method, statusCode: string): MethodResponse => {
  const found = Object.hasOwn(method.methodResponses ?? {}, statusCode)
    ? method.methodResponses?.[statusCode]
    : undefined
  if (!found) throw missing('Invalid Response status code specified')
  return found
}

const patches: Patches<Method> = {
  '/authorizationType': text('authorizationType'),
  '/authorizerId': text('authorizerId'),
  '/apiKeyRequired': truth('apiKeyRequired'),
  '/operationName': text('operationName'),
  '/requestValidatorId': {
    ops: ['replace'],
    run(method, _, value) {
      if (value === '') delete method.requestValidatorId
      else method.requestValidatorId = value
    },
  },
  '/requestModels/{contentType}': entry('requestModels'),
  '/requestParameters/{name}': entry('requestParameters', (value) => truthOf(value || 'false', '/requestParameters')),
  '/authorizationScopes/{scope}': member('authorizationScopes'),
  '/authorizationScopes': {
    ops: ['add', 'remove'],
    run(method, _, value, op) {
      const rest = (method.authorizationScopes ?? []).filter((scope) => scope !== value)
      method.authorizationScopes = op === 'add' ? [...rest, value] : rest
    },
  },
}
const responsePatches: Patches<MethodResponse> = {
  '/responseModels/{contentType}': entry('responseModels'),
  '/responseParameters/{name}': entry('responseParameters', (value) =>
    truthOf(value || 'false', '/responseParameters'),
  ),
}

export const methods = {
  PutMethod: {
    action: on('PUT', path),
    run: ({ restApiId, resourceId, httpMethod, ...settings }, call) =>
      changed(restApiId, call, (api) => {
        if (!VERBS.includes(httpMethod))
          throw invalid('Invalid HttpMethod specified. Valid options are GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS,ANY')
        const resource = theResource(api, resourceId)
        if (resource.resourceMethods && Object.hasOwn(resource.resourceMethods, httpMethod))
          throw conflict('Method already exists for this resource')
        const method: Method = given({ httpMethod, ...settings, apiKeyRequired: settings.apiKeyRequired ?? false })
        checkMethod(method, api)
        resource.resourceMethods = { ...resource.resourceMethods, [httpMethod]: method }
        return method
      }),
  },
  GetMethod: {
    action: on('GET', path),
    run: ({ restApiId, resourceId, httpMethod }, call) => theMethod(theApi(restApiId, call), resourceId, httpMethod),
  },
  UpdateMethod: {
    action: on('PATCH', path),
    run: ({ restApiId, resourceId, httpMethod, patchOperations }, call) =>
      changed(restApiId, call, (api) => {
        const method = patched(theMethod(api, resourceId, httpMethod), patches, patchOperations)
        checkMethod(method, api)
        const resource = theResource(api, resourceId)
        resource.resourceMethods = { ...resource.resourceMethods, [httpMethod]: method }
        return method
      }),
  },
  DeleteMethod: {
    action: on('DELETE', path),
    run: ({ restApiId, resourceId, httpMethod }, call) =>
      changed(restApiId, call, (api) => {
        theMethod(api, resourceId, httpMethod)
        delete theResource(api, resourceId).resourceMethods?.[httpMethod]
        return {}
      }),
  },
  PutMethodResponse: {
    action: on('PUT', response),
    run: ({ restApiId, resourceId, httpMethod, ...settings }, call) =>
      changed(restApiId, call, (api) => {
        const method = theMethod(api, resourceId, httpMethod)
        const { statusCode } = settings
        if (Object.hasOwn(method.methodResponses ?? {}, statusCode))
          throw conflict('Response already exists for this resource')
        const made: MethodResponse = given(settings)
        checkResponse(made, api.models)
        method.methodResponses = { ...method.methodResponses, [statusCode]: made }
        return made
      }),
  },
  GetMethodResponse: {
    action: on('GET', response),
    run: ({ restApiId, resourceId, httpMethod, statusCode }, call) =>
      theResponse(theMethod(theApi(restApiId, call), resourceId, httpMethod), statusCode),
  },
  UpdateMethodResponse: {
    action: on('PATCH', response),
    run: ({ restApiId, resourceId, httpMethod, statusCode, patchOperations }, call) =>
      changed(restApiId, call, (api) => {
        const method = theMethod(api, resourceId, httpMethod)
        const made = patched(theResponse(method, statusCode), responsePatches, patchOperations)
        checkResponse(made, api.models)
        method.methodResponses = { ...method.methodResponses, [statusCode]: made }
        return made
      }),
  },
  DeleteMethodResponse: {
    action: on('DELETE', response),
    run: ({ restApiId, resourceId, httpMethod, statusCode }, call) =>
      changed(restApiId, call, (api) => {
        const method = theMethod(api, resourceId, httpMethod)
        theResponse(method, statusCode)
        delete method.methodResponses?.[statusCode]
        return {}
      }),
  },
} satisfies Operations
