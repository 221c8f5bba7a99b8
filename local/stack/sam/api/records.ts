import { type Dict, isDict } from '../../source.ts'
import type { ResourceEntry } from '../../template.ts'
import { dataHash } from '../publish.ts'
import { getAtt, given, inherited, type SamContext, type SamResource } from '../types.ts'

/** The hosted zone of CloudFront, which stands before every edge-optimised API (Route 53's API reference, AliasTarget). */
const CLOUDFRONT = 'Z2FDTNDATAQYW2'

/** Where a domain's records lead. */
const aliasOf = (domain: Dict, route53: Dict, target: unknown): Dict => {
  const at = (name: string) => getAtt(target as string, name)
  const places: Record<string, Dict | undefined> = {
    REGIONAL: { HostedZoneId: at('RegionalHostedZoneId'), DNSName: at('RegionalDomainName') },
    EDGE: { HostedZoneId: CLOUDFRONT, DNSName: route53.DistributionDomainName ?? at('DistributionDomainName') },
    PRIVATE: { HostedZoneId: route53.VpcEndpointHostedZoneId, DNSName: route53.VpcEndpointDomainName },
  }
  return {
    ...given({ EvaluateTargetHealth: route53.EvaluateTargetHealth }),
    ...places[String(domain.EndpointConfiguration)],
  }
}

const recordsOf = (domain: Dict, route53: Dict, target: unknown): Dict[] => {
  const record = (Type: string) =>
    given({
      Name: domain.DomainName,
      Type,
      AliasTarget: aliasOf(domain, route53, target),
      Region: route53.Region,
      SetIdentifier: route53.SetIdentifier,
    })
  return route53.IpV6 === true ? [record('A'), record('AAAA')] : [record('A')]
}

/** What DNS says of a domain: in one group for all domains of a hosted zone, or in one of its own. */
export const addRecords = (
  made: Record<string, ResourceEntry>,
  { entry, properties, refuse }: SamResource,
  context: SamContext,
  domain: Dict,
  target: unknown,
): void => {
  const { Route53: route53 } = domain
  if (route53 === undefined || route53 === null) return
  const spot = [properties, 'Domain'] as const
  if (!isDict(route53)) throw refuse("Property 'Domain.Route53' should be a map.", spot)
  const { HostedZoneId, HostedZoneName, SeparateRecordSetGroup: separate } = route53
  const zone = HostedZoneId ?? HostedZoneName
  if (zone === undefined || zone === null)
    throw refuse('HostedZoneId or HostedZoneName is required to enable Route53 support on Custom Domains.', spot)
  if (separate && typeof separate !== 'boolean')
    throw refuse("Property 'Domain.Route53.SeparateRecordSetGroup' should be a boolean.", spot)
  const records = recordsOf(domain, route53, target)
  const id = `RecordSetGroup${dataHash(separate ? [zone, domain.DomainName] : zone)}`
  const known = separate ? undefined : context.resources[id]?.Properties?.RecordSets
  if (Array.isArray(known)) {
    known.push(...records)
    return
  }
  made[id] = {
    Type: 'AWS::Route53::RecordSetGroup',
    ...inherited(entry),
    Properties: given({ HostedZoneId, HostedZoneName, RecordSets: records }),
  }
}
