import * as refusals from './refusals.ts'
import type { SiteRequest } from './request.ts'

/** Operations whose lists S3 takes with a checksum only, in the head or at the end: what is lost of them is lost for good. */
const WITH_CHECKSUM = new Set(['DeleteObjects', 'PutBucketCors', 'PutBucketLifecycleConfiguration', 'PutBucketTagging'])

/** @throws ServiceError InvalidRequest for a body that must have a checksum, and has none */
export const checkIntegrity = (operation: string, { headers }: SiteRequest): void => {
  if (!WITH_CHECKSUM.has(operation) || headers['content-md5'] !== undefined) return
  const given = Object.keys(headers).some((name) => /^x-amz-(trailer$|checksum-(?!algorithm|mode|type))/.test(name))
  if (!given) throw refusals.s3('InvalidRequest', 400, 'Missing required header for this request: Content-MD5')
}
