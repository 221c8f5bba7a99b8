import { byName, type ChecksumName } from '../../base/checksums.ts'
import type { Access } from '../../iam/types.ts'
import { bucketAnywhere, bucketOf, existingTags, objectAccess, versionKey, writeAccess } from './access.ts'
import { attributesOf, checkAcl, checkHere, checkReadable, storageClassOf, taggingHeader } from './attributes.ts'
import type { Operations, S3Call } from './call.ts'
import { checkCopySource, checkWrite, quoted } from './conditions.ts'
import { invalidArgument, invalidRequest, notImplemented } from './errors.ts'
import { shownExpiry } from './expiry.ts'
import { bytesOf, find, missing } from './lookup.ts'
import { checksumMembers, receive } from './receive.ts'
import type { Checksum, StoredObject } from './types.ts'
import { shownVersion } from './versions.ts'
import { land } from './writes.ts'

/** Largest object that one request copies. */
const LARGEST = 5 * 1024 ** 3

export interface Source {
  Bucket: string
  Key: string
  VersionId?: string
  ExpectedBucketOwner?: string
}

/** Reads `x-amz-copy-source`: `/bucket/key?versionId=id`, percent-encoded. @throws ServiceError InvalidArgument */
export const sourceOf = (header: string, expectedOwner?: string): Source => {
  if (header.startsWith('arn:')) throw notImplemented('x-amz-copy-source')
  const invalid = (message: string) => invalidArgument(message, 'x-amz-copy-source', header)
  const [path = '', versionId] = header.split('?versionId=')
  let decoded: string
  try {
    decoded = decodeURIComponent(path.replaceAll('+', ' ')).replace(/^\//, '')
  } catch {
    throw invalid('Invalid copy source encoding.')
  }
  const slash = decoded.indexOf('/')
  if (decoded === '' || slash === 0) throw invalid('Invalid copy source bucket name')
  if (slash < 0 || slash === decoded.length - 1) throw invalid('Invalid copy source object key')
  return {
    Bucket: decoded.slice(0, slash),
    Key: decoded.slice(slash + 1),
    ...(versionId === undefined ? {} : { VersionId: versionId }),
    ...(expectedOwner === undefined ? {} : { ExpectedBucketOwner: expectedOwner }),
  }
}

/** The question for reading a source, or its tags, which may lie in another region. */
export const sourceAccess = (call: S3Call, source: Source, of: '' | 'Tagging' = ''): Access =>
  objectAccess(
    call,
    `${source.VersionId === undefined ? 'GetObject' : 'GetObjectVersion'}${of}`,
    source,
    { ...existingTags(call, source), ...versionKey(source.VersionId) },
    bucketAnywhere,
  )

/** @throws ServiceError when the source is archived or not as the request expects */
export const checkSource = (
  call: S3Call,
  object: StoredObject,
  conditions: Parameters<typeof checkCopySource>[0],
): void => {
  checkCopySource(conditions, object, call.ground.clock.now())
  checkReadable(object.storageClass, "Operation is not valid for the source object's storage class")
}

const sourceTags = ({ store: { objects } }: S3Call, { Bucket, Key, VersionId }: Source) =>
  (VersionId === undefined ? objects.find(Bucket, Key) : objects.version(Bucket, Key, VersionId))?.tags ?? []

/**
 * The object that is to be copied.
 * @throws ServiceError NoSuchKey, NoSuchVersion, AccessDenied; InvalidRequest for a delete marker
 */
export const findSource = (call: S3Call, source: Source): StoredObject => {
  const { Bucket, Key, VersionId } = source
  if (VersionId !== undefined && call.store.objects.version(Bucket, Key, VersionId)?.marker)
    throw invalidRequest('The source of a copy request may not specifically refer to a delete marker by version id.')
  return find(call, source) ?? missing(call, source)
}

/** The version that was copied, as the answer shows it. */
export const shownSource = (call: S3Call, source: StoredObject): { CopySourceVersionId?: string } => {
  const { VersionId } = shownVersion(call, source)
  return VersionId === undefined ? {} : { CopySourceVersionId: VersionId }
}

const checkDirective = (name: string, value: string | undefined) => {
  if (value !== undefined && value !== 'COPY' && value !== 'REPLACE')
    throw invalidArgument('Unknown metadata directive.', name, value)
}

/** @throws ServiceError InvalidRequest for an algorithm that nobody knows. */
export const algorithmOf = (name: string | undefined): ChecksumName | undefined => {
  if (name === undefined) return undefined
  const known = byName.get(name.toUpperCase())
  if (!known)
    throw invalidRequest(
      `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${[...byName.keys()].join(', ')}]`,
    )
  return known.name
}

export const copies: Operations = {
  CopyObject: {
    action: (input, call) => {
      const source = sourceOf(input.CopySource, input.ExpectedSourceBucketOwner)
      const asked = [sourceAccess(call, source)]
      const copied = sourceTags(call, source)
      const copiesTags = input.TaggingDirective !== 'REPLACE' && copied.length > 0
      if (copiesTags) asked.push(sourceAccess(call, source, 'Tagging'))
      return [...asked, ...writeAccess(call, input, copiesTags ? copied : taggingHeader(input.Tagging), true)]
    },
    async run(input, call) {
      const { MetadataDirective, TaggingDirective, Key } = input
      const bucket = bucketOf(call, input.Bucket)
      checkHere(input)
      checkAcl(input)
      checkDirective('x-amz-metadata-directive', MetadataDirective)
      checkDirective('x-amz-tagging-directive', TaggingDirective)
      const tags = taggingHeader(input.Tagging)
      const asked = algorithmOf(input.ChecksumAlgorithm)
      const source = sourceOf(input.CopySource)
      const original = findSource(call, source)
      checkSource(call, original, input)
      if (original.size > LARGEST)
        throw invalidRequest(
          `The specified copy source is larger than the maximum allowable size for a copy source: ${LARGEST}`,
        )
      const changes = [
        MetadataDirective === 'REPLACE',
        input.StorageClass,
        input.WebsiteRedirectLocation,
        input.ServerSideEncryption,
      ]
      const isItself = source.Bucket === bucket.name && source.Key === Key && source.VersionId === undefined
      if (isItself && !changes.some(Boolean))
        throw invalidRequest(
          "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
        )
      const { WebsiteRedirectLocation: _, ...copied } = original.attributes
      const described = {
        attributes:
          MetadataDirective === 'REPLACE'
            ? attributesOf(input)
            : {
                ...copied,
                ...(input.WebsiteRedirectLocation === undefined
                  ? {}
                  : { WebsiteRedirectLocation: input.WebsiteRedirectLocation }),
              },
        storageClass: storageClassOf(input.StorageClass),
        tags: TaggingDirective === 'REPLACE' ? tags : original.tags,
      }
      const before = call.store.objects.find(bucket.name, Key)
      checkWrite(input, Key, before, before?.etag)
      const algorithm = asked ?? original.checksum.algorithm
      const Body = bytesOf(call, original, 0, original.size)
      const received = await receive(call, { Body }, undefined, [algorithm])
      const checksum: Checksum = { algorithm, type: 'FULL_OBJECT', value: received.checksums[algorithm] ?? '' }
      const object = land(call, bucket, Key, received, { ...described, checksum }, 'ObjectCreated:Copy', (now) =>
        checkWrite(input, Key, now, before?.etag),
      )
      return {
        CopyObjectResult: {
          ETag: quoted(object.etag),
          LastModified: new Date(object.modified),
          ...checksumMembers(checksum),
          ChecksumType: checksum.type,
        },
        ...shownVersion(call, object),
        ...shownExpiry(call, object),
        ...shownSource(call, original),
        ServerSideEncryption: 'AES256',
      }
    },
  },
}
