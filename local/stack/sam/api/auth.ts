import { type Dict, isDict } from '../../source.ts'
import type { ResourceEntry } from '../../template.ts'
import { given, type SamContext, type SamResource } from '../types.ts'
import { authorizerPermission } from './authorizerPermission.ts'
import { isDefinition, pathsOf, postprocessed } from './definition.ts'
import { addCustomStatements, addResourcePolicy } from './resourcePolicy.ts'
import { defineApiKey, setDefaultApiKey, setDefaultAuthorizer } from './security.ts'

const MEMBERS = [
  'Authorizers',
  'DefaultAuthorizer',
  'InvokeRole',
  'AddDefaultAuthorizerToCorsPreflight',
  'AddApiKeyRequiredToCorsPreflight',
  'ApiKeyRequired',
  'ResourcePolicy',
  'UsagePlan',
]

/** The property Auth, references to parameters resolved. */
export const authOf = ({ properties, refuse }: SamResource, { parameter }: SamContext): Dict => {
  const { Auth: auth } = properties
  if (auth === undefined || auth === null) return {}
  if (!isDict(auth)) throw refuse("Invalid value for 'Auth' property", [properties, 'Auth'])
  for (const name of Object.keys(auth))
    if (!MEMBERS.includes(name)) throw refuse("Invalid value for 'Auth' property", [auth, name])
  return Object.fromEntries(Object.entries(auth).map(([name, value]) => [name, parameter(value)]))
}

interface Authorizer {
  scopes: unknown
  definition: Dict
}

const authorizersOf = (auth: Dict, resource: SamResource, context: SamContext): Map<string, Authorizer> => {
  const { refuse } = resource
  const found = new Map<string, Authorizer>()
  if (auth.DefaultAuthorizer === 'AWS_IAM')
    found.set('AWS_IAM', {
      scopes: [],
      definition: { type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authtype': 'awsSigv4' },
    })
  const authorizers = auth.Authorizers ?? {}
  if (!isDict(authorizers)) throw refuse("Property 'Auth.Authorizers' should be a map.", [auth, 'Authorizers'])
  for (const [name, one] of Object.entries(authorizers)) {
    if (!isDict(one)) throw refuse(`Property 'Auth.Authorizers.${name}' should be a map.`, [authorizers, name])
    const definition = one.UserPoolArn ? poolOf(one) : functionOf(name, one, resource, context)
    found.set(name, { scopes: one.AuthorizationScopes ?? [], definition })
  }
  return found
}

const identityOf = ({ Identity: identity }: Dict): Dict => (isDict(identity) ? identity : {})

const poolOf = (one: Dict): Dict => ({
  type: 'apiKey',
  name: identityOf(one).Header || 'Authorization',
  in: 'header',
  'x-amazon-apigateway-authtype': 'cognito_user_pools',
  'x-amazon-apigateway-authorizer': given({
    type: 'cognito_user_pools',
    providerARNs: [one.UserPoolArn].flat(),
    identityValidationExpression: identityOf(one).ValidationExpression,
  }),
})

const SOURCES = [
  ['Headers', 'method.request.header.'],
  ['QueryStrings', 'method.request.querystring.'],
  ['StageVariables', 'stageVariables.'],
  ['Context', 'context.'],
] as const

const functionOf = (name: string, one: Dict, { refuse }: SamResource, { partition }: SamContext): Dict => {
  const payload = one.FunctionPayloadType ?? 'TOKEN'
  if (payload !== 'TOKEN' && payload !== 'REQUEST')
    throw refuse(`${name} Authorizer has invalid 'FunctionPayloadType': ${String(payload)}.`, one)
  const identity = identityOf(one)
  const sources = SOURCES.flatMap(([member, prefix]) =>
    [identity[member] ?? []].flat().map((value) => `${prefix}${String(value)}`),
  )
  if (payload === 'REQUEST' && !sources.length && !(Number(identity.ReauthorizeEvery) <= 0))
    throw refuse(
      `${name} Authorizer must specify Identity with at least one of Headers, QueryStrings, StageVariables, or Context.`,
      one,
    )
  const role = one.FunctionInvokeRole
  return {
    type: 'apiKey',
    name: payload === 'REQUEST' ? 'Unused' : identity.Header || 'Authorization',
    in: 'header',
    'x-amazon-apigateway-authtype': 'custom',
    'x-amazon-apigateway-authorizer': given({
      type: payload.toLowerCase(),
      authorizerUri: {
        'Fn::Sub': [
          `arn:${partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${__FunctionArn__}/invocations`,
          { __FunctionArn__: one.FunctionArn },
        ],
      },
      authorizerResultTtlInSeconds: identity.ReauthorizeEvery,
      authorizerCredentials: role && role !== 'NONE' ? role : undefined,
      identitySource: payload === 'REQUEST' && sources.length ? sources.join(', ') : undefined,
      identityValidationExpression: payload === 'TOKEN' ? identity.ValidationExpression || undefined : undefined,
    }),
  }
}

/** Puts the authorizers and what else Auth says into the definition. */
export const addAuth = (body: Dict | undefined, resource: SamResource, context: SamContext): void => {
  const { properties, refuse } = resource
  const auth = authOf(resource, context)
  if (!Object.keys(auth).length) return
  const spot = [properties, 'Auth'] as const
  if (!body) throw refuse("Auth works only with inline Swagger specified in 'DefinitionBody' property.", spot)
  if (!isDefinition(body))
    throw refuse(
      "Unable to add Auth configuration because 'DefinitionBody' does not contain a valid Swagger definition.",
      spot,
    )
  const authorizers = authorizersOf(auth, resource, context)
  const { DefaultAuthorizer: standard, ResourcePolicy: policy } = auth
  if (authorizers.size) {
    const definitions = isDict(body.securityDefinitions) ? body.securityDefinitions : {}
    for (const [name, { definition }] of authorizers) definitions[name] = definition
    body.securityDefinitions = definitions
    if (standard) {
      if (typeof standard !== 'string') throw refuse('DefaultAuthorizer is not a string.', [auth, 'DefaultAuthorizer'])
      if (!authorizers.has(standard))
        throw refuse(`Unable to set DefaultAuthorizer because '${standard}' was not defined in 'Authorizers'.`, spot)
      setDefaultAuthorizer(body, standard, authorizers, auth.AddDefaultAuthorizerToCorsPreflight !== false, refuse)
    }
  }
  if (auth.ApiKeyRequired) {
    defineApiKey(body)
    setDefaultApiKey(body, auth.AddApiKeyRequiredToCorsPreflight !== false, refuse)
  }
  if (policy) {
    if (!isDict(policy)) throw refuse('ResourcePolicy must be a map (ResourcePolicyStatement).', spot)
    for (const path of pathsOf(body)) addResourcePolicy(body, policy, path, properties.StageName, refuse)
    addCustomStatements(body, policy.CustomStatements)
  }
  postprocessed(body, properties.OpenApiVersion)
}

/** What lets the API call the functions of its authorizers. */
export const authorizerPermissions = (resource: SamResource, context: SamContext): Record<string, ResourceEntry> => {
  const { id } = resource
  const { Authorizers: authorizers } = authOf(resource, context)
  const permissions: Record<string, ResourceEntry> = {}
  for (const [name, one] of Object.entries(isDict(authorizers) ? authorizers : {})) {
    if (!isDict(one) || !one.FunctionArn || one.DisableFunctionDefaultPermissions) continue
    permissions[`${id}${name}AuthorizerPermission`] = authorizerPermission(resource, one.FunctionArn, context.partition)
  }
  return permissions
}
