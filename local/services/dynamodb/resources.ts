import { isDeepStrictEqual } from 'node:util'
import type { UpdateTableInput } from '@aws-sdk/client-dynamodb'
import { ServiceError } from '../../base/errors.ts'
import type { Created, ResourceCall, ResourceType } from '../service.ts'
import { arnOf } from './indexes.ts'
import { PROPERTIES, type Properties, propertiesOf } from './resourceProperties.ts'
import type { DynamoDBStore } from './store.ts'

type ResourceCallOf = ResourceCall<DynamoDBStore>

const some = <T>(list: readonly T[]): T[] | undefined => (list.length ? [...list] : undefined)
const same = isDeepStrictEqual
const created = async (TableName: string, call: ResourceCallOf): Promise<Created> => {
  const { Table } = await call.cloud('dynamodb').DescribeTable({ TableName })
  return {
    physicalId: TableName,
    attributes: { Arn: Table?.TableArn, ...(Table?.LatestStreamArn && { StreamArn: Table.LatestStreamArn }) },
  }
}

/** What a table has besides what CreateTable gives it. */
const finish = async (now: Properties, before: Properties | undefined, call: ResourceCallOf) => {
  const { TableName } = now
  const dynamodb = call.cloud('dynamodb')
  const [expiry, expiryBefore] = [now.TimeToLiveSpecification, before?.TimeToLiveSpecification]
  if (expiryBefore?.Enabled && !same(expiry, expiryBefore))
    await dynamodb.UpdateTimeToLive({
      TableName,
      TimeToLiveSpecification: { Enabled: false, AttributeName: expiryBefore.AttributeName },
    })
  if (expiry?.Enabled && !same(expiry, expiryBefore))
    await dynamodb.UpdateTimeToLive({ TableName, TimeToLiveSpecification: expiry })
  const recovery = now.PointInTimeRecoverySpecification
  const recoveryBefore = before?.PointInTimeRecoverySpecification ?? {
    PointInTimeRecoveryEnabled: false,
    RecoveryPeriodInDays: undefined,
  }
  if (!same(recovery, recoveryBefore))
    await dynamodb.UpdateContinuousBackups({ TableName, PointInTimeRecoverySpecification: recovery })
}

/** The steps from one table to the other, in the order in which AWS takes them: one index at a time. */
const steps = (now: Properties, before: Properties): Omit<UpdateTableInput, 'TableName'>[] => {
  const all: Omit<UpdateTableInput, 'TableName'>[] = []
  const [indexes, indexesBefore] = [now.GlobalSecondaryIndexes, before.GlobalSecondaryIndexes]
  const find = (list: Properties['GlobalSecondaryIndexes'], name: string | undefined) =>
    list.find((one) => one.IndexName === name)
  /** Whether it is the same index, maybe with other capacity. */
  const kept = (a: (typeof indexes)[number], b: (typeof indexes)[number] | undefined) =>
    same([a.KeySchema, a.Projection], [b?.KeySchema, b?.Projection])
  for (const old of indexesBefore)
    if (!kept(old, find(indexes, old.IndexName)))
      all.push({ GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: old.IndexName } }] })
  const stays = indexes.filter((index) => kept(index, find(indexesBefore, index.IndexName)))
  const updates = stays
    .filter((index) => !same(index, find(indexesBefore, index.IndexName)) || now.BillingMode !== before.BillingMode)
    .filter((index) => index.ProvisionedThroughput ?? index.OnDemandThroughput)
    .map(({ IndexName, ProvisionedThroughput, OnDemandThroughput }) => ({
      Update: { IndexName, ProvisionedThroughput, OnDemandThroughput },
    }))
  const rebilled =
    now.BillingMode !== before.BillingMode || !same(now.ProvisionedThroughput, before.ProvisionedThroughput)
  if (rebilled || updates.length || !same(now.OnDemandThroughput, before.OnDemandThroughput))
    all.push({
      BillingMode: now.BillingMode === before.BillingMode ? undefined : now.BillingMode,
      ProvisionedThroughput: rebilled ? now.ProvisionedThroughput : undefined,
      OnDemandThroughput: now.OnDemandThroughput,
      GlobalSecondaryIndexUpdates: some(updates),
    })
  for (const index of indexes)
    if (!stays.includes(index))
      all.push({
        AttributeDefinitions: now.AttributeDefinitions.filter(({ AttributeName }) =>
          index.KeySchema?.some((key) => key.AttributeName === AttributeName),
        ),
        GlobalSecondaryIndexUpdates: [{ Create: index }],
      })
  if (!same(now.StreamSpecification, before.StreamSpecification)) {
    if (before.StreamSpecification.StreamEnabled) all.push({ StreamSpecification: { StreamEnabled: false } })
    if (now.StreamSpecification.StreamEnabled) all.push({ StreamSpecification: now.StreamSpecification })
  }
  if (!same(now.SSESpecification, before.SSESpecification)) all.push({ SSESpecification: now.SSESpecification })
  if (now.TableClass !== before.TableClass) all.push({ TableClass: now.TableClass })
  if (now.DeletionProtectionEnabled !== before.DeletionProtectionEnabled)
    all.push({ DeletionProtectionEnabled: now.DeletionProtectionEnabled })
  return all
}

