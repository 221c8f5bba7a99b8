import type { OnDemandThroughput, SSESpecification, StreamSpecification, Tag } from '@aws-sdk/client-dynamodb'
import type { ServiceError } from '../../base/errors.ts'
import { keep, oneOf } from '../constraints.ts'
import { invalid } from './dynalite.ts'
import type { StreamView, Table, Throughput } from './types.ts'

export const wrong = (what: string): ServiceError => invalid(`One or more parameter values were invalid: ${what}`)

/** Members that create a table or change it alike. */
export interface Settings {
  StreamSpecification?: StreamSpecification
  SSESpecification?: SSESpecification
  TableClass?: string
  DeletionProtectionEnabled?: boolean
  OnDemandThroughput?: OnDemandThroughput
}

const VIEWS: readonly string[] = ['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY'] satisfies StreamView[]

/** @throws ServiceError for settings that a table cannot have */
export const checkSettings = ({ StreamSpecification: stream, SSESpecification: sse, TableClass }: Settings): void => {
  keep(
    'ValidationException',
    oneOf('tableClass', TableClass, ['STANDARD', 'STANDARD_INFREQUENT_ACCESS']),
    oneOf('streamSpecification.streamViewType', stream?.StreamViewType, VIEWS),
    oneOf('sSESpecification.sSEType', sse?.SSEType, ['AES256', 'KMS']),
  )
  if (stream?.StreamEnabled && !stream.StreamViewType)
    throw wrong('StreamViewType must be specified when StreamEnabled is true')
  if (stream && !stream.StreamEnabled && stream.StreamViewType)
    throw wrong('StreamViewType should not be specified when StreamEnabled is false')
  if (sse?.SSEType === 'AES256') throw wrong('SSEType AES256 is not supported')
  if (sse && !sse.Enabled && sse.KMSMasterKeyId !== undefined)
    throw wrong('KMSMasterKeyId can only be specified when SSE is enabled')
}

/** A stream that begins now; its label is the time, `2026-11-21T12:00:00.000`, and no other stream of the table has it. */
export const newStream = (view: string | undefined, now: number, last?: string): NonNullable<Table['stream']> => {
  const label = (at: number) => new Date(at).toISOString().slice(0, -1)
  const at = last !== undefined && label(now) <= last ? Date.parse(`${last}Z`) + 1 : now
  return { label: label(at), view: view as StreamView }
}

export const encryptionOf = (sse: SSESpecification | undefined): Table['encryption'] =>
  sse?.Enabled ? { key: sse.KMSMasterKeyId } : undefined

/** Capacity as it was asked for, or none on demand. */
export const throughputOf = (asked?: { ReadCapacityUnits?: number; WriteCapacityUnits?: number }): Throughput => ({
  read: asked?.ReadCapacityUnits ?? 0,
  write: asked?.WriteCapacityUnits ?? 0,
  decreases: [],
})

const MOST_TAGS = 50
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

/** Tags as they are kept. @throws ServiceError ValidationException for tags that AWS does not take */
export const tagsOf = (tags: readonly Tag[] = [], present: Record<string, string> = {}): Record<string, string> => {
  const all: Record<string, string> = Object.assign(Object.create(null), present)
  const seen = new Set<string>()
  for (const { Key = '', Value = '' } of tags) {
    if (!Key || Key.length > 128 || !ALLOWED.test(Key)) throw invalid(`The Tag Key ${Key.slice(0, 128)} is invalid`)
    if (/^aws:/i.test(Key)) throw invalid('Tag keys starting with aws: are reserved for system use')
    if (Value.length > 256 || !ALLOWED.test(Value)) throw invalid(`The Tag Value for the key ${Key} is invalid`)
    if (seen.has(Key)) throw invalid(`Duplicate tag key: ${Key}`)
    seen.add(Key)
    all[Key] = Value
  }
  if (Object.keys(all).length > MOST_TAGS)
    throw invalid(`The number of tags exceeds the limit of ${MOST_TAGS} tags per resource`)
  return all
}
