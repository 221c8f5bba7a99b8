import type { ConditionKeys } from '../../iam/types.ts'
import { length, pattern, range } from '../constraints.ts'
import { isSystemTag, ownTags, systemTags, type Tags } from '../systemTags.ts'
import {
  type CognitoCall,
  invalid,
  type Operations,
  onPool,
  PROVIDER_NAME,
  readMark,
  thePool,
  valid,
  writeMark,
} from './names.ts'
import type { Pool } from './store.ts'

/** What a request says of a pool, in Create and Update. */
interface PoolInput {
  IdentityPoolName: string
  AllowUnauthenticatedIdentities: boolean
  AllowClassicFlow?: boolean
  SupportedLoginProviders?: Record<string, string>
  DeveloperProviderName?: string
  OpenIdConnectProviderARNs?: string[]
  CognitoIdentityProviders?: { ProviderName?: string; ClientId?: string; ServerSideTokenCheck?: boolean }[]
  SamlProviderARNs?: string[]
  IdentityPoolTags?: Record<string, string>
}

const settingsOf = (input: PoolInput, { caller }: CognitoCall) => {
  const { IdentityPoolName: name, DeveloperProviderName: developerProvider } = input
  const { OpenIdConnectProviderARNs: openIdProviders = [], CognitoIdentityProviders: userPools = [] } = input
  valid(
    length('identityPoolName', name, 1, 128),
    pattern('identityPoolName', name, /^[\w\s+=,.@-]+$/, '[\\w\\s+=,.@-]+'),
    length('developerProviderName', developerProvider, 1, 128),
    pattern('developerProviderName', developerProvider, PROVIDER_NAME, '[\\w._-]+'),
    ...Object.keys(input.SupportedLoginProviders ?? {}).map((key) => length('supportedLoginProviders', key, 1, 128)),
    ...openIdProviders.map((arn) => length('openIdConnectProviderARNs', arn, 20, 2048)),
    ...userPools.flatMap(({ ProviderName, ClientId }) => [
      pattern('cognitoIdentityProviders.providerName', ProviderName, /^[\w._:/-]{1,128}$/, '[\\w._:/-]+'),
      pattern('cognitoIdentityProviders.clientId', ClientId, /^[\w_]{1,128}$/, '[\\w_]+'),
    ]),
  )
  if (input.SamlProviderARNs?.length) throw invalid('SAML providers are not part of the local cloud.')
  for (const arn of openIdProviders)
    if (!/^arn:aws:iam::\d{12}:oidc-provider\/.+$/.test(arn) || arn.split(':')[4] !== caller.account)
      throw invalid(`Invalid OpenID Connect provider ARN: ${arn}`)
  return {
    name,
    guests: input.AllowUnauthenticatedIdentities,
    classic: input.AllowClassicFlow ?? false,
    developerProvider,
    loginProviders: input.SupportedLoginProviders ?? {},
    openIdProviders,
    userPools,
  }
}

export const describedPool = (pool: Pool) => ({
  IdentityPoolId: pool.id,
  IdentityPoolName: pool.name,
  AllowUnauthenticatedIdentities: pool.guests,
  AllowClassicFlow: pool.classic,
  SupportedLoginProviders: Object.keys(pool.loginProviders).length ? { ...pool.loginProviders } : undefined,
  DeveloperProviderName: pool.developerProvider,
  OpenIdConnectProviderARNs: pool.openIdProviders.length ? [...pool.openIdProviders] : undefined,
  CognitoIdentityProviders: pool.userPools.length ? [...pool.userPools] : undefined,
  IdentityPoolTags: { ...pool.tags },
})

const tagKeys = (tags: Record<string, string> = {}): ConditionKeys => ({
  'aws:TagKeys': Object.keys(tags),
  ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
})

const MOST = 50

/** @throws ServiceError `InvalidParameterException` for a key that no caller can set or remove */
const checkKeys = (keys: readonly string[]): void => {
  valid(...keys.map((key) => length('tagKeys', key, 1, 128)))
  if (keys.some(isSystemTag)) throw invalid('Tag keys must not begin with aws:, which is reserved for AWS use.')
}

