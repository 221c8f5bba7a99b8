import { createHash } from 'node:crypto'
import { type Dict, isDict } from '../../source.ts'
import { apiIdOf, REST } from '../api/apis.ts'
import {
  addPath,
  branches,
  INTEGRATION,
  isDefinition,
  isIntegrated,
  methodName,
  operationsAt,
  skeleton,
  starred,
} from '../api/definition.ts'
import { addRequestModel, addValidator } from '../api/extensions.ts'
import { addCustomStatements, addResourcePolicy } from '../api/resourcePolicy.ts'
import { setMethodAuth } from '../api/security.ts'
import { chooseIf, isIntrinsic, noValue, type SamContext, type SamResource } from '../types.ts'
import { type EventType, permission, type SamEvent } from './types.ts'

/** A method of a REST API that calls the function. */
export const apiEvent: EventType = {
  properties: [
    'Path',
    'Method',
    'RestApiId',
    'Stage',
    'Auth',
    'RequestModel',
    'RequestParameters',
    'TimeoutInMillis',
    'ResponseTransferMode',
  ],
  required: ['Path', 'Method'],
  transform(event, resource, context) {
    const { properties, refuse, name } = event
    const { Path: path, Method: given } = properties
    if (typeof path !== 'string') throw refuse("Property 'Path' should be a string.", [properties, 'Path'])
    if (typeof given !== 'string') throw refuse("Property 'Method' should be a string.", [properties, 'Method'])
    const reference = properties.RestApiId ?? { Ref: REST.implicitId }
    const apiId = apiIdOf(reference)
    const api = typeof apiId === 'string' ? context.resources[apiId] : undefined
    if (typeof apiId !== 'string' || !api || api.Type === 'AWS::Serverless::HttpApi')
      throw refuse("RestApiId must be a valid reference to an 'AWS::Serverless::Api' resource in same template.", [
        properties,
        'RestApiId',
      ])
    const work = context.apis.get(apiId)
    const stage = (work?.properties ?? api.Properties)?.StageName
    const suffix = typeof stage === 'string' ? stage : 'Stage'
    const method = given.toLowerCase()
    if (work && (work.managed || work.properties.MergeDefinitions)) {
      const body = work.managed ? work.body : skeleton()
      if (isDefinition(body))
        integrate(
          body,
          { path, method, stage: suffix, auth: work.properties.Auth },
          event,
          resource,
          context,
          work.properties,
        )
      if (!work.managed && work.body && isDefinition(body)) merge(work.body, body, path, method)
    }
    const auth = properties.Auth
    if (work && !work.managed && isDict(auth) && auth.OverrideApiAuth && isDefinition(work.body))
      authorize(work.body, { path, method, stage: suffix, auth: work.properties.Auth }, auth, event)
    return {
      [`${resource.id}${name}Permission${suffixOf(suffix)}`]: permission(event, resource, 'apigateway.amazonaws.com', {
        SourceArn: {
          'Fn::Sub': [
            `arn:${context.partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${__ApiId__}/\${__Stage__}/${
              method === 'any' ? '*' : method.toUpperCase()
            }${starred(path.replace(/^(.+)\/$/, '$1'))}`,
            { __ApiId__: reference, __Stage__: '*' },
          ],
        },
      }),
    }
  },
}

/** What is not plain stands by its hash. */
const suffixOf = (suffix: string): string =>
  /^[\p{L}\p{N}]+$/u.test(suffix) ? suffix : createHash('sha1').update(suffix).digest('hex').slice(0, 10)

interface Method {
  path: string
  method: string
  /** The stage that policies name. */
  stage: unknown
  auth: unknown
}

const dictOf = (value: unknown): Dict => (isDict(value) ? value : {})

const isStreamed = ({ ResponseTransferMode: mode }: Dict): boolean => mode === 'RESPONSE_STREAM'

