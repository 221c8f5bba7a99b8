import { conflict, noSuchKey, preconditionFailed, refusal } from './errors.ts'
import type { StoredObject } from './types.ts'

/** Conditional requests ("Conditional requests" in S3's user guide; RFC 9110, section 13). */

interface ReadConditions {
  IfMatch?: string | undefined
  IfNoneMatch?: string | undefined
  IfModifiedSince?: Date | undefined
  IfUnmodifiedSince?: Date | undefined
}

export const quoted = (etag: string): string => `"${etag}"`

/** Whether one of the tags that a header lists is `etag`; `*` is any. */
const lists = (header: string, etag: string): boolean =>
  header.split(',').some((one) => {
    const tag = one.trim().replace(/^W\//, '')
    return tag === '*' || tag === etag || tag === quoted(etag)
  })

const seconds = (date: Date) => Math.floor(date.getTime() / 1000) * 1000

/** Which precondition an object fails: one that must hold, or one by which the client has it already. */
const failed = (
  conditions: ReadConditions,
  { etag, modified }: StoredObject,
  now: number,
): { must?: string; has?: string } | undefined => {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions
  // A tag is stronger than a date: each date counts only where its tag is not asked for.
  if (IfMatch !== undefined) {
    if (!lists(IfMatch, etag)) return { must: 'If-Match' }
  } else if (IfUnmodifiedSince && modified > seconds(IfUnmodifiedSince)) return { must: 'If-Unmodified-Since' }
  if (IfNoneMatch !== undefined) {
    if (lists(IfNoneMatch, etag)) return { has: 'If-None-Match' }
  } else if (IfModifiedSince && IfModifiedSince.getTime() <= now && modified <= seconds(IfModifiedSince))
    return { has: 'If-Modified-Since' }
  return undefined
}

/** @throws ServiceError PreconditionFailed (412), NotModified (304) */
export const checkRead = (conditions: ReadConditions, object: StoredObject, now: number): void => {
  const fails = failed(conditions, object, now)
  if (fails?.must) throw preconditionFailed(fails.must)
  if (fails?.has)
    throw refusal('NotModified', 304, 'Not Modified', {
      headers: {
        etag: quoted(object.etag),
        'last-modified': new Date(object.modified).toUTCString(),
        ...(object.attributes.CacheControl ? { 'cache-control': object.attributes.CacheControl } : {}),
      },
    })
}

/** The conditions of a copy's source. @throws ServiceError PreconditionFailed (412), also where a read is told 304. */
export const checkCopySource = (
  input: {
    CopySourceIfMatch?: string | undefined
    CopySourceIfNoneMatch?: string | undefined
    CopySourceIfModifiedSince?: Date | undefined
    CopySourceIfUnmodifiedSince?: Date | undefined
  },
  object: StoredObject,
  now: number,
): void => {
  const fails = failed(
    {
      IfMatch: input.CopySourceIfMatch,
      IfNoneMatch: input.CopySourceIfNoneMatch,
      IfModifiedSince: input.CopySourceIfModifiedSince,
      IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
    },
    object,
    now,
  )
  const name = fails?.must ?? fails?.has
  if (name) throw preconditionFailed(`x-amz-copy-source-${name}`)
}

export interface WriteConditions {
  IfMatch?: string | undefined
  IfNoneMatch?: string | undefined
}

const notTaken = (header: string, why: string) =>
  refusal('NotImplemented', 501, 'A header you provided implies functionality that is not implemented', {
    Header: header,
    additionalMessage: why,
  })

/**
 * Whether a write may go on, given the object that its key has now and the ETag that it had when the write began.
 * @throws ServiceError PreconditionFailed (412), ConditionalRequestConflict (409) when another write or delete came in
 *   between, NoSuchKey, NotImplemented
 */
export const checkWrite = (
  { IfMatch, IfNoneMatch }: WriteConditions,
  key: string,
  now: StoredObject | undefined,
  before: string | undefined,
): void => {
  if (IfMatch !== undefined && IfNoneMatch !== undefined)
    throw notTaken('If-Match,If-None-Match', 'Multiple conditional request headers present in the request')
  if (IfNoneMatch !== undefined) {
    if (IfNoneMatch !== '*')
      throw notTaken('If-None-Match', "We don't accept the provided value of If-None-Match header for this API")
    if (now) throw preconditionFailed('If-None-Match')
    if (before !== undefined) throw conflict('If-None-Match', key)
  }
  if (IfMatch !== undefined) {
    if (IfMatch === '*')
      throw notTaken('If-Match', "We don't accept the provided value of If-Match header for this API")
    if (!now && before === undefined) throw noSuchKey(key)
    if (now && !lists(IfMatch, now.etag)) throw preconditionFailed('If-Match')
    if (now?.etag !== before) throw conflict('If-Match', key)
  }
}

/** Whether an object may be deleted. @throws ServiceError PreconditionFailed (412), NoSuchKey */
export const checkDelete = (IfMatch: string | undefined, key: string, now: StoredObject | undefined): void => {
  if (IfMatch === undefined) return
  if (!now && IfMatch !== '*') throw noSuchKey(key)
  if (!now || !lists(IfMatch, now.etag)) throw preconditionFailed('If-Match')
}
