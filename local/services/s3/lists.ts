import { canonicalUserId } from '../../iam/principals.ts'
import { bucketOf, objectAccess, onBucket } from './access.ts'
import type { Operations, S3Call } from './call.ts'
import { quoted } from './conditions.ts'
import { invalidArgument } from './errors.ts'
import { shownAbort } from './expiry.ts'
import { after, following, type Page, pageOf, sharedPrefix } from './listing.ts'
import { formEncode } from './names.ts'
import { checksumMembers } from './receive.ts'
import type { Listed, Upload } from './types.ts'
import { uploadOf } from './uploads.ts'

/** Lists: of objects in both versions, of uploads, of parts. */

const MOST = 1000

/** @throws ServiceError InvalidArgument */
export const mostOf = (asked: number | undefined, name: string): number => {
  if (asked === undefined) return MOST
  if (!Number.isInteger(asked) || asked < 0 || asked > 2 ** 31 - 1)
    throw invalidArgument(`Argument ${name} must be an integer between 0 and 2147483647`, name, asked)
  return Math.min(asked, MOST)
}

type Encode = (text: string) => string

/** How keys are written: as they are, or percent-encoded where a client wants them safe in XML. @throws ServiceError */
export const encoding = (type: string | undefined): { encode: Encode; shown: { EncodingType?: 'url' } } => {
  if (type !== undefined && type !== 'url')
    throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', type)
  const encode: Encode = type === 'url' ? formEncode : (text) => text
  return {
    encode,
    shown: type === 'url' ? { EncodingType: type } : {},
  }
}

const contents = (page: Page<Listed>, encode: Encode, owner: string | undefined) => {
  const owned = owner === undefined ? {} : { Owner: { ID: canonicalUserId(owner) } }
  return page.items.map(({ key, size, etag, modified, storageClass, algorithm, type }) => ({
    Key: encode(key),
    LastModified: new Date(modified),
    ETag: quoted(etag),
    ChecksumAlgorithm: [algorithm],
    ChecksumType: type,
    Size: size,
    StorageClass: storageClass as 'STANDARD',
    ...owned,
  }))
}

export const commonPrefixes = ({ prefixes }: Page<unknown>, encode: Encode) =>
  prefixes.map((prefix) => ({ Prefix: encode(prefix) }))

/** A token is nothing but the key to go on from; clients are told not to look into it. */
const tokenOf = (key: string | undefined): string | undefined =>
  key === undefined ? undefined : Buffer.from(`1/${key}`).toString('base64')

const keyOfToken = (token: string): string => {
  const text = Buffer.from(token, 'base64').toString()
  if (!text.startsWith('1/') || tokenOf(text.slice(2)) !== token)
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token)
  return text.slice(2)
}

const objects =
  ({ store }: S3Call, bucket: string) =>
  (start: string, end: string | undefined) =>
    store.objects.from(bucket, start, end)

export const listKeys = (input: { Bucket: string; Prefix?: string; Delimiter?: string; MaxKeys?: number }) => ({
  's3:prefix': input.Prefix,
  's3:delimiter': input.Delimiter,
  's3:max-keys': input.MaxKeys === undefined ? undefined : String(input.MaxKeys),
})

