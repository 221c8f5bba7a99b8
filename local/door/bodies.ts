import { createHash } from 'node:crypto'
import { type Algorithm, algorithms, byHeader, isDigest, type Running } from '../base/checksums.ts'
import { ServiceError } from '../base/errors.ts'
import type { StreamedBody } from '../wire/types.ts'
import { malformedTrailer, unchunk } from './chunks.ts'
import { announcedLength, incomplete } from './incoming.ts'
import type { SiteRequest } from './request.ts'
import type { Signed } from './signature.ts'

/** S3's largest object in one PUT. */
const LARGEST_OBJECT = 5 * 1024 ** 3

const refusal = (code: string, status: number, message: string, fields: Record<string, unknown> = {}) =>
  new ServiceError(code, message, { ...fields, status })

/** Values of x-amz-content-sha256 for bodies in the encoding `aws-chunked`. */
const STREAMING = new Map([
  ['STREAMING-UNSIGNED-PAYLOAD-TRAILER', { signed: false, trailers: true }],
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', { signed: true, trailers: false }],
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER', { signed: true, trailers: true }],
])

/** What the canonical request of an S3 call says of its body. @throws ServiceError for what is none of AWS's values. */
export const payloadHashOf = (head: SiteRequest, presigned: boolean): string => {
  const given = head.headers['x-amz-content-sha256'] ?? head.query.get('X-Amz-Content-Sha256') ?? undefined
  if (given === undefined) {
    if (presigned) return 'UNSIGNED-PAYLOAD'
    throw refusal('InvalidRequest', 400, 'Missing required header for this request: x-amz-content-sha256')
  }
  if (STREAMING.has(given) || given === 'UNSIGNED-PAYLOAD' || /^[0-9a-f]{64}$/i.test(given)) return given
  throw refusal(
    'InvalidArgument',
    400,
    'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
    { ArgumentName: 'x-amz-content-sha256', ArgumentValue: given },
  )
}

/** What else is known about a body of S3. */
export interface BodyPlan {
  /** `x-amz-content-sha256` */
  payloadHash: string | undefined
  signed: Signed | undefined
  /** Whether checksums in the head are of this body. */
  checksums: boolean
}

/** The algorithm that an SDK names is the one of which it sends a checksum. @throws ServiceError 400 */
const checkNamed = (headers: SiteRequest['headers'], sent: readonly string[]): void => {
  const named = headers['x-amz-sdk-checksum-algorithm']
  if (named === undefined) return
  if (sent.length === 0)
    throw refusal(
      'InvalidRequest',
      400,
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    )
  if (!sent.includes(`x-amz-checksum-${named.toLowerCase()}`))
    throw refusal('InvalidRequest', 400, 'Value for x-amz-sdk-checksum-algorithm header is invalid.')
}

/**
 * The body of an S3 call, decoded, and checked at its end against all that its head says of it.
 * @throws ServiceError at once for a head that contradicts itself.
 */