/** The URI by which API Gateway calls what the events invoke. */
const uriOf = ({ invoked, properties }: SamEvent, { partition }: SamContext): Dict => {
  const att = invoked.arn['Fn::GetAtt']
  const name = Array.isArray(att) ? att.join('.') : String(invoked.arn.Ref)
  const [version, action] = isStreamed(properties)
    ? ['2021-11-15', 'response-streaming-invocations']
    : ['2015-03-31', 'invocations']
  return {
    'Fn::Sub': `arn:${partition}:apigateway:\${AWS::Region}:lambda:path/${version}/functions/\${${name}}/${action}`,
  }
}

const integrate = (
  body: Dict,
  one: Method,
  event: SamEvent,
  { entry }: SamResource,
  context: SamContext,
  api: Dict,
): void => {
  const { path, method } = one
  const { properties, refuse } = event
  if (isIntegrated(body, path, method))
    throw refuse(`API method "${method}" defined multiple times for path "${path}".`)
  const { Condition: condition } = entry
  const uri = uriOf(event, context)
  const auth = dictOf(properties.Auth)
  const apiAuth = dictOf(one.auth)
  addPath(body, path, method)
  for (const operation of operationsAt(body, path, method)) {
    const integration: Dict = {
      type: 'aws_proxy',
      httpMethod: 'POST',
      uri: condition ? chooseIf(condition, uri, noValue) : uri,
    }
    if (isStreamed(properties)) integration.responseTransferMode = 'STREAM'
    if (auth.Authorizer === 'AWS_IAM' || (apiAuth.DefaultAuthorizer === 'AWS_IAM' && !Object.keys(auth).length)) {
      const role = roleOf(auth) ?? roleOf(apiAuth)
      if (role !== 'NONE')
        integration.credentials =
          role === undefined || role === 'CALLER_CREDENTIALS' ? `arn:${context.partition}:iam::*:user/*` : role
    }
    operation[INTEGRATION] = integration
    operation.responses ??= {}
  }
  if (condition) conditional(body, path, method, condition)
  authorize(body, one, auth, event)
  if (properties.TimeoutInMillis)
    for (const operation of operationsAt(body, path, method))
      dictOf(operation[INTEGRATION]).timeoutInMillis = properties.TimeoutInMillis
  modelOf(body, one, event, api)
  parametersOf(body, one, event)
}

const roleOf = (auth: Dict): unknown => ('InvokeRole' in auth ? auth.InvokeRole || 'NONE' : undefined)

/** The method is there when the function is. */
export const conditional = (body: Dict, path: string, method: string, condition: string): void => {
  for (const item of branches((body.paths as Dict)[path])) {
    const name = methodName(method)
    item[name] = chooseIf(condition, item[name], noValue)
  }
}

/** What the event's Auth says of its method. */
export const authorize = (
  body: Dict,
  { path, method, stage, auth: api }: Method,
  auth: Dict,
  { refuse }: Pick<SamEvent, 'refuse'>,
): void => {
  const apiAuth = dictOf(api)
  const { Authorizer: authorizer, ResourcePolicy: policy, AuthorizationScopes: scopes } = auth
  const unable = (why: string) =>
    refuse(
      `Unable to set Authorizer ${authorizer === 'NONE' ? '' : `[${String(authorizer)}] `}on API method [${method}] for path [${path}] ${why}`,
      auth,
    )
  if (authorizer && authorizer !== 'AWS_IAM') {
    if (authorizer === 'NONE') {
      if (!apiAuth.DefaultAuthorizer)
        throw unable("because 'NONE' is only a valid value when a DefaultAuthorizer on the API is specified.")
    } else {
      if (!isDict(apiAuth.Authorizers)) throw unable('because the related API does not define any Authorizers.')
      if (!apiAuth.Authorizers[String(authorizer)]) throw unable("because it wasn't defined in the API's Authorizers.")
    }
  }
  if (scopes && !authorizer) throw refuse('AuthorizationScopes works only when Authorizer is set', auth)
  if (auth.ApiKeyRequired === false && !apiAuth.ApiKeyRequired)
    throw refuse(
      `Unable to set ApiKeyRequired [False] on API method [${method}] for path [${path}] because the related API does not specify any ApiKeyRequired.`,
      auth,
    )
  setMethodAuth(body, path, method, auth, apiAuth, refuse)
  if (!isDict(policy)) return
  addResourcePolicy(body, policy, path, stage, refuse)
  addCustomStatements(body, policy.CustomStatements)
}

