import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3 } from '@aws-sdk/client-s3'
import { DynamoDBDocument, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import { startCloud } from '../../../tests/cloud.ts'

interface Texts {
  title: string
  description: string
}
interface Exercise {
  editOf(
    TableName: string,
    picture: { identityId: string; objectKey: string } & Texts,
    now: Texts,
  ): UpdateCommandInput | undefined
  handler(event: object, context: object): Promise<unknown>
}

const where = (points: string) => `look at README.md beside your file, ${points}`
const [Bucket, TableName] = ['media-of-the-exercise', 'MediaContent']
const owner = 'us-east-1:11111111-0000-4000-8000-000000000001'
const other = 'us-east-1:22222222-0000-4000-8000-000000000002'
const data = (texts: Texts) => ({ data: encodeURIComponent(JSON.stringify(texts)) })

let cloud: Awaited<ReturnType<typeof startCloud>>
let s3: S3
let table: DynamoDBDocument
let exercise: Exercise
const { log, warn, error } = console

before(async () => {
  cloud = await startCloud()
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: cloud.cloud.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    TABLE: TableName,
    BUCKET: Bucket,
  })
  s3 = new S3({ forcePathStyle: true })
  table = DynamoDBDocument.from(new DynamoDBClient())
  await s3.createBucket({ Bucket })
  await new DynamoDBClient().send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['identityId', 'objectKey'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'identityId', KeyType: 'HASH' },
        { AttributeName: 'objectKey', KeyType: 'RANGE' },
      ],
    }),
  )
  exercise = await import(process.env.EXERCISE ?? './starter.ts')
})
beforeEach(() => {
  console.log = console.warn = console.error = () => {}
})
afterEach(() => Object.assign(console, { log, warn, error }))
after(() => cloud?.stop())

/** Puts a picture there, with its item. */
const upload = async (objectKey: string, texts: Texts, Body = 'a picture') => {
  await s3.putObject({ Bucket, Key: objectKey, Body, ContentType: 'image/png', Metadata: data(texts) })
  await table.put({ TableName, Item: { identityId: owner, objectKey, thumbnailKey: 't', ...texts } })
}
const head = (Key: string) => s3.headObject({ Bucket, Key }).catch(() => undefined)

describe('editOf', () => {
  const picture = { identityId: owner, objectKey: `public/content/${owner}/a.png`, title: 'one', description: 'two' }
  const send = (input: UpdateCommandInput | undefined) =>
    table.update(input ?? expect.fail(`expected a request, but got nothing; ${where('point 2')}`))
  const item = async () =>
    (await table.get({ TableName, Key: { identityId: owner, objectKey: picture.objectKey } })).Item

  it('sends nothing when nothing changed', () => {
    expect(
      exercise.editOf(TableName, picture, { title: 'one', description: 'two' }),
      `the request; ${where('point 1')}`,
    ).to.equal(undefined)
  })

  for (const now of [
    { title: 'another', description: 'two' },
    { title: 'one', description: 'another' },
    { title: '', description: '<b>“ü” 🎉' },
  ])
    it(`writes ${JSON.stringify(now)}`, async () => {
      await upload(picture.objectKey, { title: 'one', description: 'two' })

      await send(exercise.editOf(TableName, picture, now))

      expect(await item(), where('point 2')).to.deep.include({ ...now, thumbnailKey: 't' })
    })

  it('leaves nothing behind for a picture that is gone', async () => {
    await table.delete({ TableName, Key: { identityId: owner, objectKey: picture.objectKey } })

    await send(exercise.editOf(TableName, picture, { title: 'late', description: '' })).catch(() => {})

    expect(await item(), `the item; ${where('point 3')}`).to.equal(undefined)
  })
})

describe('setVisibility', () => {
  const from = `public/content/${owner}/é 1+1.png`
  const to = `private/content/${owner}/é 1+1.png`
  const as = (cognitoIdentityId: string | undefined) => (cognitoIdentityId ? { identity: { cognitoIdentityId } } : {})
  const call = (event: object, caller: string | undefined) =>
    exercise.handler(event, as(caller)).then(
      () => 'moved',
      () => 'refused',
    )
  beforeEach(async () => {
    await s3.deleteObject({ Bucket, Key: to })
    await upload(from, { title: 'uploaded', description: 'text' })
  })

  it("moves the caller's own picture", async () => {
    expect(await call({ objectKey: from, isPublic: false }, owner), `the call; ${where('point 5')}`).to.equal('moved')

    expect(await head(to), `the picture under its new key; ${where('point 5')}`).not.to.equal(undefined)
    expect(await head(from), `the picture under its old key; ${where('point 5')}`).to.equal(undefined)
  })

  it('writes the texts of the table, and keeps the type', async () => {
    await table.put({
      TableName,
      Item: { identityId: owner, objectKey: from, title: 'edited “ü”', description: 'text' },
    })

    await call({ objectKey: from, isPublic: false }, owner)

    const moved = await head(to)
    const texts = JSON.parse(decodeURIComponent(moved?.Metadata?.data ?? '{}'))
    expect(texts, `the metadata; ${where('point 6')}`).to.include({ title: 'edited “ü”', description: 'text' })
    expect(moved?.ContentType, `the type; ${where('point 6')}`).to.equal('image/png')
  })

  for (const caller of [other, undefined])
    it(`refuses ${caller ? 'somebody else' : 'who has not logged in'}`, async () => {
      expect(await call({ objectKey: from, isPublic: false }, caller), `the call; ${where('point 4')}`).to.equal(
        'refused',
      )

      expect(await head(from), `the picture; ${where('point 4')}`).not.to.equal(undefined)
      expect(await head(to), `a copy; ${where('point 4')}`).to.equal(undefined)
    })

  it('overwrites no other picture', async () => {
    await upload(to, { title: 'another', description: '' }, 'another picture')

    expect(await call({ objectKey: from, isPublic: false }, owner), `the call; ${where('point 7')}`).to.equal('refused')

    expect((await head(to))?.ContentLength, `the size; ${where('point 7')}`).to.equal('another picture'.length)
    expect(await head(from), `the picture; ${where('point 7')}`).not.to.equal(undefined)
  })
})
