import type { CreateTableCommandInput, DynamoDB } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { withDynamoDB } from '../../../tests/dynamodb.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { anew, INVALID, invalid, simple } from './fixture.ts'

describe('DynamoDB: tables', () => {
  const test = withDynamoDB()
  let dynamodb: DynamoDB
  before(() => {
    dynamodb = test.client()
  })

  describe('are refused', () => {
    const key = (AttributeName: string, KeyType: 'HASH' | 'RANGE' = 'HASH') => ({ AttributeName, KeyType })
    const definition = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const })
    const index = (IndexName: string, more: object = {}) => ({
      IndexName,
      KeySchema: [key('id')],
      Projection: { ProjectionType: 'ALL' as const },
      ...more,
    })
    const cases: [what: string, change: Partial<CreateTableCommandInput>, message: string][] = [
      [
        'with a name that is too short',
        { TableName: 'ab' },
        'TableName must be at least 3 characters long and at most 255 characters long',
      ],
      [
        'with another name than letters',
        { TableName: 'a b c' },
        "1 validation error detected: Value 'a b c' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
      ],
      [
        'without capacity',
        { BillingMode: 'PROVISIONED' },
        `${INVALID}ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED`,
      ],
      [
        'with capacity on demand',
        { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } },
        `${INVALID}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST`,
      ],
      [
        'with a key that is not defined',
        { KeySchema: [key('other')] },
        `${INVALID}Some index key attributes are not defined in AttributeDefinitions. Keys: [other], AttributeDefinitions: [id]`,
      ],
      [
        'whose first key is a sort key',
        { KeySchema: [key('id', 'RANGE')] },
        'Invalid KeySchema: The first KeySchemaElement is not a HASH key type',
      ],
      [
        'with a definition that nothing uses',
        { AttributeDefinitions: [definition('id'), definition('extra')] },
        `${INVALID}Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions`,
      ],
      [
        'with a definition that no index uses',
        { AttributeDefinitions: [definition('id'), definition('extra')], GlobalSecondaryIndexes: [index('one')] },
        `${INVALID}Some AttributeDefinitions are not used. AttributeDefinitions: [id, extra], keys used: [id]`,
      ],
      [
        'with two indexes of one name',
        { GlobalSecondaryIndexes: [index('one'), index('one')] },
        `${INVALID}Duplicate index name: one`,
      ],
      [
        'with more than 20 global indexes',
        { GlobalSecondaryIndexes: Array.from({ length: 21 }, (_, n) => index(`index-${n}`)) },
        `${INVALID}GlobalSecondaryIndex count exceeds the per-table limit of 20`,
      ],
      [
        'with a local index but no sort key',
        { LocalSecondaryIndexes: [index('one')] },
        `${INVALID}Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex`,
      ],
      [
        'with a projection that includes nothing',
        { GlobalSecondaryIndexes: [index('one', { Projection: { ProjectionType: 'INCLUDE' } })] },
        `${INVALID}ProjectionType is INCLUDE, but NonKeyAttributes is not specified`,
      ],
      [
        'with a projection of all and some',
        { GlobalSecondaryIndexes: [index('one', { Projection: { ProjectionType: 'ALL', NonKeyAttributes: ['a'] } })] },
        `${INVALID}ProjectionType is ALL, but NonKeyAttributes is specified`,
      ],
      [
        'with a stream that shows nothing',
        { StreamSpecification: { StreamEnabled: true } },
        `${INVALID}Table is being created with a stream enabled, UpdateViewType is required`,
      ],
      [
        'of an unknown class',
        { TableClass: 'CHEAP' as 'STANDARD' },
        'Invalid table-class parameter provided. Please try again with a valid table-class value: [STANDARD, STANDARD_INFREQUENT_ACCESS].',
      ],
    ]
    for (const [what, change, message] of cases)
      it(what, async () => {
        const refusal = await refusalOf(dynamodb.createTable({ ...simple('refused'), ...change }))

        expect(refusal).to.deep.equal(invalid(message))
      })

    it('when there is one of the name', async () => {
      await anew(dynamodb, simple('twice'))

      expect(await refusalOf(dynamodb.createTable(simple('twice')))).to.deep.equal({
        name: 'ResourceInUseException',
        status: 400,
        message: 'Table already exists: twice',
      })
    })
  })
})
