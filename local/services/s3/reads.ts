import { ServiceError } from '../../base/errors.ts'
import { existingTags, objectAccess, onExisting, versionKey } from './access.ts'
import { checkReadable } from './attributes.ts'
import type { Operations, S3Call, S3Input, S3Output } from './call.ts'
import { checkRead, quoted } from './conditions.ts'
import { invalidArgument, invalidRequest, notFound, refusal } from './errors.ts'
import { shownExpiry } from './expiry.ts'
import { bytesOf, find, missing } from './lookup.ts'
import { type Range, rangeOf } from './ranges.ts'
import { checksumMembers } from './receive.ts'
import type { Part, StoredObject } from './types.ts'
import { shownVersion } from './versions.ts'

/** Reading objects: GetObject, HeadObject, GetObjectAttributes. */

const MOST_PARTS = 10_000

/** @throws ServiceError InvalidArgument */
export const checkPartNumber = (number: number): void => {
  if (!Number.isInteger(number) || number < 1 || number > MOST_PARTS)
    throw invalidArgument(`Part number must be an integer between 1 and ${MOST_PARTS}, inclusive`, 'partNumber', number)
}

/** One part of an object, and which bytes it is; an object that was put as a whole is its own first part. */
const partOf = (parts: readonly Part[], number: number): { part: Part; range: Range } => {
  checkPartNumber(number)
  let start = 0
  for (const part of parts) {
    if (part.number === number) return { part, range: { start, end: start + part.size - 1 } }
    start += part.size
  }
  throw refusal('InvalidPartNumber', 416, 'The requested partnumber is not satisfiable', {
    PartNumberRequested: number,
    ActualPartCount: parts.length,
  })
}

type ReadInput = S3Input<'GetObject'>
type ReadOutput = S3Output<'GetObject'>

