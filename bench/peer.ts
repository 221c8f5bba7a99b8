import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  type LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda'
import { CreateBucketCommand, PutBucketNotificationConfigurationCommand } from '@aws-sdk/client-s3'
import { zipSync } from 'fflate'
import { bundleOf } from './bundles.ts'
import { type Clients, GREETINGS } from './calls.ts'

const THUMBNAILS = 'CreateThumbnailAndStoreInDB'
/** As the stack `local` names them. */
export const PICTURES = 'local-123456789012-pictures'
export const IMAGES = 'Images'
export const MEDIA = 'local-123456789012-media'
export const MEDIA_CONTENT = 'MediaContent'

/** The same bundle as ours; whoever calls it may. */
const addFunction = async (client: LambdaClient, name: string, memory: number, variables: Record<string, string>) => {
  await client.send(
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
  await waitUntilFunctionActiveV2({ client, maxWaitTime: 20 }, { FunctionName: name })
}

/** A bucket that calls a function for what is created under some prefixes. */
const addBucket = async ({ lambda, s3 }: Clients, Bucket: string, name: string, prefixes: string[]) => {
  await s3.send(new CreateBucketCommand({ Bucket }))
  const permission = { FunctionName: name, StatementId: 's3', Action: 'lambda:InvokeFunction' }
  await lambda.send(new AddPermissionCommand({ ...permission, Principal: 's3.amazonaws.com' }))
  const LambdaFunctionConfigurations = prefixes.map((Value) => ({
    LambdaFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    Events: ['s3:ObjectCreated:*' as const],
    Filter: { Key: { FilterRules: [{ Name: 'prefix' as const, Value }] } },
  }))
  const NotificationConfiguration = { LambdaFunctionConfigurations }
  await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }))
}

const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const })
const key = (hash: string, range?: string) => [
  { AttributeName: hash, KeyType: 'HASH' as const },
  ...(range ? [{ AttributeName: range, KeyType: 'RANGE' as const }] : []),
]

/** Puts on MiniStack what the rows need, as the template describes it: two functions, a bucket that calls one, a table. */
export const furnish = async (clients: Clients): Promise<void> => {
  await addFunction(clients.lambda, GREETINGS, 128, {})
  await addFunction(clients.lambda, THUMBNAILS, 1536, { TABLE: IMAGES })
  await clients.table.send(
    new CreateTableCommand({
      TableName: IMAGES,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [text('name')],
      KeySchema: key('name'),
    }),
  )
  await addBucket(clients, PICTURES, THUMBNAILS, ['images/'])
}

/** Puts chapter 11 on MiniStack: bucket → function → table → stream → function. */
export const furnishMedia = async (clients: Clients): Promise<void> => {
  const { lambda, table } = clients
  await addFunction(lambda, 'ContentUpdated', 1536, { TABLE: MEDIA_CONTENT })
  await addFunction(lambda, 'UpdateContentIndex', 256, { TABLE: MEDIA_CONTENT, BUCKET: MEDIA })
  const { TableDescription } = await table.send(
    new CreateTableCommand({
      TableName: MEDIA_CONTENT,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['identityId', 'objectKey', 'uploadDay', 'uploadDate'].map(text),
      KeySchema: key('identityId', 'objectKey'),
      GlobalSecondaryIndexes: [
        {
          IndexName: 'uploadDay-uploadDate-index',
          KeySchema: key('uploadDay', 'uploadDate'),
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  )
  await lambda.send(
    new CreateEventSourceMappingCommand({
      EventSourceArn: TableDescription?.LatestStreamArn,
      FunctionName: 'UpdateContentIndex',
      StartingPosition: 'TRIM_HORIZON',
      FilterCriteria: {
        Filters: [{ Pattern: '{"dynamodb":{"Keys":{"identityId":{"S":[{"anything-but":["uploadDays/"]}]}}}}' }],
      },
    }),
  )
  await addBucket(clients, MEDIA, 'ContentUpdated', ['public/content/', 'private/content/'])
}
