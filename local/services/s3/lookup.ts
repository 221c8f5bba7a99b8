import type { Bytes } from '../service.ts'
import type { S3Call } from './call.ts'
import { invalidArgument, noSuchKey } from './errors.ts'
import type { StoredObject } from './types.ts'

/** Without versions there is but one, whose id is `null`. @throws ServiceError InvalidArgument */
export const checkVersion = (versionId: string | undefined): void => {
  if (versionId !== undefined && versionId !== 'null')
    throw invalidArgument('Invalid version id specified', 'versionId', versionId)
}

interface Named {
  Bucket: string
  Key: string
  VersionId?: string | undefined
}

/** The object of a key, found in this turn: its bytes are there until the next one. @throws ServiceError InvalidArgument */
export const find = (call: S3Call, { Bucket, Key, VersionId }: Named): StoredObject | undefined => {
  checkVersion(VersionId)
  return call.store.objects.find(Bucket, Key)
}

/**
 * That a key is missing is told only to those who may list the bucket: others are denied.
 * @throws ServiceError NoSuchKey, AccessDenied
 */
export const missing = async (call: S3Call, { Bucket, Key }: Named): Promise<never> => {
  await call.cloud('s3').HeadBucket({ Bucket })
  throw noSuchKey(Key)
}

/** `length` bytes of an object from `start`, to be asked for in the turn that found it. */
export const bytesOf = ({ store }: S3Call, { content }: StoredObject, start: number, length: number): Bytes =>
  store.files.read(content, store.objects.pieces(content), start, length)
