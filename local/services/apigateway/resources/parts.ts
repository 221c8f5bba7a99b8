import type { PatchOperation } from '@aws-sdk/client-api-gateway'
import { unlessGone } from '../../gone.ts'
import type { ResourceType } from '../../service.ts'
import type { ApiGatewayStore } from '../store.ts'
import { client, entries, listOf, members, numberOf, replaced, replacedOr, textOf, textsOf, truthOf } from './values.ts'

type Type = ResourceType<ApiGatewayStore>
const apiOf = (properties: Record<string, unknown>) => String(properties.RestApiId)

/** `AWS::ApiGateway::Resource`: Ref gives the id of the resource. */
export const pathResource: Type = {
  properties: ['ParentId', 'PathPart', 'RestApiId'],
  replacedBy: ['ParentId', 'PathPart', 'RestApiId'],
  async create({ properties }, call) {
    const { id = '' } = await client(call).CreateResource({
      restApiId: apiOf(properties),
      parentId: String(properties.ParentId),
      pathPart: String(properties.PathPart),
    })
    return { physicalId: id, attributes: { ResourceId: id } }
  },
  update: async (_, { physicalId }) => ({ physicalId, attributes: { ResourceId: physicalId } }),
  delete: ({ physicalId: resourceId, properties }, call) =>
    unlessGone(() => client(call).DeleteResource({ restApiId: apiOf(properties), resourceId })),
}

/** `AWS::ApiGateway::Model`: Ref gives the name of the model. */
export const modelResource: Type = {
  properties: ['ContentType', 'Description', 'Name', 'RestApiId', 'Schema'],
  replacedBy: ['ContentType', 'Name', 'RestApiId'],
  async create({ properties, physicalId }, call) {
    const name = textOf(properties.Name) ?? physicalId.replace(/[^a-zA-Z0-9]/g, '')
    await client(call).CreateModel({
      restApiId: apiOf(properties),
      name,
      contentType: textOf(properties.ContentType) ?? 'application/json',
      description: textOf(properties.Description),
      schema: textOf(properties.Schema) ?? '{}',
    })
    return { physicalId: name }
  },
  async update({ properties }, { physicalId: modelName, properties: old }, call) {
    await client(call).UpdateModel({
      restApiId: apiOf(properties),
      modelName,
      patchOperations: [
        ...replacedOr('/schema', old.Schema, properties.Schema, '{}'),
        ...replacedOr('/description', old.Description, properties.Description, ''),
      ],
    })
    return { physicalId: modelName }
  },
  delete: ({ physicalId, properties }, call) =>
    unlessGone(() =>
      client(call).DeleteModel({ restApiId: apiOf(properties), modelName: textOf(properties.Name) ?? physicalId }),
    ),
}

/** `AWS::ApiGateway::RequestValidator`: Ref gives its id. */
export const validatorResource: Type = {
  properties: ['Name', 'RestApiId', 'ValidateRequestBody', 'ValidateRequestParameters'],
  replacedBy: ['Name', 'RestApiId'],
  async create({ properties, logicalId }, call) {
    const { id = '' } = await client(call).CreateRequestValidator({
      restApiId: apiOf(properties),
      name: textOf(properties.Name) ?? logicalId,
      validateRequestBody: truthOf(properties.ValidateRequestBody),
      validateRequestParameters: truthOf(properties.ValidateRequestParameters),
    })
    return { physicalId: id, attributes: { RequestValidatorId: id } }
  },
  async update({ properties }, { physicalId, properties: old }, call) {
    await client(call).UpdateRequestValidator({
      restApiId: apiOf(properties),
      requestValidatorId: physicalId,
      patchOperations: [
        ...replacedOr('/validateRequestBody', old.ValidateRequestBody, properties.ValidateRequestBody, 'false'),
        ...replacedOr(
          '/validateRequestParameters',
          old.ValidateRequestParameters,
          properties.ValidateRequestParameters,
          'false',
        ),
      ],
    })
    return { physicalId, attributes: { RequestValidatorId: physicalId } }
  },
  delete: ({ physicalId: requestValidatorId, properties }, call) =>
    unlessGone(() => client(call).DeleteRequestValidator({ restApiId: apiOf(properties), requestValidatorId })),
}

