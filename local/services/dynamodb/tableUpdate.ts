import type { GlobalSecondaryIndexUpdate, UpdateTableInput } from '@aws-sdk/client-dynamodb'
import { ServiceError } from '../../base/errors.ts'
import { found, tableKeys } from './access.ts'
import type { DynamoDBCall, Operations } from './calls.ts'
import { toJson } from './checks.ts'
import { describe } from './describe.ts'
import { checkRequest, invalid, type Request } from './dynalite.ts'
import { partOf } from './indexes.ts'
import { knownTable, nameArn, tableName } from './names.ts'
import { checkSettings, encryptionOf, newStream, throughputOf, wrong } from './tableSettings.ts'
import { checkDefinitions, checkProjections, indexOf } from './tables.ts'
import { changeThroughput } from './tableThroughput.ts'
import type { Index, Table } from './types.ts'

const MOST_INDEXES = 20
/** Members that change a table; one of them must be there. */
const CHANGES = [
  'ProvisionedThroughput',
  'BillingMode',
  'StreamSpecification',
  'GlobalSecondaryIndexUpdates',
  'SSESpecification',
  'TableClass',
  'DeletionProtectionEnabled',
  'OnDemandThroughput',
] as const
/** Members beside which nothing else may change. */
const ALONE = {
  SSESpecification: 'Server-Side Encryption',
  TableClass: 'TableClass',
  DeletionProtectionEnabled: 'DeletionProtection',
} as const
/** Members of AWS's API that nothing here stands behind. */
const UNKNOWN = [
  'ReplicaUpdates',
  'MultiRegionConsistency',
  'GlobalTableWitnessUpdates',
  'GlobalTableSettingsReplicationMode',
  'WarmThroughput',
] as const

/** Refuses changes that AWS does not make together. */
const checkTogether = (request: UpdateTableInput) => {
  const changes = CHANGES.filter((name) => request[name] !== undefined)
  if (!changes.length)
    throw invalid(
      'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required',
    )
  for (const [name, what] of Object.entries(ALONE))
    if (changes.includes(name as keyof typeof ALONE) && changes.length > 1)
      throw wrong(`${what} modification must be the only operation in the request`)
  const updates = request.GlobalSecondaryIndexUpdates ?? []
  const capacity = request.ProvisionedThroughput ?? request.BillingMode
  const reindexes = updates.some(({ Create, Delete }) => Create ?? Delete)
  if (capacity && request.StreamSpecification) throw wrong('You cannot modify stream status while updating table IOPS')
  if (capacity && reindexes) throw wrong('You cannot create or delete index while updating table IOPS')
  if (reindexes && request.StreamSpecification)
    throw wrong('You cannot create or delete index while changing stream status')
}

const checkUpdates = ({ GlobalSecondaryIndexUpdates: updates }: UpdateTableInput) => {
  if (updates && !updates.length) throw wrong('List of GlobalSecondaryIndexUpdates is empty')
  const names = (updates ?? []).map(({ Create, Update, Delete }) => {
    const actions = [Create, Update, Delete].filter((one) => one !== undefined)
    if (!actions.length)
      throw wrong(
        'One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null',
      )
    if (actions.length > 1)
      throw wrong('Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object')
    return actions[0]?.IndexName
  })
  const twice = names.find((name, position) => names.indexOf(name) !== position)
  if (twice) throw wrong(`Only one global secondary index update per index is allowed simultaneously. Index: ${twice}`)
}

const check = (request: UpdateTableInput) => {
  const unknown = UNKNOWN.find((name) => request[name] !== undefined)
  if (unknown) throw wrong(`${unknown} is not part of the local cloud`)
  // The library demands capacity of a new index, which on demand has none.
  const updates = request.GlobalSecondaryIndexUpdates?.map((update) => ({
    ...update,
    ...(update.Create && {
      Create: { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 }, ...update.Create },
    }),
  }))
  checkRequest('UpdateTable', { ...request, GlobalSecondaryIndexUpdates: updates } as unknown as Request)
  checkSettings(request, 'update')
  checkTogether(request)
  if (request.BillingMode === 'PROVISIONED' && !request.ProvisionedThroughput)
    throw wrong('ProvisionedThroughput must be specified when BillingMode is PROVISIONED')
  checkUpdates(request)
}

