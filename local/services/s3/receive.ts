import { type Algorithm, algorithms, byName, type ChecksumName } from '../../base/checksums.ts'
import type { Bytes } from '../service.ts'
import type { S3Call } from './call.ts'
import { invalidRequest, refusal } from './errors.ts'
import type { Checksums, Received } from './files.ts'
import type { Checksum } from './types.ts'

/** A body and what the request says of its checksum, in members like `ChecksumCRC32`. */
export interface BodyInput {
  Body?: Bytes | undefined
  /** What an SDK was asked to compute: header `x-amz-sdk-checksum-algorithm`. */
  ChecksumAlgorithm?: string | undefined
}

type Verified = Bytes & { readonly checksums: Readonly<Record<string, string>> }

/** A body that came through the door, which checks what the client promised of it. */
const isVerified = (body: Bytes | undefined): body is Verified => typeof body === 'object' && 'checksums' in body

/** The checksums that stand in the members of an input or an output. */
export const checksumsIn = (members: object): Checksums => {
  const found: Checksums = {}
  for (const { name, member } of algorithms) {
    const value = (members as Record<string, unknown>)[member]
    if (typeof value === 'string') found[name] = value
  }
  return found
}

/** A checksum as members of an output. */
export const checksumMembers = ({
  algorithm,
  value,
}: Pick<Checksum, 'algorithm' | 'value'>): { [member in Algorithm['member']]?: string } => ({
  [`Checksum${algorithm}`]: value,
})

/**
 * Which checksum the client sends: as a header, as a trailer or, in a call from within, as what is to be computed.
 * @throws ServiceError InvalidRequest
 */
export const sentAlgorithm = (call: S3Call, input: BodyInput): ChecksumName | undefined => {
  const [header, another] = Object.keys(checksumsIn(input)) as ChecksumName[]
  if (another !== undefined)
    throw invalidRequest('Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.')
  if (header !== undefined) return header
  // The door has held what is named against what is sent.
  if (!isVerified(input.Body)) return byName.get(input.ChecksumAlgorithm?.toUpperCase() ?? '')?.name
  const trailers = (call.facts.headers['x-amz-trailer'] ?? '').toLowerCase().split(',')
  return algorithms.find((one) => trailers.some((name) => name.trim() === one.header))?.name
}

/** The bytes of an upload, stored in a file that no object names yet. @throws ServiceError when they are not as promised */
export const receive = async (
  call: S3Call,
  input: BodyInput,
  sent: ChecksumName | undefined,
  wanted: readonly ChecksumName[],
): Promise<Received> => {
  const body = input.Body ?? ''
  const compute = new Set(wanted)
  if (sent && isVerified(body)) compute.delete(sent)
  else if (sent) compute.add(sent)
  const received = await call.store.files.receive(body, [...compute])
  const given = checksumsIn(isVerified(body) ? body.checksums : input)
  if (!isVerified(body) && sent && given[sent] !== undefined && given[sent] !== received.checksums[sent]) {
    call.store.files.remove([received.file])
    throw refusal('BadDigest', 400, `The ${sent} you specified did not match the calculated checksum.`)
  }
  return { ...received, checksums: { ...received.checksums, ...given } }
}
