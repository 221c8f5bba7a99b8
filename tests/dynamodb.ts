import { DynamoDB, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import type { Policy } from '../local/iam/types.ts'
import { dynamodb } from '../local/services/dynamodb/service.ts'
import type { DynamoDBStore } from '../local/services/dynamodb/store.ts'
import { dynamodbstreams } from '../local/services/dynamodb/streamOperations.ts'
import { ACCOUNT, type BehindDoorOptions, LOCAL, openBehindDoor } from './behindDoor.ts'
import { shared } from './shared.ts'
import { keepingTime, signsAt } from './timed.ts'

export { ACCOUNT }

/** DynamoDB behind a real door, for its tests; roles are as the test says. */
export const openTestDynamoDB = async (options: Pick<BehindDoorOptions, 'folder'> = {}) => {
  const { kept, credentialsOf, ...opened } = await openBehindDoor([dynamodb, dynamodbstreams], options)
  const client = (config: DynamoDBClientConfig = {}) =>
    keepingTime(
      kept(
        new DynamoDB({
          endpoint: opened.url,
          region: 'us-east-1',
          credentials: LOCAL,
          maxAttempts: 1,
          ...signsAt(opened.clock),
          ...config,
        }),
      ),
    )
  return {
    ...opened,
    store: opened.dispatch.store<DynamoDBStore>('dynamodb'),
    /** A client with the administrator's key, that signs at the time which the clock now shows. */
    client,
    /** A client of a role that may do what the statements say. */
    as: (name: string, statements: Policy['Statement']) => client({ credentials: credentialsOf(name, statements) }),
  }
}

export type TestDynamoDB = Awaited<ReturnType<typeof openTestDynamoDB>>

/** DynamoDB for all tests of a `describe` block; use what it gives inside `it`. */
export const withDynamoDB = (): TestDynamoDB => shared('DynamoDB', openTestDynamoDB, (opened) => opened.close())