/** Changes how a table is billed, and the capacity of the table and its indexes. */
const rebill = (table: Table, request: UpdateTableInput, now: number) => {
  const { BillingMode, ProvisionedThroughput: asked, GlobalSecondaryIndexUpdates: updates = [] } = request
  const onDemand = table.onDemandSince !== undefined
  const toOnDemand = BillingMode === 'PAY_PER_REQUEST' || (BillingMode === undefined && onDemand)
  const ofIndexes = new Map(updates.flatMap(({ Update }) => (Update ? [[Update.IndexName, Update]] : [])))
  for (const [name] of ofIndexes)
    if (!table.indexes.some((index) => index.kind === 'global' && index.name === name))
      throw new ServiceError('ResourceNotFoundException', 'Requested resource not found')
  if (toOnDemand) {
    if (asked || [...ofIndexes.values()].some((update) => update.ProvisionedThroughput))
      throw wrong(
        'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST',
      )
    if (!onDemand) {
      table.onDemandSince = now
      table.throughput = throughputOf()
      for (const index of table.indexes) if (index.kind === 'global') index.throughput = throughputOf()
    }
  } else if (onDemand) {
    const missing = table.indexes.filter(({ kind, name }) => kind === 'global' && !ofIndexes.has(name))
    if (missing.length)
      throw wrong(`ProvisionedThroughput must be specified for index: ${missing.map((index) => index.name).join(',')}`)
    delete table.onDemandSince
    delete table.onDemand
    table.throughput = throughputOf(asked)
    for (const index of table.indexes)
      if (index.kind === 'global') index.throughput = throughputOf(ofIndexes.get(index.name)?.ProvisionedThroughput)
    return
  } else if (asked) table.throughput = changeThroughput(table.throughput, asked, now)
  for (const index of table.indexes) {
    const update = ofIndexes.get(index.name)
    if (update?.ProvisionedThroughput)
      index.throughput = changeThroughput(
        index.throughput ?? throughputOf(),
        update.ProvisionedThroughput,
        now,
        `index ${index.name}`,
      )
    if (update?.OnDemandThroughput) index.onDemand = update.OnDemandThroughput
  }
  if (request.OnDemandThroughput) {
    if (!toOnDemand)
      throw wrong(
        'MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED',
      )
    table.onDemand = request.OnDemandThroughput
  }
}

const create = (table: Table, asked: NonNullable<GlobalSecondaryIndexUpdate['Create']>, request: UpdateTableInput) => {
  if (table.indexes.some(({ name }) => name === asked.IndexName))
    throw invalid('Attempting to create an index which already exists')
  if (table.indexes.filter(({ kind }) => kind === 'global').length >= MOST_INDEXES)
    throw new ServiceError(
      'LimitExceededException',
      `Subscriber limit exceeded: GlobalSecondaryIndex count exceeds the per-table limit of ${MOST_INDEXES}`,
    )
  const onDemand = table.onDemandSince !== undefined
  if (onDemand && asked.ProvisionedThroughput)
    throw wrong(
      `Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: ${asked.IndexName} when BillingMode is PAY_PER_REQUEST`,
    )
  if (!onDemand && !asked.ProvisionedThroughput)
    throw wrong(`ProvisionedThroughput must be specified for index: ${asked.IndexName}`)
  const index = indexOf('global', asked)
  const definitions = new Map(table.definitions.map((one) => [one.AttributeName, one]))
  for (const one of (request.AttributeDefinitions ?? []) as Table['definitions']) {
    const known = definitions.get(one.AttributeName)
    if (known && known.AttributeType !== one.AttributeType)
      throw wrong(`Attribute ${one.AttributeName} is already defined as ${known.AttributeType}`)
    definitions.set(one.AttributeName, one)
  }
  table.definitions = [...definitions.values()]
  const keys = index.keys.map((key) => key.AttributeName)
  if (index.keys[0]?.KeyType !== 'HASH')
    throw invalid('Invalid KeySchema: The first KeySchemaElement is not a HASH key type')
  if (index.keys[1] && index.keys[1].KeyType !== 'RANGE')
    throw invalid('Invalid KeySchema: The second KeySchemaElement is not a RANGE key type')
  if (keys[0] === keys[1])
    throw invalid('Both the Hash Key and the Range Key element in the KeySchema have the same name')
  const missing = keys.filter((name) => !definitions.has(name))
  if (missing.length)
    throw wrong(
      `Some index key attributes are not defined in AttributeDefinitions. Keys: [${missing.join(', ')}], AttributeDefinitions: [${[...definitions.keys()].join(', ')}]`,
    )
  if (!index.projection.ProjectionType) throw wrong('Unknown ProjectionType: null')
  if (index.projection.NonKeyAttributes && index.projection.ProjectionType !== 'INCLUDE')
    throw wrong(`ProjectionType is ${index.projection.ProjectionType}, but NonKeyAttributes is specified`)
  checkProjections([...table.indexes, index])
  table.indexes.push(index)
  checkDefinitions(table.definitions, [table.keys, ...table.indexes.map((one) => one.keys)])
  return index
}