/** `AWS::ApiGateway::Authorizer`: Ref gives its id. */
export const authorizerResource: Type = {
  properties: [
    'AuthType',
    'AuthorizerCredentials',
    'AuthorizerResultTtlInSeconds',
    'AuthorizerUri',
    'IdentitySource',
    'IdentityValidationExpression',
    'Name',
    'ProviderARNs',
    'RestApiId',
    'Type',
  ],
  replacedBy: ['RestApiId'],
  async create({ properties }, call) {
    const { id = '' } = await client(call).CreateAuthorizer({
      restApiId: apiOf(properties),
      name: String(properties.Name),
      type: textOf(properties.Type) as 'TOKEN',
      providerARNs: listOf(properties.ProviderARNs),
      authType: textOf(properties.AuthType),
      authorizerUri: textOf(properties.AuthorizerUri),
      authorizerCredentials: textOf(properties.AuthorizerCredentials),
      identitySource: textOf(properties.IdentitySource),
      identityValidationExpression: textOf(properties.IdentityValidationExpression),
      authorizerResultTtlInSeconds: numberOf(properties.AuthorizerResultTtlInSeconds),
    })
    return { physicalId: id, attributes: { AuthorizerId: id } }
  },
  async update({ properties }, { physicalId, properties: old }, call) {
    const texts = [
      'Name',
      'Type',
      'AuthType',
      'AuthorizerUri',
      'AuthorizerCredentials',
      'IdentitySource',
      'IdentityValidationExpression',
    ]
    const patchOperations: PatchOperation[] = [
      ...texts.flatMap((name) =>
        replacedOr(`/${name.charAt(0).toLowerCase()}${name.slice(1)}`, old[name], properties[name], ''),
      ),
      ...replacedOr(
        '/authorizerResultTtlInSeconds',
        old.AuthorizerResultTtlInSeconds,
        properties.AuthorizerResultTtlInSeconds,
        '300',
      ),
      ...members('/providerARNs', old.ProviderARNs, properties.ProviderARNs).map(({ op, path = '' }) => ({
        op,
        path: '/providerARNs',
        value: path.slice('/providerARNs/'.length).replaceAll('~1', '/').replaceAll('~0', '~'),
      })),
    ]
    await client(call).UpdateAuthorizer({ restApiId: apiOf(properties), authorizerId: physicalId, patchOperations })
    return { physicalId, attributes: { AuthorizerId: physicalId } }
  },
  delete: ({ physicalId: authorizerId, properties }, call) =>
    unlessGone(() => client(call).DeleteAuthorizer({ restApiId: apiOf(properties), authorizerId })),
}

/** `AWS::ApiGateway::GatewayResponse`. */
export const gatewayResponseResource: Type = {
  properties: ['ResponseParameters', 'ResponseTemplates', 'ResponseType', 'RestApiId', 'StatusCode'],
  replacedBy: ['ResponseType', 'RestApiId'],
  async create({ properties, physicalId }, call) {
    await client(call).PutGatewayResponse({
      restApiId: apiOf(properties),
      responseType: textOf(properties.ResponseType) as 'UNAUTHORIZED',
      statusCode: textOf(properties.StatusCode),
      responseParameters: textsOf(properties.ResponseParameters),
      responseTemplates: textsOf(properties.ResponseTemplates),
    })
    return { physicalId, attributes: { Id: physicalId } }
  },
  async update({ properties }, { physicalId, properties: old }, call) {
    await client(call).UpdateGatewayResponse({
      restApiId: apiOf(properties),
      responseType: textOf(properties.ResponseType) as 'UNAUTHORIZED',
      patchOperations: [
        ...replaced('/statusCode', old.StatusCode, properties.StatusCode),
        ...entries('/responseParameters', old.ResponseParameters, properties.ResponseParameters),
        ...entries('/responseTemplates', old.ResponseTemplates, properties.ResponseTemplates),
      ],
    })
    return { physicalId, attributes: { Id: physicalId } }
  },
  delete: ({ properties }, call) =>
    unlessGone(() =>
      client(call).DeleteGatewayResponse({
        restApiId: apiOf(properties),
        responseType: textOf(properties.ResponseType) as 'UNAUTHORIZED',
      }),
    ),
}
