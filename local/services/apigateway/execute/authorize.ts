import { decide } from '../../../iam/decide.ts'
import { callerName } from '../../../iam/explain.ts'
import type { Decision, Policy, PolicySource, Statement } from '../../../iam/types.ts'
import { globalKeys } from '../../keys.ts'
import { type AuthorizerCache, askAuthorizer } from './authorizers.ts'
import { apiArn, type Exchange, methodArn } from './exchange.ts'
import { GatewayError, misconfigured } from './gatewayErrors.ts'
import { phase } from './phases.ts'

const ACTION = 'execute-api:Invoke'

/** What authorisation found out. */
export interface Authorized {
  /** The API key that the authorizer brought. */
  readonly usageIdentifierKey?: string
}

/** `execute-api:/prod/GET/*` in a policy of an API stands for the API's own ARN. */
const expanded = (resource: string, arn: string): string =>
  resource.startsWith('execute-api:/') ? `${arn}/${resource.slice('execute-api:/'.length)}` : resource

const expandedStatement = (statement: Statement, arn: string): Statement => {
  const { Resource } = statement
  if (Resource === undefined) return statement
  return { ...statement, Resource: [Resource].flat().map((resource) => expanded(resource, arn)) }
}

/** The resource policy of the API. */
const resourcePolicy = ({ api }: Exchange): PolicySource | undefined => {
  if (!api.restApi.policy) return undefined
  const policy = JSON.parse(api.restApi.policy) as Policy
  const arn = apiArn(api)
  return {
    name: `policy of the API ${api.restApi.id}`,
    kind: 'resource',
    policy: { ...policy, Statement: [policy.Statement].flat().map((statement) => expandedStatement(statement, arn)) },
  }
}

/** AWS shows the last four digits of the account only. */
const maskedArn = (arn: string) => arn.replace(/:\d{8}(\d{4}):/, ':********$1:')

const refused = (exchange: Exchange, who: string, { outcome, because, reason }: Decision): GatewayError => {
  const why = outcome === 'explicitDeny' ? ' with an explicit deny' : because ? ` because ${because}` : ''
  const message = `User: ${who} is not authorized to perform: ${ACTION} on resource: ${maskedArn(methodArn(exchange))}${why}`
  return new GatewayError('ACCESS_DENIED', { message, reason })
}

const anonymousDecision = (exchange: Exchange, policies: PolicySource[]): Decision => {
  const { api, context, ports } = exchange
  const resource = methodArn(exchange)
  const caller = { kind: 'anonymous', account: api.account } as const
  const keys = globalKeys(ports.ground, { ...context, caller }, resource)
  return decide({ action: ACTION, resource, caller, keys, policies })
}

/** The authorizer's policy, decided for who it says has come. */
const decidedBy = (exchange: Exchange, policy: Policy, principalId: string): Decision => {
  const { api, context, ports } = exchange
  const resource = methodArn(exchange)
  const caller = {
    kind: 'user',
    arn: `arn:aws:iam::${api.account}:user/${principalId}`,
    account: api.account,
    userId: principalId,
  } as const
  const keys = globalKeys(ports.ground, { ...context, caller }, resource)
  return decide({
    action: ACTION,
    resource,
    caller,
    keys,
    policies: [{ name: 'policy of the authorizer', kind: 'identity', policy }],
  })
}

/**
 * Decides whether a request may reach its method, by its type of authorisation and the API's resource policy ("How API
 * Gateway resource policies affect authorization workflow").
 * @throws GatewayError MISSING_AUTHENTICATION_TOKEN, UNAUTHORIZED, ACCESS_DENIED, AUTHORIZER_…
 */
export const authorize = async (exchange: Exchange, cache: AuthorizerCache): Promise<Authorized> => {
  const type = exchange.route?.method.authorizationType ?? 'NONE'
  const policy = resourcePolicy(exchange)
  if (type === 'NONE') {
    if (!policy) return {}
    const decision = anonymousDecision(exchange, [policy])
    if (!decision.allowed) throw refused(exchange, 'anonymous', decision)
    return {}
  }
  if (type === 'AWS_IAM') return signed(exchange, policy)
  if (type === 'CUSTOM') return asked(exchange, policy, cache)
  throw misconfigured(`Authorization of type ${type} is not part of the local cloud`)
}

const signed = async (exchange: Exchange, policy: PolicySource | undefined): Promise<Authorized> => {
  const { context, ports, request } = exchange
  await phase(exchange, 'authenticate', () => {
    if (request.refused) {
      const { code, message } = request.refused
      throw new GatewayError(code === 'ExpiredTokenException' ? 'EXPIRED_TOKEN' : 'INVALID_SIGNATURE', { message })
    }
    if (context.caller.kind === 'anonymous') throw new GatewayError('MISSING_AUTHENTICATION_TOKEN')
  })
  await phase(exchange, 'authorize', () => {
    const decision = ports.decide(context, [ACTION, methodArn(exchange)], policy ? [policy] : [])
    if (!decision.allowed) throw refused(exchange, callerName(context.caller), decision)
  })
  return {}
}

/** A Deny of the resource's policy ends it before the authorizer is asked; then either may allow. */
const asked = async (
  exchange: Exchange,
  policy: PolicySource | undefined,
  cache: AuthorizerCache,
): Promise<Authorized> => {
  const byResource = policy && anonymousDecision(exchange, [policy])
  if (byResource?.outcome === 'explicitDeny')
    return phase(exchange, 'authorize', () => {
      throw refused(exchange, 'anonymous', byResource)
    })
  const result = await phase(exchange, 'authorizer', () => askAuthorizer(exchange, cache))
  exchange.authorizer = result.context
  await phase(exchange, 'authorize', () => {
    const byAuthorizer = decidedBy(exchange, result.policy, result.principalId)
    if (byAuthorizer.outcome === 'explicitDeny')
      throw new GatewayError('ACCESS_DENIED', {
        message: 'User is not authorized to access this resource with an explicit deny',
        reason: byAuthorizer.reason,
      })
    if (!byAuthorizer.allowed && !byResource?.allowed)
      throw new GatewayError('ACCESS_DENIED', { reason: byAuthorizer.reason })
  })
  return result.usageIdentifierKey === undefined ? {} : { usageIdentifierKey: result.usageIdentifierKey }
}