/** Headers that a signed reader may ask for instead of those that were stored. */
const overrides = (input: ReadInput, call: S3Call): Partial<ReadOutput> => {
  const asked = {
    CacheControl: input.ResponseCacheControl,
    ContentDisposition: input.ResponseContentDisposition,
    ContentEncoding: input.ResponseContentEncoding,
    ContentLanguage: input.ResponseContentLanguage,
    ContentType: input.ResponseContentType,
    Expires: input.ResponseExpires,
  }
  const given = Object.entries(asked).filter(([, value]) => value !== undefined)
  if (given.length > 0 && call.caller.kind === 'anonymous')
    throw invalidRequest('Request specific response headers cannot be used for anonymous GET requests.')
  for (const [member, value] of given)
    if (typeof value === 'string' && !/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
      throw invalidArgument(
        'Header value cannot be represented using ISO-8859-1.',
        `response${member.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
        value,
      )
  return Object.fromEntries(given)
}

/**
 * The checksum of what is read: of the whole, or of a part whose checksum the object's is made of. Of any other piece there
 * is none: the client would find the object's wrong.
 */
const shownChecksum = ({ parts, checksum }: StoredObject, part: Part | undefined, isWhole: boolean) => {
  const { algorithm, type } = checksum
  const ofPart = part && parts !== undefined && type === 'COMPOSITE' ? part.checksums[algorithm] : undefined
  if (ofPart !== undefined) return { ...checksumMembers({ algorithm, value: ofPart }), ChecksumType: type }
  return isWhole ? { ...checksumMembers(checksum), ChecksumType: type } : {}
}

/** All that is told of an object besides its bytes, and which of them. */
const describe = (input: ReadInput, call: S3Call, object: StoredObject): { range: Range; told: ReadOutput } => {
  const given = overrides(input, call)
  if (input.SSECustomerAlgorithm !== undefined || input.SSECustomerKey !== undefined)
    throw invalidRequest('The encryption parameters are not applicable to this object.')
  if (input.Range !== undefined && input.PartNumber !== undefined)
    throw invalidRequest('Cannot specify both Range header and partNumber query parameter')
  checkRead(input, object, call.ground.clock.now())
  const { size, attributes, tags } = object
  const whole = { start: 0, end: size - 1 }
  const part =
    input.PartNumber === undefined ? undefined : partOf(call.store.objects.parts(object.content), input.PartNumber)
  const asked = part?.range ?? rangeOf(input.Range, size)
  const range = asked ?? whole
  const isWhole = range.start === 0 && range.end === whole.end
  const { Expires, ...headers } = attributes
  return {
    range,
    told: {
      AcceptRanges: 'bytes',
      LastModified: new Date(object.modified),
      ContentLength: range.end - range.start + 1,
      ...(asked && size > 0 ? { ContentRange: `bytes ${range.start}-${range.end}/${size}` } : {}),
      ETag: quoted(object.etag),
      ...(input.ChecksumMode === 'ENABLED' ? shownChecksum(object, part?.part, isWhole) : {}),
      ...headers,
      ...(Expires === undefined ? {} : { Expires: new Date(Expires) }),
      ...(object.storageClass === 'STANDARD'
        ? {}
        : { StorageClass: object.storageClass as NonNullable<ReadOutput['StorageClass']> }),
      ...(tags.length > 0 ? { TagCount: tags.length } : {}),
      ...shownVersion(call, object),
      ...shownExpiry(call, object),
      ...(part && object.parts !== undefined ? { PartsCount: object.parts } : {}),
      ServerSideEncryption: 'AES256',
      ...given,
    },
  }
}

export const reads: Operations = {
  GetObject: {
    action: onExisting('GetObject', 'GetObjectVersion'),
    run(input, call) {
      const object = find(call, input) ?? missing(call, input)
      const { range, told } = describe(input, call, object)
      checkReadable(object.storageClass, "The operation is not valid for the object's storage class")
      const Body = bytesOf(call, object, range.start, range.end - range.start + 1)
      return { ...told, Body }
    },
  },
  HeadObject: {
    action: onExisting('GetObject', 'GetObjectVersion'),
    run(input, call) {
      const object = find(call, input, 'HEAD')
      if (object) return describe(input, call, object).told
      try {
        return missing(call, input, 'HEAD')
      } catch (error) {
        if (error instanceof ServiceError && error.status === 404) throw notFound(error.headers)
        throw error
      }
    },
  },
  GetObjectAttributes: {
    action: (input, call) => {
      const version = input.VersionId === undefined ? '' : 'Version'
      const tags = { ...existingTags(call, input), ...versionKey(input.VersionId) }
      return [
        objectAccess(call, `GetObject${version}`, input, tags),
        objectAccess(call, `GetObject${version}Attributes`, input, tags),
      ]
    },
    run(input, call) {
      const asked = attributeNames(input.ObjectAttributes)
      const object = find(call, input) ?? missing(call, input)
      const { algorithm, type, value } = object.checksum
      const told: S3Output<'GetObjectAttributes'> = {
        LastModified: new Date(object.modified),
        ...shownVersion(call, object),
      }
      if (asked.has('ETag')) told.ETag = object.etag
      if (asked.has('ObjectSize')) told.ObjectSize = object.size
      if (asked.has('StorageClass')) told.StorageClass = object.storageClass as NonNullable<typeof told.StorageClass>
      if (asked.has('Checksum'))
        told.Checksum = {
          ...checksumMembers({ algorithm, value: value.replace(/-\d+$/, '') }),
          ChecksumType: type,
        }
      if (asked.has('ObjectParts') && object.parts !== undefined) told.ObjectParts = partsOf(object, input, call)
      return told
    },
  },
}

const ATTRIBUTES = new Set(['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'])

/** @throws ServiceError InvalidRequest, InvalidArgument */
const attributeNames = (given: readonly string[]): Set<string> => {
  const names = given.map((name) => name.trim()).filter((name) => name !== '')
  if (names.length === 0)
    throw invalidRequest(
      'The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty',
    )
  for (const name of names)
    if (!ATTRIBUTES.has(name))
      throw invalidArgument('Invalid attribute name specified.', 'x-amz-object-attributes', name)
  return new Set(names)
}

const MOST_PARTS_LISTED = 1000

const partsOf = (
  object: StoredObject,
  { MaxParts, PartNumberMarker }: S3Input<'GetObjectAttributes'>,
  call: S3Call,
): NonNullable<S3Output<'GetObjectAttributes'>['ObjectParts']> => {
  // Each part is told only where its checksum is one of those that the object's is made of.
  if (object.checksum.type !== 'COMPOSITE') return { TotalPartsCount: object.parts ?? 1 }
  const most = Math.min(MaxParts ?? MOST_PARTS_LISTED, MOST_PARTS_LISTED)
  const marker = Number(PartNumberMarker ?? 0)
  const left = call.store.objects.parts(object.content).filter(({ number }) => number > marker)
  const listed = left.slice(0, most)
  const { algorithm } = object.checksum
  return {
    TotalPartsCount: object.parts ?? left.length,
    PartNumberMarker: String(marker),
    NextPartNumberMarker: String(listed.at(-1)?.number ?? marker),
    MaxParts: most,
    IsTruncated: listed.length < left.length,
    Parts: listed.map(({ number, size, checksums }) => ({
      PartNumber: number,
      Size: size,
      ...(checksums[algorithm] === undefined ? {} : checksumMembers({ algorithm, value: checksums[algorithm] })),
    })),
  }
}
