import { type Dict, isDict } from '../../source.ts'
import type { ResourceEntry } from '../../template.ts'
import { dataHash, resolved } from '../publish.ts'
import { given, inherited, ref, type SamContext, type SamResource } from '../types.ts'
import { addRecords } from './records.ts'

type Made = Record<string, ResourceEntry>

const ENDPOINTS = ['EDGE', 'REGIONAL', 'PRIVATE']
const TRUSTSTORE = ['TruststoreUri', 'TruststoreVersion']

/** The property Domain, references to parameters resolved; none where the API has no domain of its own. */
export const domainOf = ({ properties, refuse }: SamResource, context: SamContext): Dict | undefined => {
  const { Domain: domain } = properties
  if (domain === undefined || domain === null) return undefined
  if (!isDict(domain)) throw refuse("Property 'Domain' should be a map.", [properties, 'Domain'])
  return resolved(domain, context) as Dict
}

const required = (domain: Dict, name: string, { properties, refuse }: SamResource): unknown => {
  const value = domain[name]
  if (value === undefined || value === null)
    throw refuse(`Property 'Domain.${name}' is required.`, [properties, 'Domain'])
  return value
}

const mutualTls = (domain: Dict, { properties, refuse }: SamResource): Dict | undefined => {
  const { MutualTlsAuthentication: tls } = domain
  if (!tls) return undefined
  const spot = [properties, 'Domain'] as const
  if (!isDict(tls)) throw refuse("Property 'Domain.MutualTlsAuthentication' should be a map.", spot)
  if (Object.keys(tls).some((name) => !TRUSTSTORE.includes(name)))
    throw refuse(`Available Domain.MutualTlsAuthentication fields are ['${TRUSTSTORE.join("', '")}'].`, spot)
  return given(Object.fromEntries(TRUSTSTORE.map((name) => [name, tls[name] || undefined])))
}

/** The paths under which a domain leads to the API; none: all of them. */
const basePathsOf = (domain: Dict, { properties, refuse }: SamResource): string[] | undefined => {
  const { BasePath: path } = domain
  if (!path || (typeof path !== 'string' && !Array.isArray(path))) return undefined
  const paths: unknown[] = [path].flat()
  if (!paths.every((one) => typeof one === 'string'))
    throw refuse("Property 'Domain.BasePath' should be a list of strings.", [properties, 'Domain'])
  return paths as string[]
}

/** The domain of a REST API with its mappings, and what DNS says of it. */
export const restDomain = (resource: SamResource, stageId: string, context: SamContext): Made => {
  const domain = domainOf(resource, context)
  if (!domain) return {}
  const { id, entry, properties, refuse } = resource
  const name = required(domain, 'DomainName', resource)
  const certificate = required(domain, 'CertificateArn', resource)
  const endpoint = String(domain.EndpointConfiguration ?? 'REGIONAL')
  if (!ENDPOINTS.includes(endpoint))
    throw refuse(`EndpointConfiguration for Custom Domains must be one of ['${ENDPOINTS.join("', '")}'].`, [
      properties,
      'Domain',
    ])
  const isPrivate = endpoint === 'PRIVATE'
  const kind = isPrivate ? 'DomainNameV2' : 'DomainName'
  const domainId = `ApiGateway${kind}${dataHash(name)}`
  context.named.set(`${id}.${kind}`, domainId)
  const attributes = inherited(entry)
  const made: Made = {
    [domainId]: {
      Type: `AWS::ApiGateway::${kind}`,
      ...attributes,
      Properties: given({
        DomainName: name,
        [endpoint === 'REGIONAL' ? 'RegionalCertificateArn' : 'CertificateArn']: certificate,
        EndpointConfiguration: given({ Types: [endpoint], IpAddressType: domain.IpAddressType || undefined }),
        MutualTlsAuthentication: isPrivate ? undefined : mutualTls(domain, resource),
        SecurityPolicy: domain.SecurityPolicy || undefined,
        EndpointAccessMode: domain.EndpointAccessMode || undefined,
        Policy: domain.Policy || undefined,
        OwnershipVerificationCertificateArn: domain.OwnershipVerificationCertificateArn || undefined,
      }),
    },
  }
  const mapping = (path?: { plain: string; written: string }) => {
    made[`${id}${path?.plain ?? ''}BasePathMapping`] = {
      Type: isPrivate ? 'AWS::ApiGateway::BasePathMappingV2' : 'AWS::ApiGateway::BasePathMapping',
      ...attributes,
      Properties: given({
        [isPrivate ? 'DomainNameArn' : 'DomainName']: ref(domainId),
        RestApiId: ref(id),
        Stage: ref(stageId),
        BasePath: path?.written,
      }),
    }
  }
  const paths = basePathsOf(domain, resource)
  if (!paths) mapping()
  for (const path of paths ?? []) {
    const plain = path.replace(/[^\p{L}\p{N}]/gu, '')
    mapping({ plain, written: domain.NormalizeBasePath === false ? path : plain })
  }
  if (isPrivate) Object.assign(made, accessOf(domain, domainId, resource))
  addRecords(made, resource, context, { ...domain, EndpointConfiguration: endpoint }, isPrivate ? name : domainId)
  return made
}

