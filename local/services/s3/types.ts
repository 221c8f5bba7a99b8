import type * as Sdk from '@aws-sdk/client-s3'
import type { ChecksumName } from '../../base/checksums.ts'
import type { PolicySource } from '../../iam/types.ts'
import type { Checksums } from './files.ts'

export interface Bucket {
  readonly name: string
  readonly account: string
  readonly region: string
  /** ms since the epoch */
  readonly created: number
}

export interface Tag {
  Key: string
  Value: string
}

export interface Lifecycle {
  rules: Sdk.LifecycleRule[]
  minimum: Sdk.TransitionDefaultMinimumObjectSize
}

/** What is remembered of a bucket besides its name, each under its own name. */
export interface Settings {
  /** The document without its spaces, with the version that counts where it named none. */
  policy: string
  publicAccessBlock: Required<Sdk.PublicAccessBlockConfiguration>
  ownership: Sdk.ObjectOwnership
  tags: Tag[]
  notification: Sdk.NotificationConfiguration
  cors: Sdk.CORSRule[]
  website: Sdk.WebsiteConfiguration
  /** Missing while it was never asked for. */
  versioning: Sdk.BucketVersioningStatus
  lifecycle: Lifecycle
  /** Where it is not S3's own: by KMS with the key that AWS has for S3. */
  encryption: Sdk.ServerSideEncryptionRule
  /** As it was asked for: `EU` or a region. */
  location: string
}

/** A bucket's policy as it was last read, so that IAM need not compile it anew for every request. */
export interface ReadPolicy {
  readonly text: string
  /** Whether RestrictPublicBuckets was on. */
  readonly restricted: boolean
  readonly source: PolicySource
}

/** Headers that come back as they were sent, and metadata of the user's own. */
export interface Attributes {
  CacheControl?: string
  ContentDisposition?: string
  ContentEncoding?: string
  ContentLanguage?: string
  ContentType?: string
  /** ms since the epoch */
  Expires?: number
  WebsiteRedirectLocation?: string
  /** Names in lower case. */
  Metadata: Record<string, string>
}

/** Of an object's bytes; `COMPOSITE`: of its parts' checksums, with `-<parts>` at its end. */
export interface Checksum {
  algorithm: ChecksumName
  value: string
  type: 'FULL_OBJECT' | 'COMPOSITE'
}

/** One version of a key: an object, or a delete marker, which has no bytes. */
export interface StoredObject {
  bucket: string
  key: string
  /** `null` for what was stored without versioning, and while it is suspended. */
  version: string
  /** The versions of a key are in the order of this number; the id of a version holds it too. */
  born: number
  marker?: true
  /** Under which its files stand in the table of parts. */
  content: string
  size: number
  /** Without quotation marks. */
  etag: string
  /** ms since the epoch, whole seconds, as everywhere in S3 */
  modified: number
  /** How many parts it was uploaded in; missing when it was put as a whole. */
  parts?: number
  storageClass: string
  attributes: Attributes
  tags: Tag[]
  checksum: Checksum
}

/** What a list tells of an object. */
export type Listed = Pick<StoredObject, 'key' | 'size' | 'etag' | 'modified' | 'storageClass'> & {
  algorithm: ChecksumName
  type: Checksum['type']
}

/** What a list of versions tells of one. */
export type ListedVersion = Listed & Pick<StoredObject, 'version' | 'born'> & { latest: number; marker: number }

/** The object that an event is about; size and ETag of one that is there. */
export interface EventObject {
  key: string
  size?: number
  etag?: string
  /** Left out of the event of an object without versioning. */
  version?: string
}

/** A file of an object or of an upload under way. */
export interface Part {
  content: string
  /** 1 to 10,000 */
  number: number
  file: string
  size: number
  /** MD5 in hexadecimal */
  etag: string
  modified: number
  checksums: Checksums
}

/** A multipart upload under way. */
export interface Upload {
  bucket: string
  key: string
  /** The upload's id, and the content of the object that comes of it. */
  id: string
  initiated: number
  /** Who began it: account or user and name, as lists show it. */
  initiator: { ID: string; DisplayName?: string }
  storageClass: string
  attributes: Attributes
  tags: Tag[]
  /** Missing when the client named none: S3 then adds CRC64NVME of the whole. */
  algorithm?: ChecksumName
  type: Checksum['type']
  /** The ETag of the object that the key had when the upload began. */
  before?: string
}
