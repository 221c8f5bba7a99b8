import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { AddPermissionCommand, CreateFunctionCommand, waitUntilFunctionActiveV2 } from '@aws-sdk/client-lambda'
import { CreateBucketCommand, PutBucketNotificationConfigurationCommand } from '@aws-sdk/client-s3'
import { zipSync } from 'fflate'
import { bundleOf } from './bundles.ts'
import { type Clients, GREETINGS } from './calls.ts'

const THUMBNAILS = 'CreateThumbnailAndStoreInDB'
/** As the stack `local` names them. */
export const PICTURES = 'local-123456789012-pictures'
export const IMAGES = 'Images'

/** Puts on MiniStack what the rows need, as the template describes it: two functions, a bucket that calls one, a table. */
export const furnish = async ({ lambda, s3, table }: Clients): Promise<void> => {
  for (const [name, memory, variables] of [
    [GREETINGS, 128, {}],
    [THUMBNAILS, 1536, { TABLE: IMAGES }],
  ] as const) {
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Role: 'arn:aws:iam::000000000000:role/any',
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        MemorySize: memory,
        Timeout: 30,
        Environment: { Variables: variables },
        Code: { ZipFile: zipSync({ 'index.mjs': await bundleOf(name) }) },
      }),
    )
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 20 }, { FunctionName: name })
  }
  await table.send(
    new CreateTableCommand({
      TableName: IMAGES,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'name', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'name', KeyType: 'HASH' }],
    }),
  )
  await s3.send(new CreateBucketCommand({ Bucket: PICTURES }))
  const permission = { FunctionName: THUMBNAILS, StatementId: 's3', Action: 'lambda:InvokeFunction' }
  await lambda.send(new AddPermissionCommand({ ...permission, Principal: 's3.amazonaws.com' }))
  const LambdaFunctionArn = `arn:aws:lambda:us-east-1:000000000000:function:${THUMBNAILS}`
  const Filter = { Key: { FilterRules: [{ Name: 'prefix' as const, Value: 'images/' }] } }
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: PICTURES,
      NotificationConfiguration: {
        LambdaFunctionConfigurations: [{ LambdaFunctionArn, Events: ['s3:ObjectCreated:*'], Filter }],
      },
    }),
  )
}
