import type { Access, ConditionKeys } from '../../iam/types.ts'
import type { S3Call } from './call.ts'
import { accessDenied, noSuchBucket, refusal } from './errors.ts'
import { bucketArn, LONGEST_KEY, leadsOut, objectArn } from './names.ts'
import type { Bucket, Tag } from './types.ts'

/** Who may ask what: resources and condition keys as in "Actions, resources, and condition keys for Amazon S3". */

interface BucketInput {
  Bucket: string
  ExpectedBucketOwner?: string | undefined
}
interface ObjectInput extends BucketInput {
  Key: string
}
interface VersionInput extends ObjectInput {
  VersionId?: string | undefined
}

const elsewhere = ({ name, region }: Bucket) =>
  refusal(
    'PermanentRedirect',
    301,
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    { Endpoint: `${name}.s3.${region}.amazonaws.com`, Bucket: name, headers: { 'x-amz-bucket-region': region } },
  )

const noAccount = (given: string) =>
  refusal(
    'InvalidBucketOwnerAWSAccountID',
    400,
    `The value of the expected bucket owner parameter must be an AWS Account ID... [${given}]`,
  )

/**
 * A bucket, in whatever region it is.
 * @throws ServiceError NoSuchBucket; AccessDenied when another account owns it than expected,
 *   InvalidBucketOwnerAWSAccountID where that is none
 */
export const bucketAnywhere = (call: S3Call, name: string, expectedOwner?: string): Bucket => {
  const bucket = call.store.buckets.find(name)
  if (!bucket) throw noSuchBucket(name)
  if (expectedOwner !== undefined && !/^\d{12}$/.test(expectedOwner)) throw noAccount(expectedOwner)
  if (expectedOwner !== undefined && expectedOwner !== bucket.account) throw accessDenied()
  return bucket
}

/** A bucket of the region that is asked. @throws ServiceError as `bucketAnywhere`; PermanentRedirect for another region's. */
export const bucketOf = (call: S3Call, name: string, expectedOwner?: string): Bucket => {
  const bucket = bucketAnywhere(call, name, expectedOwner)
  const signed = call.caller.kind === 'user' || call.caller.kind === 'role'
  if (signed && call.region !== bucket.region) throw elsewhere(bucket)
  return bucket
}

/** @throws ServiceError KeyTooLongError, InvalidURI */
const checkKey = (key: string) => {
  if (key.includes('..') && leadsOut(key))
    throw refusal('InvalidURI', 400, "Couldn't parse the specified URI.", { URI: key })
  const size = Buffer.byteLength(key)
  if (size > LONGEST_KEY)
    throw refusal('KeyTooLongError', 400, 'Your key is too long', { Size: size, MaxSizeAllowed: LONGEST_KEY })
}

const TIMESTAMP = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/

/** Condition keys that every signed request to S3 has. */
const requestKeys = ({ facts, ground }: S3Call): ConditionKeys => {
  const { signature, headers } = facts
  if (!signature) return {}
  const signedAt = Date.parse(signature.timestamp.replace(TIMESTAMP, '$1-$2-$3T$4:$5:$6Z'))
  return {
    's3:authType': facts.form ? 'POST' : signature.from === 'query' ? 'REST-QUERY-STRING' : 'REST-HEADER',
    's3:signatureversion': 'AWS4-HMAC-SHA256',
    's3:signatureAge': String(Math.max(0, ground.clock.now() - signedAt)),
    's3:x-amz-content-sha256': headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD',
  }
}

const keysOf = (call: S3Call, bucket: Bucket, extra: ConditionKeys = {}): ConditionKeys => ({
  ...requestKeys(call),
  'aws:ResourceAccount': bucket.account,
  's3:ResourceAccount': bucket.account,
  ...extra,
})

/** Tags as condition keys: `s3:ExistingObjectTag/project`. */
export const tagKeys = (prefix: string, tags: readonly Tag[]): ConditionKeys =>
  Object.fromEntries(tags.map(({ Key, Value }) => [`${prefix}/${Key}`, Value]))

/** The question for an action on a bucket. */
export const onBucket =
  <In extends BucketInput>(action: string, extra?: (input: In) => ConditionKeys) =>
  (input: In, call: S3Call): Access => {
    const bucket = bucketOf(call, input.Bucket, input.ExpectedBucketOwner)
    return [`s3:${action}`, bucketArn(bucket.name), keysOf(call, bucket, extra?.(input))]
  }

