import type { Authorizer } from '@aws-sdk/client-apigatewayv2'
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { decide } from '../../../iam/decide.ts'
import type { Policy } from '../../../iam/types.ts'
import { globalKeys } from '../../keys.ts'
import { queryOf } from '../execute/parameters.ts'
import { functionArn } from './checks.ts'
import { common1, common2 } from './events.ts'
import { fault, forbidden, HttpError, type HttpVisit, invokeFunction, requestArn, unauthorized } from './visit.ts'

/** Who may what ("Control and manage access to HTTP APIs"). */
export interface HttpAuthorizers {
  /** @throws HttpError 401, 403, 500 */
  authorize(visit: HttpVisit): Promise<void>
  /** Forgets what authorizers said. */
  forget(): void
}

/** What an authorizer's function said: yes or no, or a policy, which is held against each request that it serves. */
interface Said {
  readonly allowed: boolean | { readonly policy: Policy; readonly principalId: string }
  readonly context: Record<string, unknown>
}

const MOST = 1000
/** How long the keys of an issuer are kept, ms. */
const KEYS_KEPT = 2 * 3_600_000
const ALGORITHMS = ['RS256', 'RS384', 'RS512']
/** What the access log says of an answer that is none. */
const UNEXPECTED = "The response from the Lambda Authorizer function doesn't match the format that API Gateway expects."

export const createHttpAuthorizers = (): HttpAuthorizers => {
  const said = new Map<string, Said & { until: number }>()
  const issuers = new Map<string, { keys: JWTVerifyGetKey; until: number }>()

  /** The public keys of an issuer, found as OpenID Connect Discovery says. */
  const keysOf = async (issuer: string, now: number): Promise<JWTVerifyGetKey> => {
    const known = issuers.get(issuer)
    if (known && known.until > now) return known.keys
    const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
      signal: AbortSignal.timeout(1500),
      redirect: 'error',
    })
    const { jwks_uri: uri } = (await response.json()) as { jwks_uri?: string }
    if (!response.ok || !uri || !URL.canParse(uri)) throw new Error(`${issuer} names no keys`)
    const keys = createRemoteJWKSet(new URL(uri), { timeoutDuration: 1500 })
    issuers.set(issuer, { keys, until: now + KEYS_KEPT })
    return keys
  }

  const byToken = async (visit: HttpVisit, authorizer: Authorizer): Promise<void> => {
    const { ports, route } = visit
    const [value] = sourcesOf(visit, authorizer) ?? []
    const token = value?.replace(/^Bearer\s+/i, '')
    if (!token) throw unauthorized()
    const { Issuer: issuer = '', Audience: audience = [] } = authorizer.JwtConfiguration ?? {}
    const now = ports.ground.clock.now()
    let claims: Record<string, unknown>
    try {
      const keys = await keysOf(issuer, now)
      const verified = await jwtVerify(token, keys, {
        issuer,
        algorithms: ALGORITHMS,
        currentDate: new Date(now),
        requiredClaims: ['exp'],
      })
      claims = verified.payload
    } catch (error) {
      const known = error instanceof errors.JOSEError
      if (!known)
        ports.ground.log({
          level: 'warn',
          from: 'apigateway',
          text: `the keys of ${issuer} cannot be had`,
          cause: error,
        })
      const why = error instanceof errors.JWTExpired ? 'the token has expired' : 'the token is not valid'
      throw unauthorized(`Bearer scope="" error="invalid_token" error_description="${why}"`, why)
    }
    // A token without an audience names its client instead.
    const given = [claims.aud ?? claims.client_id ?? []].flat().map(String)
    if (!given.some((one) => audience.includes(one)))
      throw unauthorized(
        'Bearer scope="" error="invalid_token" error_description="the token does not have a valid audience"',
        'the token does not have a valid audience',
      )
    const scopes = [claims.scope ?? claims.scp ?? []]
      .flat()
      .flatMap((one) => String(one).split(' '))
      .filter(Boolean)
    const wanted = route.AuthorizationScopes ?? []
    if (wanted.length && !wanted.some((one) => scopes.includes(one)))
      throw new HttpError(
        403,
        'Forbidden',
        {
          'www-authenticate': `Bearer scope="${wanted.join(' ')}" error="insufficient_scope" error_description="the token does not have the required scopes"`,
        },
        'the token does not have the required scopes',
      )
    const texts = Object.entries(claims).map(([name, one]) => [
      name,
      typeof one === 'string' ? one : Array.isArray(one) ? `[${one.join(' ')}]` : String(one),
    ])
    visit.authorizer = { jwt: { claims: Object.fromEntries(texts), scopes: wanted.length ? scopes : null } }
  }

  const byFunction = async (visit: HttpVisit, authorizer: Authorizer): Promise<void> => {
    const { ports } = visit
    const now = ports.ground.clock.now()
    const sources = sourcesOf(visit, authorizer)
    if (!sources) throw unauthorized()
    const ttl = authorizer.AuthorizerResultTtlInSeconds ?? 0
    const key = JSON.stringify([visit.api.id, visit.stage.StageName, authorizer.AuthorizerId, sources])
    const before = ttl > 0 && sources.length ? said.get(key) : undefined
    const answer =
      before && before.until > now ? before : { ...(await ask(visit, authorizer, sources)), until: now + ttl * 1000 }
    if (ttl > 0 && sources.length) {
      if (said.size >= MOST) said.clear()
      said.set(key, answer)
    }
    if (!isAllowed(visit, answer)) throw forbidden()
    visit.authorizer = { lambda: answer.context }
  }

  return {
    forget: () => said.clear(),
    async authorize(visit) {
      const { route, definition } = visit
      const { AuthorizationType: type = 'NONE', AuthorizerId: id } = route
      if (type === 'NONE') return
      if (type === 'AWS_IAM') return bySignature(visit)
      const authorizer = definition.authorizers.find(({ AuthorizerId }) => AuthorizerId === id)
      if (!authorizer) throw fault()
      if (type === 'JWT') await byToken(visit, authorizer)
      else await byFunction(visit, authorizer)
    },
  }
}

