import type * as Sdk from '@aws-sdk/client-sts'
import { ServiceError } from '../../base/errors.ts'
import type { ConditionKeys } from '../../iam/types.ts'
import { keep, length } from '../constraints.ts'
import { type Claims, claimsOf, TokenFault } from '../openIdClaims.ts'
import { COGNITO, COGNITO_ISSUER } from '../openIdTokens.ts'
import type { Call, Input } from '../service.ts'
import { limitsOf, packedSize } from './limits.ts'
import { checkInput, invalid, type Operations } from './names.ts'
import type { StsStore } from './store.ts'

type WebIdentityInput = Input<typeof Sdk, 'AssumeRoleWithWebIdentity'>
type StsCall = Call<StsStore>

const HOUR = 3600
const ACTION = 'sts:AssumeRoleWithWebIdentity'

const badToken = (message: string) => invalid(message, 'InvalidIdentityToken')

/** Who a trust policy calls the issuer of a token: identity pools by their name, others by the ARN that IAM gave them. */
const providerOf = ({ iss }: Claims, account: string) =>
  iss === COGNITO_ISSUER ? COGNITO : `arn:aws:iam::${account}:oidc-provider/${iss.replace(/^https:\/\//, '')}`

/** The condition keys of a token (IAM user guide, "Available keys for AWS web identity federation"). */
const keysOf = (claims: Claims): ConditionKeys => {
  const issuer = claims.iss.replace(/^https:\/\//, '')
  return {
    [`${issuer}:aud`]: claims.aud.length > 1 ? [...claims.aud] : claims.aud[0],
    [`${issuer}:sub`]: claims.sub,
    [`${issuer}:amr`]: claims.amr.length ? [...claims.amr] : undefined,
  }
}

const roleAccount = (arn: string) => arn.split(':')[4] ?? ''

/** Checks a token. @throws ServiceError in the words of STS */
const verified = async (input: WebIdentityInput, { store, ground }: StsCall): Promise<Claims> => {
  const account = roleAccount(input.RoleArn)
  const known = (issuer: string) =>
    store.directory.openIdProvider(`arn:aws:iam::${account}:oidc-provider/${issuer.replace(/^https:\/\//, '')}`)
  try {
    const claims = await store.tokens.verify(input.WebIdentityToken, (issuer) => known(issuer) !== undefined)
    if (claims.iss !== COGNITO_ISSUER && !claims.aud.some((aud) => known(claims.iss)?.clients.includes(aud)))
      throw badToken('Incorrect token audience')
    return claims
  } catch (error) {
    if (!(error instanceof TokenFault)) throw error
    const { kind, claims } = error
    if (kind === 'malformed')
      throw badToken('The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)')
    if (kind === 'issuer') throw badToken(`No OpenIDConnect provider found in your account for ${claims?.iss}`)
    if (kind === 'expired')
      throw invalid(
        `Token expired: current date/time ${Math.floor(ground.clock.now() / 1000)} must be before the expiration date/time ${claims?.exp}`,
        'ExpiredTokenException',
      )
    if (kind === 'unreachable')
      throw invalid("Couldn't retrieve verification key from your identity provider", 'IDPCommunicationError')
    throw badToken("Couldn't verify signed token")
  }
}

export const webIdentity = {
  AssumeRoleWithWebIdentity: {
    /** The trust policy is asked in the name of the provider, once its token has been checked: see `run`. */
    action(input, call) {
      if (call.caller.kind !== 'anonymous' || call.caller.provider === undefined) return []
      const keys = { ...keysOf(claimsOf(input.WebIdentityToken)), 'sts:RoleSessionName': input.RoleSessionName }
      return [[ACTION, input.RoleArn, keys]]
    },
    async run(input, call) {
      const { RoleArn, RoleSessionName, WebIdentityToken, DurationSeconds = HOUR } = input
      if (call.caller.kind !== 'anonymous' || call.caller.provider === undefined) {
        keep('ValidationError', length('webIdentityToken', WebIdentityToken, 4, 20_000))
        checkInput(input)
        const claims = await verified(input, call)
        const account = roleAccount(RoleArn)
        const provider = providerOf(claims, account)
        return call.cloud('sts', { as: { kind: 'anonymous', account, provider } }).AssumeRoleWithWebIdentity(input)
      }
      const claims = claimsOf(WebIdentityToken)
      const role = call.store.directory.roleByArn(RoleArn)
      if (!role) throw new ServiceError('AccessDenied', `Not authorized to perform ${ACTION}`, { status: 403 })
      if (DurationSeconds > role.maxSession)
        throw invalid('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.')
      const session = {
        kind: 'role' as const,
        arn: `arn:aws:sts::${role.account}:assumed-role/${role.name}/${RoleSessionName}`,
        account: role.account,
        roleArn: role.arn,
        userId: `${role.id}:${RoleSessionName}`,
        sessionPolicies: limitsOf(input, call),
        keys: { ...keysOf(claims), 'aws:FederatedProvider': call.caller.provider },
      }
      const given = call.store.begin(session, DurationSeconds)
      return {
        Credentials: {
          AccessKeyId: given.accessKeyId,
          SecretAccessKey: given.secretAccessKey,
          SessionToken: given.sessionToken,
          Expiration: new Date(given.expiration),
        },
        SubjectFromWebIdentityToken: claims.sub,
        AssumedRoleUser: { AssumedRoleId: session.userId, Arn: session.arn },
        PackedPolicySize: packedSize(input, {}),
        Provider: call.caller.provider,
        Audience: claims.aud[0],
      }
    },
  },
} satisfies Operations
