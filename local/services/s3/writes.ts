import { ServiceError } from '../../base/errors.ts'
import { bucketOf, objectAccess, versionKey, writeAccess } from './access.ts'
import { attributesOf, checkAcl, checkHere, storageClassOf, taggingHeader } from './attributes.ts'
import type { Operations, S3Call, S3Output } from './call.ts'
import { checkDelete, checkWrite, quoted } from './conditions.ts'
import { invalidArgument, malformedXml, noSuchVersion, notImplemented } from './errors.ts'
import { announce } from './events.ts'
import { shownExpiry } from './expiry.ts'
import type { Received } from './files.ts'
import { checkVersion } from './lookup.ts'
import { checksumMembers, receive, sentAlgorithm } from './receive.ts'
import type { Bucket, Checksum, StoredObject } from './types.ts'
import { deleteCurrent, deleteVersion, isVersionId, newVersion, shownVersion } from './versions.ts'

/** S3 keeps whole seconds. */
export const secondsOf = (ms: number): number => Math.floor(ms / 1000) * 1000

type Described = Pick<StoredObject, 'attributes' | 'storageClass' | 'tags'>

/**
 * Makes received bytes the object of a key, in one transaction with the events of it; removes them when that is refused.
 * `check` is asked within, with the object that the key has then.
 */
export const land = (
  call: S3Call,
  { name }: Bucket,
  key: string,
  received: Received,
  described: Described & { checksum: Checksum },
  event: string,
  check: (now: StoredObject | undefined) => void,
): StoredObject => {
  const { store, ground } = call
  const { file, size, md5, checksums } = received
  const modified = secondsOf(ground.clock.now())
  try {
    return ground.state.transaction(() => {
      const bucket = bucketOf(call, name) // it may have been deleted while the bytes came
      check(store.objects.find(name, key))
      const object: StoredObject = {
        ...described,
        ...newVersion(call, name),
        bucket: name,
        key,
        content: file,
        size,
        etag: md5,
        modified,
      }
      store.files.keep(received)
      store.objects.addPart({ content: file, number: 1, file, size, etag: md5, modified, checksums })
      store.objects.put(object)
      announce(call, bucket, event, object)
      return object
    })
  } catch (error) {
    store.files.remove([file])
    throw error
  }
}

/** @throws ServiceError InvalidArgument: no bucket here has Object Lock. */
const checkUnlocked = (bypass: boolean | undefined) => {
  if (bypass !== undefined)
    throw invalidArgument(
      'x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.',
      'x-amz-bypass-governance-retention',
      undefined,
    )
}

type DeleteResult = Required<Pick<S3Output<'DeleteObjects'>, 'Deleted' | 'Errors'>>
/** Most keys of one DeleteObjects. */
const MOST_KEYS = 1000

export const writes: Operations = {
  PutObject: {
    action: (input, call) => writeAccess(call, input, taggingHeader(input.Tagging), true),
    async run(input, call) {
      const bucket = bucketOf(call, input.Bucket)
      checkHere(input)
      checkAcl(input)
      const described = {
        attributes: attributesOf(input),
        storageClass: storageClassOf(input.StorageClass),
        tags: taggingHeader(input.Tagging),
      }
      const before = call.store.objects.find(bucket.name, input.Key)
      checkWrite(input, input.Key, before, before?.etag)
      const sent = sentAlgorithm(call, input)
      const algorithm = sent ?? 'CRC64NVME'
      const received = await receive(call, input, sent, [algorithm])
      const checksum: Checksum = { algorithm, type: 'FULL_OBJECT', value: received.checksums[algorithm] ?? '' }
      const event = call.facts.form ? 'ObjectCreated:Post' : 'ObjectCreated:Put'
      const object = land(call, bucket, input.Key, received, { ...described, checksum }, event, (now) =>
        checkWrite(input, input.Key, now, before?.etag),
      )
      return {
        ETag: quoted(object.etag),
        ...checksumMembers(checksum),
        ChecksumType: checksum.type,
        ...shownVersion(call, object),
        ...shownExpiry(call, object),
        ServerSideEncryption: 'AES256',
      }
    },
  },
  DeleteObject: {
    action: (input, call) => {
      const asked = objectAccess(call, input.VersionId === undefined ? 'DeleteObject' : 'DeleteObjectVersion', input, {
        's3:if-match': input.IfMatch || undefined,
        ...versionKey(input.VersionId),
      })
      // What If-Match tells of an object, its caller must be allowed to read.
      const reads = input.IfMatch !== undefined && input.IfMatch !== '*'
      return reads ? [asked, objectAccess(call, 'GetObject', input)] : asked
    },
    run(input, call) {
      const { Bucket, Key, IfMatch, VersionId } = input
      const bucket = bucketOf(call, Bucket)
      checkVersion(VersionId)
      checkUnlocked(input.BypassGovernanceRetention)
      // Of directory buckets alone.
      if (input.IfMatchLastModifiedTime !== undefined) throw notImplemented('x-amz-if-match-last-modified-time')
      if (input.IfMatchSize !== undefined) throw notImplemented('x-amz-if-match-size')
      const { objects } = call.store
      return call.ground.state.transaction(() => {
        if (VersionId === undefined) {
          checkDelete(IfMatch, Key, objects.find(Bucket, Key))
          const marker = deleteCurrent(call, bucket, Key, 'ObjectRemoved')
          return marker ? { DeleteMarker: true, VersionId: marker.version } : {}
        }
        const object = objects.version(Bucket, Key, VersionId)
        checkDelete(IfMatch, Key, object?.marker ? undefined : object)
        if (object) deleteVersion(call, bucket, object, 'ObjectRemoved')
        return { VersionId, ...(object?.marker ? { DeleteMarker: true } : {}) }
      })
    },
  },
  DeleteObjects: {
    action: 'anyone', // each key is decided by itself
    async run({ Bucket, Delete, ExpectedBucketOwner, BypassGovernanceRetention }, call) {
      bucketOf(call, Bucket, ExpectedBucketOwner)
      checkUnlocked(BypassGovernanceRetention)
      const { Objects = [], Quiet = false } = Delete
      if (Objects.length === 0 || Objects.length > MOST_KEYS) throw malformedXml()
      const result: DeleteResult = { Deleted: [], Errors: [] }
      for (const { Key = '', VersionId, ETag } of Objects) {
        const version = VersionId === undefined ? {} : { VersionId }
        try {
          if (VersionId !== undefined && !isVersionId(VersionId)) throw noSuchVersion(Key, VersionId)
          const deleted = await call
            .cloud('s3')
            .DeleteObject({ Bucket, Key, ...version, ...(ETag === undefined ? {} : { IfMatch: ETag }) })
          result.Deleted.push({
            Key,
            ...version,
            ...(deleted.DeleteMarker ? { DeleteMarker: true, DeleteMarkerVersionId: deleted.VersionId } : {}),
          })
        } catch (error) {
          if (!(error instanceof ServiceError)) throw error
          result.Errors.push({ Key, ...version, Code: error.code, Message: error.message })
        }
      }
      return Quiet ? { Errors: result.Errors } : result
    },
  },
}
