import * as S from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { refusalOf } from '../../../tests/refusal.ts'
import { ACCOUNT, withS3 } from '../../../tests/s3.ts'

const Bucket = 'noticed'
const arnOf = (name: string) => `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`
const THUMBNAIL = arnOf('thumbnail')

describe('notifications', () => {
  const t = withS3()
  let s3: S.S3Client
  before(async () => {
    s3 = t.client()
    t.invocable.add(THUMBNAIL)
    await s3.send(new S.CreateBucketCommand({ Bucket }))
  })
  beforeEach(() => void t.state.prepare('delete from outbox').run())
  const rule = (prefix: string | undefined, suffix?: string): S.LambdaFunctionConfiguration['Filter'] => ({
    Key: {
      FilterRules: [
        ...(prefix === undefined ? [] : [{ Name: 'prefix' as const, Value: prefix }]),
        ...(suffix === undefined ? [] : [{ Name: 'suffix' as const, Value: suffix }]),
      ],
    },
  })
  const configure = (...configurations: Partial<S.LambdaFunctionConfiguration>[]) =>
    s3.send(
      new S.PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: {
          LambdaFunctionConfigurations: configurations.map((one) => ({
            LambdaFunctionArn: THUMBNAIL,
            Events: ['s3:ObjectCreated:*'],
            ...one,
          })),
        },
      }),
    )
  const put = (Key: string, Body = 'bytes') => s3.send(new S.PutObjectCommand({ Bucket, Key, Body }))

  it('are asked of a function that S3 may invoke, as S3 for this bucket', async () => {
    t.invoked.length = 0

    await configure({ Id: 'thumbnails', Filter: rule('images/', '.jpg') })
    const { LambdaFunctionConfigurations } = await s3.send(new S.GetBucketNotificationConfigurationCommand({ Bucket }))
    const refused = await refusalOf(configure({ LambdaFunctionArn: arnOf('another') }))

    expect(LambdaFunctionConfigurations).to.deep.equal([
      {
        Id: 'thumbnails',
        LambdaFunctionArn: THUMBNAIL,
        Events: ['s3:ObjectCreated:*'],
        Filter: {
          Key: {
            FilterRules: [
              { Name: 'Prefix', Value: 'images/' },
              { Name: 'Suffix', Value: '.jpg' },
            ],
          },
        },
      },
    ])
    expect(t.invoked[0]).to.deep.equal({
      kind: 'service',
      principal: 's3.amazonaws.com',
      account: ACCOUNT,
      sourceArn: `arn:aws:s3:::${Bucket}`,
      sourceAccount: ACCOUNT,
    })
    expect(refused).to.deep.equal({
      name: 'InvalidArgument',
      message: 'Unable to validate the following destination configurations',
      status: 400,
    })
  })

  it('hold the whole record of S3', async () => {
    await configure({ Id: 'thumbnails', Filter: rule('images/') })

    const { ETag, $metadata } = await put('images/a b+ü:1.jpg')
    const [parcel, ...others] = t.parcels()

    expect(others).to.deep.equal([])
    expect(parcel).to.deep.include({
      target: THUMBNAIL,
      bucketArn: `arn:aws:s3:::${Bucket}`,
      account: ACCOUNT,
      region: 'us-east-1',
    })
    const { record } = parcel
    expect(record.s3.object.sequencer).to.match(/^[0-9A-F]{18}$/)
    expect(Date.parse(record.eventTime)).to.be.closeTo(t.clock.now(), 5000)
    expect(record.s3.bucket.ownerIdentity.principalId).to.match(/^A[0-9A-Z]{13}$/)
    expect(record).to.deep.equal({
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: 'us-east-1',
      eventTime: record.eventTime,
      eventName: 'ObjectCreated:Put',
      userIdentity: { principalId: 'AWS:AIDAEXAMPLELOCALADMIN' },
      requestParameters: { sourceIPAddress: '127.0.0.1' },
      responseElements: {
        'x-amz-request-id': $metadata.requestId,
        'x-amz-id-2': $metadata.extendedRequestId,
      },
      s3: {
        s3SchemaVersion: '1.0',
        configurationId: 'thumbnails',
        bucket: {
          name: Bucket,
          ownerIdentity: record.s3.bucket.ownerIdentity,
          arn: `arn:aws:s3:::${Bucket}`,
        },
        object: {
          key: 'images/a+b%2B%C3%BC%3A1.jpg',
          size: 5,
          eTag: ETag?.replaceAll('"', ''),
          sequencer: record.s3.object.sequencer,
        },
      },
    })
  })

  it('tell what happened', async () => {
    await configure({ Events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*', 's3:ObjectTagging:Put'] })
    const key = { Bucket, Key: 'a' }

    await put('a')
    await s3.send(new S.CopyObjectCommand({ Bucket, Key: 'b', CopySource: `${Bucket}/a` }))
    const { UploadId } = await s3.send(new S.CreateMultipartUploadCommand({ Bucket, Key: 'c' }))
    const part = { Bucket, Key: 'c', UploadId }
    const { ETag } = await s3.send(new S.UploadPartCommand({ ...part, PartNumber: 1, Body: 'part' }))
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] }
    await s3.send(new S.CompleteMultipartUploadCommand({ ...part, MultipartUpload }))
    await s3.send(new S.PutObjectTaggingCommand({ ...key, Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] } }))
    await s3.send(new S.DeleteObjectTaggingCommand(key))
    await s3.send(new S.DeleteObjectCommand(key))
    await s3.send(new S.DeleteObjectCommand(key))
    await s3.send(new S.DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'b' }] } }))
    const records = t.parcels().map(({ record }) => record)

    expect(records.map(({ eventName, s3: { object } }) => [eventName, object.key, object.size])).to.deep.equal([
      ['ObjectCreated:Put', 'a', 5],
      ['ObjectCreated:Copy', 'b', 5],
      ['ObjectCreated:CompleteMultipartUpload', 'c', 4],
      ['ObjectTagging:Put', 'a', 5],
      ['ObjectRemoved:Delete', 'a', undefined],
      ['ObjectRemoved:Delete', 'b', undefined],
    ])
    const order = records.map(({ s3: { object } }) => object.sequencer)
    expect([...order].sort()).to.deep.equal(order)
    expect(new Set(order).size).to.equal(order.length)
  })

  it('go by prefix and suffix of the key as it is', async () => {
    await configure(
      { Id: 'pictures', Filter: rule('my images/', '.jpg') },
      { Id: 'texts', Filter: rule(undefined, '.txt') },
      { Id: 'removed', Events: ['s3:ObjectRemoved:Delete'] },
    )

    for (const key of ['my images/a.jpg', 'my images/a.png', 'a.jpg', 'my images/a.txt', 'a.txt']) await put(key)
    const heard = t.parcels().map(({ record }) => [record.s3.configurationId, record.s3.object.key])

    expect(heard).to.deep.equal([
      ['pictures', 'my+images/a.jpg'],
      ['texts', 'my+images/a.txt'],
      ['texts', 'a.txt'],
    ])
  })

  it('say who it was', async () => {
    await configure({})
    const writer = t.as('writer', { Effect: 'Allow', Action: 's3:PutObject', Resource: '*' })

    await writer.send(new S.PutObjectCommand({ Bucket, Key: 'by role', Body: '' }))

    expect(t.parcels()[0].record.userIdentity).to.deep.equal({ principalId: 'AWS:AROAEXAMPLE:writer' })
  })

  it('are there if and only if the object is', async () => {
    await configure({})
    const broken = {
      async *[Symbol.asyncIterator]() {
        yield Buffer.from('half')
        throw new Error('cut')
      },
    }

    await s3
      .send(new S.PutObjectCommand({ Bucket, Key: 'broken', Body: 'x', ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' }))
      .catch(() => {})
    await refusalOf(s3.send(new S.PutObjectCommand({ Bucket, Key: 'refused', Body: 'x', IfMatch: '"no"' })))
    await t.store.files.receive(broken, []).catch(() => {})

    expect(t.parcels()).to.deep.equal([])
  })

  const wrong: [configurations: Partial<S.LambdaFunctionConfiguration>[], message: string, name?: string][] = [
    [[{ LambdaFunctionArn: 'thumbnail' }], 'The ARN could not be parsed'],
    [
      [{ LambdaFunctionArn: THUMBNAIL.replace('us-east-1', 'eu-west-1') }],
      'The notification destination service region is not valid for the bucket location constraint',
    ],
    [[{ Events: ['s3:ObjectRead' as 's3:ObjectAcl:Put'] }], 'A specified event is not supported for notifications.'],
    [
      [{ Filter: { Key: { FilterRules: [{ Name: 'infix' as 'prefix', Value: 'a' }] } } }],
      'filter rule name must be either prefix or suffix',
    ],
    [
      [
        {
          Filter: {
            Key: {
              FilterRules: [
                { Name: 'prefix', Value: 'a' },
                { Name: 'prefix', Value: 'b' },
              ],
            },
          },
        },
      ],
      'Cannot specify more than one prefix rule in a filter.',
    ],
    [
      [{ Filter: rule('x'.repeat(1025)) }],
      'Size of filter rule value cannot exceed 1024 bytes in UTF-8 representation',
    ],
    [
      [
        { Id: 'same', Filter: rule('a') },
        { Id: 'same', Filter: rule('b') },
      ],
      'Same ID used for multiple configurations. IDs must be unique',
    ],
    [[{}, {}], 'Configurations overlap. Configurations on the same bucket cannot share a common event type.'],
    [
      [{ Filter: rule('images/') }, { Filter: rule('images/small/'), Events: ['s3:ObjectCreated:Put'] }],
      'Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for the same event type.',
    ],
    [
      [{ Filter: rule('images/', 'g') }, { Filter: rule('', '.jpg') }],
      'Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for the same event type.',
    ],
  ]
  for (const [configurations, message] of wrong)
    it(`refuse with "${message.slice(0, 70)}"`, async () => {
      const refused = await refusalOf(configure(...configurations))

      expect(refused).to.deep.equal({ name: 'InvalidArgument', message, status: 400 })
    })

  it('may share an event where no key can have both', async () => {
    await configure(
      { Filter: rule('images/', '.jpg') },
      { Filter: rule('images/', '.png') },
      { Filter: rule('texts/') },
    )

    const { LambdaFunctionConfigurations } = await s3.send(new S.GetBucketNotificationConfigurationCommand({ Bucket }))

    expect(LambdaFunctionConfigurations).to.have.length(3)
    for (const { Id } of LambdaFunctionConfigurations ?? []) expect(Id).to.match(/^[0-9a-f-]{36}$/)
  })

  it('go to neither queues nor topics', async () => {
    for (const NotificationConfiguration of [
      {
        QueueConfigurations: [
          { QueueArn: `arn:aws:sqs:us-east-1:${ACCOUNT}:q`, Events: ['s3:ObjectCreated:*' as const] },
        ],
      },
      {
        TopicConfigurations: [
          { TopicArn: `arn:aws:sns:us-east-1:${ACCOUNT}:t`, Events: ['s3:ObjectCreated:*' as const] },
        ],
      },
    ]) {
      const refused = await refusalOf(
        s3.send(new S.PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration })),
      )

      expect(refused, JSON.stringify(NotificationConfiguration)).to.include({ name: 'NotImplemented', status: 501 })
    }
  })

  it('end with an empty configuration', async () => {
    await configure({})
    await s3.send(new S.PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: {} }))

    await put('quiet')

    expect(t.parcels()).to.deep.equal([])
  })
})