const bySignature = (visit: HttpVisit): void => {
  const { context, ports, request } = visit
  const { caller } = context
  if (request.refused || caller.kind === 'anonymous') throw forbidden()
  if (!ports.decide(context, ['execute-api:Invoke', requestArn(visit)], []).allowed) throw forbidden()
  if (caller.kind === 'service') return
  visit.authorizer = {
    iam: {
      accessKey: caller.accessKeyId ?? null,
      accountId: caller.account,
      callerId: caller.userId,
      cognitoIdentity: null,
      principalOrgId: null,
      userArn: caller.arn,
      userId: caller.userId,
    },
  }
}

/** The values that tell callers apart; undefined where one is missing. */
const sourcesOf = (visit: HttpVisit, { IdentitySource: sources = [] }: Authorizer): string[] | undefined => {
  const { request, stage } = visit
  const query = queryOf(request.rawQuery)
  const context: Record<string, string | undefined> = {
    routeKey: visit.route.RouteKey,
    stage: stage.StageName,
    'http.method': request.method,
    'http.path': request.path,
    'identity.sourceIp': request.facts.sourceIp,
    'http.sourceIp': request.facts.sourceIp,
  }
  const values = sources.map((source) => {
    const [, place, name = ''] =
      /^\$(request\.header|request\.querystring|context|stageVariables)\.(.+)$/.exec(source) ?? []
    if (place === 'request.header')
      return request.headers.find(([header]) => header.toLowerCase() === name.toLowerCase())?.[1]
    if (place === 'request.querystring') return query.get(name)?.[0]
    return place === 'context' ? context[name] : stage.StageVariables?.[name]
  })
  return values.every((value) => value !== undefined && value !== '') ? (values as string[]) : undefined
}

/** Asks the function of an authorizer. @throws HttpError 500 when it does not answer as it must */
const ask = async (visit: HttpVisit, authorizer: Authorizer, sources: string[]): Promise<Said> => {
  const simple = authorizer.AuthorizerPayloadFormatVersion === '2.0'
  const arn = requestArn(visit)
  const event = simple
    ? { ...common2(visit), type: 'REQUEST', routeArn: arn, identitySource: sources.length ? sources : null }
    : {
        ...common1(visit),
        type: 'REQUEST',
        methodArn: arn,
        identitySource: sources.join(','),
        authorizationToken: sources.join(','),
      }
  const name = functionArn(authorizer.AuthorizerUri ?? '') ?? ''
  const roleArn = authorizer.AuthorizerCredentialsArn
  const text = await invokeFunction(visit, name, event, { roleArn, authorizerId: authorizer.AuthorizerId ?? '' })
  const answer = JSON.parse(text) as {
    isAuthorized?: boolean
    context?: Record<string, unknown>
    policyDocument?: Policy
    principalId?: string
  } | null
  if (authorizer.EnableSimpleResponses) {
    if (typeof answer?.isAuthorized !== 'boolean')
      throw fault(`${UNEXPECTED} Simple response did not include 'isAuthorized'`)
    return { allowed: answer.isAuthorized, context: answer.context ?? {} }
  }
  if (!answer?.policyDocument?.Statement) throw fault(UNEXPECTED)
  const { policyDocument: policy, principalId } = answer
  return {
    allowed: { policy, principalId: principalId ?? 'user' },
    context: { ...answer.context, ...(principalId ? { principalId } : {}) },
  }
}

/** Whether this request is allowed by what was said, now or for an earlier request. */
const isAllowed = (visit: HttpVisit, { allowed }: Said): boolean => {
  if (typeof allowed === 'boolean') return allowed
  const { account } = visit.api
  const { policy, principalId } = allowed
  const caller = {
    kind: 'user',
    arn: `arn:aws:iam::${account}:user/${principalId}`,
    account,
    userId: principalId,
  } as const
  const resource = requestArn(visit)
  return decide({
    action: 'execute-api:Invoke',
    resource,
    caller,
    keys: globalKeys(visit.ports.ground, { ...visit.context, caller }, resource),
    policies: [{ name: 'policy of the authorizer', kind: 'identity', policy }],
  }).allowed
}
