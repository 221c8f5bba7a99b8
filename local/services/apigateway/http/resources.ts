import { unlessGone } from '../../gone.ts'
import type { Created, Resource, ResourceCall, ResourceType } from '../../service.ts'
import { listOf, numberOf, propertiesOf, textOf, textsOf, truthOf } from '../resources/values.ts'
import { stage } from './stageResource.ts'
import type { HttpApiStore } from './store.ts'
import { retagged, systemTagged } from './tagging.ts'

type Type = ResourceType<HttpApiStore>
type Called = ResourceCall<HttpApiStore>
const client = (call: Called) => call.cloud('apigatewayv2')
const apiOf = ({ properties }: Resource) => String(properties.ApiId)

const bodyOf = async ({ properties }: Resource, call: Called): Promise<string | undefined> => {
  if (properties.Body !== undefined) return textOf(properties.Body)
  if (properties.BodyS3Location === undefined) return undefined
  const { Bucket, Key, Version } = propertiesOf(properties.BodyS3Location)
  const { Body } = await call.cloud('s3').GetObject({
    Bucket: String(Bucket),
    Key: String(Key),
    ...(Version === undefined ? {} : { VersionId: String(Version) }),
  })
  const parts: Uint8Array[] = []
  for await (const part of Body as AsyncIterable<Uint8Array>) parts.push(part)
  return Buffer.concat(parts).toString()
}

const corsOf = (value: unknown) => {
  if (value === undefined) return undefined
  const cors = propertiesOf(value)
  return {
    AllowCredentials: truthOf(cors.AllowCredentials),
    AllowHeaders: listOf(cors.AllowHeaders),
    AllowMethods: listOf(cors.AllowMethods),
    AllowOrigins: listOf(cors.AllowOrigins),
    ExposeHeaders: listOf(cors.ExposeHeaders),
    MaxAge: numberOf(cors.MaxAge),
  }
}

const made = (id: string, call: Called): Created => ({
  physicalId: id,
  attributes: { ApiId: id, ApiEndpoint: call.store.api(id)?.api.ApiEndpoint },
})

const apiSettings = ({ properties }: Resource) => ({
  Name: textOf(properties.Name),
  Description: textOf(properties.Description),
  Version: textOf(properties.Version),
  CorsConfiguration: corsOf(properties.CorsConfiguration),
  DisableExecuteApiEndpoint: truthOf(properties.DisableExecuteApiEndpoint),
})
const given = <T extends object>(members: T): Partial<T> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<T>

/** `AWS::ApiGatewayV2::Api`: Ref gives the id of the API. */
const api: Type = {
  properties: [
    'ApiKeySelectionExpression',
    'BasePath',
    'Body',
    'BodyS3Location',
    'CorsConfiguration',
    'CredentialsArn',
    'Description',
    'DisableExecuteApiEndpoint',
    'DisableSchemaValidation',
    'FailOnWarnings',
    'IpAddressType',
    'Name',
    'ProtocolType',
    'RouteKey',
    'RouteSelectionExpression',
    'Tags',
    'Target',
    'Version',
  ],
  replacedBy: ['ProtocolType'],
  tags: { asMap: true },
  async create(resource, call) {
    const { properties } = resource
    const body = await bodyOf(resource, call)
    if (body === undefined) {
      const { ApiId = '' } = await client(call).CreateApi({
        ...apiSettings(resource),
        Name: textOf(properties.Name) ?? resource.logicalId,
        ProtocolType: textOf(properties.ProtocolType) as 'HTTP',
        RouteKey: textOf(properties.RouteKey),
        Target: textOf(properties.Target),
        CredentialsArn: textOf(properties.CredentialsArn),
        Tags: textsOf(properties.Tags),
      })
      return made(ApiId, call)
    }
    const { ApiId = '' } = await client(call).ImportApi({
      Body: body,
      Basepath: textOf(properties.BasePath),
      FailOnWarnings: truthOf(properties.FailOnWarnings),
    })
    await settled(ApiId, resource, undefined, call)
    return made(ApiId, call)
  },
  async update(resource, before, call) {
    const { physicalId: ApiId } = before
    const body = await bodyOf(resource, call)
    if (body !== undefined)
      await client(call).ReimportApi({
        ApiId,
        Body: body,
        Basepath: textOf(resource.properties.BasePath),
        FailOnWarnings: truthOf(resource.properties.FailOnWarnings),
      })
    if (before.properties.CorsConfiguration !== undefined && resource.properties.CorsConfiguration === undefined)
      await client(call).DeleteCorsConfiguration({ ApiId })
    await settled(ApiId, resource, before, call)
    return made(ApiId, call)
  },
  delete: ({ physicalId: ApiId }, call) => unlessGone(() => client(call).DeleteApi({ ApiId })),
  systemTags: ({ physicalId }, tags, call) => systemTagged(physicalId, undefined, tags, call),
}

