import { type Dict, isDict } from '../../source.ts'
import { given } from '../types.ts'
import { type GraphQl, membersOf } from './members.ts'

/** What a type of authorizer needs: the member that says it, its name in AppSync, and what it may hold. */
const KINDS: Record<string, { member: string; as: string; names: string[] } | undefined> = {
  AWS_LAMBDA: {
    member: 'LambdaAuthorizer',
    as: 'LambdaAuthorizerConfig',
    names: ['AuthorizerResultTtlInSeconds', 'AuthorizerUri', 'IdentityValidationExpression'],
  },
  OPENID_CONNECT: {
    member: 'OpenIDConnect',
    as: 'OpenIDConnectConfig',
    names: ['AuthTTL', 'ClientId', 'IatTTL', 'Issuer'],
  },
  AMAZON_COGNITO_USER_POOLS: {
    member: 'UserPool',
    as: 'UserPoolConfig',
    names: ['AppIdClientRegex', 'AwsRegion', 'DefaultAction', 'UserPoolId'],
  },
}
const TYPES = [...Object.keys(KINDS), 'AWS_IAM', 'API_KEY']
const MEMBERS = ['Type', 'LambdaAuthorizer', 'OpenIDConnect', 'UserPool']

/** Who may call the API, in AppSync's words; and the functions that decide it. */
export const authOf = (api: GraphQl): { settings: Dict; authorizers: unknown[] } => {
  const { resource } = api
  const { Auth: auth } = resource.properties
  if (!isDict(auth)) throw resource.refuse("Property 'Auth' is required, and should be a map.")
  const { Additional: additional = [], ...first } = auth
  if (!Array.isArray(additional))
    throw resource.refuse("Property 'Auth.Additional' should be a list.", [auth, 'Additional'])
  const authorizers: unknown[] = []
  const one = (value: unknown, path: string, isFirst: boolean): Dict => {
    const { Type, ...configs } = membersOf(value, path, MEMBERS, resource)
    if (typeof Type !== 'string' || !TYPES.includes(Type))
      throw resource.refuse(`'${path}.Type' must be one of ${TYPES.join(', ')}.`, value)
    if (Object.keys(configs).length > 1)
      throw resource.refuse(`'${path}' has more than one authentication configuration defined.`, value)
    const kind = KINDS[Type]
    if (!kind) return { AuthenticationType: Type }
    const config = configs[kind.member]
    if (config === undefined) throw resource.refuse(`'${kind.member}' must be defined if type is '${Type}'.`, value)
    const members = membersOf(config, `${path}.${kind.member}`, kind.names, resource)
    if (Type === 'AWS_LAMBDA') authorizers.push(members.AuthorizerUri)
    // Only the first can say what happens to those that no rule names.
    const { DefaultAction, ...others } = members
    return { AuthenticationType: Type, [kind.as]: given(isFirst ? { ...others, DefaultAction } : others) }
  }
  const settings = one(first, 'Auth', true)
  const others = additional.map((value, index) => one(value, `Auth.Additional.${index}`, false))
  return {
    settings: { ...settings, ...(others.length ? { AdditionalAuthenticationProviders: others } : {}) },
    authorizers,
  }
}
