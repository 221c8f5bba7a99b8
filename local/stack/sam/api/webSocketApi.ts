import { type Dict, isDict } from '../../source.ts'
import type { ResourceEntry } from '../../template.ts'
import { resolved } from '../publish.ts'
import { given, isIntrinsic, ref, type SamContext, type SamResource, type SamType } from '../types.ts'
import { secondDomain } from './domain.ts'

type Made = Record<string, ResourceEntry>

const DEFAULT = 'default'
const CREATED = { 'websocketapi:createdBy': 'SAM' }

/** AWS::Serverless::WebSocketApi: the API, its routes to functions, who may connect, and a stage that deploys by itself. */
export const samWebSocketApi: SamType = {
  properties: [
    'ApiKeySelectionExpression',
    'AccessLogSettings',
    'Auth',
    'DefaultRouteSettings',
    'Description',
    'DisableExecuteApiEndpoint',
    'Domain',
    'DisableSchemaValidation',
    'FailOnWarnings',
    'IpAddressType',
    'Name',
    'PropagateTags',
    'Routes',
    'RouteSettings',
    'RouteSelectionExpression',
    'StageName',
    'StageVariables',
    'Tags',
  ],
  transform(resource, context) {
    const { id, properties } = resource
    const { RouteSettings: settings, StageName: given0, Tags: own } = properties
    const routes = routesOf(resource, context)
    check(resource, routes)
    const stage = given0 ?? DEFAULT
    const stageId = `${id}${stage === DEFAULT ? 'Default' : typeof stage === 'string' ? stage : ''}Stage`
    context.named.set(`${id}.Stage`, stageId)
    const tags = isDict(own) ? { ...own, ...CREATED } : CREATED
    const handedOn = isDict(own) && Object.keys(own).length && properties.PropagateTags ? tags : CREATED
    // Attributes of the resource, its condition too, stay behind in the official translator.
    const bare = { ...resource, entry: { Type: resource.entry.Type } }
    const made: Made = {
      [id]: {
        Type: 'AWS::ApiGatewayV2::Api',
        ...(resource.entry.DependsOn === undefined ? {} : { DependsOn: resource.entry.DependsOn }),
        Properties: given({
          ApiKeySelectionExpression: properties.ApiKeySelectionExpression,
          Description: properties.Description,
          DisableExecuteApiEndpoint: properties.DisableExecuteApiEndpoint,
          DisableSchemaValidation: properties.DisableSchemaValidation,
          IpAddressType: properties.IpAddressType,
          Name: properties.Name ?? id,
          ProtocolType: 'WEBSOCKET',
          RouteSelectionExpression: properties.RouteSelectionExpression,
          Tags: tags,
        }),
      },
    }
    const routeIds: string[] = []
    for (const [key, route] of routes) {
      const names = namesOf(id, key, resource)
      routeIds.push(names.route)
      Object.assign(made, routeResources(key, route, names, stage, bare, context))
    }
    made[stageId] = {
      Type: 'AWS::ApiGatewayV2::Stage',
      ...(settings && routeIds.length ? { DependsOn: routeIds } : {}),
      Properties: given({
        ApiId: ref(id),
        StageName: stage,
        StageVariables: properties.StageVariables,
        AccessLogSettings: properties.AccessLogSettings,
        DefaultRouteSettings: properties.DefaultRouteSettings,
        Tags: handedOn,
        AutoDeploy: true,
        RouteSettings: settings,
      }),
    }
    return { ...made, ...authorizerOf(bare, context), ...secondDomain(bare, stageId, handedOn, context) }
  },
}

const routesOf = ({ properties, refuse }: SamResource, context: SamContext): [string, Dict][] => {
  const routes = resolved(properties.Routes, context)
  if (!isDict(routes) || !Object.keys(routes).length) throw refuse('WebSocket API must have at least one route.')
  return Object.entries(routes).map(([key, route]) => {
    if (!isDict(route)) throw refuse(`Property 'Routes.${key}' should be a map.`, [properties, 'Routes'])
    if (route.FunctionArn === undefined) throw refuse('Route must have associated function.', [properties, 'Routes'])
    if (route.RequestParameters && key !== '$connect')
      throw refuse('Request parameters are only supported for the $connect route in WebSocket APIs.', [
        properties,
        'Routes',
      ])
    return [key, route]
  })
}

const authOf = ({ properties }: SamResource, context: SamContext): Dict | undefined => {
  const auth = resolved(properties.Auth, context)
  return isDict(auth) ? auth : undefined
}

const AUTH = ['NONE', 'AWS_IAM', 'CUSTOM']