export const checkedBody = (
  source: AsyncIterable<Buffer>,
  head: SiteRequest,
  { payloadHash, signed, checksums: ofBody }: BodyPlan,
): StreamedBody => {
  const { headers } = head
  const streaming = payloadHash === undefined ? undefined : STREAMING.get(payloadHash)
  const announced = streaming ? decodedLength(headers) : announcedLength(head)
  if (announced === undefined)
    throw refusal('MissingContentLength', 411, 'You must provide the Content-Length HTTP header.')
  const length: number = announced
  if (length > LARGEST_OBJECT)
    throw refusal('EntityTooLarge', 400, 'Your proposed upload exceeds the maximum allowed size', {
      ProposedSize: length,
      MaxSizeAllowed: LARGEST_OBJECT,
    })
  const md5 = headers['content-md5']
  if (md5 !== undefined && !isDigest(md5, 16))
    throw refusal('InvalidDigest', 400, 'The Content-MD5 you specified was invalid.', { 'Content-MD5': md5 })
  const expected = ofBody ? expectedChecksums(headers) : new Map<string, string>()
  const named = announcedTrailers(headers, expected)
  const trailers = streaming?.trailers ? named : undefined
  if (ofBody) checkNamed(headers, [...expected.keys(), ...named])
  if (!streaming && named.length > 0) throw malformedTrailer()

  const checksums: Record<string, string> = {}
  async function* bytes(): AsyncGenerator<Buffer> {
    const sums: { algorithm: Algorithm; sum: Running }[] = []
    for (const algorithm of algorithms)
      if (expected.has(algorithm.header) || trailers?.includes(algorithm.header))
        sums.push({ algorithm, sum: algorithm.begin() })
    const sha = payloadHash !== undefined && payloadHash.length === 64 ? createHash('sha256') : undefined
    const whole = md5 === undefined ? undefined : createHash('md5')
    let count = 0
    const checkCount = () => {
      if (count !== length) throw incomplete({ NumberBytesExpected: length, NumberBytesProvided: count })
    }
    const decoded = streaming
      ? unchunk(source, {
          signed: streaming.signed ? signed : undefined,
          trailers,
          onEnd: checkCount,
          onTrailer: (name, value) => expected.set(name, validChecksum(name, value, 'trailing header')),
        })
      : source
    for await (const part of decoded) {
      count += part.length
      if (count > LARGEST_OBJECT) checkCount()
      // What is too much is counted, as S3 says how much came, and goes no further.
      if (count > length) continue
      sha?.update(part)
      whole?.update(part)
      for (const { sum } of sums) sum.update(part)
      yield part
    }
    checkCount()
    const computed = sha?.digest('hex')
    if (computed !== undefined && computed !== payloadHash?.toLowerCase())
      throw refusal(
        'XAmzContentSHA256Mismatch',
        400,
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
        { ClientComputedContentSHA256: payloadHash, S3ComputedContentSHA256: computed },
      )
    const digest = whole?.digest('base64')
    if (digest !== md5)
      throw refusal('BadDigest', 400, 'The Content-MD5 you specified did not match what we received.', {
        ExpectedDigest: Buffer.from(md5 ?? '', 'base64').toString('hex'),
        CalculatedDigest: digest,
      })
    for (const { algorithm, sum } of sums) {
      const { name, header, member } = algorithm
      const value = Buffer.from(await sum.digest()).toString('base64')
      if (value !== expected.get(header))
        throw refusal('BadDigest', 400, `The ${name} you specified did not match the calculated checksum.`)
      checksums[member] = value
    }
  }
  return { length, checksums, [Symbol.asyncIterator]: bytes }
}

const decodedLength = (headers: SiteRequest['headers']): number | undefined => {
  const text = headers['x-amz-decoded-content-length']
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

const PREFIX = 'x-amz-checksum-'
/** Headers with that prefix which are no checksums. */
const OTHERS = new Set(['x-amz-checksum-algorithm', 'x-amz-checksum-mode', 'x-amz-checksum-type'])

const validChecksum = (header: string, value: string, place = 'header'): string => {
  const known = byHeader.get(header)
  if (!known)
    throw refusal('InvalidRequest', 400, 'The algorithm type you specified in x-amz-checksum- header is invalid.')
  if (!isDigest(value, known.bytes)) throw refusal('InvalidRequest', 400, `Value for ${header} ${place} is invalid.`)
  return value
}

const severalChecksums = () =>
  refusal('InvalidRequest', 400, 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.')

/** The checksum that the headers promise, by header. */
const expectedChecksums = (headers: SiteRequest['headers']): Map<string, string> => {
  const expected = new Map<string, string>()
  for (const name in headers)
    if (name.startsWith(PREFIX) && !OTHERS.has(name)) expected.set(name, validChecksum(name, headers[name] as string))
  if (expected.size > 1) throw severalChecksums()
  return expected
}

/** What a body says of itself once it is decoded: its own length, and no encoding of the transfer. */
export const decodedHeaders = (
  headers: SiteRequest['headers'],
  payloadHash: string | undefined,
): SiteRequest['headers'] => {
  if (payloadHash === undefined || !STREAMING.has(payloadHash)) return headers
  const { 'content-encoding': encoding = '', ...rest } = headers
  const left = encoding
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && one !== 'aws-chunked')
  return {
    ...rest,
    ...(left.length > 0 ? { 'content-encoding': left.join(',') } : {}),
    'content-length': headers['x-amz-decoded-content-length'] ?? '0',
  }
}

const announcedTrailers = (headers: SiteRequest['headers'], expected: Map<string, string>): string[] => {
  // Only commas at its end are forgiven.
  const text = (headers['x-amz-trailer'] ?? '').toLowerCase().replace(/,+$/, '')
  const names = text === '' ? [] : text.split(',').map((name) => name.trim())
  for (const name of names)
    if (!byHeader.has(name))
      throw refusal('InvalidRequest', 400, 'The value specified in the x-amz-trailer header is not supported')
  if (names.length > 1) throw severalChecksums()
  if (names.length + expected.size > 1)
    throw refusal('InvalidRequest', 400, 'Expecting a single x-amz-checksum- header')
  return names
}
