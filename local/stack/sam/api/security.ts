import { type Dict, isDict } from '../../source.ts'
import type { SamResource } from '../types.ts'
import { operationsAt, operationsOf, pathsOf } from './definition.ts'

/** What the methods of a definition ask of callers: their `security`, and what it refers to. */

type Refuse = SamResource['refuse']

const securityOf = (operation: Dict, refuse: Refuse): Dict[] => {
  const security = operation.security ?? []
  if (!Array.isArray(security) || !security.every(isDict))
    throw refuse('Type of security must be a list of maps.', operation)
  return security
}
const asks = (one: Dict, names: ReadonlySet<string>) => Object.keys(one).some((name) => names.has(name))

const define = (body: Dict, name: string, definition: Dict): void => {
  const definitions = isDict(body.securityDefinitions) ? body.securityDefinitions : {}
  definitions[name] ??= definition
  body.securityDefinitions = definitions
}
export const defineApiKey = (body: Dict): void =>
  define(body, 'api_key', { type: 'apiKey', name: 'x-api-key', in: 'header' })
const defineIam = (body: Dict): void =>
  define(body, 'AWS_IAM', {
    'x-amazon-apigateway-authtype': 'awsSigv4',
    type: 'apiKey',
    name: 'Authorization',
    in: 'header',
  })

const set = (body: Dict, operation: Dict, security: Dict[]): void => {
  if (!security.length) return
  operation.security = security
  if (security[0] && 'AWS_IAM' in security[0]) defineIam(body)
}

/** Gives every method that says nothing the default authorizer. */
export const setDefaultAuthorizer = (
  body: Dict,
  name: string,
  authorizers: ReadonlyMap<string, { scopes: unknown }>,
  preflights: boolean,
  refuse: Refuse,
): void => {
  const names = new Set(['AWS_IAM', ...authorizers.keys()])
  for (const path of pathsOf(body))
    for (const { method, operation } of operationsOf(body, path)) {
      if (method === 'options' && !preflights) continue
      const existing = securityOf(operation, refuse)
      const others = existing.filter((one) => !asks(one, names))
      const own = existing.filter((one) => asks(one, names))
      const none = others.findIndex((one) => 'NONE' in one)
      if (none >= 0) set(body, operation, others.toSpliced(none, 1))
      else set(body, operation, [...others, ...(own.length ? own : [{ [name]: authorizers.get(name)?.scopes ?? [] }])])
    }
}

const KEYS = new Set(['api_key', 'api_key_false'])

/** Asks every method that says nothing for an API key. */
export const setDefaultApiKey = (body: Dict, preflights: boolean, refuse: Refuse): void => {
  for (const path of pathsOf(body))
    for (const { method, operation } of operationsOf(body, path)) {
      const existing = securityOf(operation, refuse)
      const others = existing.filter((one) => !asks(one, KEYS))
      const refused = existing.some((one) => 'api_key_false' in one)
      const wanted = refused || (method === 'options' && !preflights) ? [] : [{ api_key: [] }]
      const security = [...others, ...wanted]
      if (JSON.stringify(security) !== JSON.stringify(existing)) operation.security = security
    }
}

/** What an event asks for its own method. */
export const setMethodAuth = (
  body: Dict,
  path: string,
  method: string,
  auth: Dict,
  apiAuth: Dict,
  refuse: Refuse,
): void => {
  const { Authorizer: authorizer, AuthorizationScopes: scopes, ApiKeyRequired: keyRequired } = auth
  const known = isDict(apiAuth.Authorizers) ? apiAuth.Authorizers : {}
  for (const operation of operationsAt(body, path, method)) {
    if (typeof authorizer === 'string') {
      const one = known[authorizer]
      const wanted = authorizer !== 'NONE' && isDict(one) ? (scopes ?? one.AuthorizationScopes) : undefined
      set(body, operation, [...securityOf(operation, refuse), { [authorizer]: wanted ?? [] }])
    }
    if (keyRequired === undefined || keyRequired === null) continue
    if (keyRequired) defineApiKey(body)
    operation.security = [...securityOf(operation, refuse), { [keyRequired ? 'api_key' : 'api_key_false']: [] }]
  }
}
