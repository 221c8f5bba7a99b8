import { ServiceError } from '../../base/errors.ts'
import type { Access } from '../../iam/types.ts'
import { length, oneOf, pattern, range } from '../constraints.ts'
import type { Call } from '../service.ts'
import { SETTINGS, type SettingsInput, settingsOf } from './mappingSettings.ts'
import type { EventSourceMapping } from './mappingStore.ts'
import { invalid, type Operations, refusal, theFunction, valid } from './names.ts'
import { checkTags, resourceKeys, tagKeys } from './tags.ts'
import type { LambdaFunction, LambdaStore } from './types.ts'

/** Mappings of one answer. */
const PAGE = 100
const STREAM = /^arn:aws:dynamodb:([a-z0-9-]+):(\d{12}):table\/[^/]+\/stream\/[^/]+$/

type LambdaCall = Call<LambdaStore>

const arnOf = ({ region, account, uuid }: EventSourceMapping): string =>
  `arn:aws:lambda:${region}:${account}:event-source-mapping:${uuid}`

const missing = () => refusal('ResourceNotFoundException', 'The resource you requested does not exist.')

/** @throws ServiceError ResourceNotFoundException */
const theMapping = ({ UUID }: { UUID: string }, { store, account, region }: LambdaCall): EventSourceMapping => {
  const mapping = store.mappings.get(UUID)
  if (!mapping || mapping.account !== account || mapping.region !== region) throw missing()
  return mapping
}

const onMapping =
  (action: string) =>
  ({ UUID }: { UUID: string }, { store, account, region }: LambdaCall): Access => [
    `lambda:${action}`,
    `arn:aws:lambda:${region}:${account}:event-source-mapping:${UUID}`,
    { 'lambda:FunctionArn': store.mappings.get(UUID)?.functionArn, ...resourceKeys(store.mappings.get(UUID)) },
  ]

const described = (mapping: EventSourceMapping, { store }: LambdaCall, State?: string) => {
  const { settings, start, enabled } = mapping
  return {
    UUID: mapping.uuid,
    EventSourceMappingArn: arnOf(mapping),
    EventSourceArn: mapping.sourceArn,
    FunctionArn: mapping.functionArn,
    StartingPosition: start,
    BatchSize: settings.batchSize,
    MaximumBatchingWindowInSeconds: settings.window,
    ParallelizationFactor: settings.parallel,
    MaximumRetryAttempts: settings.retries,
    MaximumRecordAgeInSeconds: settings.age,
    BisectBatchOnFunctionError: settings.bisect,
    TumblingWindowInSeconds: 0,
    FunctionResponseTypes: settings.partial ? (['ReportBatchItemFailures'] as 'ReportBatchItemFailures'[]) : [],
    FilterCriteria: settings.filters.length ? { Filters: settings.filters.map((Pattern) => ({ Pattern })) } : undefined,
    DestinationConfig: { OnFailure: settings.onFailure ? { Destination: settings.onFailure } : {} },
    State: State ?? (enabled ? 'Enabled' : 'Disabled'),
    StateTransitionReason: 'User action',
    LastModified: new Date(mapping.modified),
    LastProcessingResult: store.mappings.result(mapping.uuid),
  }
}

/** What a request may say: all else that AWS knows belongs to sources that the local cloud has not. */
const KNOWN = new Set<string>([...SETTINGS, 'UUID', 'EventSourceArn', 'FunctionName', 'StartingPosition', 'Enabled'])
const refuseUnknown = (input: object) => {
  for (const [member, value] of Object.entries(input))
    if (value !== undefined && !KNOWN.has(member))
      throw invalid(`${member} is not part of the local cloud, whose event source mappings read DynamoDB streams.`)
}

/** That the function's role may read the stream, as Lambda asks at once. @throws ServiceError InvalidParameterValueException */
const checkAccess = async (fn: LambdaFunction, StreamArn: string, { store }: LambdaCall) => {
  const streams = (await store.asRole(fn))('dynamodbstreams')
  try {
    const { StreamDescription } = await streams.DescribeStream({ StreamArn })
    const [shard] = StreamDescription?.Shards ?? []
    const ShardIteratorType = 'TRIM_HORIZON'
    const { ShardIterator = '' } = await streams.GetShardIterator({
      StreamArn,
      ShardId: shard?.ShardId ?? '',
      ShardIteratorType,
    })
    await streams.GetRecords({ ShardIterator, Limit: 1 })
    await streams.ListStreams({ TableName: StreamDescription?.TableName })
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    if (error.code === 'ResourceNotFoundException') throw invalid(`Stream not found: ${StreamArn}`)
    throw invalid(
      `Cannot access stream ${StreamArn}. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM.`,
    )
  }
}

