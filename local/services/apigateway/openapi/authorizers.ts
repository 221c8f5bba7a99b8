import type { Authorizer } from '@aws-sdk/client-api-gateway'
import type { Ids } from '../../../base/ids.ts'
import { checkAuthorizer } from '../authorizerChecks.ts'
import { partId } from '../definition.ts'
import { given } from '../errors.ts'
import { type Dict, dictOf, isDict, listOf, type OpenApi, textOf } from './document.ts'

/** What a method's security asks for. */
export interface Security {
  authorizationType: string
  authorizerId?: string
  authorizationScopes?: string[]
  apiKeyRequired: boolean
}

interface Scheme {
  authorizer?: Authorizer
  /** `awsSigv4`, `custom`, `cognito_user_pools` */
  authType?: string
  isApiKey: boolean
}

const TYPES: Record<string, Authorizer['type'] | undefined> = {
  token: 'TOKEN',
  request: 'REQUEST',
  cognito_user_pools: 'COGNITO_USER_POOLS',
}

const isHeader = (name: unknown, header: string) => textOf(name)?.toLowerCase() === header

/** Security schemes and the authorizers among them. */
export const readSecurity = ({ root, version, deref }: OpenApi, ids: Ids) => {
  const given = dictOf(version === 2 ? root.securityDefinitions : dictOf(root.components).securitySchemes)
  const schemes = new Map<string, Scheme>()
  for (const [name, value] of Object.entries(given)) {
    const scheme = deref(value)
    const extension = scheme['x-amazon-apigateway-authorizer']
    const authType = textOf(scheme['x-amazon-apigateway-authtype'])
    const authorizer = isDict(extension) ? authorizerOf(name, extension, scheme, ids) : undefined
    if (authorizer) checkAuthorizer(authorizer)
    schemes.set(name, {
      ...(authorizer ? { authorizer } : {}),
      ...(authType ? { authType } : {}),
      isApiKey: scheme.type === 'apiKey' && isHeader(scheme.name, 'x-api-key') && !authorizer,
    })
  }
  const securityOf = (operation: Dict): Security => {
    const own = dictOf(operation['x-amazon-apigateway-auth'])
    const security: Security = { authorizationType: textOf(own.type)?.toUpperCase() ?? 'NONE', apiKeyRequired: false }
    for (const requirement of listOf(operation.security ?? root.security))
      for (const [name, scopes] of Object.entries(dictOf(requirement))) {
        const scheme = schemes.get(name)
        if (!scheme) continue
        if (scheme.isApiKey) security.apiKeyRequired = true
        else if (scheme.authorizer) {
          const pools = scheme.authorizer.type === 'COGNITO_USER_POOLS'
          security.authorizationType = pools ? 'COGNITO_USER_POOLS' : 'CUSTOM'
          security.authorizerId = scheme.authorizer.id ?? ''
          const list = listOf(scopes).map(String)
          if (pools && list.length) security.authorizationScopes = list
        } else if (scheme.authType?.toLowerCase() === 'awssigv4') security.authorizationType = 'AWS_IAM'
      }
    return security
  }
  return { authorizers: [...schemes.values()].flatMap(({ authorizer }) => authorizer ?? []), securityOf }
}

const authorizerOf = (name: string, extension: Dict, scheme: Dict, ids: Ids): Authorizer => {
  const type = TYPES[textOf(extension.type)?.toLowerCase() ?? '']
  const header = textOf(scheme.name)
  const ttl = extension.authorizerResultTtlInSeconds
  return given({
    id: partId(ids),
    name,
    type,
    providerARNs: type === 'COGNITO_USER_POOLS' ? listOf(extension.providerARNs).map(String) : undefined,
    authType: textOf(scheme['x-amazon-apigateway-authtype']) ?? 'custom',
    authorizerUri: textOf(extension.authorizerUri),
    authorizerCredentials: textOf(extension.authorizerCredentials),
    identitySource:
      textOf(extension.identitySource) ??
      (type !== 'REQUEST' && header && header !== 'Unused' ? `method.request.header.${header}` : undefined),
    identityValidationExpression: textOf(extension.identityValidationExpression),
    authorizerResultTtlInSeconds: ttl === undefined ? 300 : Number(ttl),
  })
}
