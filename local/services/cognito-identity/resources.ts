import type { CreateIdentityPoolCommandInput, SetIdentityPoolRolesCommandInput } from '@aws-sdk/client-cognito-identity'
import { unlessGone } from '../gone.ts'
import type { Resource, ResourceCall, ResourceType } from '../service.ts'
import type { CognitoStore } from './store.ts'

interface PoolProperties {
  IdentityPoolName?: string
  AllowUnauthenticatedIdentities: boolean | string
  AllowClassicFlow?: boolean | string
  DeveloperProviderName?: string
  SupportedLoginProviders?: Record<string, string>
  OpenIdConnectProviderARNs?: string[]
  CognitoIdentityProviders?: { ProviderName?: string; ClientId?: string; ServerSideTokenCheck?: boolean | string }[]
  SamlProviderARNs?: string[]
  IdentityPoolTags?: { Key: string; Value: string }[]
}

const isTrue = (value: boolean | string | undefined) => String(value) === 'true'

const poolOf = ({ properties, physicalId }: Resource): CreateIdentityPoolCommandInput => {
  const given = properties as unknown as PoolProperties
  return {
    IdentityPoolName: given.IdentityPoolName ?? physicalId.replaceAll('-', '_'),
    AllowUnauthenticatedIdentities: isTrue(given.AllowUnauthenticatedIdentities),
    AllowClassicFlow: isTrue(given.AllowClassicFlow),
    DeveloperProviderName: given.DeveloperProviderName,
    SupportedLoginProviders: given.SupportedLoginProviders,
    OpenIdConnectProviderARNs: given.OpenIdConnectProviderARNs,
    SamlProviderARNs: given.SamlProviderARNs,
    CognitoIdentityProviders: given.CognitoIdentityProviders?.map((one) => ({
      ...one,
      ServerSideTokenCheck: isTrue(one.ServerSideTokenCheck),
    })),
    IdentityPoolTags:
      given.IdentityPoolTags && Object.fromEntries(given.IdentityPoolTags.map(({ Key, Value }) => [Key, Value])),
  }
}

/** A pool's id comes from the service: after a creation that was cut short it is found by its name. */
const idOf = ({ physicalId, properties }: Resource, { store, account, region }: ResourceCall<CognitoStore>) => {
  if (physicalId.includes(':')) return physicalId
  const name = poolOf({ physicalId, properties } as Resource).IdentityPoolName
  const made = (properties as unknown as PoolProperties).IdentityPoolName === undefined
  return made ? store.pools(account, region).find((pool) => pool.name === name)?.id : undefined
}

/** `AWS::Cognito::IdentityPool`: Ref is the pool's id. */
const identityPool: ResourceType<CognitoStore> = {
  properties: [
    'IdentityPoolName',
    'AllowUnauthenticatedIdentities',
    'AllowClassicFlow',
    'DeveloperProviderName',
    'SupportedLoginProviders',
    'OpenIdConnectProviderARNs',
    'CognitoIdentityProviders',
    'SamlProviderARNs',
    'IdentityPoolTags',
  ],
  tags: { property: 'IdentityPoolTags' },
  async create(resource, call) {
    const { IdentityPoolId = '', IdentityPoolName } = await call
      .cloud('cognito-identity')
      .CreateIdentityPool(poolOf(resource) as never)
    return { physicalId: IdentityPoolId, attributes: { Id: IdentityPoolId, Name: IdentityPoolName } }
  },
  async update(resource, before, call) {
    const IdentityPoolId = before.physicalId
    const name = call.store.pool(IdentityPoolId)?.name
    const given = poolOf(resource)
    const { IdentityPoolName } = await call.cloud('cognito-identity').UpdateIdentityPool({
      ...given,
      // A name that was made up stays.
      IdentityPoolName: (resource.properties as unknown as PoolProperties).IdentityPoolName ?? name,
      IdentityPoolId,
      IdentityPoolTags: given.IdentityPoolTags ?? {},
    } as never)
    return { physicalId: IdentityPoolId, attributes: { Id: IdentityPoolId, Name: IdentityPoolName } }
  },
  async delete(resource, call) {
    const IdentityPoolId = idOf(resource, call)
    if (IdentityPoolId !== undefined)
      await unlessGone(() => call.cloud('cognito-identity').DeleteIdentityPool({ IdentityPoolId }))
  },
  systemTags({ physicalId }, tags, { store }) {
    const pool = store.pool(physicalId)
    if (pool) store.savePool({ ...pool, tags: { ...pool.tags, ...tags } })
  },
}

interface AttachmentProperties {
  IdentityPoolId: string
  Roles?: Record<string, string>
  RoleMappings?: Record<string, { IdentityProvider?: string }>
}

/** The keys of a template's mappings are free where `IdentityProvider` names the provider. */
const rolesOf = ({ properties }: Resource): SetIdentityPoolRolesCommandInput => {
  const { IdentityPoolId, Roles = {}, RoleMappings = {} } = properties as unknown as AttachmentProperties
  const mappings = Object.entries(RoleMappings).map(([key, { IdentityProvider, ...mapping }]) => [
    IdentityProvider ?? key,
    mapping,
  ])
  return { IdentityPoolId, Roles, RoleMappings: Object.fromEntries(mappings) }
}

/** `AWS::Cognito::IdentityPoolRoleAttachment`. */
const roleAttachment: ResourceType<CognitoStore> = {
  properties: ['IdentityPoolId', 'Roles', 'RoleMappings'],
  replacedBy: ['IdentityPoolId'],
  async create(resource, call) {
    await call.cloud('cognito-identity').SetIdentityPoolRoles(rolesOf(resource) as never)
    const { physicalId } = resource
    return { physicalId, attributes: { Id: physicalId } }
  },
  async update(resource, { physicalId }, call) {
    await call.cloud('cognito-identity').SetIdentityPoolRoles(rolesOf(resource) as never)
    return { physicalId, attributes: { Id: physicalId } }
  },
  delete: (resource, call) =>
    unlessGone(async () => {
      const { IdentityPoolId } = rolesOf(resource)
      await call.cloud('cognito-identity').SetIdentityPoolRoles({ IdentityPoolId, Roles: {} } as never)
    }),
}

export const resources = {
  'AWS::Cognito::IdentityPool': identityPool,
  'AWS::Cognito::IdentityPoolRoleAttachment': roleAttachment,
}
