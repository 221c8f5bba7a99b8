import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3 } from '@aws-sdk/client-s3'
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import { chain, metadata, PUBLIC } from '../../tests/chains/11.ts'
import { takeSteps } from '../../tests/chains/local.ts'
import { told, withCloud } from '../../tests/cloud.ts'
import { gifOf } from '../../tests/gif.ts'

const Bucket = 'local-123456789012-media'
const owner = 'us-east-1:00000000-0000-4000-8000-000000000021'
const key = (name: string, side = 'public') => `${side}/content/${owner}/${name}`

describe('Chapter 11 on the local cloud', () => {
  const cloud = withCloud({ chapter: '11' })

  takeSteps(chain, cloud)
})

describe('The events of chapter 11 on the local cloud', () => {
  const cloud = withCloud({ chapter: '11' })
  const s3 = () => new S3({ ...cloud.config(), forcePathStyle: true })
  const started = (name: string) => cloud.lines.filter((line) => line.startsWith(`${name}: START`)).length
  const counted = async (act: () => Promise<unknown>) => {
    const before = [started('ContentUpdated'), started('UpdateContentIndex')]
    await act()
    await cloud.settled(60_000)
    return [started('ContentUpdated') - (before[0] ?? 0), started('UpdateContentIndex') - (before[1] ?? 0)]
  }
  const keys = async (Prefix: string) =>
    ((await s3().listObjectsV2({ Bucket, Prefix })).Contents ?? []).map(({ Key = '' }) => Key)
  const index = async (): Promise<Record<string, string>[]> =>
    JSON.parse((await (await s3().getObject({ Bucket, Key: PUBLIC })).Body?.transformToString()) ?? '')
  const table = () => DynamoDBDocument.from(new DynamoDBClient(cloud.config()))
  const TableName = 'MediaContent'
  /** What an upload of an earlier day has left in the table. */
  const olderPicture = async (name: string, uploadDay: string) => {
    const objectKey = key(name)
    await table().put({ TableName, Item: { identityId: 'uploadDays/', objectKey: uploadDay } })
    const Item = { identityId: owner, objectKey, thumbnailKey: 'a thumbnail', isPublic: true, title: name, uploadDay }
    await table().put({ TableName, Item: { ...Item, uploadDate: `${uploadDay}T12:00:00.000Z`, sequencer: '0' } })
  }
  const items = async () => {
    const { Items = [] } = await table().scan({ TableName })
    return Items.filter(({ identityId }) => !identityId.endsWith('/'))
  }

  it('calls each function once for an upload, the first one of a day too, and once for a removal', async () => {
    const upload = (name: string) => () => s3().putObject({ Bucket, Key: key(name), Body: gifOf(1) })

    expect(await counted(upload('first.gif')), told(cloud)).to.deep.equal([1, 1])
    expect(await counted(upload('second.gif'))).to.deep.equal([1, 1])
    expect(await counted(upload('second.gif')), 'overwritten').to.deep.equal([1, 1])
    expect(await counted(() => s3().deleteObject({ Bucket, Key: key('second.gif') }))).to.deep.equal([1, 1])
    expect(await counted(() => s3().deleteObject({ Bucket, Key: key('first.gif') }))).to.deep.equal([1, 1])
  }).timeout(60_000)

  it('makes nothing of what is no picture, nor of a key without an owner', async () => {
    await s3().putObject({ Bucket, Key: key('text.gif'), Body: 'This is a text.' })
    await s3().putObject({ Bucket, Key: 'public/content/lost.gif', Body: gifOf(1) })
    await s3().putObject({ Bucket, Key: 'public/other/lost.gif', Body: gifOf(1) })
    await cloud.settled()

    expect(
      cloud.lines.filter((line) => line.includes('text.gif: no thumbnail, as the file is neither JPEG')),
    ).to.have.length.above(0)
    expect(cloud.lines.filter((line) => line.includes('public/content/lost.gif: left alone'))).to.have.length(1)
    expect(await items()).to.deep.equal([])
    expect(await keys('public/thumbnail/')).to.deep.equal([])
  })

  it('leaves a picture alone whose thumbnail has no key that S3 takes or a browser can ask for, once and for all', async () => {
    const [long, dots] = [key('k'.repeat(1024 - key('').length)), key('../another/a.gif')]
    const upload = (Key: string) => () => s3().putObject({ Bucket, Key, Body: gifOf(1) })

    expect(await counted(upload(long))).to.deep.equal([1, 0])
    expect(await counted(upload(dots))).to.deep.equal([1, 0])

    expect(cloud.lines.filter((line) => line.includes(`${long}: left alone`))).to.have.length(1)
    expect(cloud.lines.filter((line) => line.includes(`${dots}: left alone`))).to.have.length(1)
    expect(await keys('public/thumbnail/')).to.deep.equal([])
  }).timeout(60_000)

  it('takes away thumbnail and item of a picture that is overwritten with something else', async () => {
    await s3().putObject({ Bucket, Key: key('a.gif'), Body: gifOf(1) })
    await cloud.settled()
    expect(await items()).to.have.length(1)

    await s3().putObject({ Bucket, Key: key('a.gif'), Body: 'This is a text.' })
    await cloud.settled()

    expect(await items()).to.deep.equal([])
    expect(await keys('public/thumbnail/')).to.deep.equal([])
    expect(await index()).to.deep.equal([])
  })

  it('lists of a title that its owner has made something else, or endless, what a page can show', async () => {
    await s3().putObject({ Bucket, Key: key('edited.gif'), Body: gifOf(1) })
    await cloud.settled()
    const listed = async (title: unknown) => {
      await table().update({
        TableName,
        Key: { identityId: owner, objectKey: key('edited.gif') },
        UpdateExpression: 'SET title = :title',
        ExpressionAttributeValues: { ':title': title },
      })
      await cloud.settled()
      return (await index()).find(({ objectKey }) => objectKey === key('edited.gif'))?.title
    }

    for (const title of [{ a: 1 }, 5, ['a'], null]) expect(await listed(title), JSON.stringify(title)).to.equal('')
    expect(await listed('x'.repeat(300_000))).to.equal('x'.repeat(2048))
    expect(await listed(`${'y'.repeat(2047)}😀`)).to.equal('y'.repeat(2047))
    await s3().deleteObject({ Bucket, Key: key('edited.gif') })
    await cloud.settled()
  }).timeout(60_000)

  it('keeps up with 100 uploads at once, and lists the newest 100 of several days', async () => {
    await olderPicture('oldest.gif', '2020-01-02')
    const names = Array.from({ length: 100 }, (_, number) => `${number}.gif`)

    await Promise.all(
      names.map((name, number) =>
        s3().putObject({ Bucket, Key: key(name), Body: gifOf(number), Metadata: metadata(name, '') }),
      ),
    )
    await cloud.settled(120_000)

    expect(await keys('public/thumbnail/')).to.have.length(100)
    expect(await items()).to.have.length(101)
    expect((await index()).map(({ title }) => title).sort()).to.deep.equal(names.sort())
    await s3().deleteObject({ Bucket, Key: key('50.gif') })
    await cloud.settled()
    expect((await index()).map(({ objectKey }) => objectKey))
      .to.include(key('oldest.gif'))
      .and.to.have.length(100)
    expect((await index()).at(-1)?.objectKey).to.equal(key('oldest.gif'))
  }).timeout(180_000)

  it('comes right when the function fails between thumbnail and item', async () => {
    await cloud.deploy((template) =>
      template.replace('- dynamodb:PutItem\n                - dynamodb:DeleteItem', '- dynamodb:DeleteItem'),
    )
    await s3().putObject({ Bucket, Key: key('late.gif'), Body: gifOf(7) })
    const failed = () => cloud.lines.filter((line) => line.includes('not authorized to perform: dynamodb:PutItem'))
    for (let look = 0; failed().length === 0 && look < 300; look++)
      await new Promise((resolve) => setTimeout(resolve, 50))
    expect(failed(), told(cloud)).to.have.length.above(0)
    expect(await keys(`public/thumbnail/${owner}/late`)).to.have.length(1)
    expect((await items()).map(({ objectKey }) => objectKey)).not.to.include(key('late.gif'))

    await cloud.deploy((template) => template)
    cloud.clock.advance(61_000) // the next try of an asynchronous event
    await cloud.settled(60_000)

    expect((await items()).map(({ objectKey }) => objectKey)).to.include(key('late.gif'))
    expect((await index())[0]?.objectKey).to.equal(key('late.gif'))
  }).timeout(60_000)
})