const modelOf = (body: Dict, { path, method }: Method, { properties, refuse }: SamEvent, api: Dict): void => {
  const model = properties.RequestModel
  if (!model) return
  if (!isDict(model)) throw refuse("Property 'RequestModel' should be a map.", [properties, 'RequestModel'])
  if (!model.Model) return
  const unable = (why: string) =>
    refuse(
      `Unable to set RequestModel [${String(model.Model)}] on API method [${method}] for path [${path}] because ${why}`,
      model,
    )
  const { Models: models } = api
  if (!models) throw unable('the related API does not define any Models.')
  if (!isDict(models)) throw unable('the related API Models defined is of invalid type.')
  if (typeof model.Model !== 'string') throw unable('the related API does not contain valid Models.')
  if (!models[model.Model]) throw unable("it wasn't defined in the API's Models.")
  addRequestModel(body, path, method, model)
  const { ValidateBody: ofBody, ValidateParameters: ofParameters } = model
  if (ofBody === undefined && ofParameters === undefined) return
  if (![ofBody ?? false, ofParameters ?? false].every((one) => typeof one === 'boolean'))
    throw refuse(
      `Unable to set Validator to RequestModel [${model.Model}] on API method [${method}] for path [${path}] ValidateBody and ValidateParameters must be a boolean type, strings or intrinsics are not supported.`,
      model,
    )
  addValidator(body, path, method, ofBody === true, ofParameters === true)
}

const PARAMETER = /^method\.request\.(querystring|path|header)\.(.*)$/

const parametersOf = (body: Dict, { path, method }: Method, { properties, refuse }: SamEvent): void => {
  const given = properties.RequestParameters
  if (!given) return
  if (!Array.isArray(given))
    throw refuse("Property 'RequestParameters' should be a list.", [properties, 'RequestParameters'])
  const wrong = (text: string) => refuse(`Invalid value for 'RequestParameters' property. ${text}`, given)
  for (const one of given) {
    if (typeof one !== 'string' && (!isDict(one) || isIntrinsic(one)))
      throw wrong('Property must be either a string or an object')
    const [key = '', settings] = typeof one === 'string' ? [one, {}] : (Object.entries(one)[0] ?? [])
    const [, place, name] = PARAMETER.exec(key) ?? []
    if (place === undefined)
      throw wrong(
        "Keys must be in the format 'method.request.[querystring|path|header].{value}', e.g 'method.request.header.Authorization'.",
      )
    if (!isDict(settings) || !Object.keys(settings).every((member) => member === 'Required' || member === 'Caching'))
      throw wrong('Values must be an object, e.g { Required: true, Caching: false }')
    for (const operation of operationsAt(body, path, method)) {
      operation.parameters = [
        ...((operation.parameters as unknown[]) ?? []),
        { in: place === 'querystring' ? 'query' : place, name, required: settings.Required ?? false, type: 'string' },
      ]
      if (!settings.Caching) continue
      const integration = dictOf(operation[INTEGRATION])
      integration.cacheKeyParameters = [...((integration.cacheKeyParameters as unknown[]) ?? []), key]
    }
  }
}

/** Puts what SAM made of one method into the definition that the template gives. */
const merge = (into: Dict, made: Dict, path: string, method: string): void => {
  const paths = dictOf(into.paths)
  into.paths = paths
  const item = dictOf(paths[path])
  paths[path] = item
  const generated = dictOf(dictOf((made.paths as Dict)[path])[methodName(method)])
  item[method] = { ...dictOf(item[method]), ...generated }
}