/**
 * The question by which S3 lets a caller know that a key is missing. The bucket may be in another region: that of the
 * source of a copy.
 */
export const listAccess = (call: S3Call, name: string): Access => {
  const bucket = bucketAnywhere(call, name)
  return ['s3:ListBucket', bucketArn(name), keysOf(call, bucket)]
}

/** The question for an action on one object, which need not be there; `find` says of which regions. */
export const objectAccess = (
  call: S3Call,
  action: string,
  input: ObjectInput,
  extra?: ConditionKeys,
  find = bucketOf,
): Access => {
  checkKey(input.Key)
  const bucket = find(call, input.Bucket, input.ExpectedBucketOwner)
  return [`s3:${action}`, objectArn(bucket.name, input.Key), keysOf(call, bucket, extra)]
}

/** The tags that an object has, as condition keys. */
export const existingTags = (call: S3Call, { Bucket, Key, VersionId }: VersionInput): ConditionKeys => {
  const { objects } = call.store
  const object = VersionId === undefined ? objects.find(Bucket, Key) : objects.version(Bucket, Key, VersionId)
  return tagKeys('s3:ExistingObjectTag', object?.tags ?? [])
}

/** The version that a request names, as a condition key. */
export const versionKey = (VersionId: string | undefined): ConditionKeys => ({ 's3:VersionId': VersionId })

/** The question for reading an object or something of it; with a version's id AWS asks for another action. */
export const onExisting =
  <In extends VersionInput>(action: string, versionAction: string) =>
  (input: In, call: S3Call): Access =>
    objectAccess(call, input.VersionId === undefined ? action : versionAction, input, {
      ...existingTags(call, input),
      ...versionKey(input.VersionId),
    })

interface WriteInput extends ObjectInput {
  ACL?: string | undefined
  GrantFullControl?: string | undefined
  GrantRead?: string | undefined
  GrantReadACP?: string | undefined
  GrantWriteACP?: string | undefined
  CopySource?: string | undefined
  MetadataDirective?: string | undefined
  ServerSideEncryption?: string | undefined
  SSEKMSKeyId?: string | undefined
  SSECustomerAlgorithm?: string | undefined
  StorageClass?: string | undefined
  WebsiteRedirectLocation?: string | undefined
  IfMatch?: string | undefined
  IfNoneMatch?: string | undefined
}

/** The questions for writing an object: to put it, to tag it when it comes with tags, to read what `If-Match` compares. */
export const writeAccess = (call: S3Call, input: WriteInput, tags: readonly Tag[], creates: boolean): Access[] => {
  const given = (value: string | undefined) => value || undefined
  const tagged: ConditionKeys =
    tags.length > 0
      ? { ...tagKeys('s3:RequestObjectTag', tags), 's3:RequestObjectTagKeys': tags.map(({ Key }) => Key) }
      : {}
  const asked = [
    objectAccess(call, 'PutObject', input, {
      ...tagged,
      's3:x-amz-acl': given(input.ACL),
      's3:x-amz-grant-full-control': given(input.GrantFullControl),
      's3:x-amz-grant-read': given(input.GrantRead),
      's3:x-amz-grant-read-acp': given(input.GrantReadACP),
      's3:x-amz-grant-write-acp': given(input.GrantWriteACP),
      's3:x-amz-copy-source': given(input.CopySource),
      's3:x-amz-metadata-directive': given(input.MetadataDirective),
      's3:x-amz-server-side-encryption': given(input.ServerSideEncryption),
      's3:x-amz-server-side-encryption-aws-kms-key-id': given(input.SSEKMSKeyId),
      's3:x-amz-server-side-encryption-customer-algorithm': given(input.SSECustomerAlgorithm),
      's3:x-amz-storage-class': given(input.StorageClass),
      's3:x-amz-website-redirect-location': given(input.WebsiteRedirectLocation),
      's3:if-match': given(input.IfMatch),
      's3:if-none-match': given(input.IfNoneMatch),
      's3:ObjectCreationOperation': String(creates),
    }),
  ]
  if (tags.length > 0)
    asked.push(objectAccess(call, 'PutObjectTagging', input, { ...existingTags(call, input), ...tagged }))
  if (input.IfMatch !== undefined) asked.push(objectAccess(call, 'GetObject', input, existingTags(call, input)))
  return asked
}
