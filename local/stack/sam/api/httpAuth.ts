import { type Dict, isDict } from '../../source.ts'
import type { ResourceEntry } from '../../template.ts'
import { given, isNoValue, type SamContext, type SamResource } from '../types.ts'
import { authorizerPermission } from './authorizerPermission.ts'
import { branches, INTEGRATION, isVersion3, pathsOf } from './definition.ts'

const MEMBERS = ['Authorizers', 'DefaultAuthorizer', 'EnableIamAuthorizer']

const authOf = ({ properties, refuse }: SamResource, { parameter }: SamContext): Dict => {
  const { Auth: auth } = properties
  if (auth === undefined || auth === null) return {}
  if (!isDict(auth)) throw refuse("Invalid value for 'Auth' property", [properties, 'Auth'])
  for (const name of Object.keys(auth))
    if (!MEMBERS.includes(name)) throw refuse("Invalid value for 'Auth' property", [auth, name])
  return Object.fromEntries(Object.entries(auth).map(([name, value]) => [name, parameter(value)]))
}

const SOURCES = [
  ['Headers', '$request.header.'],
  ['QueryStrings', '$request.querystring.'],
  ['StageVariables', '$stageVariables.'],
  ['Context', '$context.'],
] as const

const schemeOf = (name: string, one: Dict, { refuse }: SamResource, { partition }: SamContext): Dict => {
  if (isDict(one.JwtConfiguration)) {
    if (!one.IdentitySource) throw refuse(`${name} OAuth2 Authorizer must define 'IdentitySource'.`, one)
    const jwt = Object.fromEntries(
      Object.entries(one.JwtConfiguration).map(([key, value]) => [key.toLowerCase(), value]),
    )
    return {
      type: 'oauth2',
      'x-amazon-apigateway-authorizer': { jwtConfiguration: jwt, identitySource: one.IdentitySource, type: 'jwt' },
    }
  }
  if (one.AuthorizationScopes !== undefined)
    throw refuse('AuthorizationScopes is only supported for OAuth2 Authorizer.', one)
  if (!one.FunctionArn) throw refuse(`${name} Lambda Authorizer must define 'FunctionArn'.`, one)
  if (!one.AuthorizerPayloadFormatVersion)
    throw refuse(`${name} Lambda Authorizer must define 'AuthorizerPayloadFormatVersion'.`, one)
  const identity = isDict(one.Identity) ? one.Identity : undefined
  const role = one.FunctionInvokeRole
  return {
    type: 'apiKey',
    name: 'Unused',
    in: 'header',
    'x-amazon-apigateway-authorizer': given({
      type: 'request',
      authorizerUri: {
        'Fn::Sub': [
          `arn:${partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${__FunctionArn__}/invocations`,
          { __FunctionArn__: one.FunctionArn },
        ],
      },
      authorizerCredentials: role && role !== 'NONE' ? role : undefined,
      authorizerResultTtlInSeconds: identity?.ReauthorizeEvery,
      identitySource: identity
        ? SOURCES.flatMap(([member, prefix]) =>
            [identity[member] ?? []].flat().map((value) => `${prefix}${String(value)}`),
          )
        : undefined,
      authorizerPayloadFormatVersion: one.AuthorizerPayloadFormatVersion,
      enableSimpleResponses: one.EnableSimpleResponses || undefined,
    }),
  }
}

const authorizersOf = (auth: Dict, { refuse }: SamResource): [string, Dict][] => {
  const authorizers = auth.Authorizers ?? {}
  if (!isDict(authorizers)) throw refuse("Property 'Auth.Authorizers' should be a map.", [auth, 'Authorizers'])
  return Object.entries(authorizers).map(([name, one]) => {
    if (!isDict(one)) throw refuse(`Property 'Auth.Authorizers.${name}' should be a map.`, [authorizers, name])
    return [name, one]
  })
}

/** Puts the authorizers of an HTTP API into its definition. */
export const addHttpAuth = (body: Dict | undefined, resource: SamResource, context: SamContext): void => {
  const { properties, refuse } = resource
  const auth = authOf(resource, context)
  if (!Object.keys(auth).length) return
  const spot = [properties, 'Auth'] as const
  if (!body) throw refuse("Auth works only with inline OpenApi specified in the 'DefinitionBody' property.", spot)
  if (!isDict(body.paths) || !isVersion3(body.openapi))
    throw refuse(
      "Unable to add Auth configuration because 'DefinitionBody' does not contain a valid OpenApi definition.",
      spot,
    )
  const authorizers = new Map(authorizersOf(auth, resource))
  const components: Dict = isDict(body.components) ? body.components : {}
  const schemes: Dict = isDict(components.securitySchemes) ? components.securitySchemes : {}
  if (auth.EnableIamAuthorizer === true)
    schemes.AWS_IAM = {
      type: 'apiKey',
      name: 'Authorization',
      in: 'header',
      'x-amazon-apigateway-authtype': 'awsSigv4',
    }
  for (const [name, one] of authorizers) schemes[name] = schemeOf(name, one, resource, context)
  if (Object.keys(schemes).length) body.components = { ...components, securitySchemes: schemes }
  const standard = auth.DefaultAuthorizer
  if (!standard || isNoValue(standard)) return
  if (typeof standard !== 'string') throw refuse("Property 'Auth.DefaultAuthorizer' should be a string.", spot)
  if (!authorizers.has(standard) && !(standard === 'AWS_IAM' && schemes.AWS_IAM))
    throw refuse(`Unable to set DefaultAuthorizer because '${standard}' was not defined in 'Authorizers'.`, spot)
  const scopes = authorizers.get(standard)?.AuthorizationScopes ?? []
  for (const path of pathsOf(body))
    for (const item of branches((body.paths as Dict)[path]))
      for (const [name, value] of Object.entries(item)) {
        if (name === 'parameters' || name.toLowerCase() === 'options') continue
        for (const operation of branches(value))
          if (operation[INTEGRATION] && ![operation.security ?? []].flat().length)
            operation.security = [{ [standard]: scopes }]
      }
}

/** What lets the API call the functions of its authorizers, where that is asked for. */
export const httpAuthorizerPermissions = (
  resource: SamResource,
  context: SamContext,
): Record<string, ResourceEntry> => {
  const { id } = resource
  const permissions: Record<string, ResourceEntry> = {}
  for (const [name, one] of authorizersOf(authOf(resource, context), resource)) {
    if (!one.FunctionArn || one.EnableFunctionDefaultPermissions !== true) continue
    permissions[`${id}${name}AuthorizerPermission`] = authorizerPermission(
      resource,
      one.FunctionArn,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in.
      '${AWS::Partition}',
    )
  }
  return permissions
}