export const lists: Operations = {
  ListObjects: {
    action: onBucket('ListBucket', listKeys),
    run({ Bucket, Prefix: prefix = '', Delimiter: delimiter = '', Marker = '', MaxKeys, EncodingType }, call) {
      const { name, account } = bucketOf(call, Bucket)
      const { encode, shown } = encoding(EncodingType)
      const most = mostOf(MaxKeys, 'maxKeys')
      // A marker within a shared beginning stands for all that begins so.
      const shared = Marker.startsWith(prefix) ? sharedPrefix(Marker, prefix, delimiter) : undefined
      const start = (shared === undefined ? undefined : after(shared)) ?? following(Marker)
      const page = pageOf(objects(call, name), { prefix, delimiter, start, most })
      const truncated = page.next !== undefined
      return {
        Name: name,
        Prefix: encode(prefix),
        Marker: encode(Marker),
        MaxKeys: most,
        ...(delimiter ? { Delimiter: encode(delimiter) } : {}),
        ...shown,
        IsTruncated: truncated,
        ...(truncated && delimiter ? { NextMarker: encode(page.last ?? '') } : {}),
        Contents: contents(page, encode, account),
        CommonPrefixes: commonPrefixes(page, encode),
      }
    },
  },
  ListObjectsV2: {
    action: onBucket('ListBucket', listKeys),
    run(input, call) {
      const { Prefix: prefix = '', Delimiter: delimiter = '', StartAfter, ContinuationToken, FetchOwner } = input
      const { name, account } = bucketOf(call, input.Bucket)
      const { encode, shown } = encoding(input.EncodingType)
      const most = mostOf(input.MaxKeys, 'maxKeys')
      const begins = StartAfter ? following(StartAfter) : ''
      const start = ContinuationToken === undefined ? begins : keyOfToken(ContinuationToken)
      const page = pageOf(objects(call, name), { prefix, delimiter, start, most })
      return {
        Name: name,
        Prefix: encode(prefix),
        MaxKeys: most,
        KeyCount: page.items.length + page.prefixes.length,
        ...(delimiter ? { Delimiter: encode(delimiter) } : {}),
        ...shown,
        ...(StartAfter === undefined ? {} : { StartAfter: encode(StartAfter) }),
        ContinuationToken,
        NextContinuationToken: tokenOf(page.next),
        IsTruncated: page.next !== undefined,
        Contents: contents(page, encode, FetchOwner ? account : undefined),
        CommonPrefixes: commonPrefixes(page, encode),
      }
    },
  },
  ListMultipartUploads: {
    action: onBucket('ListBucketMultipartUploads'),
    run(input, call) {
      const { Prefix: prefix = '', Delimiter: delimiter = '', KeyMarker = '', UploadIdMarker } = input
      const { name, account } = bucketOf(call, input.Bucket)
      const { encode, shown } = encoding(input.EncodingType)
      const most = mostOf(input.MaxUploads, 'max-uploads')
      const marker = UploadIdMarker ? call.store.uploads.find(name, KeyMarker, UploadIdMarker) : undefined
      if (UploadIdMarker && KeyMarker && !marker)
        throw invalidArgument('Invalid uploadId marker', 'upload-id-marker', UploadIdMarker)
      const shared = KeyMarker.startsWith(prefix) ? sharedPrefix(KeyMarker, prefix, delimiter) : undefined
      const start = (shared === undefined ? undefined : after(shared)) ?? (marker ? KeyMarker : following(KeyMarker))
      const page = pageOf((from, end) => laterThan(marker, call.store.uploads.from(name, from, end)), {
        prefix,
        delimiter,
        start,
        most,
      })
      const truncated = page.next !== undefined
      const last = page.items.at(-1)
      return {
        Bucket: name,
        KeyMarker: encode(KeyMarker),
        UploadIdMarker: UploadIdMarker ?? '',
        ...(truncated ? { NextKeyMarker: encode(page.last ?? '') } : {}),
        ...(truncated && last?.key === page.last ? { NextUploadIdMarker: last?.id } : {}),
        Prefix: encode(prefix),
        ...(delimiter ? { Delimiter: encode(delimiter) } : {}),
        ...shown,
        MaxUploads: most,
        IsTruncated: truncated,
        Uploads: page.items.map(({ key, id, initiated, initiator, storageClass, algorithm, type }) => ({
          Key: encode(key),
          UploadId: id,
          Initiator: initiator,
          Owner: { ID: canonicalUserId(account) },
          StorageClass: storageClass as 'STANDARD',
          Initiated: new Date(initiated),
          ...(algorithm === undefined ? {} : { ChecksumAlgorithm: algorithm, ChecksumType: type }),
        })),
        CommonPrefixes: commonPrefixes(page, encode),
      }
    },
  },
  ListParts: {
    action: (input, call) => objectAccess(call, 'ListMultipartUploadParts', input),
    run(input, call) {
      const { account } = bucketOf(call, input.Bucket)
      const upload = uploadOf(call, input)
      const most = mostOf(input.MaxParts, 'max-parts')
      const marker = Number(input.PartNumberMarker ?? 0)
      if (!Number.isInteger(marker) || marker < 0)
        throw invalidArgument(
          'Argument part-number-marker must be an integer between 0 and 2147483647',
          'part-number-marker',
          input.PartNumberMarker,
        )
      const left = call.store.objects.parts(upload.id).filter(({ number }) => number > marker)
      const parts = left.slice(0, most)
      const algorithm = upload.algorithm
      return {
        Bucket: upload.bucket,
        Key: upload.key,
        UploadId: upload.id,
        PartNumberMarker: String(marker),
        NextPartNumberMarker: String(parts.at(-1)?.number ?? 0),
        MaxParts: most,
        IsTruncated: parts.length < left.length,
        Parts: parts.map(({ number, size, etag, modified, checksums }) => ({
          PartNumber: number,
          LastModified: new Date(modified),
          ETag: quoted(etag),
          Size: size,
          ...(algorithm === undefined ? {} : checksumMembers({ algorithm, value: checksums[algorithm] ?? '' })),
        })),
        ...shownAbort(call, upload),
        Initiator: upload.initiator,
        Owner: { ID: canonicalUserId(account) },
        StorageClass: upload.storageClass as 'STANDARD',
        ...(algorithm === undefined ? {} : { ChecksumAlgorithm: algorithm, ChecksumType: upload.type }),
      }
    },
  },
}

/** Uploads after `marker`: of its key, those that began later. */
function* laterThan(marker: Upload | undefined, all: Iterable<Upload>): Generator<Upload> {
  for (const upload of all) {
    const passed =
      marker &&
      upload.key === marker.key &&
      (upload.initiated < marker.initiated || (upload.initiated === marker.initiated && upload.id <= marker.id))
    if (!passed) yield upload
  }
}
