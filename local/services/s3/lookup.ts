import type { Bytes } from '../service.ts'
import { listAccess } from './access.ts'
import type { S3Call } from './call.ts'
import { invalidVersion, noSuchKey, noSuchVersion, refusal } from './errors.ts'
import type { StoredObject } from './types.ts'
import { isVersionId } from './versions.ts'

interface Named {
  Bucket: string
  Key: string
  VersionId?: string | undefined
}

/** @throws ServiceError InvalidArgument for an id that no version can have */
export const checkVersion = (versionId: string | undefined): void => {
  if (versionId !== undefined && !isVersionId(versionId)) throw invalidVersion(versionId)
}

/** The headers by which answers tell that a delete marker is in the way. */
const markerHeaders = ({ version }: StoredObject) => ({ 'x-amz-delete-marker': 'true', 'x-amz-version-id': version })

/** A delete marker can only be deleted. */
const notAllowed = (marker: StoredObject, method: string) =>
  refusal('MethodNotAllowed', 405, 'The specified method is not allowed against this resource.', {
    Method: method,
    ResourceType: 'DeleteMarker',
    headers: {
      ...markerHeaders(marker),
      allow: 'DELETE',
      'last-modified': new Date(marker.modified).toUTCString(),
    },
  })

/**
 * The object of a key, or the version of it that is asked for, found in this turn: its bytes are there until the next one.
 * @throws ServiceError InvalidArgument; MethodNotAllowed for a delete marker
 */
export const find = (call: S3Call, { Bucket, Key, VersionId }: Named, method = 'GET'): StoredObject | undefined => {
  if (VersionId === undefined) return call.store.objects.find(Bucket, Key)
  checkVersion(VersionId)
  const object = call.store.objects.version(Bucket, Key, VersionId)
  if (object?.marker) throw notAllowed(object, method)
  return object
}

/**
 * That a key is missing is told only to those who may list the bucket: others are denied.
 * @throws ServiceError NoSuchKey, NoSuchVersion, AccessDenied; MethodNotAllowed for what cannot be done to a delete marker
 */
export const missing = (call: S3Call, { Bucket, Key, VersionId }: Named, method = 'GET'): never => {
  call.ask(listAccess(call, Bucket))
  if (VersionId !== undefined) throw noSuchVersion(Key, VersionId)
  const marker = call.store.objects.latest(Bucket, Key)
  if (!marker) throw noSuchKey(Key)
  if (method !== 'GET' && method !== 'HEAD') throw notAllowed(marker, method)
  throw noSuchKey(Key, markerHeaders(marker))
}

/** `length` bytes of an object from `start`, to be asked for in the turn that found it. */
export const bytesOf = ({ store }: S3Call, { content }: StoredObject, start: number, length: number): Bytes =>
  store.files.read(content, store.objects.pieces(content), start, length)
