import { CognitoIdentity } from '@aws-sdk/client-cognito-identity'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { S3 } from '@aws-sdk/client-s3'
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import { imageSize } from 'image-size'
import { gifOf } from '../gif.ts'
import { refusalOf } from '../refusal.ts'
import type { Chain, Deployed } from './chain.ts'

/** One who shares pictures, with clients of their own. */
export interface Person {
  /** ID of the identity in the pool. */
  id: string
  s3: S3
  table: DynamoDBDocument
  /** Invokes a function by its logical ID. */
  call(logicalId: string, event: unknown): Promise<{ error: string | undefined; result: Answer }>
}

// biome-ignore lint/suspicious/noExplicitAny: answers are compared with literals
type Answer = any

const COGNITO = 'cognito-identity.amazonaws.com'

const clients = ({ config, physicalId }: Deployed, id: string, given: Partial<Deployed['config']> = {}): Person => {
  const own = { ...config, ...given }
  const lambda = new LambdaClient(own)
  return {
    id,
    s3: new S3({ ...own, forcePathStyle: config.endpoint !== undefined }),
    table: DynamoDBDocument.from(new DynamoDBClient(own)),
    async call(logicalId, event) {
      const { FunctionError, Payload } = await lambda.send(
        new InvokeCommand({ FunctionName: physicalId(logicalId), Payload: JSON.stringify(event) }),
      )
      return { error: FunctionError, result: JSON.parse(Payload?.transformToString() || 'null') }
    },
  }
}

/** The one who deployed the chapter, who may do everything. */
export const administrator = (deployed: Deployed): Person => clients(deployed, 'administrator')

const credentialsOf = async (cognito: CognitoIdentity, IdentityId: string, Logins?: Record<string, string>) => {
  const { Credentials: given } = await cognito.getCredentialsForIdentity({ IdentityId, Logins })
  return {
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretKey ?? '',
    sessionToken: given?.SessionToken ?? '',
  }
}

/** Somebody who has logged in, as chapter 10's function does it. */
export const signedIn = async (deployed: Deployed, email: string): Promise<Person> => {
  const cognito = new CognitoIdentity(deployed.config)
  const IdentityPoolId = deployed.output('SampleAuthPoolId')
  const { DeveloperProviderName = '' } = await cognito.describeIdentityPool({ IdentityPoolId })
  const { IdentityId = '', Token = '' } = await cognito.getOpenIdTokenForDeveloperIdentity({
    IdentityPoolId,
    Logins: { [DeveloperProviderName]: email },
  })
  return clients(deployed, IdentityId, { credentials: await credentialsOf(cognito, IdentityId, { [COGNITO]: Token }) })
}

/** Somebody who has not. */
export const guest = async (deployed: Deployed): Promise<Person> => {
  const cognito = new CognitoIdentity(deployed.config)
  const { IdentityId = '' } = await cognito.getId({ IdentityPoolId: deployed.output('SampleAuthPoolId') })
  return clients(deployed, IdentityId, { credentials: await credentialsOf(cognito, IdentityId) })
}

/** John and Jane, who have logged in, and a visitor, who has not. */
const three = async (deployed: Deployed): Promise<[john: Person, jane: Person, visitor: Person]> => [
  await signedIn(deployed, 'john@example.com'),
  await signedIn(deployed, 'jane@example.com'),
  await guest(deployed),
]

export const metadata = (title: string, description: string, more: object = {}) => ({
  data: encodeURIComponent(JSON.stringify({ title, description, ...more })),
})

/** The text of an object, undefined while it is not there. */
export const textAt = async ({ s3 }: Person, Bucket: string, Key: string): Promise<string | undefined> => {
  try {
    return await (await s3.getObject({ Bucket, Key })).Body?.transformToString()
  } catch (error) {
    if (['NoSuchKey', 'NotFound'].includes((error as Error).name)) return undefined
    throw error
  }
}

export const PUBLIC = 'public/index/content.json'
export const privateIndex = ({ id }: Person) => `private/index/${id}/content.json`
/** Entries of an index, as soon as they are what is looked for. */
export const indexWhere = (
  deployed: Deployed,
  Key: string,
  fits: (entries: Record<string, string>[]) => boolean,
): Promise<Record<string, string>[]> =>
  deployed.eventually(`the index ${Key}`, async () => {
    const text = await textAt(administrator(deployed), deployed.output('MediaBucket'), Key)
    const entries = text && JSON.parse(text)
    return entries && fits(entries) ? entries : undefined
  })

const has = (objectKey: string) => (entries: Record<string, string>[]) =>
  entries.some((entry) => entry.objectKey === objectKey)

