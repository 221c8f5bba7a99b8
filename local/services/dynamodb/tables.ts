import type { CreateTableInput } from '@aws-sdk/client-dynamodb'
import { ServiceError } from '../../base/errors.ts'
import type { Access } from '../../iam/types.ts'
import { found, tableKeys, tagKeys } from './access.ts'
import type { DynamoDBCall, Operations } from './calls.ts'
import { toJson } from './checks.ts'
import { describe } from './describe.ts'
import { checkRequest, invalid, type Request } from './dynalite.ts'
import { arnOf, partOf } from './indexes.ts'
import { knownTable, nameArn, tableName } from './names.ts'
import { checkSettings, encryptionOf, newStream, tagsOf, throughputOf, wrong } from './tableSettings.ts'
import type { Index, KeyElement, Table } from './types.ts'

/** Attributes of their own that the indexes of a table hold together ("Quotas in Amazon DynamoDB"). */
const MOST_PROJECTED = 100

type NewIndex = NonNullable<
  CreateTableInput['GlobalSecondaryIndexes'] | CreateTableInput['LocalSecondaryIndexes']
>[number]

/** @throws ServiceError for a projection that holds nothing, or too much */
export const checkProjections = (indexes: readonly Pick<Index, 'projection'>[]): void => {
  let all = 0
  for (const { projection } of indexes) {
    const { ProjectionType, NonKeyAttributes = [] } = projection
    if (ProjectionType === 'INCLUDE' && !NonKeyAttributes.length)
      throw wrong('ProjectionType is INCLUDE, but NonKeyAttributes is not specified')
    if (new Set(NonKeyAttributes).size < NonKeyAttributes.length)
      throw wrong(`Duplicate element in NonKeyAttributes: [${NonKeyAttributes.join(', ')}]`)
    all += NonKeyAttributes.length
  }
  if (all > MOST_PROJECTED)
    throw wrong(`Number of projected attributes across all indexes exceeds the limit of ${MOST_PROJECTED}`)
}

/** An index as it is stored. */
export const indexOf = (kind: Index['kind'], asked: NewIndex): Index => ({
  kind,
  name: asked.IndexName as string,
  keys: asked.KeySchema as KeyElement[],
  projection: asked.Projection as Index['projection'],
  ...('ProvisionedThroughput' in asked && { throughput: throughputOf(asked.ProvisionedThroughput) }),
  ...('OnDemandThroughput' in asked && { onDemand: asked.OnDemandThroughput }),
})

/** Every defined attribute must be a key of the table or of an index. */
export const checkDefinitions = (definitions: Table['definitions'], keys: readonly (readonly KeyElement[])[]): void => {
  const names = definitions.map((one) => one.AttributeName)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw invalid(`Attribute Name is duplicated: ${twice}`)
  for (const name of names)
    if (!name || Buffer.byteLength(name) > 255)
      throw wrong('AttributeName must be at least 1 and at most 255 bytes long')
  const used = new Set(keys.flat().map((one) => one.AttributeName))
  if (names.some((name) => !used.has(name)))
    throw wrong(
      `Some AttributeDefinitions are not used. AttributeDefinitions: [${names.join(', ')}], keys used: [${[...used].join(', ')}]`,
    )
}

const newTable = (request: CreateTableInput, { account, region, ground }: DynamoDBCall): Omit<Table, 'id'> => {
  const now = ground.clock.now()
  checkSettings(request, 'create')
  checkRequest('CreateTable', request as unknown as Request, { rules: true })
  const indexes = [
    ...(request.GlobalSecondaryIndexes ?? []).map((index) => indexOf('global', index)),
    ...(request.LocalSecondaryIndexes ?? []).map((index) => indexOf('local', index)),
  ]
  const onDemand = request.BillingMode === 'PAY_PER_REQUEST'
  for (const index of request.GlobalSecondaryIndexes ?? [])
    if (!onDemand && !index.ProvisionedThroughput)
      throw wrong(`ProvisionedThroughput is not specified for index: ${index.IndexName}`)
  const keys = request.KeySchema as KeyElement[]
  const definitions = request.AttributeDefinitions as Table['definitions']
  checkDefinitions(definitions, [keys, ...indexes.map((index) => index.keys)])
  checkProjections(indexes)
  if (request.OnDemandThroughput && !onDemand)
    throw wrong(
      'MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED',
    )
  const stream = request.StreamSpecification?.StreamEnabled
    ? newStream(request.StreamSpecification.StreamViewType, now)
    : undefined
  return {
    account,
    region,
    name: request.TableName as string,
    uuid: ground.ids.uuid(),
    created: now,
    keys,
    definitions,
    indexes,
    throughput: throughputOf(request.ProvisionedThroughput),
    onDemandSince: onDemand ? now : undefined,
    onDemand: request.OnDemandThroughput,
    stream,
    lastStream: stream?.label,
    encryption: encryptionOf(request.SSESpecification),
    tableClass: request.TableClass as Table['tableClass'],
    protected: request.DeletionProtectionEnabled ?? false,
    tags: tagsOf(request.Tags),
  }
}