/** @throws ServiceError `InvalidParameterException` for tags that are other or more than AWS takes */
const checked = (tags: Tags): Tags => {
  checkKeys(Object.keys(tags))
  valid(...Object.values(tags).map((value) => length('tags', value, 0, 256)))
  if (Object.keys(tags).length > MOST) throw invalid(`A resource can have no more than ${MOST} tags.`)
  return tags
}

export const pools = {
  CreateIdentityPool: {
    action: ({ IdentityPoolTags }) => ['cognito-identity:CreateIdentityPool', '*', tagKeys(IdentityPoolTags)],
    run(input, call) {
      const { account, region, ground, store } = call
      const pool: Pool = {
        id: `${region}:${ground.ids.uuid()}`,
        ...{ account, region, ...settingsOf(input, call) },
        roles: {},
        roleMappings: {},
        tags: checked(input.IdentityPoolTags ?? {}),
      }
      store.savePool(pool)
      return describedPool(pool)
    },
  },
  UpdateIdentityPool: {
    action: onPool('UpdateIdentityPool'),
    run(input, call) {
      const before = thePool(input.IdentityPoolId, call)
      const settings = settingsOf(input, call)
      // The name of the developer provider stands for good once it is set: identities hang on it.
      if (before.developerProvider !== undefined && settings.developerProvider !== before.developerProvider)
        throw invalid('Developer provider name cannot be changed once it is set.')
      const { IdentityPoolTags: given } = input
      const tags = given ? { ...systemTags(before.tags), ...checked(given) } : before.tags
      const pool: Pool = { ...before, ...settings, tags }
      call.store.savePool(pool)
      return describedPool(pool)
    },
  },
  DescribeIdentityPool: {
    action: onPool('DescribeIdentityPool'),
    run: ({ IdentityPoolId }, call) => describedPool(thePool(IdentityPoolId, call)),
  },
  DeleteIdentityPool: {
    action: onPool('DeleteIdentityPool'),
    run({ IdentityPoolId }, call) {
      call.store.removePool(thePool(IdentityPoolId, call))
      return {}
    },
  },
  ListIdentityPools: {
    action: () => ['cognito-identity:ListIdentityPools', '*'],
    run({ MaxResults, NextToken }, { store, account, region }) {
      valid(range('maxResults', MaxResults, 1, 60))
      const after = readMark(NextToken)
      const all = store.pools(account, region)
      const first = after === '' ? 0 : all.findIndex(({ id }) => id === after) + 1
      const page = all.slice(first, first + MaxResults)
      return {
        IdentityPools: page.map(({ id, name }) => ({ IdentityPoolId: id, IdentityPoolName: name })),
        NextToken: first + MaxResults < all.length ? writeMark(page.at(-1)?.id ?? '') : undefined,
      }
    },
  },
  TagResource: {
    action: ({ ResourceArn, Tags }) => ['cognito-identity:TagResource', ResourceArn, tagKeys(Tags)],
    run({ ResourceArn, Tags }, call) {
      const pool = thePool(ResourceArn.split('/')[1] ?? '', call)
      const tags = checked({ ...ownTags(pool.tags), ...Tags })
      call.store.savePool({ ...pool, tags: { ...systemTags(pool.tags), ...tags } })
      return {}
    },
  },
  UntagResource: {
    action: ({ ResourceArn, TagKeys }) => ['cognito-identity:UntagResource', ResourceArn, { 'aws:TagKeys': TagKeys }],
    run({ ResourceArn, TagKeys }, call) {
      const pool = thePool(ResourceArn.split('/')[1] ?? '', call)
      checkKeys(TagKeys)
      const tags = Object.fromEntries(Object.entries(pool.tags).filter(([key]) => !TagKeys.includes(key)))
      call.store.savePool({ ...pool, tags })
      return {}
    },
  },
  ListTagsForResource: {
    action: ({ ResourceArn }) => ['cognito-identity:ListTagsForResource', ResourceArn],
    run: ({ ResourceArn }, call) => ({ Tags: { ...thePool(ResourceArn.split('/')[1] ?? '', call).tags } }),
  },
} satisfies Operations