/** Who may reach a private domain: an endpoint of a VPC. */
const accessOf = (domain: Dict, domainId: string, { entry, properties, refuse }: SamResource): Made => {
  const { AccessAssociation: access } = domain
  if (access === undefined || access === null) return {}
  if (!isDict(access)) throw refuse("Property 'Domain.AccessAssociation' should be a map.", [properties, 'Domain'])
  const { VpcEndpointId: endpoint } = access
  return {
    [`DomainNameAccessAssociation${dataHash([endpoint, domainId])}`]: {
      Type: 'AWS::ApiGateway::DomainNameAccessAssociation',
      ...inherited(entry),
      Properties: given({
        DomainNameArn: ref(domainId),
        AccessAssociationSourceType: 'VPCE',
        AccessAssociationSource: endpoint,
      }),
    },
  }
}

/** The domain of an HTTP or WebSocket API with its mappings, and what DNS says of it. */
export const secondDomain = (
  resource: SamResource,
  stageId: string,
  tags: Dict | undefined,
  context: SamContext,
): Made => {
  const domain = domainOf(resource, context)
  if (!domain) return {}
  const { id, entry, properties, refuse } = resource
  const spot = [properties, 'Domain'] as const
  const { DomainName: name, CertificateArn: certificate, EndpointConfiguration: endpoint = 'REGIONAL' } = domain
  if (name === undefined || name === null || certificate === undefined || certificate === null)
    throw refuse('Custom Domains only works if both DomainName and CertificateArn are provided.', spot)
  if (endpoint !== 'REGIONAL')
    throw refuse("EndpointConfiguration for Custom Domains must be one of ['REGIONAL'].", spot)
  const domainId = `ApiGatewayDomainNameV2${dataHash(name)}`
  context.named.set(`${id}.DomainName`, domainId)
  const attributes = inherited(entry)
  const made: Made = {
    [domainId]: {
      Type: 'AWS::ApiGatewayV2::DomainName',
      ...attributes,
      Properties: given({
        DomainName: name,
        DomainNameConfigurations: [
          given({
            CertificateArn: certificate,
            EndpointType: endpoint,
            OwnershipVerificationCertificateArn: domain.OwnershipVerificationCertificateArn || undefined,
            SecurityPolicy: domain.SecurityPolicy || undefined,
          }),
        ],
        MutualTlsAuthentication: mutualTls(domain, resource),
        Tags: tags,
      }),
    },
  }
  const mapping = (suffix: string, key?: string) => {
    made[`${id}${suffix}ApiMapping`] = {
      Type: 'AWS::ApiGatewayV2::ApiMapping',
      ...attributes,
      Properties: given({ DomainName: ref(domainId), ApiId: ref(id), Stage: ref(stageId), ApiMappingKey: key }),
    }
  }
  const paths = basePathsOf(domain, resource)
  if (!paths) mapping('')
  for (const path of paths ?? []) {
    if (!/^[\w/-]*$/.test(path)) throw refuse('Invalid Basepath name provided.', spot)
    mapping(path.replace(/[-_/]+/g, ''), path.replace(/^\/+|\/+$/g, ''))
  }
  addRecords(made, resource, context, { ...domain, EndpointConfiguration: endpoint }, domainId)
  return made
}
