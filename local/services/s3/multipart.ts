import { createHash } from 'node:crypto'
import { type Algorithm, byName, type ChecksumName, combine, isCombinable, type Summed } from '../../base/checksums.ts'
import type { S3Input } from './call.ts'
import { invalidArgument, invalidRequest, malformedXml, refusal } from './errors.ts'
import type { Checksum, Part, Upload } from './types.ts'

/** What CompleteMultipartUpload checks and computes: no byte is read, the parts become the object as they are. */

/** Every part but the last has this many bytes at least. */
const SMALLEST_PART = 5 * 1024 ** 2

type CompletedPart = NonNullable<NonNullable<S3Input<'CompleteMultipartUpload'>['MultipartUpload']>['Parts']>[number]

const checksumOf = (part: CompletedPart, name: ChecksumName): string | undefined => part[`Checksum${name}`]

const invalidPart = (upload: Upload, part: CompletedPart) =>
  refusal(
    'InvalidPart',
    400,
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    { UploadId: upload.id, PartNumber: part.PartNumber, ETag: unquoted(part.ETag) },
  )

const unquoted = (etag = '') => etag.replace(/^"(.*)"$/, '$1')

/** @throws ServiceError InvalidPart, InvalidRequest */
const checkChecksums = (upload: Upload, asked: CompletedPart, part: Part): void => {
  for (const name of byName.keys() as Iterable<ChecksumName>) {
    const value = checksumOf(asked, name)
    if (value !== undefined && value !== part.checksums[name]) throw invalidPart(upload, asked)
  }
  const { algorithm } = upload
  if (upload.type === 'COMPOSITE' && algorithm && checksumOf(asked, algorithm) === undefined)
    throw invalidRequest(
      `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${part.number} in the request.`,
    )
}

/**
 * The parts that a request names, in its order.
 * @throws ServiceError MalformedXML, InvalidArgument, InvalidRequest, InvalidPartOrder, InvalidPart, EntityTooSmall
 */
export const chosenParts = (
  upload: Upload,
  asked: readonly CompletedPart[] | undefined,
  uploaded: readonly Part[],
): Part[] => {
  if (!asked?.length) throw malformedXml()
  const numbers = asked.map(({ PartNumber, ETag }) => {
    if (PartNumber === undefined || ETag === undefined) throw malformedXml()
    if (PartNumber < 1) throw invalidArgument('PartNumber must be >= 1', 'PartNumber', PartNumber)
    return PartNumber
  })
  if (numbers.some((number, index) => index > 0 && number <= (numbers[index - 1] as number)))
    throw refusal(
      'InvalidPartOrder',
      400,
      'The list of parts was not in ascending order. Parts must be ordered by part number.',
      { UploadId: upload.id },
    )
  const byNumber = new Map(uploaded.map((part) => [part.number, part]))
  const chosen = asked.map((one) => {
    const part = byNumber.get(one.PartNumber ?? 0)
    if (!part || part.etag !== unquoted(one.ETag)) throw invalidPart(upload, one)
    checkChecksums(upload, one, part)
    return part
  })
  for (const { size, number, etag } of chosen.slice(0, -1))
    if (size < SMALLEST_PART)
      throw refusal('EntityTooSmall', 400, 'Your proposed upload is smaller than the minimum allowed size', {
        ProposedSize: size,
        MinSizeAllowed: SMALLEST_PART,
        PartNumber: number,
        ETag: etag,
      })
  return chosen
}

/** Whether a request names just these parts. */
export const areParts = (asked: readonly CompletedPart[] | undefined, parts: readonly Part[]): boolean =>
  asked?.length === parts.length &&
  parts.every(({ number, etag }, index) => {
    const { PartNumber, ETag } = asked[index] as CompletedPart
    return PartNumber === number && unquoted(ETag) === etag
  })

/** MD5 of the parts' MD5s, and their number. */
export const etagOfParts = (parts: readonly Part[]): string => {
  const md5 = createHash('md5')
  for (const { etag } of parts) md5.update(etag, 'hex')
  return `${md5.digest('hex')}-${parts.length}`
}

/** The checksum of the object: of its bytes, out of the parts' CRCs, or of the parts' checksums. */
export const checksumOfParts = ({ algorithm = 'CRC64NVME', type }: Upload, parts: readonly Part[]): Checksum => {
  const sums = parts.map(({ checksums, size }) => ({ value: checksums[algorithm] as string, size }))
  if (type === 'FULL_OBJECT') return { algorithm, type, value: combine(algorithm, sums as [Summed, ...Summed[]]) }
  const running = (byName.get(algorithm) as Algorithm).begin()
  for (const { value } of sums) running.update(Buffer.from(value, 'base64'))
  // Only CRC64NVME takes its time, and that is never composite.
  const value = Buffer.from(running.digest() as Uint8Array).toString('base64')
  return { algorithm, type, value: `${value}-${parts.length}` }
}

/** How the checksum of an upload is made. @throws ServiceError InvalidRequest for what an algorithm cannot do */
export const checksumType = (algorithm: ChecksumName | undefined, asked: string | undefined): Checksum['type'] => {
  if (algorithm === undefined) {
    if (asked !== undefined)
      throw invalidRequest('The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.')
    return 'FULL_OBJECT' // of CRC64NVME, which S3 adds by itself
  }
  const type = asked ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE')
  if (type !== 'FULL_OBJECT' && type !== 'COMPOSITE')
    throw invalidRequest('Value for x-amz-checksum-type header is invalid.')
  const fits = type === 'FULL_OBJECT' ? isCombinable(algorithm) : algorithm !== 'CRC64NVME'
  if (!fits)
    throw invalidRequest(
      `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    )
  return type
}

/** What the client expects of the whole. @throws ServiceError InvalidRequest, BadDigest */
export const checkWhole = (
  input: S3Input<'CompleteMultipartUpload'>,
  upload: Upload,
  size: number,
  { algorithm, value }: Checksum,
): void => {
  if (input.ChecksumType !== undefined && input.ChecksumType !== upload.type)
    throw invalidRequest(
      `The upload was created using the ${upload.type} checksum mode. The complete request must use the same checksum mode.`,
    )
  if (input.MpuObjectSize !== undefined && input.MpuObjectSize !== size)
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${input.MpuObjectSize} does not match what was computed: ${size}`,
    )
  const expected = input[`Checksum${algorithm}`]
  if (expected !== undefined && expected !== value)
    throw refusal(
      'BadDigest',
      400,
      `The ${algorithm.toLowerCase()} you specified did not match the calculated checksum.`,
    )
}
