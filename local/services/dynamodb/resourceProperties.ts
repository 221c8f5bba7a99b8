import type {
  AttributeDefinition,
  BillingMode,
  GlobalSecondaryIndex,
  KeySchemaElement,
  LocalSecondaryIndex,
  OnDemandThroughput,
  PointInTimeRecoverySpecification,
  ProvisionedThroughput,
  SSESpecification,
  StreamSpecification,
  TableClass,
  Tag,
  TimeToLiveSpecification,
} from '@aws-sdk/client-dynamodb'
import { ServiceError } from '../../base/errors.ts'
import type { Resource } from '../service.ts'

/** What a template says of a table, in the types of the API. */
export interface Properties {
  TableName: string
  KeySchema: KeySchemaElement[]
  AttributeDefinitions: AttributeDefinition[]
  BillingMode: BillingMode
  ProvisionedThroughput?: ProvisionedThroughput
  OnDemandThroughput?: OnDemandThroughput
  GlobalSecondaryIndexes: GlobalSecondaryIndex[]
  LocalSecondaryIndexes: LocalSecondaryIndex[]
  StreamSpecification: StreamSpecification
  TimeToLiveSpecification?: TimeToLiveSpecification
  PointInTimeRecoverySpecification: PointInTimeRecoverySpecification
  SSESpecification: SSESpecification
  TableClass: TableClass
  DeletionProtectionEnabled: boolean
  Tags: Tag[]
}

/** Every property of `AWS::DynamoDB::Table` (CloudFormation's template reference), and whether it is realised. */
export const PROPERTIES: Record<string, boolean> = {
  AttributeDefinitions: true,
  BillingMode: true,
  ContributorInsightsSpecification: false,
  DeletionProtectionEnabled: true,
  GlobalSecondaryIndexes: true,
  ImportSourceSpecification: false,
  KeySchema: true,
  KinesisStreamSpecification: false,
  LocalSecondaryIndexes: true,
  OnDemandThroughput: true,
  PointInTimeRecoverySpecification: true,
  ProvisionedThroughput: true,
  ResourcePolicy: false,
  SSESpecification: true,
  StreamSpecification: true,
  TableClass: true,
  TableName: true,
  Tags: true,
  TimeToLiveSpecification: true,
  WarmThroughput: false,
}
/** Properties within a property that nothing here stands behind. */
const UNREALISED_WITHIN = ['ContributorInsightsSpecification', 'WarmThroughput', 'ResourcePolicy']

const unrealised = (name: string) =>
  new ServiceError('ValidationError', `The local cloud does not realise ${name} of AWS::DynamoDB::Table.`)

type Raw = Record<string, unknown>
const object = (value: unknown, name: string): Raw => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Raw
  throw new ServiceError('ValidationError', `Property ${name} of AWS::DynamoDB::Table must be an object.`)
}
const list = (value: unknown, name: string): Raw[] => {
  if (value === undefined) return []
  if (Array.isArray(value)) return value.map((one, index) => object(one, `${name}.${index}`))
  throw new ServiceError('ValidationError', `Property ${name} of AWS::DynamoDB::Table must be a list.`)
}
const optional = (value: unknown, name: string): Raw | undefined =>
  value === undefined ? undefined : object(value, name)
const isTrue = (value: unknown) => String(value) === 'true'
const number = (value: unknown) => (value === undefined ? undefined : Number(value))

const throughput = (value: unknown, name: string): ProvisionedThroughput | undefined => {
  const raw = optional(value, name)
  return raw && { ReadCapacityUnits: number(raw.ReadCapacityUnits), WriteCapacityUnits: number(raw.WriteCapacityUnits) }
}
const onDemand = (value: unknown, name: string): OnDemandThroughput | undefined => {
  const raw = optional(value, name)
  return (
    raw && {
      MaxReadRequestUnits: number(raw.MaxReadRequestUnits),
      MaxWriteRequestUnits: number(raw.MaxWriteRequestUnits),
    }
  )
}

const globalIndex = (raw: Raw, position: number): GlobalSecondaryIndex => {
  const name = `GlobalSecondaryIndexes.${position}`
  for (const one of UNREALISED_WITHIN) if (raw[one] !== undefined) throw unrealised(`${name}.${one}`)
  return {
    IndexName: raw.IndexName as string,
    KeySchema: raw.KeySchema as KeySchemaElement[],
    Projection: raw.Projection as GlobalSecondaryIndex['Projection'],
    ProvisionedThroughput: throughput(raw.ProvisionedThroughput, `${name}.ProvisionedThroughput`),
    OnDemandThroughput: onDemand(raw.OnDemandThroughput, `${name}.OnDemandThroughput`),
  }
}

/** The properties of a resource; scalars of a template may be text. @throws ServiceError that names what is not realised */
export const propertiesOf = ({ properties, physicalId }: Resource): Properties => {
  for (const name of Object.keys(properties)) if (PROPERTIES[name] === false) throw unrealised(name)
  const stream = optional(properties.StreamSpecification, 'StreamSpecification')
  if (stream?.ResourcePolicy !== undefined) throw unrealised('StreamSpecification.ResourcePolicy')
  const sse = optional(properties.SSESpecification, 'SSESpecification')
  const recovery = optional(properties.PointInTimeRecoverySpecification, 'PointInTimeRecoverySpecification')
  const expiry = optional(properties.TimeToLiveSpecification, 'TimeToLiveSpecification')
  return {
    TableName: (properties.TableName as string | undefined) ?? physicalId,
    KeySchema: list(properties.KeySchema, 'KeySchema') as unknown as KeySchemaElement[],
    AttributeDefinitions: list(
      properties.AttributeDefinitions,
      'AttributeDefinitions',
    ) as unknown as AttributeDefinition[],
    BillingMode: (properties.BillingMode as BillingMode | undefined) ?? 'PROVISIONED',
    ProvisionedThroughput: throughput(properties.ProvisionedThroughput, 'ProvisionedThroughput'),
    OnDemandThroughput: onDemand(properties.OnDemandThroughput, 'OnDemandThroughput'),
    GlobalSecondaryIndexes: list(properties.GlobalSecondaryIndexes, 'GlobalSecondaryIndexes').map(globalIndex),
    LocalSecondaryIndexes: list(
      properties.LocalSecondaryIndexes,
      'LocalSecondaryIndexes',
    ) as unknown as LocalSecondaryIndex[],
    StreamSpecification: stream
      ? { StreamEnabled: true, StreamViewType: stream.StreamViewType as StreamSpecification['StreamViewType'] }
      : { StreamEnabled: false },
    TimeToLiveSpecification: expiry && {
      Enabled: isTrue(expiry.Enabled),
      AttributeName: expiry.AttributeName as string | undefined,
    },
    PointInTimeRecoverySpecification: {
      PointInTimeRecoveryEnabled: isTrue(recovery?.PointInTimeRecoveryEnabled),
      RecoveryPeriodInDays: number(recovery?.RecoveryPeriodInDays),
    },
    SSESpecification: {
      Enabled: isTrue(sse?.SSEEnabled),
      SSEType: sse?.SSEType as SSESpecification['SSEType'],
      KMSMasterKeyId: sse?.KMSMasterKeyId as string | undefined,
    },
    TableClass: (properties.TableClass as TableClass | undefined) ?? 'STANDARD',
    DeletionProtectionEnabled: isTrue(properties.DeletionProtectionEnabled),
    Tags: list(properties.Tags, 'Tags').map(({ Key, Value }) => ({ Key: String(Key), Value: String(Value) })),
  }
}