export const tables = {
  CreateTable: {
    action({ TableName, Tags = [] }, call) {
      const name = tableName(String(TableName), call)
      if (name.asked !== name.name) throw invalid('TableName must be a name, not an ARN')
      const keys = tagKeys(Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value])))
      const create: Access = ['dynamodb:CreateTable', nameArn(name), Tags.length ? keys : {}]
      return Tags.length ? [create, ['dynamodb:TagResource', nameArn(name), keys]] : create
    },
    run(input, call) {
      const { store, ground } = call
      const settings = newTable(toJson(input) as CreateTableInput, call)
      if (input.ResourcePolicy !== undefined || input.GlobalTableSettingsReplicationMode !== undefined)
        throw wrong('ResourcePolicy and GlobalTableSettingsReplicationMode are not part of the local cloud')
      return store.transaction(() => {
        if (store.tables.get(call, settings.name))
          throw new ServiceError('ResourceInUseException', `Table already exists: ${settings.name}`)
        const table = store.tables.add(settings)
        store.streams.open(table, table.created)
        return { TableDescription: describe(table, store, ground.clock.now(), 'CREATING') }
      })
    },
  },
  DescribeTable: {
    action({ TableName }, call) {
      const name = tableName(TableName, call)
      return ['dynamodb:DescribeTable', nameArn(name), tableKeys(found(name, call))]
    },
    run({ TableName }, call) {
      checkRequest('DescribeTable', { TableName: tableName(TableName, call).name })
      const table = knownTable(tableName(TableName, call), call)
      return { Table: describe(table, call.store, call.ground.clock.now()) }
    },
  },
  ListTables: {
    action: () => ['dynamodb:ListTables', '*'],
    run({ ExclusiveStartTableName: after = '', Limit: limit = 100, ...rest }, call) {
      checkRequest('ListTables', { ...rest, Limit: limit, ExclusiveStartTableName: after || undefined })
      const names = call.store.tables.names(call, after, limit + 1)
      const TableNames = names.slice(0, limit)
      return { TableNames, LastEvaluatedTableName: names.length > limit ? TableNames.at(-1) : undefined }
    },
  },
  DeleteTable: {
    action({ TableName }, call) {
      const name = tableName(TableName, call)
      return ['dynamodb:DeleteTable', nameArn(name), tableKeys(found(name, call))]
    },
    run({ TableName }, call) {
      const { store, ground } = call
      return store.transaction(() => {
        const table = knownTable(tableName(TableName, call), call)
        if (table.protected)
          throw invalid(
            `Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.`,
          )
        const {
          TableName: name,
          TableArn,
          TableId,
          ItemCount,
          TableSizeBytes,
          ...rest
        } = describe(table, store, ground.clock.now(), 'DELETING')
        const { ProvisionedThroughput, BillingModeSummary, DeletionProtectionEnabled } = rest
        store.streams.close(table, ground.clock.now())
        for (const index of [undefined, ...table.indexes]) store.entries.clear(partOf(table, index))
        store.tables.remove(table)
        return {
          TableDescription: {
            TableName: name,
            TableStatus: 'DELETING' as const,
            TableArn: TableArn ?? arnOf(table),
            TableId,
            ItemCount,
            TableSizeBytes,
            ProvisionedThroughput,
            BillingModeSummary,
            DeletionProtectionEnabled,
          },
        }
      })
    },
  },
} satisfies Operations
