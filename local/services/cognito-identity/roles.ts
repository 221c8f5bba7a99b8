import type { Access } from '../../iam/types.ts'
import { pattern } from '../constraints.ts'
import type { Claims } from '../openIdClaims.ts'
import { invalid, type Operations, onPool, thePool, unauthorized, valid } from './names.ts'
import type { MappingRule, Pool, RoleMapping } from './store.ts'

const ROLE = /^arn:aws:iam::\d{12}:role\/.+$/
/** Rules of one provider. */
const MOST_RULES = 25

const checkMapping = ([provider, mapping]: [string, RoleMapping]): void => {
  const { Type, AmbiguousRoleResolution: ambiguous, RulesConfiguration } = mapping
  const rules = RulesConfiguration?.Rules ?? []
  if (Type !== 'Token' && Type !== 'Rules') throw invalid(`Invalid role mapping type for ${provider}.`)
  if (ambiguous === undefined) throw invalid(`AmbiguousRoleResolution is required for ${provider}.`)
  if (Type === 'Rules' && !rules.length) throw invalid(`RulesConfiguration is required for ${provider}.`)
  if (rules.length > MOST_RULES) throw invalid(`A provider may have ${MOST_RULES} rules at most.`)
  valid(...rules.map(({ RoleARN }) => pattern('roleMappings.rulesConfiguration.rules.roleARN', RoleARN, ROLE)))
}

const fits = ({ Claim, MatchType, Value }: MappingRule, claims: Claims): boolean => {
  const claim = claims[Claim]
  const texts = Array.isArray(claim) ? claim.map(String) : claim === undefined ? [] : [String(claim)]
  switch (MatchType) {
    case 'Equals':
      return texts.includes(Value)
    case 'NotEqual':
      return texts.length > 0 && !texts.includes(Value)
    case 'StartsWith':
      return texts.some((text) => text.startsWith(Value))
    default:
      return texts.some((text) => text.includes(Value))
  }
}

/**
 * The role of somebody who signed in (Cognito developer guide, "Using role-based access control"): what the provider's
 * rules or its token say, else the pool's.
 * @throws ServiceError `NotAuthorizedException` where nothing is said and the mapping denies, or another role is asked for
 */
export const authenticatedRole = (
  { roles, roleMappings }: Pool,
  provider: string,
  claims: Claims,
  asked: string | undefined,
): string | undefined => {
  const mapping = roleMappings[provider] ?? roleMappings[`${provider}:${claims.aud[0] ?? ''}`]
  const wanted = claims['cognito:roles']
  const offered = Array.isArray(wanted) ? wanted.map(String) : []
  if (asked !== undefined) {
    if (mapping?.Type === 'Token' && offered.includes(asked)) return asked
    throw unauthorized('Role asked for is not in the token.')
  }
  if (!mapping) return roles.authenticated
  const preferred = claims['cognito:preferred_role']
  const chosen =
    mapping.Type === 'Rules'
      ? mapping.RulesConfiguration?.Rules.find((rule) => fits(rule, claims))?.RoleARN
      : typeof preferred === 'string'
        ? preferred
        : offered.length === 1
          ? offered[0]
          : undefined
  if (chosen !== undefined) return chosen
  if (mapping.AmbiguousRoleResolution === 'Deny') throw unauthorized('Token is not authorized to assume any role.')
  return roles.authenticated
}

export const roles = {
  SetIdentityPoolRoles: {
    action(input, call): Access[] {
      const arns = new Set([
        ...Object.values(input.Roles),
        ...Object.values(input.RoleMappings ?? {}).flatMap(({ RulesConfiguration }) =>
          (RulesConfiguration?.Rules ?? []).map(({ RoleARN = '' }) => RoleARN),
        ),
      ])
      return [
        onPool('SetIdentityPoolRoles')(input, call),
        ...[...arns].map(
          (arn): Access => ['iam:PassRole', arn, { 'iam:PassedToService': 'cognito-identity.amazonaws.com' }],
        ),
      ]
    },
    run({ IdentityPoolId, Roles, RoleMappings = {} }, call) {
      valid(...Object.values(Roles).map((arn) => pattern('roles', arn, ROLE)))
      for (const kind of Object.keys(Roles))
        if (kind !== 'authenticated' && kind !== 'unauthenticated') throw invalid(`Invalid role type: ${kind}`)
      const roleMappings = RoleMappings as Record<string, RoleMapping>
      Object.entries(roleMappings).forEach(checkMapping)
      const pool = thePool(IdentityPoolId, call)
      call.store.savePool({ ...pool, roles: { ...Roles }, roleMappings })
      return {}
    },
  },
  GetIdentityPoolRoles: {
    action: onPool('GetIdentityPoolRoles'),
    run({ IdentityPoolId }, call) {
      const { id, roles, roleMappings } = thePool(IdentityPoolId, call)
      return {
        IdentityPoolId: id,
        Roles: { ...roles },
        RoleMappings: Object.keys(roleMappings).length ? { ...roleMappings } : undefined,
      }
    },
  },
} satisfies Operations
