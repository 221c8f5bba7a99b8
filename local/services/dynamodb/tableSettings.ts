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
const CLASSES = ['STANDARD', 'STANDARD_INFREQUENT_ACCESS']

/** How a stream without, or with, its view type is refused when a table is created and when it is changed. */
const STREAM_FAULTS = {
  create: {
    missing: 'Table is being created with a stream enabled, UpdateViewType is required',
    surplus: 'Table is being created with a stream disabled, UpdateViewType should not be specified',
  },
  update: {
    missing: 'If stream is being enabled then UpdateViewType is required',
    surplus: 'If stream is being disabled, then UpdateViewType must not be specified',
  },
}

/** @throws ServiceError for settings that a table cannot have */
export const checkSettings = (settings: Settings, step: keyof typeof STREAM_FAULTS): void => {
  const { StreamSpecification: stream, SSESpecification: sse, TableClass } = settings
  keep(
    'ValidationException',
    oneOf('streamSpecification.streamViewType', stream?.StreamViewType, VIEWS),
    oneOf('sSESpecification.sSEType', sse?.SSEType, ['AES256', 'KMS']),
  )
  if (TableClass !== undefined && !CLASSES.includes(TableClass))
    throw invalid(
      `Invalid table-class parameter provided. Please try again with a valid table-class value: [${CLASSES.join(', ')}].`,
    )
  if (stream?.StreamEnabled && !stream.StreamViewType) throw wrong(STREAM_FAULTS[step].missing)
  if (stream && !stream.StreamEnabled && stream.StreamViewType) throw wrong(STREAM_FAULTS[step].surplus)
  if (sse?.SSEType === 'AES256') throw wrong('SSEType AES256 is not supported')
  if (sse && !sse.Enabled && sse.KMSMasterKeyId !== undefined)
    throw wrong('KMSMasterKeyId can not be specified if Enabled is false')
  if (sse && !sse.Enabled && sse.SSEType !== undefined) throw wrong('SSEType can not be specified if Enabled is false')
  if (sse?.KMSMasterKeyId !== undefined && sse.SSEType === undefined)
    throw wrong('SSEType KMS is required if KMSMasterKeyId is specified')
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
  for (const { Key = '', Value } of tags) {
    if (!Key || Key.length > 128 || !ALLOWED.test(Key))
      throw invalid(`The Tag Key provided is invalid, Key: ${Key.slice(0, 300)}`)
    if (/^aws:/i.test(Key)) throw invalid(`Tag Key cannot be prefixed with aws:, Key: ${Key}`)
    if (Value === undefined || Value.length > 256 || !ALLOWED.test(Value))
      throw invalid(`The Tag Value provided is invalid, Value: ${Value?.slice(0, 300) ?? null}`)
    if (seen.has(Key)) throw invalid(`Duplicate Tag Keys provided as input: Duplicate Tag Key found ${Key}`)
    seen.add(Key)
    all[Key] = Value
  }
  if (Object.keys(all).length > MOST_TAGS)
    throw invalid('Number of Tags exceed the current limit for the provided ResourceArn')
  return all
}
