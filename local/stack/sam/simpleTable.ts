import { isDict } from '../source.ts'
import type { ResourceEntry } from '../template.ts'
import { attributesOf, given, type SamResource, type SamType, tagList } from './types.ts'

const TYPES: Record<string, string | undefined> = { String: 'S', Number: 'N', Binary: 'B' }

/** AWS::Serverless::SimpleTable: a table with one key attribute. */
export const simpleTable: SamType = {
  properties: [
    'PointInTimeRecoverySpecification',
    'PrimaryKey',
    'ProvisionedThroughput',
    'TableName',
    'Tags',
    'SSESpecification',
  ],
  transform: (resource) => {
    const { id, entry, properties } = resource
    const key = keyOf(resource)
    const attributes = attributesOf(entry)
    const table: ResourceEntry = {
      ...attributes,
      Type: 'AWS::DynamoDB::Table',
      Properties: given({
        AttributeDefinitions: [key],
        KeySchema: [{ AttributeName: key.AttributeName, KeyType: 'HASH' }],
        PointInTimeRecoverySpecification: properties.PointInTimeRecoverySpecification,
        ProvisionedThroughput: properties.ProvisionedThroughput,
        BillingMode: properties.ProvisionedThroughput ? undefined : 'PAY_PER_REQUEST',
        SSESpecification: properties.SSESpecification,
        TableName: properties.TableName,
        Tags: isDict(properties.Tags) ? tagList(properties.Tags) : undefined,
      }),
    }
    return { [id]: table }
  },
}

const keyOf = ({ properties, refuse }: SamResource) => {
  const key = properties.PrimaryKey
  if (key === undefined || key === null) return { AttributeName: 'id', AttributeType: 'S' }
  const type = isDict(key) && typeof key.Type === 'string' ? TYPES[key.Type] : undefined
  if (!isDict(key) || !key.Name || !type)
    throw refuse("'PrimaryKey' requires a Name, and a Type of String, Number or Binary.", [properties, 'PrimaryKey'])
  return { AttributeName: key.Name, AttributeType: type }
}
