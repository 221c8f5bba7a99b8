import { canonicalUserId } from '../../iam/principals.ts'
import type { Caller } from '../../iam/types.ts'
import { bucketOf, objectAccess, writeAccess } from './access.ts'
import { attributesOf, checkAcl, checkHere, storageClassOf, taggingHeader } from './attributes.ts'
import type { Operations, S3Call, S3Input } from './call.ts'
import { checkWrite, quoted } from './conditions.ts'
import { algorithmOf, checkSource, findSource, shownSource, sourceAccess, sourceOf } from './copies.ts'
import { invalidRequest, noSuchUpload } from './errors.ts'
import { announce } from './events.ts'
import { shownAbort, shownExpiry } from './expiry.ts'
import type { Received } from './files.ts'
import { bytesOf } from './lookup.ts'
import { areParts, checksumOfParts, checksumType, checkWhole, chosenParts, etagOfParts } from './multipart.ts'
import { formEncode } from './names.ts'
import { copyRange } from './ranges.ts'
import { checkPartNumber } from './reads.ts'
import { checksumMembers, receive, sentAlgorithm } from './receive.ts'
import type { Part, StoredObject, Upload } from './types.ts'
import { newVersion, shownVersion } from './versions.ts'
import { secondsOf } from './writes.ts'

/** Multipart uploads: their beginning, their parts, their end. */

interface PartInput {
  Bucket: string
  Key: string
  UploadId: string
  PartNumber: number
}

/** @throws ServiceError NoSuchUpload */
export const uploadOf = ({ store }: S3Call, { Bucket, Key, UploadId }: Omit<PartInput, 'PartNumber'>): Upload => {
  const upload = store.uploads.find(Bucket, Key, UploadId)
  if (!upload) throw noSuchUpload(UploadId)
  return upload
}

const initiatorOf = (caller: Caller, account: string): Upload['initiator'] =>
  caller.kind === 'user' || caller.kind === 'role'
    ? { ID: caller.arn, DisplayName: caller.arn.split('/').at(-1) ?? '' }
    : { ID: canonicalUserId(account) }

/**
 * The object that came of an upload by the same request: a client whose first answer was lost asks again, and S3 tells it
 * the same, as long as the object is there.
 */
const completedBy = (
  { store }: S3Call,
  { Bucket, Key, UploadId, MultipartUpload }: S3Input<'CompleteMultipartUpload'>,
): StoredObject | undefined => {
  if (store.uploads.find(Bucket, Key, UploadId)) return undefined
  const object = store.objects
    .versions(Bucket, Key)
    .find(({ content, parts }) => content === UploadId && parts !== undefined)
  return object && areParts(MultipartUpload?.Parts, store.objects.parts(UploadId)) ? object : undefined
}

/** Makes received bytes a part, unless the upload has ended meanwhile. */
const landPart = (call: S3Call, input: PartInput, received: Received): Part => {
  const { file, size, md5: etag, checksums } = received
  const modified = secondsOf(call.ground.clock.now())
  const part: Part = { content: input.UploadId, number: input.PartNumber, file, size, etag, modified, checksums }
  try {
    call.ground.state.transaction(() => {
      uploadOf(call, input)
      call.store.files.keep(received)
      call.store.uploads.putPart(part)
    })
  } catch (error) {
    call.store.files.remove([file])
    throw error
  }
  return part
}

/** Which checksums a part must have, so that the object's can be made of them. */
const wantedOf = ({ algorithm }: Upload) => [algorithm ?? 'CRC64NVME'] as const

