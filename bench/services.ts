import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { picture } from '../tests/pictures.ts'
import type { Clients } from './calls.ts'
import { timed } from './figures.ts'
import { IMAGES, PICTURES } from './peer.ts'

const BUCKET = 'bench-objects'
const TABLE = 'Bench'

/** What the rows of S3 need. */
export const prepareBucket = ({ s3 }: Clients) => s3.send(new CreateBucketCommand({ Bucket: BUCKET }))

/** What the rows of DynamoDB need. */
export const prepareTable = async ({ table }: Clients): Promise<void> => {
  await table.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'group', AttributeType: 'S' },
        { AttributeName: 'n', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'group', KeyType: 'HASH' },
        { AttributeName: 'n', KeyType: 'RANGE' },
      ],
    }),
  )
}

export const putObject = ({ s3 }: Clients, key: string, body: Uint8Array) =>
  s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body }))

/** Reads an object to its end. @throws when it has not the length that it should have */
export const getObject = async ({ s3 }: Clients, key: string, length: number): Promise<void> => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }))
  let got = 0
  for await (const part of Body as AsyncIterable<Uint8Array>) got += part.length
  if (got !== length) throw new Error(`${key} came back with ${got} bytes, not ${length}`)
}

/** Items of twenty in a group; ten of a group are asked for. */
export const putItem = ({ table }: Clients, n: number) =>
  table.send(
    new PutCommand({ TableName: TABLE, Item: { group: `g${n % 10}`, n, text: 'x'.repeat(200), list: [1, 'a'] } }),
  )

export const getItem = async ({ table }: Clients, n: number): Promise<void> => {
  const { Item } = await table.send(new GetCommand({ TableName: TABLE, Key: { group: `g${n % 10}`, n } }))
  if (Item?.n !== n) throw new Error(`item ${n} is not there`)
}

export const query = async ({ table }: Clients, n: number): Promise<void> => {
  const KeyConditionExpression = '#g = :g'
  const names = { ExpressionAttributeNames: { '#g': 'group' }, ExpressionAttributeValues: { ':g': `g${n % 10}` } }
  const { Count } = await table.send(
    new QueryCommand({ TableName: TABLE, KeyConditionExpression, ...names, Limit: 10 }),
  )
  if (Count !== 10) throw new Error(`the query found ${Count}`)
}

let uploaded = 0

/** From the upload of a small picture until its item is in the table, in ms. @throws after 30 seconds */
export const thumbnailed = async ({ s3, table }: Clients): Promise<number> => {
  const Key = `images/${uploaded++}.jpg`
  const Body = await picture('jpeg')
  const [ms = 0] = await timed(1, async () => {
    await s3.send(new PutObjectCommand({ Bucket: PICTURES, Key, Body }))
    for (const until = performance.now() + 30_000; performance.now() < until; ) {
      const { Item } = await table.send(new GetCommand({ TableName: IMAGES, Key: { name: Key } }))
      if (Item) return
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    throw new Error('no item came')
  })
  return ms
}
