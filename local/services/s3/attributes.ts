import { aclNotSupported, invalidArgument, notImplemented, refusal } from './errors.ts'
import { checkTags } from './tags.ts'
import type { Attributes, Tag } from './types.ts'

/** The headers of an upload that S3 keeps with the object, and those that the local cloud does not take. */

/** Largest user metadata, in bytes of UTF-8 of its names and values. */
const LARGEST_METADATA = 2048

const STORAGE_CLASSES = new Set([
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'GLACIER_IR',
  'DEEP_ARCHIVE',
])
/** Objects of these are not read until they are restored. */
const ARCHIVES = new Set(['GLACIER', 'DEEP_ARCHIVE'])

export interface AttributesInput {
  CacheControl?: string | undefined
  ContentDisposition?: string | undefined
  ContentEncoding?: string | undefined
  ContentLanguage?: string | undefined
  ContentType?: string | undefined
  Expires?: Date | undefined
  WebsiteRedirectLocation?: string | undefined
  Metadata?: Record<string, string> | undefined
}

const metadataOf = (given: Record<string, string> = {}): Record<string, string> => {
  const metadata: Record<string, string> = {}
  let size = 0
  for (const [name, value] of Object.entries(given)) {
    size += Buffer.byteLength(name) + Buffer.byteLength(value)
    metadata[name.toLowerCase()] = value
  }
  if (size > LARGEST_METADATA)
    throw refusal('MetadataTooLarge', 400, 'Your metadata headers exceed the maximum allowed metadata size', {
      Size: size,
      MaxSizeAllowed: LARGEST_METADATA,
    })
  return metadata
}

const given = <T extends object>(members: T): T =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== '')) as T

/** What an upload says of its object. @throws ServiceError MetadataTooLarge, InvalidRedirectLocation */
export const attributesOf = (input: AttributesInput): Attributes => {
  const redirect = input.WebsiteRedirectLocation
  if (redirect !== undefined && !/^(\/|https?:\/\/)/.test(redirect))
    throw refusal(
      'InvalidRedirectLocation',
      400,
      "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.",
    )
  return given({
    CacheControl: input.CacheControl,
    ContentDisposition: input.ContentDisposition,
    ContentEncoding: input.ContentEncoding,
    ContentLanguage: input.ContentLanguage,
    ContentType: input.ContentType || 'binary/octet-stream',
    Expires: input.Expires?.getTime(),
    WebsiteRedirectLocation: redirect,
    Metadata: metadataOf(input.Metadata),
  })
}

/** @throws ServiceError InvalidStorageClass */
export const storageClassOf = (asked: string | undefined): string => {
  if (asked === undefined) return 'STANDARD'
  if (STORAGE_CLASSES.has(asked)) return asked
  throw refusal('InvalidStorageClass', 400, 'The storage class you specified is not valid', {
    StorageClassRequested: asked,
  })
}

export const isArchived = (storageClass: string): boolean => ARCHIVES.has(storageClass)

/** @throws ServiceError InvalidObjectState for an archived object. */
export const checkReadable = (storageClass: string, message: string): void => {
  if (isArchived(storageClass)) throw refusal('InvalidObjectState', 403, message, { StorageClass: storageClass })
}

/** Headers of uploads whose meaning the local cloud does not have: better refused than forgotten. */
const NOT_HERE: Record<string, string> = {
  SSECustomerAlgorithm: 'x-amz-server-side-encryption-customer-algorithm',
  SSECustomerKey: 'x-amz-server-side-encryption-customer-key',
  SSECustomerKeyMD5: 'x-amz-server-side-encryption-customer-key-MD5',
  CopySourceSSECustomerAlgorithm: 'x-amz-copy-source-server-side-encryption-customer-algorithm',
  CopySourceSSECustomerKey: 'x-amz-copy-source-server-side-encryption-customer-key',
  SSEKMSKeyId: 'x-amz-server-side-encryption-aws-kms-key-id',
  SSEKMSEncryptionContext: 'x-amz-server-side-encryption-context',
  ObjectLockMode: 'x-amz-object-lock-mode',
  ObjectLockRetainUntilDate: 'x-amz-object-lock-retain-until-date',
  ObjectLockLegalHoldStatus: 'x-amz-object-lock-legal-hold',
  ObjectLockEventHold: 'x-amz-object-lock-event-hold',
  ObjectLockEventHoldDurationDays: 'x-amz-object-lock-event-hold-duration-days',
  ObjectLockEventHoldDurationYears: 'x-amz-object-lock-event-hold-duration-years',
  WriteOffsetBytes: 'x-amz-write-offset-bytes',
}

/** @throws ServiceError NotImplemented for encryption other than S3's own and for object lock. */
export const checkHere = (input: object): void => {
  const members = input as Record<string, unknown>
  for (const name in NOT_HERE) if (members[name] !== undefined) throw notImplemented(NOT_HERE[name] as string)
  const encryption = members.ServerSideEncryption as string | undefined
  if (encryption === undefined || encryption === 'AES256') return
  if (encryption.startsWith('aws:')) throw notImplemented('x-amz-server-side-encryption')
  throw invalidArgument('The encryption method specified is not supported', 'x-amz-server-side-encryption', encryption)
}

const GRANTS = ['GrantFullControl', 'GrantRead', 'GrantReadACP', 'GrantWriteACP']
const CANNED = new Set([
  'private',
  'public-read',
  'public-read-write',
  'authenticated-read',
  'aws-exec-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
])

/** @throws ServiceError AccessControlListNotSupported, unless the list only says that the bucket's owner may do all. */
export const checkAcl = (input: object): void => {
  const members = input as Record<string, string | undefined>
  if (members.ACL !== undefined && !CANNED.has(members.ACL)) throw invalidArgument('', 'x-amz-acl', members.ACL)
  const other = members.ACL !== undefined && members.ACL !== 'bucket-owner-full-control'
  if (other || GRANTS.some((name) => members[name] !== undefined)) throw aclNotSupported()
}

/** The tags of header `x-amz-tagging`: `project=blue&stage=test`. @throws ServiceError InvalidArgument, InvalidTag, BadRequest */
export const taggingHeader = (header: string | undefined): Tag[] => {
  if (!header) return []
  let tags: Tag[]
  const decoded = (text = '') => decodeURIComponent(text.replaceAll('+', ' '))
  const invalid = () =>
    invalidArgument(
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
      'x-amz-tagging',
      header,
    )
  try {
    tags = header
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const mark = pair.indexOf('=')
        return mark < 0
          ? { Key: decoded(pair), Value: '' }
          : { Key: decoded(pair.slice(0, mark)), Value: decoded(pair.slice(mark + 1)) }
      })
  } catch {
    throw invalid()
  }
  if (tags.some(({ Key }) => Key === '') || new Set(tags.map(({ Key }) => Key)).size < tags.length) throw invalid()
  checkTags(tags, 'object')
  return tags
}