export const mappings = {
  CreateEventSourceMapping: {
    action(input, call) {
      const keys = { 'lambda:FunctionArn': theFunction(input, call).arn, ...tagKeys(input.Tags) }
      const asked: Access[] = [['lambda:CreateEventSourceMapping', '*', keys]]
      const { region, account } = call
      const any = `arn:aws:lambda:${region}:${account}:event-source-mapping:*`
      if (input.Tags && Object.keys(input.Tags).length) asked.push(['lambda:TagResource', any, keys])
      return asked
    },
    async run(input, call) {
      const { store, ground, account, region } = call
      const { Tags: tags = {}, ...asked } = input
      const { EventSourceArn: sourceArn, StartingPosition: start, Enabled = true } = asked
      valid(
        oneOf('startingPosition', start, ['LATEST', 'AT_TIMESTAMP', 'TRIM_HORIZON']),
        pattern(
          'eventSourceArn',
          sourceArn,
          /^arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9-])+:([a-z]{2}(-[a-z]+)+-\d{1})?:(\d{12})?:(.*)$/,
        ),
      )
      refuseUnknown(asked)
      checkTags(tags)
      const [, sourceRegion, sourceAccount] = STREAM.exec(sourceArn ?? '') ?? []
      if (!sourceArn || !sourceAccount)
        throw invalid('Unrecognized event source: the local cloud knows streams of DynamoDB tables.')
      if (sourceRegion !== region || sourceAccount !== account)
        throw invalid('The event source must be in the same region and account as the function.')
      const fn = theFunction(input, call)
      if (start === undefined)
        throw invalid(
          "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
        )
      if (start === 'AT_TIMESTAMP') throw invalid('Unsupported starting position for arn type: AT_TIMESTAMP')
      const settings = settingsOf(input as SettingsInput)
      await checkAccess(fn, sourceArn, call)
      const same = store.mappings.list().find((one) => one.sourceArn === sourceArn && one.functionArn === fn.arn)
      if (same)
        throw refusal(
          'ResourceConflictException',
          `The event source arn (" ${sourceArn} ") and function (" ${fn.name} ") provided mapping already exists. Please update or delete the existing mapping with UUID ${same.uuid}`,
          { status: 409 },
        )
      const mapping: EventSourceMapping = {
        ...{ uuid: ground.ids.uuid(), account, region, functionArn: fn.arn, sourceArn, start, settings },
        enabled: Enabled,
        modified: ground.clock.now(),
        tags,
      }
      store.mappings.save(mapping)
      return described(mapping, call, 'Creating')
    },
  },
  GetEventSourceMapping: {
    action: onMapping('GetEventSourceMapping'),
    run: (input, call) => described(theMapping(input, call), call),
  },
  UpdateEventSourceMapping: {
    action: onMapping('UpdateEventSourceMapping'),
    async run(input, call) {
      refuseUnknown(input)
      const settings = settingsOf(input as SettingsInput, theMapping(input, call).settings)
      const { FunctionName } = input
      const { sourceArn, functionArn } = theMapping(input, call)
      const fn = theFunction({ FunctionName: FunctionName ?? functionArn }, call)
      if (FunctionName !== undefined) await checkAccess(fn, sourceArn, call)
      const before = theMapping(input, call)
      const enabled = input.Enabled ?? before.enabled
      const mapping = { ...before, settings, enabled, functionArn: fn.arn, modified: call.ground.clock.now() }
      call.store.mappings.save(mapping)
      const state = enabled === before.enabled ? 'Updating' : enabled ? 'Enabling' : 'Disabling'
      return described(mapping, call, state)
    },
  },
  DeleteEventSourceMapping: {
    action: onMapping('DeleteEventSourceMapping'),
    run(input, call) {
      const mapping = theMapping(input, call)
      const answer = described(mapping, call, 'Deleting')
      call.store.mappings.remove(mapping)
      return answer
    },
  },
  ListEventSourceMappings: {
    action: () => ['lambda:ListEventSourceMappings', '*'],
    run({ EventSourceArn, FunctionName, Marker, MaxItems = PAGE }, call) {
      valid(range('maxItems', MaxItems, 1, 10_000), length('marker', Marker, 1, 64))
      const fn = FunctionName === undefined ? undefined : theFunction({ FunctionName }, call)
      const all = call.store.mappings
        .list()
        .filter(({ account, region }) => account === call.account && region === call.region)
        .filter(({ sourceArn }) => EventSourceArn === undefined || sourceArn === EventSourceArn)
        .filter(({ functionArn }) => fn === undefined || functionArn === fn.arn)
      const first = Marker === undefined ? 0 : all.findIndex(({ uuid }) => uuid === Marker)
      if (first < 0) throw invalid('Invalid marker')
      const size = Math.min(MaxItems, PAGE)
      return {
        EventSourceMappings: all.slice(first, first + size).map((one) => described(one, call)),
        NextMarker: all[first + size]?.uuid,
      }
    },
  },
} satisfies Operations