/** What properties say besides the definition. */
const settled = async (ApiId: string, resource: Resource, before: Resource | undefined, call: Called) => {
  const settings = given(apiSettings(resource))
  if (Object.keys(settings).length) await client(call).UpdateApi({ ApiId, ...settings })
  await retagged(`/apis/${ApiId}`, resource, before, call)
}

const routeSettings = ({ properties }: Resource) => ({
  RouteKey: String(properties.RouteKey),
  Target: textOf(properties.Target),
  AuthorizationType: textOf(properties.AuthorizationType) as 'NONE' | undefined,
  AuthorizerId: textOf(properties.AuthorizerId),
  AuthorizationScopes: listOf(properties.AuthorizationScopes),
  OperationName: textOf(properties.OperationName),
})

/** `AWS::ApiGatewayV2::Route`: Ref gives its id. */
const route: Type = {
  properties: [
    'ApiId',
    'ApiKeyRequired',
    'AuthorizationScopes',
    'AuthorizationType',
    'AuthorizerId',
    'ModelSelectionExpression',
    'OperationName',
    'RequestModels',
    'RequestParameters',
    'RouteKey',
    'RouteResponseSelectionExpression',
    'Target',
  ],
  replacedBy: ['ApiId'],
  async create(resource, call) {
    const { RouteId = '' } = await client(call).CreateRoute({ ApiId: apiOf(resource), ...routeSettings(resource) })
    return { physicalId: RouteId, attributes: { RouteId } }
  },
  async update(resource, { physicalId: RouteId }, call) {
    await client(call).UpdateRoute({ ApiId: apiOf(resource), RouteId, ...routeSettings(resource) })
    return { physicalId: RouteId, attributes: { RouteId } }
  },
  delete: (resource, call) =>
    unlessGone(() => client(call).DeleteRoute({ ApiId: apiOf(resource), RouteId: resource.physicalId })),
}

const integrationSettings = ({ properties }: Resource) => ({
  IntegrationType: textOf(properties.IntegrationType) as 'AWS_PROXY',
  IntegrationUri: textOf(properties.IntegrationUri),
  IntegrationMethod: textOf(properties.IntegrationMethod),
  IntegrationSubtype: textOf(properties.IntegrationSubtype),
  PayloadFormatVersion: textOf(properties.PayloadFormatVersion),
  CredentialsArn: textOf(properties.CredentialsArn),
  ConnectionType: textOf(properties.ConnectionType) as 'INTERNET' | undefined,
  ConnectionId: textOf(properties.ConnectionId),
  Description: textOf(properties.Description),
  TimeoutInMillis: numberOf(properties.TimeoutInMillis),
})

/** `AWS::ApiGatewayV2::Integration`: Ref gives its id. */
const integration: Type = {
  properties: [
    'ApiId',
    'ConnectionId',
    'ConnectionType',
    'CredentialsArn',
    'Description',
    'IntegrationMethod',
    'IntegrationSubtype',
    'IntegrationType',
    'IntegrationUri',
    'PayloadFormatVersion',
    'TimeoutInMillis',
  ],
  replacedBy: ['ApiId'],
  async create(resource, call) {
    const { IntegrationId = '' } = await client(call).CreateIntegration({
      ApiId: apiOf(resource),
      ...integrationSettings(resource),
    })
    return { physicalId: IntegrationId, attributes: { IntegrationId } }
  },
  async update(resource, { physicalId: IntegrationId }, call) {
    await client(call).UpdateIntegration({ ApiId: apiOf(resource), IntegrationId, ...integrationSettings(resource) })
    return { physicalId: IntegrationId, attributes: { IntegrationId } }
  },
  delete: (resource, call) =>
    unlessGone(() => client(call).DeleteIntegration({ ApiId: apiOf(resource), IntegrationId: resource.physicalId })),
}

