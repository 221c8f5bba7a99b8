import type { CreateEventSourceMappingCommandInput } from '@aws-sdk/client-lambda'
import { ServiceError } from '../../base/errors.ts'
import { length, oneOf, pattern, range } from '../constraints.ts'
import { readPattern } from '../eventPatterns.ts'
import type { MappingSettings } from './mappingStore.ts'
import { invalid, valid } from './names.ts'

/** What a request may set of a mapping's batches, in both Create and Update. */
export type SettingsInput = Pick<
  CreateEventSourceMappingCommandInput,
  | 'BatchSize'
  | 'MaximumBatchingWindowInSeconds'
  | 'ParallelizationFactor'
  | 'MaximumRetryAttempts'
  | 'MaximumRecordAgeInSeconds'
  | 'BisectBatchOnFunctionError'
  | 'FunctionResponseTypes'
  | 'FilterCriteria'
  | 'DestinationConfig'
  | 'TumblingWindowInSeconds'
>

/** The members that {@link SettingsInput} has. */
export const SETTINGS = [
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'ParallelizationFactor',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'BisectBatchOnFunctionError',
  'FunctionResponseTypes',
  'FilterCriteria',
  'DestinationConfig',
  'TumblingWindowInSeconds',
] as const satisfies (keyof SettingsInput)[]

/** AWS's own ("CreateEventSourceMapping", for streams). */
const DEFAULTS: MappingSettings = {
  batchSize: 100,
  window: 0,
  parallel: 1,
  retries: -1,
  age: -1,
  bisect: false,
  partial: false,
  filters: [],
}
/** Filters of one mapping. */
const FILTERS = 5

const filtersOf = (given: SettingsInput['FilterCriteria']): string[] => {
  const filters = (given?.Filters ?? []).map(({ Pattern = '' }) => Pattern)
  if (filters.length > FILTERS)
    throw invalid(`Filter list size ${filters.length} exceeds the maximum number of filters, ${FILTERS}.`)
  for (const filter of filters)
    try {
      readPattern(filter)
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error
      throw invalid(`Invalid filter pattern definition. ${error.message}`)
    }
  return filters
}

const destinationOf = (given: SettingsInput['DestinationConfig']): string | undefined => {
  const { OnSuccess, OnFailure } = given ?? {}
  if (OnSuccess?.Destination)
    throw invalid('Unsupported DestinationConfig parameter for given event source mapping type.')
  const arn = OnFailure?.Destination
  if (!arn) return undefined
  valid(
    length('destinationConfig.onFailure.destination', arn, 0, 350),
    pattern('destinationConfig.onFailure.destination', arn, /^arn:aws:[a-z0-9-]+:([a-z0-9-]*):(\d{12})?:.+$/),
  )
  if (!/^arn:aws:s3:::[^/]+$/.test(arn))
    throw invalid(`The local cloud sends failed batches to buckets only, not to ${arn}.`)
  return arn
}

/**
 * Settings as a request changes them; `before` are the mapping's own, without them AWS's defaults hold.
 * @throws ServiceError ValidationException or InvalidParameterValueException
 */
export const settingsOf = (input: SettingsInput, before: MappingSettings = DEFAULTS): MappingSettings => {
  const { BatchSize, MaximumBatchingWindowInSeconds: window, ParallelizationFactor: parallel } = input
  const { MaximumRetryAttempts: retries, MaximumRecordAgeInSeconds: age, FunctionResponseTypes: types } = input
  valid(
    range('batchSize', BatchSize, 1, 10_000),
    range('maximumBatchingWindowInSeconds', window, 0, 300),
    range('parallelizationFactor', parallel, 1, 10),
    range('maximumRetryAttempts', retries, -1, 10_000),
    range('maximumRecordAgeInSeconds', age, -1, 604_800),
    range('tumblingWindowInSeconds', input.TumblingWindowInSeconds, 0, 900),
    length('functionResponseTypes', types, 0, 1),
    oneOf('functionResponseTypes', types?.[0], ['ReportBatchItemFailures']),
  )
  if (age !== undefined && age !== -1 && age < 60)
    throw invalid('MaximumRecordAgeInSeconds must be -1, or between 60 and 604800.')
  if (input.TumblingWindowInSeconds) throw invalid('Tumbling windows are not part of the local cloud.')
  return {
    batchSize: BatchSize ?? before.batchSize,
    window: window ?? before.window,
    parallel: parallel ?? before.parallel,
    retries: retries ?? before.retries,
    age: age ?? before.age,
    bisect: input.BisectBatchOnFunctionError ?? before.bisect,
    partial: types ? types.length > 0 : before.partial,
    filters: input.FilterCriteria ? filtersOf(input.FilterCriteria) : before.filters,
    onFailure: input.DestinationConfig ? destinationOf(input.DestinationConfig) : before.onFailure,
  }
}