/** An attribute's type is that of every key which it is part of: it cannot change while the table stays. */
const checkTypes = (now: Properties, before: Properties) => {
  for (const { AttributeName, AttributeType } of now.AttributeDefinitions) {
    const old = before.AttributeDefinitions.find((one) => one.AttributeName === AttributeName)
    if (old && old.AttributeType !== AttributeType)
      throw new ServiceError(
        'ValidationError',
        `The type of attribute ${AttributeName} of AWS::DynamoDB::Table ${now.TableName} changes from ${old.AttributeType} to ${AttributeType}: give the table another name, or the attribute.`,
      )
  }
}

const retag = async (now: Properties, before: Properties, call: ResourceCallOf) => {
  const dynamodb = call.cloud('dynamodb')
  const ResourceArn = arnOf({ ...call, name: now.TableName })
  const TagKeys = before.Tags.flatMap(({ Key }) => (now.Tags.some((tag) => tag.Key === Key) ? [] : (Key ?? [])))
  const Tags = now.Tags.filter((tag) => !before.Tags.some((old) => same(old, tag)))
  if (TagKeys.length) await dynamodb.UntagResource({ ResourceArn, TagKeys })
  if (Tags.length) await dynamodb.TagResource({ ResourceArn, Tags })
}

const isGone = (error: unknown) => error instanceof ServiceError && error.code === 'ResourceNotFoundException'

/** `AWS::DynamoDB::Table`: Ref gives the name, GetAtt Arn and StreamArn. */
export const table: ResourceType<DynamoDBStore> = {
  properties: Object.keys(PROPERTIES),
  replacedBy: ['TableName', 'KeySchema', 'LocalSecondaryIndexes', 'ImportSourceSpecification'],
  async create(resource, call) {
    const properties = propertiesOf(resource)
    const { TimeToLiveSpecification: _, PointInTimeRecoverySpecification: __, ...create } = properties
    const dynamodb = call.cloud('dynamodb')
    await dynamodb.CreateTable({
      ...create,
      GlobalSecondaryIndexes: some(properties.GlobalSecondaryIndexes),
      LocalSecondaryIndexes: some(properties.LocalSecondaryIndexes),
      Tags: some(properties.Tags),
    })
    try {
      await finish(properties, undefined, call)
      return await created(properties.TableName, call)
    } catch (error) {
      // The stack does not know of the table yet: what is half made must not stay behind.
      await dynamodb.DeleteTable({ TableName: properties.TableName })
      throw error
    }
  },
  async update(resource, old, call) {
    const before = { ...propertiesOf(old), TableName: old.physicalId }
    const now = { ...propertiesOf(resource), TableName: old.physicalId }
    checkTypes(now, before)
    const dynamodb = call.cloud('dynamodb')
    for (const step of steps(now, before)) await dynamodb.UpdateTable({ TableName: old.physicalId, ...step })
    await finish(now, before, call)
    await retag(now, before, call)
    return created(old.physicalId, call)
  },
  async delete({ physicalId }, call) {
    try {
      await call.cloud('dynamodb').DeleteTable({ TableName: physicalId })
    } catch (error) {
      if (!isGone(error)) throw error // somebody has deleted it already: then there is nothing to do
    }
  },
}