const authorizerSettings = ({ properties }: Resource) => {
  const jwt = propertiesOf(properties.JwtConfiguration)
  return {
    Name: String(properties.Name),
    AuthorizerType: textOf(properties.AuthorizerType) as 'JWT',
    IdentitySource: listOf(properties.IdentitySource) ?? [],
    AuthorizerUri: textOf(properties.AuthorizerUri),
    AuthorizerCredentialsArn: textOf(properties.AuthorizerCredentialsArn),
    AuthorizerPayloadFormatVersion: textOf(properties.AuthorizerPayloadFormatVersion),
    AuthorizerResultTtlInSeconds: numberOf(properties.AuthorizerResultTtlInSeconds),
    EnableSimpleResponses: truthOf(properties.EnableSimpleResponses),
    JwtConfiguration:
      properties.JwtConfiguration === undefined
        ? undefined
        : { Issuer: textOf(jwt.Issuer), Audience: listOf(jwt.Audience) },
  }
}

/** `AWS::ApiGatewayV2::Authorizer`: Ref gives its id. */
const authorizer: Type = {
  properties: [
    'ApiId',
    'AuthorizerCredentialsArn',
    'AuthorizerPayloadFormatVersion',
    'AuthorizerResultTtlInSeconds',
    'AuthorizerType',
    'AuthorizerUri',
    'EnableSimpleResponses',
    'IdentitySource',
    'IdentityValidationExpression',
    'JwtConfiguration',
    'Name',
  ],
  replacedBy: ['ApiId'],
  async create(resource, call) {
    const { AuthorizerId = '' } = await client(call).CreateAuthorizer({
      ApiId: apiOf(resource),
      ...authorizerSettings(resource),
    })
    return { physicalId: AuthorizerId, attributes: { AuthorizerId } }
  },
  async update(resource, { physicalId: AuthorizerId }, call) {
    await client(call).UpdateAuthorizer({ ApiId: apiOf(resource), AuthorizerId, ...authorizerSettings(resource) })
    return { physicalId: AuthorizerId, attributes: { AuthorizerId } }
  },
  delete: (resource, call) =>
    unlessGone(() => client(call).DeleteAuthorizer({ ApiId: apiOf(resource), AuthorizerId: resource.physicalId })),
}

/** `AWS::ApiGatewayV2::Deployment`: Ref gives its id. */
const deployment: Type = {
  properties: ['ApiId', 'Description', 'StageName'],
  replacedBy: ['ApiId'],
  async create(resource, call) {
    const { DeploymentId = '' } = await client(call).CreateDeployment({
      ApiId: apiOf(resource),
      Description: textOf(resource.properties.Description),
      StageName: textOf(resource.properties.StageName),
    })
    return { physicalId: DeploymentId, attributes: { DeploymentId } }
  },
  async update(resource, { physicalId: DeploymentId }, call) {
    await client(call).UpdateDeployment({
      ApiId: apiOf(resource),
      DeploymentId,
      Description: textOf(resource.properties.Description),
    })
    return { physicalId: DeploymentId, attributes: { DeploymentId } }
  },
  delete: (resource, call) =>
    unlessGone(() => client(call).DeleteDeployment({ ApiId: apiOf(resource), DeploymentId: resource.physicalId })),
}

/** The CloudFormation types of HTTP APIs. */
export const resources: Record<string, Type> = {
  'AWS::ApiGatewayV2::Api': api,
  'AWS::ApiGatewayV2::Authorizer': authorizer,
  'AWS::ApiGatewayV2::Deployment': deployment,
  'AWS::ApiGatewayV2::Integration': integration,
  'AWS::ApiGatewayV2::Route': route,
  'AWS::ApiGatewayV2::Stage': stage,
}
