import * as S from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { refusalOf } from '../../../tests/refusal.ts'
import { ACCOUNT, withS3 } from '../../../tests/s3.ts'
import { localUser } from '../../iam/sessions.ts'
import { background } from '../background.ts'
import type { Resource, ResourceCall, ResourceType } from '../service.ts'
import { resources } from './resources.ts'
import type { S3Store } from './store.ts'

const FUNCTION = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:thumbnail`

describe('CloudFormation types of S3', () => {
  const t = withS3()
  let s3: S.S3Client
  before(() => {
    s3 = t.client()
    t.invocable.add(FUNCTION)
  })
  const bucket = resources['AWS::S3::Bucket'] as ResourceType<S3Store>
  const bucketPolicy = resources['AWS::S3::BucketPolicy'] as ResourceType<S3Store>
  const call = (region = 'us-east-1'): ResourceCall<S3Store> => {
    const context = background(t.ground, localUser(ACCOUNT), region)
    const stack = { name: 'test', id: 'test' }
    return { ...context, ground: t.ground, store: t.store, cloud: t.dispatch.cloud(context), stack }
  }
  const described = (physicalId: string, properties: Record<string, unknown>, type = 'AWS::S3::Bucket'): Resource => ({
    logicalId: 'Pictures',
    physicalId,
    type,
    properties,
  })
  const refused = async (attempt: Promise<unknown>) =>
    attempt.then(
      () => 'not refused',
      (error: Error) => error.message,
    )

  it('create a bucket by name, with its attributes', async () => {
    const created = await bucket.create(described('test-Pictures-AAA', { BucketName: 'by-name' }), call())

    expect(created).to.deep.equal({
      physicalId: 'by-name',
      attributes: {
        Arn: 'arn:aws:s3:::by-name',
        DomainName: 'by-name.s3.amazonaws.com',
        RegionalDomainName: 'by-name.s3.us-east-1.amazonaws.com',
        DualStackDomainName: 'by-name.s3.dualstack.us-east-1.amazonaws.com',
        WebsiteURL: `http://by-name.s3-website.localhost:${new URL(t.url).port}`,
      },
    })
    expect((await s3.send(new S.HeadBucketCommand({ Bucket: 'by-name' }))).BucketRegion).to.equal('us-east-1')
  })

  it('create a bucket without a name, in the stack’s region', async () => {
    const created = await bucket.create(described('Test-Pictures-AAA', {}), call('eu-west-1'))

    const far = t.client({ region: 'eu-west-1' })
    const { LocationConstraint } = await far.send(new S.GetBucketLocationCommand({ Bucket: 'test-pictures-aaa' }))
    expect(created.physicalId).to.equal('test-pictures-aaa')
    expect(LocationConstraint).to.equal('eu-west-1')
  })

  const properties = {
    BucketName: 'whole',
    PublicAccessBlockConfiguration: { BlockPublicAcls: 'true', BlockPublicPolicy: false },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
    Tags: [{ Key: 'project', Value: 'blue' }],
    NotificationConfiguration: {
      EventBridgeConfiguration: { EventBridgeEnabled: true },
      LambdaConfigurations: [
        {
          Event: 's3:ObjectCreated:*',
          Function: FUNCTION,
          Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'images/' }] } },
        },
      ],
    },
  }

  it('create a bucket with all that they have', async () => {
    await bucket.create(described('x', properties), call())

    const Bucket = 'whole'
    const block = await s3.send(new S.GetPublicAccessBlockCommand({ Bucket }))
    const tags = await s3.send(new S.GetBucketTaggingCommand({ Bucket }))
    const { LambdaFunctionConfigurations, EventBridgeConfiguration } = await s3.send(
      new S.GetBucketNotificationConfigurationCommand({ Bucket }),
    )
    expect(EventBridgeConfiguration).to.deep.equal({})
    expect(block.PublicAccessBlockConfiguration).to.deep.equal({
      BlockPublicAcls: true,
      IgnorePublicAcls: false,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: false,
    })
    expect(tags.TagSet).to.deep.equal([{ Key: 'project', Value: 'blue' }])
    expect(LambdaFunctionConfigurations?.[0]).to.deep.include({
      LambdaFunctionArn: FUNCTION,
      Events: ['s3:ObjectCreated:*'],
      Filter: { Key: { FilterRules: [{ Name: 'Prefix', Value: 'images/' }] } },
    })
  })

  it('change a bucket by what is different, and back to what a new one has', async () => {
    const before = described('whole', properties)
    const after = described('whole', { BucketName: 'whole', Tags: [{ Key: 'project', Value: 'red' }] })

    const updated = await bucket.update(after, before, call())

    const Bucket = 'whole'
    const block = await s3.send(new S.GetPublicAccessBlockCommand({ Bucket }))
    const tags = await s3.send(new S.GetBucketTaggingCommand({ Bucket }))
    const notification = await s3.send(new S.GetBucketNotificationConfigurationCommand({ Bucket }))
    expect(updated.physicalId).to.equal('whole')
    expect(block.PublicAccessBlockConfiguration?.RestrictPublicBuckets).to.equal(true)
    expect(tags.TagSet).to.deep.equal([{ Key: 'project', Value: 'red' }])
    expect(notification.LambdaFunctionConfigurations).to.equal(undefined)
  })

  it('turn versions on, and off as far as that goes', async () => {
    const status = async () => (await s3.send(new S.GetBucketVersioningCommand({ Bucket: 'kept' }))).Status
    const on = described('kept', { BucketName: 'kept', VersioningConfiguration: { Status: 'Enabled' } })
    await bucket.create(on, call())

    expect(await status()).to.equal('Enabled')
    await bucket.update(described('kept', { BucketName: 'kept' }), on, call())
    expect(await status()).to.equal('Suspended')
  })

  it('tidy up a bucket by rules', async () => {
    const Rules = [
      { Id: 'tmp', Status: 'Enabled', Prefix: 'tmp/', ExpirationInDays: '1' },
      {
        Id: 'several',
        Status: 'Disabled',
        Prefix: 'a/',
        TagFilters: [{ Key: 'k', Value: 'v' }],
        ObjectSizeGreaterThan: '5',
        ExpirationDate: '2030-01-01T00:00:00Z',
        NoncurrentVersionExpiration: { NoncurrentDays: 3, NewerNoncurrentVersions: 2 },
      },
      { Id: 'all', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
    ]
    const tidy = described('tidy', { BucketName: 'tidy', LifecycleConfiguration: { Rules } })
    await bucket.create(tidy, call())
    const told = () => s3.send(new S.GetBucketLifecycleConfigurationCommand({ Bucket: 'tidy' }))

    expect((await told()).Rules).to.deep.equal([
      { ID: 'tmp', Status: 'Enabled', Filter: { Prefix: 'tmp/' }, Expiration: { Days: 1 } },
      {
        ID: 'several',
        Status: 'Disabled',
        Filter: { And: { Prefix: 'a/', Tags: [{ Key: 'k', Value: 'v' }], ObjectSizeGreaterThan: 5 } },
        Expiration: { Date: new Date('2030-01-01T00:00:00Z') },
        NoncurrentVersionExpiration: { NoncurrentDays: 3, NewerNoncurrentVersions: 2 },
      },
      { ID: 'all', Status: 'Enabled', Filter: {}, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
    ])
    await bucket.update(described('tidy', { BucketName: 'tidy' }), tidy, call())
    expect((await refusalOf(told())).name).to.equal('NoSuchLifecycleConfiguration')
  })

  it('share a bucket with pages, and make it a website', async () => {
    const web = {
      BucketName: 'web',
      CorsConfiguration: {
        CorsRules: [
          { Id: 'a', AllowedOrigins: ['*'], AllowedMethods: ['GET'], ExposedHeaders: ['ETag'], MaxAge: '60' },
        ],
      },
      WebsiteConfiguration: {
        IndexDocument: 'index.html',
        ErrorDocument: 'error.html',
        RoutingRules: [
          {
            RoutingRuleCondition: { HttpErrorCodeReturnedEquals: 404 },
            RedirectRule: { ReplaceKeyWith: 'index.html', HttpRedirectCode: 302 },
          },
        ],
      },
    }
    const Bucket = 'web'
    const site = async () => s3.send(new S.GetBucketWebsiteCommand({ Bucket }))

    await bucket.create(described('x', web), call())
    const { CORSRules } = await s3.send(new S.GetBucketCorsCommand({ Bucket }))
    const { $metadata: _, ...website } = await site()
    const all = { BucketName: 'web', WebsiteConfiguration: { RedirectAllRequestsTo: { HostName: 'a.example' } } }
    await bucket.update(described('web', all), described('web', web), call())
    const { RedirectAllRequestsTo } = await site()
    await bucket.update(described('web', { BucketName: 'web' }), described('web', all), call())

    expect(CORSRules).to.deep.equal([
      { ID: 'a', AllowedOrigins: ['*'], AllowedMethods: ['GET'], ExposeHeaders: ['ETag'], MaxAgeSeconds: 60 },
    ])
    expect(website).to.deep.equal({
      IndexDocument: { Suffix: 'index.html' },
      ErrorDocument: { Key: 'error.html' },
      RoutingRules: [
        {
          Condition: { HttpErrorCodeReturnedEquals: '404' },
          Redirect: { ReplaceKeyWith: 'index.html', HttpRedirectCode: '302' },
        },
      ],
    })
    expect(RedirectAllRequestsTo).to.deep.equal({ HostName: 'a.example' })
    expect(await refused(site())).to.equal('The specified bucket does not have a website configuration')
    expect(await refused(s3.send(new S.GetBucketCorsCommand({ Bucket })))).to.equal(
      'The CORS configuration does not exist',
    )
  })

  it('take over no bucket that is there', async () => {
    await s3.send(new S.CreateBucketCommand({ Bucket: 'somebodys' }))

    const message = await refused(bucket.create(described('x', { BucketName: 'somebodys' }), call()))

    expect(message).to.equal('somebodys already exists')
  })

  const wrong: [properties: Record<string, unknown>, message: string][] = [
    [
      { ReplicationConfiguration: { Role: 'x', Rules: [] } },
      'The local cloud does not have the property ReplicationConfiguration of AWS::S3::Bucket.',
    ],
    [
      { LifecycleConfiguration: { Rules: [{ Status: 'Enabled', Transitions: [] }] } },
      'The local cloud does not have LifecycleConfiguration.Rules.Transitions of AWS::S3::Bucket.',
    ],
    [
      { NotificationConfiguration: { QueueConfigurations: [] } },
      'The local cloud does not have NotificationConfiguration.QueueConfigurations of AWS::S3::Bucket.',
    ],
    [
      { PublicAccessBlockConfiguration: { BlockAll: true } },
      'The local cloud does not have PublicAccessBlockConfiguration.BlockAll of AWS::S3::Bucket.',
    ],
    [
      { CorsConfiguration: { CorsRules: [{ Methods: ['GET'] }] } },
      'The local cloud does not have CorsConfiguration.CorsRules.Methods of AWS::S3::Bucket.',
    ],
    [
      { WebsiteConfiguration: { Index: 'a' } },
      'The local cloud does not have WebsiteConfiguration.Index of AWS::S3::Bucket.',
    ],
    [{ PublicAccessBlockConfiguration: true }, 'PublicAccessBlockConfiguration of AWS::S3::Bucket must be an object.'],
    [{ Tags: { a: 'b' } }, 'Tags of AWS::S3::Bucket must be a list.'],
    [{ BucketName: 'Wrong_Name' }, 'The specified bucket is not valid.'],
    [
      {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'mine' } },
          ],
        },
      },
      'A header you provided implies functionality that is not implemented',
    ],
  ]
  for (const [given, message] of wrong)
    it(`refuse ${JSON.stringify(given)}`, async () => {
      const name = `refused-${wrong.findIndex(([one]) => one === given)}`

      expect(await refused(bucket.create(described(name, given), call()))).to.equal(message)
    })

  it('know every property of the type', () => {
    expect(bucket.properties).to.include.members(['LifecycleConfiguration', 'CorsConfiguration', 'ObjectLockEnabled'])
    expect(bucket.properties).to.have.length(25)
  })

  it('delete an empty bucket, and no other', async () => {
    await s3.send(new S.PutObjectCommand({ Bucket: 'whole', Key: 'a', Body: '' }))

    const full = await refused(bucket.delete(described('whole', properties), call()))
    await s3.send(new S.DeleteObjectCommand({ Bucket: 'whole', Key: 'a' }))
    await bucket.delete(described('whole', properties), call())
    const gone = await refused(bucket.delete(described('whole', properties), call()))

    expect(full).to.equal('The bucket you tried to delete is not empty')
    expect(gone).to.equal('The specified bucket does not exist')
  })

  it('put a policy on a bucket, change it and take it off', async () => {
    const Bucket = 'by-name'
    const document = (role: string) => ({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/${role}` },
          Action: 's3:GetObject',
          Resource: `arn:aws:s3:::${Bucket}/*`,
        },
      ],
    })
    const policyOf = (role: string) =>
      described(Bucket, { Bucket, PolicyDocument: document(role) }, 'AWS::S3::BucketPolicy')

    const created = await bucketPolicy.create(policyOf('one'), call())
    const twice = await refused(bucketPolicy.create(policyOf('one'), call()))
    await bucketPolicy.update(policyOf('two'), policyOf('one'), call())
    const { Policy = '' } = await s3.send(new S.GetBucketPolicyCommand({ Bucket }))
    await bucketPolicy.delete(policyOf('two'), call())
    const gone = await s3.send(new S.GetBucketPolicyCommand({ Bucket })).catch((error) => error.name)

    expect(created).to.deep.equal({ physicalId: Bucket })
    expect(twice).to.equal(`The bucket policy already exists on bucket ${Bucket}.`)
    expect(JSON.parse(Policy)).to.deep.equal(document('two'))
    expect(gone).to.equal('NoSuchBucketPolicy')
  })
})
