import type { Service } from '../services/service.ts'
import { type BrokenClaim, type Claim, isBroken } from './claim.ts'
import { decode, type SiteRequest } from './request.ts'

/** The bucket that an S3 request names by host or path, and the rest of its path. */
export interface BucketPath {
  /** `''` when the request names none. */
  bucket: string
  path: string
}

/** Which service a request is for, as far as its head tells. */
export const serviceOf = (
  head: SiteRequest,
  claim: Claim | BrokenClaim | undefined,
  services: ReadonlyMap<string, Service>,
): Service | 'unknown' | undefined => {
  const { headers, query } = head
  if (claim && !isBroken(claim)) return serviceOfScope(claim.service, head, services) ?? 'unknown'
  const target = headers['x-amz-target']
  if (target !== undefined) return serviceOfTarget(target, services) ?? 'unknown'
  return serviceOfVersion(query.get('Version'), services)
}

/** The name of a service in the scope of its credentials. */
export const scopeOf = ({ scope, name }: Service): string => scope ?? name

/** The service that a credential scope names. Some share one: then the target tells, or the path. */
const serviceOfScope = (
  scope: string,
  { headers, path }: SiteRequest,
  services: ReadonlyMap<string, Service>,
): Service | undefined => {
  const own = services.get(scope)
  const target = headers['x-amz-target']
  const other = find(
    services,
    (service) =>
      service.scope === scope &&
      service !== own &&
      (service.paths?.test(path) ||
        (service.target !== undefined && target?.startsWith(`${service.target}.`) === true)),
  )
  return other ?? own
}

/** The service that a header `x-amz-target` names: `<prefix>.<Operation>`. */
export const serviceOfTarget = (
  target: string | undefined,
  services: ReadonlyMap<string, Service>,
): Service | undefined => {
  const prefix = target?.slice(0, target.lastIndexOf('.'))
  return prefix ? find(services, (service) => service.target === prefix) : undefined
}

/** An unsigned call of the query protocol names its service by the version of its API alone. */
export const serviceOfVersion = (
  version: string | null,
  services: ReadonlyMap<string, Service>,
): Service | undefined =>
  version === null
    ? undefined
    : find(services, (service) => service.protocol === 'query' && service.version === version)

const find = (services: ReadonlyMap<string, Service>, fits: (service: Service) => boolean): Service | undefined => {
  for (const service of services.values()) if (fits(service)) return service
  return undefined
}

const S3_HOST = /^(?:(.+)\.)?s3(?:[.-][a-z]{2,4}(?:-[a-z]+)+-\d{1,2})?\.localhost$/

/** Whether the host says S3: `s3.localhost`, `<bucket>.s3.localhost`, `<bucket>.s3.<region>.localhost`. */
export const isS3Host = (host: string): boolean => S3_HOST.test(host)

const WEBSITE_HOST = /^(.+)\.s3-website(?:[.-][a-z]{2,4}(?:-[a-z]+)+-\d{1,2})?\.localhost$/

/** The bucket whose website a host is: `<bucket>.s3-website.localhost`, `<bucket>.s3-website-<region>.localhost`. */
export const websiteOf = (host: string): string | undefined => WEBSITE_HOST.exec(host)?.[1]

/**
 * Takes the bucket off the host (`<bucket>.s3.localhost`, `<bucket>.s3-website.localhost`, `<bucket>.localhost`) or, else,
 * off the path.
 */
export const bucketOf = ({ host, path }: SiteRequest): BucketPath => {
  const s3 = S3_HOST.exec(host) ?? WEBSITE_HOST.exec(host)
  const bucket = s3 ? s3[1] : /^(.+)\.localhost$/.exec(host)?.[1]
  if (bucket !== undefined) return { bucket, path }
  const end = path.indexOf('/', 1)
  return end < 0
    ? { bucket: decode(path.slice(1)), path: '/' }
    : { bucket: decode(path.slice(1, end)), path: path.slice(end) }
}

/** The address that the client used, without a bucket before it. */
export const originOf = ({ host, headers }: SiteRequest): string => {
  const port = (headers.host ?? '').slice(host.length)
  const s3 = S3_HOST.exec(host)
  if (s3) return `http://${s3[1] === undefined ? host : host.slice(s3[1].length + 1)}${port}`
  return `http://${host.endsWith('.localhost') ? 'localhost' : host}${port}`
}
