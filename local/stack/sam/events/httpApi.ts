import { type Dict, isDict } from '../../source.ts'
import { apiIdOf, HTTP } from '../api/apis.ts'
import { ANY, addPath, branches, INTEGRATION, isIntegrated, methodName, operationsAt } from '../api/definition.ts'
import { isHttpDefinition } from '../api/httpApi.ts'
import { chooseIf, noValue, type SamResource } from '../types.ts'
import { type EventType, permission, type SamEvent } from './types.ts'

const DEFAULT = '$default'

/** A route of an HTTP API that calls the function. */
export const httpApiEvent: EventType = {
  properties: ['Path', 'Method', 'ApiId', 'Stage', 'Auth', 'TimeoutInMillis', 'RouteSettings', 'PayloadFormatVersion'],
  required: [],
  transform(event, resource, context) {
    const { properties, refuse, name } = event
    const all = !properties.Path && !properties.Method
    const path = all ? DEFAULT : properties.Path
    const given = all ? ANY : properties.Method
    if (typeof path !== 'string') throw refuse("Missing required property 'Path'.")
    if (typeof given !== 'string') throw refuse("Missing required property 'Method'.")
    const reference = properties.ApiId ?? { Ref: HTTP.implicitId }
    const apiId = apiIdOf(reference)
    const work = typeof apiId === 'string' ? context.httpApis.get(apiId) : undefined
    if (!work)
      throw refuse("ApiId must be a valid reference to an 'AWS::Serverless::HttpApi' resource in same template.", [
        properties,
        'ApiId',
      ])
    const method = given.toLowerCase()
    const { body } = work
    const wholly = isHttpDefinition(body) && path !== DEFAULT && callsAll(body, event)
    if (isHttpDefinition(body))
      integrate(body, { path, method, managed: work.managed, auth: work.properties.Auth }, event, resource)
    if (wholly) return {}
    return {
      [`${resource.id}${name}Permission`]: permission(event, resource, 'apigateway.amazonaws.com', {
        SourceArn: {
          'Fn::Sub': [
            `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${__ApiId__}/\${__Stage__}${endOf(path, method)}`,
            { __ApiId__: reference, __Stage__: '*' },
          ],
        },
      }),
    }
  },
}

const endOf = (path: string, method: string): string => {
  const plain = path === DEFAULT ? '' : path.replace(/^(.+)\/$/, '$1').replace(/\{([a-zA-Z0-9._-]+|proxy\+)\}/g, '*')
  if (method === 'any' && plain === `/${DEFAULT}`) return plain
  return `/${method === 'any' || method === ANY ? '*' : method.toUpperCase()}${plain}`
}

const functionName = ({ invoked }: SamEvent): string => {
  const att = invoked.arn['Fn::GetAtt']
  return Array.isArray(att) ? att.join('.') : String(invoked.arn.Ref)
}

/** Whether the function is called for all that no other route takes, so that its permission is there already. */
const callsAll = (body: Dict, event: SamEvent): boolean => {
  const operations = operationsAt(body, DEFAULT, ANY)
  if (!operations.length) return false
  return operations.every((operation) => {
    const integration = operation[INTEGRATION]
    const uri = isDict(integration) ? integration.uri : undefined
    return branches(uri).every((one) => String(one['Fn::Sub'] ?? '').includes(`\${${functionName(event)}}`))
  })
}

interface Method {
  path: string
  method: string
  managed: boolean
  auth: unknown
}

const integrate = (body: Dict, one: Method, event: SamEvent, { entry }: SamResource): void => {
  const { path, method, managed } = one
  const { properties, refuse } = event
  const known = isIntegrated(body, path, method)
  if (managed && known) throw refuse(`API method '${method}' defined multiple times for path '${path}'.`)
  const { Condition: condition } = entry
  if (!known) {
    const uri = {
      'Fn::Sub': `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${${functionName(event)}}/invocations`,
    }
    addPath(body, path, method)
    for (const item of branches((body.paths as Dict)[path])) {
      const name = methodName(method)
      const operation: Dict = isDict(item[name]) ? item[name] : {}
      operation[INTEGRATION] = {
        type: 'aws_proxy',
        httpMethod: 'POST',
        payloadFormatVersion: '2.0',
        uri: condition ? chooseIf(condition, uri, noValue) : uri,
      }
      if (path === DEFAULT && name === ANY) operation.isDefaultRoute = true
      operation.responses ??= {}
      item[name] = condition ? chooseIf(condition, operation, noValue) : operation
    }
  }
  if (isDict(properties.Auth)) authorize(body, one, properties.Auth, event)
  for (const operation of operationsAt(body, path, method)) {
    const integration = isDict(operation[INTEGRATION]) ? operation[INTEGRATION] : {}
    if (properties.TimeoutInMillis) integration.timeoutInMillis = properties.TimeoutInMillis
    parametersOf(path, operation)
    if (properties.PayloadFormatVersion) integration.payloadFormatVersion = properties.PayloadFormatVersion
  }
}

const parametersOf = (path: string, operation: Dict): void => {
  const names = [...path.matchAll(/\{(.*?)\}/g)].map(([, name]) => name as string)
  if (!names.length) return
  const parameters: Dict[] = Array.isArray(operation.parameters) ? operation.parameters : []
  for (const name of names) {
    const known = parameters.find((parameter) => parameter.name === name)
    if (known) Object.assign(known, { in: 'path', required: true })
    else parameters.push({ name, in: 'path', required: true })
  }
  operation.parameters = parameters
}

const authorize = (body: Dict, { path, method, auth: given }: Method, auth: Dict, { refuse }: SamEvent): void => {
  const api = isDict(given) ? given : {}
  const authorizer = auth.Authorizer ?? api.DefaultAuthorizer
  if (!authorizer)
    throw refuse(
      "'Auth' section requires either an explicit 'Authorizer' set or a 'DefaultAuthorizer' configured on the HttpApi.",
      auth,
    )
  const name = String(authorizer)
  const known = isDict(api.Authorizers) ? api.Authorizers : {}
  const unable = (why: string) =>
    refuse(
      `Unable to set Authorizer${name === 'NONE' ? '' : ` [${name}]`} on API method [${method}] for path [${path}] ${why}`,
      auth,
    )
  if (name === 'NONE') {
    if (!api.DefaultAuthorizer)
      throw unable("because 'NONE' is only a valid value when a DefaultAuthorizer on the API is specified.")
  } else if (!(name === 'AWS_IAM' && api.EnableIamAuthorizer === true)) {
    if (!Object.keys(known).length) throw unable('because the related API does not define any Authorizers.')
    if (!known[name]) throw unable("because it wasn't defined in the API's Authorizers.")
  }
  const scopes = auth.AuthorizationScopes
  if (scopes && !Array.isArray(scopes)) throw unable("because 'AuthorizationScopes' must be a list of strings.")
  const one = known[name]
  const wanted =
    name === 'NONE' || name === 'AWS_IAM' ? [] : ((scopes || (isDict(one) && one.AuthorizationScopes)) ?? [])
  for (const operation of operationsAt(body, path, method))
    operation.security = [...((operation.security as Dict[] | undefined) ?? []), { [name]: wanted || [] }]
}
