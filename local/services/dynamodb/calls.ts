import type * as DynamoDB from '@aws-sdk/client-dynamodb'
import type { Operation as AnyOperation, Call, Input, Output } from '../service.ts'
import type { DynamoDBStore } from './store.ts'

export type Sdk = typeof DynamoDB
export type DynamoDBCall = Call<DynamoDBStore>

/** Operations of DynamoDB by their names, typed as its SDK types them. */
export type Operations = {
  [Name in keyof Sdk as Name extends `${infer Operation}Command`
    ? Operation
    : never]?: Name extends `${infer One}Command`
    ? AnyOperation<Input<Sdk, One>, Output<Sdk, One>, DynamoDBStore>
    : never
}
