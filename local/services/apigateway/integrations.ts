import type { Integration, IntegrationResponse, Method } from '@aws-sdk/client-api-gateway'
import { theMethod } from './definition.ts'
import { given, invalid, missing } from './errors.ts'
import { checkIntegration } from './integrationChecks.ts'
import { changed, theApi } from './lookup.ts'
import { type Operations, on } from './names.ts'
import { entry, member, number, type Patches, patched, text, truthOf } from './patch.ts'

const path = '/restapis/{restApiId}/resources/{resourceId}/methods/{httpMethod}/integration'
const response = `${path}/responses/{statusCode}`

const theIntegration = ({ methodIntegration }: Method): Integration => {
  if (!methodIntegration) throw missing('Invalid Integration identifier specified')
  return methodIntegration
}
const theResponse = ({ integrationResponses = {} }: Integration, statusCode: string): IntegrationResponse => {
  const found = Object.hasOwn(integrationResponses, statusCode) ? integrationResponses[statusCode] : undefined
  if (!found) throw missing('Invalid Response status code specified')
  return found
}

const EXPRESSION =
  /^(integration\.response\.(header|multivalueheader)\.[^\s]+|integration\.response\.body(\..+)?|stageVariables\.\w+|context\.[\w.]+|'.*')$/s

const checkResponse = (
  { responseParameters, contentHandling, selectionPattern }: IntegrationResponse,
  method: Method,
): void => {
  for (const [name, value] of Object.entries(responseParameters ?? {})) {
    const [, header] = /^method\.response\.header\.(\S+)$/.exec(name) ?? []
    if (header === undefined || !EXPRESSION.test(value))
      throw invalid(
        `Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: ${header === undefined ? name : value}]`,
      )
    const declared = Object.values(method.methodResponses ?? {}).some(
      (one) => one.responseParameters && name in one.responseParameters,
    )
    if (!declared)
      throw invalid(
        `Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: ${name}]`,
      )
  }
  if (contentHandling && !['CONVERT_TO_BINARY', 'CONVERT_TO_TEXT'].includes(contentHandling))
    throw invalid('Invalid contentHandling specified. Must be one of: CONVERT_TO_BINARY, CONVERT_TO_TEXT')
  if (selectionPattern) {
    try {
      new RegExp(selectionPattern)
    } catch {
      throw invalid(`Invalid selection pattern specified: ${selectionPattern}`)
    }
  }
}

const patches: Patches<Integration> = {
  '/type': text('type'),
  '/httpMethod': text('httpMethod'),
  '/uri': text('uri'),
  '/credentials': text('credentials'),
  '/passthroughBehavior': text('passthroughBehavior'),
  '/contentHandling': text('contentHandling'),
  '/timeoutInMillis': number('timeoutInMillis'),
  '/cacheNamespace': text('cacheNamespace'),
  '/connectionType': text('connectionType'),
  '/connectionId': text('connectionId'),
  '/cacheKeyParameters/{name}': member('cacheKeyParameters'),
  '/requestParameters/{name}': entry('requestParameters'),
  '/requestTemplates/{contentType}': entry('requestTemplates'),
  '/tlsConfig/insecureSkipVerification': {
    ops: ['replace'],
    run: (integration, _, value) => {
      integration.tlsConfig = { insecureSkipVerification: truthOf(value, '/tlsConfig/insecureSkipVerification') }
    },
  },
}
const responsePatches: Patches<IntegrationResponse> = {
  '/selectionPattern': text('selectionPattern'),
  '/contentHandling': text('contentHandling'),
  '/responseParameters/{name}': entry('responseParameters'),
  '/responseTemplates/{contentType}': entry('responseTemplates'),
}

export const integrations = {
  PutIntegration: {
    action: on('PUT', path),
    run: ({ restApiId, resourceId, httpMethod, integrationHttpMethod, integrationTarget, ...settings }, call) =>
      changed(restApiId, call, (api) => {
        const method = theMethod(api, resourceId, httpMethod)
        if (integrationTarget !== undefined) throw invalid('VPC links are not part of the local cloud.')
        const integration: Integration = given({
          ...settings,
          httpMethod: integrationHttpMethod,
          connectionType: settings.connectionType ?? (settings.type.startsWith('HTTP') ? 'INTERNET' : undefined),
          passthroughBehavior: settings.passthroughBehavior ?? 'WHEN_NO_MATCH',
          timeoutInMillis: settings.timeoutInMillis ?? 29_000,
          cacheNamespace: settings.cacheNamespace ?? resourceId,
          cacheKeyParameters: settings.cacheKeyParameters ?? [],
        })
        checkIntegration(integration)
        method.methodIntegration = integration
        return integration
      }),
  },
  GetIntegration: {
    action: on('GET', path),
    run: ({ restApiId, resourceId, httpMethod }, call) =>
      theIntegration(theMethod(theApi(restApiId, call), resourceId, httpMethod)),
  },
  UpdateIntegration: {
    action: on('PATCH', path),
    run: ({ restApiId, resourceId, httpMethod, patchOperations }, call) =>
      changed(restApiId, call, (api) => {
        const method = theMethod(api, resourceId, httpMethod)
        const integration = patched(theIntegration(method), patches, patchOperations)
        checkIntegration(integration)
        method.methodIntegration = integration
        return integration
      }),
  },
  DeleteIntegration: {
    action: on('DELETE', path),
    run: ({ restApiId, resourceId, httpMethod }, call) =>
      changed(restApiId, call, (api) => {
        const method = theMethod(api, resourceId, httpMethod)
        theIntegration(method)
        delete method.methodIntegration
        return {}
      }),
  },
  PutIntegrationResponse: {
    action: on('PUT', response),
    run: ({ restApiId, resourceId, httpMethod, ...settings }, call) =>
      changed(restApiId, call, (api) => {
        const method = theMethod(api, resourceId, httpMethod)
        const integration = theIntegration(method)
        const { statusCode } = settings
        if (!Object.hasOwn(method.methodResponses ?? {}, statusCode))
          throw missing('Invalid Response status code specified')
        const made: IntegrationResponse = given(settings)
        checkResponse(made, method)
        integration.integrationResponses = { ...integration.integrationResponses, [statusCode]: made }
        return made
      }),
  },
  GetIntegrationResponse: {
    action: on('GET', response),
    run: ({ restApiId, resourceId, httpMethod, statusCode }, call) =>
      theResponse(theIntegration(theMethod(theApi(restApiId, call), resourceId, httpMethod)), statusCode),
  },
  UpdateIntegrationResponse: {
    action: on('PATCH', response),
    run: ({ restApiId, resourceId, httpMethod, statusCode, patchOperations }, call) =>
      changed(restApiId, call, (api) => {
        const method = theMethod(api, resourceId, httpMethod)
        const integration = theIntegration(method)
        const made = patched(theResponse(integration, statusCode), responsePatches, patchOperations)
        checkResponse(made, method)
        integration.integrationResponses = { ...integration.integrationResponses, [statusCode]: made }
        return made
      }),
  },
  DeleteIntegrationResponse: {
    action: on('DELETE', response),
    run: ({ restApiId, resourceId, httpMethod, statusCode }, call) =>
      changed(restApiId, call, (api) => {
        const integration = theIntegration(theMethod(api, resourceId, httpMethod))
        theResponse(integration, statusCode)
        delete integration.integrationResponses?.[statusCode]
        return {}
      }),
  },
} satisfies Operations
