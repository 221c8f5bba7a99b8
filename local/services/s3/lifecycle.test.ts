import * as S from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { refusalOf } from '../../../tests/refusal.ts'
import { ACCOUNT, allow, openTestS3, type TestS3, uploader, withS3 } from '../../../tests/s3.ts'
import { keepingTime, signsAt } from '../../../tests/timed.ts'

const DAY = 24 * 3600_000
const FUNCTION = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:listener`
const RULE: S.LifecycleRule = { ID: 'tidy', Status: 'Enabled', Filter: { Prefix: 'tmp/' }, Expiration: { Days: 1 } }

describe('the configuration of a lifecycle', () => {
  const t = withS3()
  const Bucket = 'configured'
  let s3: S.S3Client
  before(async () => {
    s3 = t.client()
    await s3.send(new S.CreateBucketCommand({ Bucket }))
  })
  const configure = (Rules: S.LifecycleRule[], client = s3) =>
    client.send(new S.PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }))
  const told = () => s3.send(new S.GetBucketLifecycleConfigurationCommand({ Bucket }))

  it('is given back as it was put, until it is deleted', async () => {
    const rules: S.LifecycleRule[] = [
      RULE,
      { ID: 'dated', Status: 'Disabled', Prefix: '', Expiration: { Date: new Date('2030-01-01T00:00:00Z') } },
      {
        ID: 'versions',
        Status: 'Enabled',
        Filter: { And: { Prefix: 'a/', Tags: [{ Key: 'k', Value: 'v' }], ObjectSizeGreaterThan: 1 } },
        NoncurrentVersionExpiration: { NoncurrentDays: 3, NewerNoncurrentVersions: 2 },
      },
      {
        ID: 'rest',
        Status: 'Enabled',
        Filter: {},
        Expiration: { ExpiredObjectDeleteMarker: true },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
      },
    ]
    const put = await configure(rules)
    const got = await told()
    await s3.send(new S.DeleteBucketLifecycleCommand({ Bucket }))

    expect(put.TransitionDefaultMinimumObjectSize).to.equal('all_storage_classes_128K')
    expect(got.TransitionDefaultMinimumObjectSize).to.equal('all_storage_classes_128K')
    expect(got.Rules?.map(({ Filter, ...rule }) => rule)).to.deep.equal(rules.map(({ Filter, ...rule }) => rule))
    expect(got.Rules?.[2]?.Filter).to.deep.equal(rules[2]?.Filter)
    expect(await refusalOf(told())).to.deep.equal({
      name: 'NoSuchLifecycleConfiguration',
      message: 'The lifecycle configuration does not exist',
      status: 404,
    })
  })

  it('has an id for each rule', async () => {
    await configure([{ Status: 'Enabled', Filter: { Prefix: 'a' }, Expiration: { Days: 1 } }])

    expect((await told()).Rules?.[0]?.ID).to.match(/^[\w-]{36}$/)
  })

  it('asks for permissions of its own', async () => {
    const nobody = t.as('nobody', [allow('s3:GetObject', '*')])

    expect((await refusalOf(configure([RULE], nobody))).message).to.contain('s3:PutLifecycleConfiguration')
    const read = nobody.send(new S.GetBucketLifecycleConfigurationCommand({ Bucket }))
    expect((await refusalOf(read)).message).to.contain('s3:GetLifecycleConfiguration')
  })

  const wrong: [what: string, rules: S.LifecycleRule[], error: string][] = [
    ['no rule', [], 'MalformedXML: The XML'],
    ['another status', [{ ...RULE, Status: 'On' as 'Enabled' }], 'MalformedXML: The XML'],
    ['a prefix twice', [{ ...RULE, Prefix: 'a' }], 'MalformedXML: The XML'],
    ['no filter', [{ ...RULE, Filter: undefined }], 'MalformedXML: The XML'],
    [
      'two predicates without And',
      [{ ...RULE, Filter: { Prefix: 'a', ObjectSizeLessThan: 1 } }],
      'MalformedXML: The XML',
    ],
    ['one predicate with And', [{ ...RULE, Filter: { And: { Prefix: 'a' } } }], 'MalformedXML: The XML'],
    ['days and a date', [{ ...RULE, Expiration: { Days: 1, Date: new Date(0) } }], 'MalformedXML: The XML'],
    ['an expiration of nothing', [{ ...RULE, Expiration: {} }], 'MalformedXML: The XML'],
    [
      'no days',
      [{ ...RULE, Expiration: { Days: 0 } }],
      "InvalidArgument: 'Days' for Expiration action must be a positive integer",
    ],
    [
      'a time of day',
      [{ ...RULE, Expiration: { Date: new Date('2030-01-01T01:00:00Z') } }],
      "InvalidArgument: 'Date' must be at midnight GMT",
    ],
    [
      'no action',
      [{ ...RULE, Expiration: undefined }],
      'InvalidRequest: At least one action needs to be specified in a rule',
    ],
    ['an id twice', [RULE, RULE], 'InvalidArgument: Rule ID must be unique. Found same ID for more than one rule'],
    [
      'a long id',
      [{ ...RULE, ID: 'x'.repeat(256) }],
      'InvalidArgument: ID length should not exceed allowed limit of 255',
    ],
    [
      'delete markers by tag',
      [{ ...RULE, Filter: { Tag: { Key: 'a', Value: 'b' } }, Expiration: { ExpiredObjectDeleteMarker: true } }],
      'InvalidRequest: ExpiredObjectDeleteMarker cannot be specified with Tags.',
    ],
    [
      'uploads by tag',
      [
        {
          ...RULE,
          Filter: { Tag: { Key: 'a', Value: 'b' } },
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
        },
      ],
      'InvalidRequest: AbortIncompleteMultipartUpload cannot be specified with Tags.',
    ],
    [
      'sizes that exclude each other',
      [{ ...RULE, Filter: { And: { ObjectSizeGreaterThan: 5, ObjectSizeLessThan: 5 } } }],
      "InvalidRequest: 'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.",
    ],
    [
      'a transition',
      [{ ...RULE, Transitions: [{ Days: 1, StorageClass: 'GLACIER' }] }],
      'NotImplemented: A header you provided implies functionality that is not implemented',
    ],
    [
      'too many rules',
      Array.from({ length: 1001 }, (_, i) => ({ ...RULE, ID: String(i) })),
      'InvalidRequest: The number of lifecycle rules must not exceed the allowed limit of 1000 rules',
    ],
  ]
  for (const [what, rules, error] of wrong)
    it(`refuses ${what}`, async () => {
      const { name, message, status } = await refusalOf(configure(rules))

      expect(`${name}: ${message}`.startsWith(error), `${name}: ${message}`).to.equal(true)
      expect(status).to.equal(name === 'NotImplemented' ? 501 : 400)
    })
})

describe('a lifecycle', () => {
  const Bucket = 'living'
  let t: TestS3
  let s3: S.S3Client
  beforeEach(async () => {
    t = await openTestS3()
    s3 = t.client()
    await s3.send(new S.CreateBucketCommand({ Bucket }))
    t.clock.advance(10_000) // the round after the start is over
    await new Promise((resolve) => setImmediate(resolve))
    forward(DAY - (t.clock.now() % DAY) + DAY / 2) // it is noon
  })
  afterEach(() => t.close())
  /** Moves the clock, and the client’s. */
  const forward = (ms: number) => {
    t.clock.advance(ms)
    s3 = keepingTime(t.client(signsAt(t.clock)))
  }
  /** To `hours` after the next midnight of UTC, and `days` more. */
  const midnight = async (days = 0, hours = 1) => {
    forward(DAY - (t.clock.now() % DAY) + days * DAY + hours * 3600_000)
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
  }
  const rules = (...Rules: S.LifecycleRule[]) =>
    s3.send(new S.PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }))
  const versioned = () =>
    s3.send(new S.PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
  const put = (Key: string, Body = 'x', more: Partial<S.PutObjectCommandInput> = {}) =>
    s3.send(new S.PutObjectCommand({ Bucket, Key, Body, ...more }))
  const keys = async () =>
    ((await s3.send(new S.ListObjectsV2Command({ Bucket }))).Contents ?? []).map(({ Key }) => Key)
  /** Keys with the bodies’ sizes, `!` for delete markers, of each key the newest first. */
  const versions = async () => {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new S.ListObjectVersionsCommand({ Bucket }))
    return [...Versions.map(({ Key, Size }) => `${Key} ${Size}`), ...DeleteMarkers.map(({ Key }) => `${Key} !`)]
  }

  it('deletes at the midnight after so many days, and says so beforehand', async () => {
    await rules(RULE)
    const { Expiration } = await put('tmp/a')
    await put('kept')
    const head = await s3.send(new S.HeadObjectCommand({ Bucket, Key: 'tmp/a' }))
    const due = new Date(t.clock.now() - (t.clock.now() % DAY) + 2 * DAY).toUTCString()

    expect(Expiration).to.equal(`expiry-date="${due}", rule-id="tidy"`)
    expect(head.Expiration).to.equal(Expiration)
    expect((await s3.send(new S.HeadObjectCommand({ Bucket, Key: 'kept' }))).Expiration).to.equal(undefined)
    await midnight()
    expect(await keys()).to.deep.equal(['kept', 'tmp/a'])
    await midnight()
    expect(await keys()).to.deep.equal(['kept'])
  })

  it('deletes by date, tags and size, and by no rule that is off', async () => {
    const at = t.clock.now() - (t.clock.now() % DAY) + DAY
    await rules(
      { ID: '1', Status: 'Enabled', Filter: { Prefix: 'dated/' }, Expiration: { Date: new Date(at) } },
      { ID: '2', Status: 'Disabled', Filter: { Prefix: 'off/' }, Expiration: { Date: new Date(at) } },
      { ID: '3', Status: 'Enabled', Filter: { Tag: { Key: 'a', Value: 'b' } }, Expiration: { Days: 1 } },
      {
        ID: '4',
        Status: 'Enabled',
        Filter: { And: { Prefix: 'size/', ObjectSizeGreaterThan: 2, ObjectSizeLessThan: 5 } },
        Expiration: { Days: 1 },
      },
    )
    await put('dated/a')
    await put('off/a')
    await put('tagged', 'x', { Tagging: 'a=b&c=d' })
    await put('tagged otherwise', 'x', { Tagging: 'a=c' })
    for (const size of [2, 3, 4, 5]) await put(`size/${size}`, 'x'.repeat(size))

    await midnight(1)

    expect(await keys()).to.deep.equal(['off/a', 'size/2', 'size/5', 'tagged otherwise'])
  })

  it('deletes thousands of keys, a few at a time', async () => {
    await rules(RULE)
    const described = {
      storageClass: 'STANDARD',
      attributes: { Metadata: {} },
      tags: [],
      modified: 0,
      etag: '',
      size: 0,
    }
    for (let i = 0; i < 1000; i++)
      t.store.objects.put({
        ...described,
        bucket: Bucket,
        key: `tmp/${i}`,
        content: `c${i}`,
        version: 'null',
        born: i + 1,
        checksum: { algorithm: 'CRC64NVME', type: 'FULL_OBJECT', value: '' },
      })

    await midnight()
    for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve))

    expect(await keys()).to.deep.equal([])
  })

  it('hides what has versions, then deletes those, then the delete marker that is left', async () => {
    await versioned()
    await rules(
      { ID: '1', Status: 'Enabled', Filter: {}, Expiration: { Days: 1 } },
      { ID: '2', Status: 'Enabled', Filter: {}, NoncurrentVersionExpiration: { NoncurrentDays: 2 } },
    )
    await put('a', '1')

    await midnight(1)
    expect(await versions()).to.deep.equal(['a 1', 'a !'])
    await midnight(1)
    expect(await versions()).to.deep.equal(['a 1', 'a !'])
    await midnight()
    expect(await versions()).to.deep.equal([])
  })

  it('keeps so many old versions', async () => {
    await versioned()
    await rules({
      ID: '1',
      Status: 'Enabled',
      Filter: { Prefix: '' },
      NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 2 },
    })
    for (const size of [1, 2, 3, 4, 5]) await put('a', 'x'.repeat(size))

    await midnight(1)

    expect(await versions()).to.deep.equal(['a 5', 'a 4', 'a 3'])
  })

  it('deletes delete markers that hide nothing', async () => {
    await versioned()
    await rules({ ID: '1', Status: 'Enabled', Filter: {}, Expiration: { ExpiredObjectDeleteMarker: true } })
    await s3.send(new S.DeleteObjectCommand({ Bucket, Key: 'alone' }))
    await put('a')
    await s3.send(new S.DeleteObjectCommand({ Bucket, Key: 'a' }))

    await midnight()

    expect(await versions()).to.deep.equal(['a 1', 'a !'])
  })

  it('aborts uploads that nobody completes', async () => {
    await rules({
      ID: 'parts',
      Status: 'Enabled',
      Filter: { Prefix: 'tmp/' },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
    })
    const created = await s3.send(new S.CreateMultipartUploadCommand({ Bucket, Key: 'tmp/a' }))
    const { begin, upload } = uploader(() => s3, Bucket)
    await upload({ Bucket, Key: 'tmp/a', UploadId: created.UploadId }, 1, 'x')
    await begin('kept')
    const uploads = async () =>
      ((await s3.send(new S.ListMultipartUploadsCommand({ Bucket }))).Uploads ?? []).map(({ Key }) => Key)

    expect(created.AbortRuleId).to.equal('parts')
    expect(created.AbortDate?.getTime()).to.equal(t.clock.now() - (t.clock.now() % DAY) + 2 * DAY)
    await midnight()
    expect(await uploads()).to.deep.equal(['kept', 'tmp/a'])
    await midnight()
    expect(await uploads()).to.deep.equal(['kept'])
  })

  it('tells functions what it deletes, as S3', async () => {
    t.invocable.add(FUNCTION)
    await s3.send(
      new S.PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: {
          LambdaFunctionConfigurations: [{ LambdaFunctionArn: FUNCTION, Events: ['s3:LifecycleExpiration:*'] }],
        },
      }),
    )
    await rules(RULE)
    await put('tmp/a')
    await midnight(1)
    await versioned()
    await put('tmp/b')
    await midnight(1)

    const told = t.parcels().map(({ record }) => record)
    expect(told.map(({ eventName, s3: { object } }) => `${eventName} ${object.key}`)).to.deep.equal([
      'LifecycleExpiration:Delete tmp/a',
      'LifecycleExpiration:DeleteMarkerCreated tmp/b',
    ])
    expect(told[0]).to.deep.include({
      eventVersion: '2.3',
      userIdentity: { principalId: 's3.amazonaws.com' },
      requestParameters: { sourceIPAddress: 's3.amazonaws.com' },
    })
    expect(told[1].s3.object.versionId).to.match(/^[\w-]{32}$/)
  })
})
