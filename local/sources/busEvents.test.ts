import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import * as S from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { told, withCloud } from '../../tests/cloud.ts'
import { arnOf, createRole, functionOf } from '../services/lambda/fixture.ts'

const Bucket = 'on-the-bus'
const RECEIVER = `export const handler = async (event) => console.log('received ' + JSON.stringify(event))`

describe('events of buckets on the bus of EventBridge, through the SDK', () => {
  const cloud = withCloud()
  const s3 = () => new S.S3Client(cloud.config())
  const rule = async (Name: string, pattern: object) => {
    const events = new EventBridgeClient(cloud.config())
    const { RuleArn } = await events.send(new PutRuleCommand({ Name, EventPattern: JSON.stringify(pattern) }))
    await events.send(new PutTargetsCommand({ Rule: Name, Targets: [{ Id: 'f', Arn: arnOf('receiver') }] }))
    await new LambdaClient(cloud.config()).send(
      new AddPermissionCommand({
        ...{ FunctionName: 'receiver', StatementId: Name, Action: 'lambda:InvokeFunction' },
        ...{ Principal: 'events.amazonaws.com', SourceArn: RuleArn },
      }),
    )
  }
  const configure = (NotificationConfiguration: S.NotificationConfiguration) =>
    s3().send(new S.PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }))
  /** What the function got since the last time, in the order of its sequencers. */
  const received = async () => {
    await cloud.settled()
    const found = cloud.lines.splice(0).flatMap((line) => /received (\{.*\})/.exec(line)?.[1] ?? [])
    return found
      .map((text) => JSON.parse(text))
      .sort((a, b) => (a.detail.object.sequencer < b.detail.object.sequencer ? -1 : 1))
  }
  before(async () => {
    await createRole(cloud.config(), 'basic')
    await new LambdaClient(cloud.config()).send(new CreateFunctionCommand(functionOf('receiver', RECEIVER)))
    await s3().send(new S.CreateBucketCommand({ Bucket }))
    await rule('objects', {
      source: ['aws.s3'],
      detail: { bucket: { name: [Bucket] }, object: { key: [{ prefix: 'images/' }] } },
    })
  })

  it('come to the targets of the rules that fit, once the bucket sends them', async () => {
    await s3().send(new S.PutObjectCommand({ Bucket, Key: 'images/before.jpg', Body: 'x' }))
    await configure({ EventBridgeConfiguration: {} })
    await s3().send(new S.PutObjectCommand({ Bucket, Key: 'other/photo.jpg', Body: 'bytes' }))
    const put = await s3().send(new S.PutObjectCommand({ Bucket, Key: 'images/a photo.jpg', Body: 'bytes' }))
    const configured = await s3().send(new S.GetBucketNotificationConfigurationCommand({ Bucket }))

    const [event, ...others] = await received()

    expect(others, told(cloud)).to.deep.equal([])
    expect(configured.EventBridgeConfiguration).to.deep.equal({})
    expect(event).to.deep.include({
      version: '0',
      'detail-type': 'Object Created',
      source: 'aws.s3',
      account: '123456789012',
      region: 'us-east-1',
      resources: [`arn:aws:s3:::${Bucket}`],
    })
    expect(event.id).to.match(/^[0-9a-f-]{36}$/)
    expect(event.time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    const { 'request-id': requestId, object, ...detail } = event.detail
    expect(detail).to.deep.equal({
      version: '0',
      'event-version': '1.0',
      bucket: { name: Bucket },
      requester: '123456789012',
      'source-ip-address': '127.0.0.1',
      reason: 'PutObject',
    })
    expect(requestId).to.match(/^[0-9A-Z]{16}$/)
    expect(object).to.deep.include({ key: 'images/a photo.jpg', size: 5, etag: put.ETag?.replaceAll('"', '') })
    expect(object.sequencer).to.match(/^[0-9A-F]{18}$/)
  })

  it('tell what happened, and to which version', async () => {
    const Key = 'images/life.jpg'
    await configure({ EventBridgeConfiguration: {} })
    await s3().send(new S.PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
    const put = await s3().send(new S.PutObjectCommand({ Bucket, Key, Body: 'x' }))
    await s3().send(new S.CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/other/photo.jpg` }))
    const marker = await s3().send(new S.DeleteObjectCommand({ Bucket, Key }))
    await s3().send(new S.DeleteObjectCommand({ Bucket, Key, VersionId: put.VersionId }))
    const changes = await received()
    await s3().send(
      new S.PutObjectTaggingCommand({
        Bucket,
        Key: 'images/a photo.jpg',
        Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] },
      }),
    )
    const [tagged] = await received()

    expect(
      changes.map(({ 'detail-type': type, detail }) => [
        type,
        detail.reason,
        detail['deletion-type'],
        detail.object['version-id'],
      ]),
      told(cloud),
    ).to.deep.equal([
      ['Object Created', 'PutObject', undefined, put.VersionId],
      ['Object Created', 'CopyObject', undefined, changes[1]?.detail.object['version-id']],
      ['Object Deleted', 'DeleteObject', 'Delete Marker Created', marker.VersionId],
      ['Object Deleted', 'DeleteObject', 'Permanently Deleted', put.VersionId],
    ])
    expect(tagged['detail-type']).to.equal('Object Tags Added')
    expect(tagged.detail).not.to.have.any.keys('reason', 'deletion-type')
  })

  it('come no more when the bucket’s configuration is without it', async () => {
    await configure({})
    await s3().send(new S.PutObjectCommand({ Bucket, Key: 'images/quiet.jpg', Body: 'x' }))

    expect(await received()).to.deep.equal([])
  })

  it('tell what a lifecycle deleted, by S3 itself', async () => {
    await configure({ EventBridgeConfiguration: {} })
    await s3().send(
      new S.PutBucketLifecycleConfigurationCommand({
        Bucket,
        LifecycleConfiguration: {
          Rules: [{ Status: 'Enabled', Filter: { Prefix: 'images/a' }, Expiration: { Days: 1 } }],
        },
      }),
    )

    cloud.clock.advance(3 * 86_400_000)
    let event = (await received())[0]
    for (let tries = 0; tries < 100 && !event; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      event = (await received())[0]
    }

    expect(event?.detail, told(cloud)).to.deep.include({
      requester: 's3.amazonaws.com',
      reason: 'Lifecycle Expiration',
      'deletion-type': 'Delete Marker Created',
    })
    expect(event.detail).not.to.have.property('source-ip-address')
  })
})