export const uploads: Operations = {
  CreateMultipartUpload: {
    action: (input, call) => writeAccess(call, input, taggingHeader(input.Tagging), false),
    run(input, call) {
      const { account, name } = bucketOf(call, input.Bucket)
      checkHere(input)
      checkAcl(input)
      const { store, ground } = call
      const algorithm = algorithmOf(input.ChecksumAlgorithm)
      const before = store.objects.find(name, input.Key)?.etag
      const upload: Upload = {
        bucket: name,
        key: input.Key,
        id: ground.ids.secret(48),
        initiated: secondsOf(ground.clock.now()),
        initiator: initiatorOf(call.caller, account),
        storageClass: storageClassOf(input.StorageClass),
        attributes: attributesOf(input),
        tags: taggingHeader(input.Tagging),
        ...(algorithm === undefined ? {} : { algorithm }),
        type: checksumType(algorithm, input.ChecksumType),
        ...(before === undefined ? {} : { before }),
      }
      store.uploads.add(upload)
      return {
        Bucket: name,
        Key: input.Key,
        UploadId: upload.id,
        ...shownAbort(call, upload),
        ServerSideEncryption: 'AES256',
        ...(algorithm === undefined ? {} : { ChecksumAlgorithm: algorithm, ChecksumType: upload.type }),
      }
    },
  },
  UploadPart: {
    action: (input, call) => writeAccess(call, input, [], false),
    async run(input, call) {
      checkHere(input)
      checkPartNumber(input.PartNumber)
      const upload = uploadOf(call, input)
      const sent = sentAlgorithm(call, input)
      // Of the whole object S3 computes the checksum by itself, part by part.
      const needsNone = upload.type === 'FULL_OBJECT' && sent === undefined
      if (upload.algorithm !== undefined && sent !== upload.algorithm && !needsNone)
        throw invalidRequest(
          `Checksum Type mismatch occurred, expected checksum Type: ${upload.algorithm.toLowerCase()}, actual checksum Type: ${sent?.toLowerCase() ?? 'null'}`,
        )
      const part = landPart(call, input, await receive(call, input, sent, wantedOf(upload)))
      const shown = sent ?? wantedOf(upload)[0]
      return {
        ETag: quoted(part.etag),
        ...checksumMembers({ algorithm: shown, value: part.checksums[shown] ?? '' }),
        ServerSideEncryption: 'AES256',
      }
    },
  },
  UploadPartCopy: {
    action: (input, call) => [
      sourceAccess(call, sourceOf(input.CopySource, input.ExpectedSourceBucketOwner)),
      objectAccess(call, 'PutObject', input, { 's3:x-amz-copy-source': input.CopySource }),
    ],
    async run(input, call) {
      checkHere(input)
      checkPartNumber(input.PartNumber)
      const upload = uploadOf(call, input)
      const source = sourceOf(input.CopySource)
      const original = findSource(call, source)
      checkSource(call, original, input)
      const { start, end } =
        input.CopySourceRange === undefined
          ? { start: 0, end: original.size - 1 }
          : copyRange(input.CopySourceRange, original.size)
      const Body = bytesOf(call, original, start, end - start + 1)
      const part = landPart(call, input, await receive(call, { Body }, undefined, wantedOf(upload)))
      const [algorithm] = wantedOf(upload)
      return {
        CopyPartResult: {
          ETag: quoted(part.etag),
          LastModified: new Date(part.modified),
          ...checksumMembers({ algorithm, value: part.checksums[algorithm] ?? '' }),
        },
        ...shownSource(call, original),
        ServerSideEncryption: 'AES256',
      }
    },
  },
  CompleteMultipartUpload: {
    action: (input, call) => writeAccess(call, input, [], true),
    run(input, call) {
      const { store, ground, facts } = call
      const { Bucket, Key, MultipartUpload } = input
      const object = ground.state.transaction(() => {
        const bucket = bucketOf(call, Bucket)
        const again = completedBy(call, input)
        if (again) return again
        const upload = uploadOf(call, input)
        checkWrite(input, Key, store.objects.find(Bucket, Key), upload.before)
        const uploaded = store.objects.parts(upload.id)
        const parts = chosenParts(upload, MultipartUpload?.Parts, uploaded)
        const size = parts.reduce((sum, part) => sum + part.size, 0)
        const checksum = checksumOfParts(upload, parts)
        checkWhole(input, upload, size, checksum)
        const { storageClass, attributes, tags } = upload
        const completed: StoredObject = {
          ...newVersion(call, Bucket),
          bucket: Bucket,
          key: Key,
          content: upload.id,
          size,
          etag: etagOfParts(parts),
          modified: secondsOf(ground.clock.now()),
          parts: parts.length,
          storageClass,
          attributes,
          tags,
          checksum,
        }
        const chosen = new Set(parts)
        for (const part of uploaded) if (!chosen.has(part)) store.objects.removePart(part)
        store.uploads.complete(upload)
        store.objects.put(completed)
        announce(call, bucket, 'ObjectCreated:CompleteMultipartUpload', completed)
        return completed
      })
      return {
        Location: `${facts.origin}/${Bucket}/${formEncode(Key)}`,
        Bucket,
        Key,
        ETag: quoted(object.etag),
        ...checksumMembers(object.checksum),
        ChecksumType: object.checksum.type,
        ...shownVersion(call, object),
        ...shownExpiry(call, object),
        ServerSideEncryption: 'AES256',
      }
    },
  },
  AbortMultipartUpload: {
    action: (input, call) => objectAccess(call, 'AbortMultipartUpload', input),
    run(input, call) {
      call.ground.state.transaction(() => call.store.uploads.abort(uploadOf(call, input)))
      return {}
    },
  },
}
