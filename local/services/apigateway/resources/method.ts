import { unlessGone } from '../../gone.ts'
import type { Resource, ResourceType } from '../../service.ts'
import type { ApiGatewayStore } from '../store.ts'
import {
  type Called,
  client,
  listOf,
  manyOf,
  numberOf,
  propertiesOf,
  textOf,
  textsOf,
  truthOf,
  truthsOf,
} from './values.ts'

const keyOf = ({ properties }: Resource) => ({
  restApiId: String(properties.RestApiId),
  resourceId: String(properties.ResourceId),
  httpMethod: String(properties.HttpMethod),
})

const put = async (resource: Resource, call: Called): Promise<void> => {
  const { properties } = resource
  const key = keyOf(resource)
  const api = client(call)
  await api.PutMethod({
    ...key,
    authorizationType: textOf(properties.AuthorizationType) ?? 'NONE',
    authorizerId: textOf(properties.AuthorizerId),
    apiKeyRequired: truthOf(properties.ApiKeyRequired),
    operationName: textOf(properties.OperationName),
    requestParameters: truthsOf(properties.RequestParameters),
    requestModels: textsOf(properties.RequestModels),
    requestValidatorId: textOf(properties.RequestValidatorId),
    authorizationScopes: listOf(properties.AuthorizationScopes),
  })
  for (const response of manyOf(properties.MethodResponses))
    await api.PutMethodResponse({
      ...key,
      statusCode: String(response.StatusCode),
      responseParameters: truthsOf(response.ResponseParameters),
      responseModels: textsOf(response.ResponseModels),
    })
  if (properties.Integration !== undefined) await putIntegration(key, propertiesOf(properties.Integration), call)
}

const putIntegration = async (
  key: ReturnType<typeof keyOf>,
  integration: Record<string, unknown>,
  call: Called,
): Promise<void> => {
  const api = client(call)
  await api.PutIntegration({
    ...key,
    type: textOf(integration.Type) as 'AWS',
    integrationHttpMethod: textOf(integration.IntegrationHttpMethod),
    uri: textOf(integration.Uri),
    connectionType: textOf(integration.ConnectionType) as 'INTERNET' | undefined,
    connectionId: textOf(integration.ConnectionId),
    credentials: textOf(integration.Credentials),
    requestParameters: textsOf(integration.RequestParameters),
    requestTemplates: textsOf(integration.RequestTemplates),
    passthroughBehavior: textOf(integration.PassthroughBehavior),
    cacheNamespace: textOf(integration.CacheNamespace),
    cacheKeyParameters: listOf(integration.CacheKeyParameters),
    contentHandling: textOf(integration.ContentHandling) as 'CONVERT_TO_TEXT' | undefined,
    timeoutInMillis: numberOf(integration.TimeoutInMillis),
  })
  for (const response of manyOf(integration.IntegrationResponses))
    await api.PutIntegrationResponse({
      ...key,
      statusCode: String(response.StatusCode),
      selectionPattern: textOf(response.SelectionPattern),
      responseParameters: textsOf(response.ResponseParameters),
      responseTemplates: textsOf(response.ResponseTemplates),
      contentHandling: textOf(response.ContentHandling) as 'CONVERT_TO_TEXT' | undefined,
    })
}

/** `AWS::ApiGateway::Method`: with its responses and its integration. */
export const methodResource: ResourceType<ApiGatewayStore> = {
  properties: [
    'ApiKeyRequired',
    'AuthorizationScopes',
    'AuthorizationType',
    'AuthorizerId',
    'HttpMethod',
    'Integration',
    'MethodResponses',
    'OperationName',
    'RequestModels',
    'RequestParameters',
    'RequestValidatorId',
    'ResourceId',
    'RestApiId',
  ],
  replacedBy: ['HttpMethod', 'ResourceId', 'RestApiId'],
  async create(resource, call) {
    await put(resource, call)
    return { physicalId: resource.physicalId }
  },
  async update(resource, before, call) {
    await unlessGone(() => client(call).DeleteMethod(keyOf(resource)))
    await put(resource, call)
    return { physicalId: before.physicalId }
  },
  delete: (resource, call) => unlessGone(() => client(call).DeleteMethod(keyOf(resource))),
}