/** Forgets attributes that no key is made of any more. */
const dropDefinitions = (table: Table) => {
  const used = new Set([table.keys, ...table.indexes.map((index) => index.keys)].flat().map((key) => key.AttributeName))
  table.definitions = table.definitions.filter((one) => used.has(one.AttributeName))
}

/** Creates an index, filled from the table's items, or deletes one. */
const reindex = (table: Table, request: UpdateTableInput, { store }: DynamoDBCall): Index | undefined => {
  const changes = (request.GlobalSecondaryIndexUpdates ?? []).filter(({ Update }) => !Update)
  const [change] = changes
  if (changes.length > 1)
    throw new ServiceError(
      'LimitExceededException',
      'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table',
    )
  if (change?.Create) return create(table, change.Create, request)
  const name = change?.Delete?.IndexName
  if (name === undefined) return undefined
  const index = table.indexes.find((one) => one.kind === 'global' && one.name === name)
  if (!index) throw new ServiceError('ResourceNotFoundException', 'Requested resource not found')
  store.entries.clear(partOf(table, index))
  table.indexes = table.indexes.filter((one) => one !== index)
  dropDefinitions(table)
  return undefined
}

const restream = (
  table: Table,
  { StreamSpecification: asked }: UpdateTableInput,
  { store }: DynamoDBCall,
  now: number,
) => {
  if (!asked) return
  if (asked.StreamEnabled) {
    if (table.stream) throw invalid(`Table already has an enabled stream: TableName: ${table.name}`)
    table.stream = newStream(asked.StreamViewType, now, table.lastStream)
    table.lastStream = table.stream.label
    store.streams.open(table, now)
  } else {
    if (!table.stream) throw invalid(`Table has no stream to disable: TableName: ${table.name}`)
    store.streams.close(table, now)
    delete table.stream
  }
}

export const tableUpdate = {
  UpdateTable: {
    action({ TableName }, call) {
      const name = tableName(TableName, call)
      return ['dynamodb:UpdateTable', nameArn(name), tableKeys(found(name, call))]
    },
    run(input, call) {
      const { store, ground } = call
      const now = ground.clock.now()
      const request = toJson(input) as UpdateTableInput
      const name = tableName(input.TableName, call)
      request.TableName = name.name
      check(request)
      return store.transaction(() => {
        const table = knownTable(name, call)
        const created = reindex(table, request, call)
        rebill(table, request, now)
        restream(table, request, call, now)
        if (request.SSESpecification) table.encryption = encryptionOf(request.SSESpecification)
        if (request.TableClass) table.tableClass = request.TableClass
        table.protected = request.DeletionProtectionEnabled ?? table.protected
        store.tables.save(table)
        if (created) store.fill(table, created)
        return { TableDescription: describe(table, store, now, 'UPDATING') }
      })
    },
  },
} satisfies Operations