const check = (resource: SamResource, routes: [string, Dict][]): void => {
  const { properties, refuse } = resource
  const { Auth: auth, IpAddressType: addresses, Domain: domain } = properties
  if (properties.RouteSelectionExpression === undefined)
    throw refuse("Missing required property 'RouteSelectionExpression'.")
  if (addresses !== undefined && !isIntrinsic(addresses) && !['ipv4', 'dualstack'].includes(String(addresses)))
    throw refuse("IpAddressType must be 'ipv4' or 'dualstack'.", [properties, 'IpAddressType'])
  if (isDict(domain) && domain.MutualTlsAuthentication)
    throw refuse('Mutual TLS domain name association is not supported for Websocket APIs.', [properties, 'Domain'])
  if (properties.StageName === '$default')
    throw refuse('Stages cannot be named $default for WebSocket APIs.', [properties, 'StageName'])
  if (!isDict(auth)) return
  const spot = [properties, 'Auth'] as const
  if (!routes.some(([key]) => key === '$connect'))
    throw refuse('Authorization is only available if there is a $connect route.', spot)
  const { AuthType: type } = auth
  if (!type) throw refuse('AuthType must be specified for additional auth configurations.', spot)
  if (!AUTH.includes(String(type)))
    throw refuse(`AuthType '${String(type)}' is not one of AWS_IAM, CUSTOM or NONE.`, spot)
  if (type === 'CUSTOM' && !auth.AuthArn) throw refuse('AuthArn must be specified if AuthType is CUSTOM.', spot)
  if (type !== 'CUSTOM' && Object.keys(auth).length > 1)
    throw refuse(`No additional configurations supported for AuthType ${String(type)}.`, spot)
}

interface Names {
  route: string
  integration: string
  permission: string
}

const namesOf = (id: string, key: string, { properties, refuse }: SamResource): Names => {
  const plain = ['$connect', '$disconnect', '$default'].includes(key) ? key.slice(1) : key
  if (!/^[\p{L}\p{N}]+$/u.test(plain))
    throw refuse(
      `Route key '${key}' must be alphanumeric. Only $connect, $disconnect, and $default special routes are supported.`,
      [properties, 'Routes'],
    )
  const base = `${id}${plain.charAt(0).toUpperCase()}${plain.slice(1).toLowerCase()}`
  return { route: `${base}Route`, integration: `${base}Integration`, permission: `${base}Permission` }
}

/** The URI by which API Gateway calls a function. */
const uriOf = (name: string, arn: unknown): Dict => ({
  'Fn::Sub': [
    `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${${name}}/invocations`,
    { [name]: arn },
  ],
})

const routeResources = (
  key: string,
  route: Dict,
  names: Names,
  stage: unknown,
  resource: SamResource,
  context: SamContext,
): Made => {
  const { id } = resource
  const type = key === '$connect' ? authOf(resource, context)?.AuthType : undefined
  const place = `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${${id}.ApiId}/`
  return {
    [names.route]: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: given({
        ApiId: ref(id),
        ApiKeyRequired: route.ApiKeyRequired,
        AuthorizationType: type,
        AuthorizerId: type === 'CUSTOM' ? ref(`${id}ConnectAuthorizer`) : undefined,
        ModelSelectionExpression: route.ModelSelectionExpression,
        OperationName: route.OperationName,
        RequestModels: route.RequestModels,
        RequestParameters: route.RequestParameters || undefined,
        RouteKey: key,
        RouteResponseSelectionExpression: route.RouteResponseSelectionExpression,
        Target: { 'Fn::Join': ['/', ['integrations', ref(names.integration)]] },
      }),
    },
    [names.integration]: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: given({
        ApiId: ref(id),
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: uriOf('FunctionArn', route.FunctionArn),
        TimeoutInMillis: route.IntegrationTimeout,
      }),
    },
    [names.permission]: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: route.FunctionArn,
        Principal: 'apigateway.amazonaws.com',
        SourceArn: {
          'Fn::Sub':
            typeof stage === 'string'
              ? `${place}${stage}/${key}`
              : [`${place}\${__StageName__}/${key}`, { __StageName__: stage }],
        },
      },
    },
  }
}

/** The function that decides who may connect, and the permission by which the API calls it where no role does. */
const authorizerOf = (resource: SamResource, context: SamContext): Made => {
  const auth = authOf(resource, context)
  if (auth?.AuthType !== 'CUSTOM') return {}
  const { id } = resource
  const authorizerId = `${id}ConnectAuthorizer`
  const permission: ResourceEntry = {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: auth.AuthArn,
      Principal: 'apigateway.amazonaws.com',
      SourceArn: {
        'Fn::Sub': [
          `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${__ApiId__}/authorizers/*`,
          { __ApiId__: ref(id) },
        ],
      },
    },
  }
  return {
    [authorizerId]: {
      Type: 'AWS::ApiGatewayV2::Authorizer',
      Properties: given({
        ApiId: ref(id),
        AuthorizerCredentialsArn: auth.InvokeRole,
        AuthorizerType: 'REQUEST',
        AuthorizerUri: uriOf('AuthArn', auth.AuthArn),
        IdentitySource: auth.IdentitySource,
        Name: auth.Name || authorizerId,
      }),
    },
    ...(auth.InvokeRole ? {} : { [`${id}AuthorizerPermission`]: permission }),
  }
}