const TITLE = '“Ünïcödé” 写真 🎉 <b onclick="alert(1)">&amp;'
const DESCRIPTION = 'עברית\n\t</script><img src=x onerror=alert(1)> 100% + \\ \u0000'

/** Chapter 11: pictures that are shared, and what two people may and may not do. */
export const chain: Chain = [
  {
    title: 'makes thumbnail, item and list of a picture, in any language',
    async run(deployed) {
      const admin = administrator(deployed)
      const Bucket = deployed.output('MediaBucket')
      const owner = 'us-east-1:00000000-0000-4000-8000-000000000011'
      const objectKey = `public/content/${owner}/Mona Lisa (1+1) ü.gif`
      const Metadata = metadata(TITLE, DESCRIPTION, { isPublic: false })

      await admin.s3.putObject({ Bucket, Key: objectKey, Body: gifOf(1), ContentType: 'image/gif', Metadata })

      const [entry] = await indexWhere(deployed, PUBLIC, has(objectKey))
      const thumbnailKey = `public/thumbnail/${owner}/Mona Lisa (1+1) ü.gif`
      const { uploadDate, ...rest } = entry ?? {}
      expect(rest).to.deep.equal({
        identityId: owner,
        objectKey,
        thumbnailKey,
        title: TITLE,
        description: DESCRIPTION,
      })
      const { Item } = await admin.table.get({
        TableName: deployed.output('MediaContentTable'),
        Key: { identityId: owner, objectKey },
      })
      expect(Item).to.include({ isPublic: true, uploadDate, uploadDay: uploadDate?.slice(0, 10), thumbnailKey })
      const thumbnail = await admin.s3.getObject({ Bucket, Key: thumbnailKey })
      expect(thumbnail.ContentType).to.equal('image/gif')
      expect(imageSize((await thumbnail.Body?.transformToByteArray()) ?? new Uint8Array())).to.include({ type: 'gif' })
      expect((await admin.s3.headObject({ Bucket, Key: PUBLIC })).ContentType).to.equal('application/json')
    },
  },
  {
    title: 'forgets a picture that is deleted',
    async run(deployed) {
      const { s3, table } = administrator(deployed)
      const Bucket = deployed.output('MediaBucket')
      const owner = 'us-east-1:00000000-0000-4000-8000-000000000012'
      const objectKey = `public/content/${owner}/a.gif`
      await s3.putObject({ Bucket, Key: objectKey, Body: gifOf(2) })
      await indexWhere(deployed, PUBLIC, has(objectKey))

      await s3.deleteObject({ Bucket, Key: objectKey })

      await indexWhere(deployed, PUBLIC, (entries) => !has(objectKey)(entries))
      const Key = { identityId: owner, objectKey }
      expect((await table.get({ TableName: deployed.output('MediaContentTable'), Key })).Item).to.equal(undefined)
      expect((await s3.listObjectsV2({ Bucket, Prefix: `public/thumbnail/${owner}/` })).KeyCount ?? 0).to.equal(0)
    },
  },
  {
    title: 'shows private pictures to their owner, and to nobody else',
    async run(deployed) {
      const [john, jane, visitor] = await three(deployed)
      const Bucket = deployed.output('MediaBucket')
      const content = `private/content/${john.id}/mine.gif`

      await john.s3.putObject({ Bucket, Key: content, Body: gifOf(3), Metadata: metadata('mine', 'private') })

      const own = await indexWhere(deployed, privateIndex(john), has(content))
      const thumbnail = own[0]?.thumbnailKey ?? ''
      expect(thumbnail).to.equal(`private/thumbnail/${john.id}/mine.gif`)
      for (const Key of [content, thumbnail, privateIndex(john)]) {
        expect((await john.s3.getObject({ Bucket, Key })).$metadata.httpStatusCode, Key).to.equal(200)
        for (const person of [jane, visitor]) {
          const refusal = await refusalOf(person.s3.getObject({ Bucket, Key }))
          expect(refusal, Key).to.include({ name: 'AccessDenied', status: 403 })
          expect(refusal.message).to.contain('is not authorized to perform: s3:GetObject on resource')
        }
      }
      expect(await textAt(administrator(deployed), Bucket, PUBLIC)).not.to.contain(content)
      await john.s3.deleteObject({ Bucket, Key: content })
      await indexWhere(deployed, privateIndex(john), (entries) => entries.length === 0)
    },
  },
  {
    title: 'lets nobody but functions write lists and thumbnails, and nobody write for somebody else',
    async run(deployed) {
      const [john, jane, visitor] = await three(deployed)
      const Bucket = deployed.output('MediaBucket')
      for (const Key of [
        ...[PUBLIC, privateIndex(jane), `public/thumbnail/${jane.id}/a.gif`, `private/thumbnail/${jane.id}/a.gif`],
        ...[`public/content/${john.id}/a.gif`, `private/content/${john.id}/a.gif`, 'public/content/a.gif', 'a.gif'],
      ]) {
        const put = await refusalOf(jane.s3.putObject({ Bucket, Key, Body: gifOf(4) }))
        expect(put, Key).to.include({ name: 'AccessDenied', status: 403 })
        expect(put.message, Key).to.contain('is not authorized to perform: s3:PutObject on resource')
        expect(await refusalOf(jane.s3.deleteObject({ Bucket, Key })), Key).to.include({ name: 'AccessDenied' })
      }
      const Key = `public/content/${visitor.id}/a.gif`
      expect(await refusalOf(visitor.s3.putObject({ Bucket, Key, Body: gifOf(4) }))).to.include({
        name: 'AccessDenied',
      })
      expect(await refusalOf(jane.s3.listObjectsV2({ Bucket }))).to.include({ name: 'AccessDenied' })
    },
  },
  {
    title: 'lets an owner edit title and description of a picture, and nothing else',
    async run(deployed) {
      const john = await signedIn(deployed, 'john@example.com')
      const jane = await signedIn(deployed, 'jane@example.com')
      const [Bucket, TableName] = [deployed.output('MediaBucket'), deployed.output('MediaContentTable')]
      const objectKey = `public/content/${john.id}/edited.gif`
      await john.s3.putObject({ Bucket, Key: objectKey, Body: gifOf(5), Metadata: metadata('first', 'text') })
      await indexWhere(deployed, PUBLIC, has(objectKey))
      const edit = (person: Person, set: string, more: object = {}) =>
        person.table.update({
          TableName,
          Key: { identityId: john.id, objectKey },
          UpdateExpression: `SET ${set}`,
          ConditionExpression: 'attribute_exists(objectKey)',
          ExpressionAttributeValues: { ':v': 'second' },
          ...more,
        })

      await edit(john, 'title = :v')

      const entries = await indexWhere(deployed, PUBLIC, (all) => all.some(({ title }) => title === 'second'))
      expect(entries.find((entry) => entry.objectKey === objectKey)).to.include({
        title: 'second',
        description: 'text',
      })
      for (const refused of [
        () => edit(jane, 'title = :v'),
        () => edit(john, 'thumbnailKey = :v'),
        () => edit(john, 'title = :v, isPublic = :v'),
        () => edit(john, 'title = :v', { ReturnValues: 'ALL_OLD' }),
        () => edit(john, 'title = thumbnailKey', { ExpressionAttributeValues: undefined }),
      ]) {
        const refusal = await refusalOf(refused())
        expect(refusal).to.include({ name: 'AccessDeniedException', status: 400 })
        expect(refusal.message).to.contain('is not authorized to perform: dynamodb:UpdateItem on resource')
      }
      const Key = { identityId: john.id, objectKey }
      expect(await refusalOf(john.table.get({ TableName, Key }))).to.include({ name: 'AccessDeniedException' })
      expect(await refusalOf(john.table.delete({ TableName, Key }))).to.include({ name: 'AccessDeniedException' })
    },
  },
  {
    title: 'moves a picture to the other side with its edited title, for its owner only',
    async run(deployed) {
      const [john, jane, visitor] = await three(deployed)
      const [Bucket, TableName] = [deployed.output('MediaBucket'), deployed.output('MediaContentTable')]
      const objectKey = `public/content/${john.id}/moved é.gif`
      const moved = `private/content/${john.id}/moved é.gif`
      const event = { objectKey, isPublic: false }
      await john.s3.putObject({ Bucket, Key: objectKey, Body: gifOf(6), Metadata: metadata('first', 'text') })
      await indexWhere(deployed, PUBLIC, has(objectKey))
      await john.table.update({
        TableName,
        Key: { identityId: john.id, objectKey },
        UpdateExpression: 'SET title = :v',
        ConditionExpression: 'attribute_exists(objectKey)',
        ExpressionAttributeValues: { ':v': TITLE },
      })

      expect((await jane.call('SetVisibility', event)).result).to.include({ errorType: 'NotYours' })
      expect(await refusalOf(visitor.call('SetVisibility', event))).to.include({ name: 'AccessDeniedException' })
      expect(await john.call('SetVisibility', event)).to.deep.equal({
        error: undefined,
        result: { objectKey: moved, isPublic: false },
      })

      const own = await indexWhere(deployed, privateIndex(john), has(moved))
      expect(own.find((entry) => entry.objectKey === moved)).to.include({ title: TITLE, description: 'text' })
      await indexWhere(deployed, PUBLIC, (entries) => !has(objectKey)(entries))
      expect((await jane.call('SetVisibility', { objectKey: moved, isPublic: true })).result).to.include({
        errorType: 'NotYours',
      })
    },
  },
]
