import * as S from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { refusalOf } from '../../../tests/refusal.ts'
import { ACCOUNT, allow, OTHER_ACCOUNT, withS3 } from '../../../tests/s3.ts'

const Bucket = 'guarded'
const ARN = `arn:aws:s3:::${Bucket}`

describe('policies of buckets', () => {
  const t = withS3()
  let admin: S.S3Client
  const policy = (...statements: object[]) =>
    new S.PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement: statements }) })
  const everybody = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `${ARN}/*` }
  const open = (settings: S.PublicAccessBlockConfiguration) =>
    admin.send(new S.PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: settings }))

  beforeEach(async () => {
    admin = t.client()
    await admin.send(new S.CreateBucketCommand({ Bucket }))
    await admin.send(new S.PutObjectCommand({ Bucket, Key: 'a', Body: 'bytes', Tagging: 'class=secret' }))
  })
  afterEach(async () => {
    const { Contents = [] } = await admin.send(new S.ListObjectsV2Command({ Bucket }))
    for (const { Key } of Contents) await admin.send(new S.DeleteObjectCommand({ Bucket, Key }))
    await admin.send(new S.DeleteBucketCommand({ Bucket }))
  })

  it('allow and deny', async () => {
    await admin.send(
      policy(
        {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/guest` },
          Action: 's3:GetObject',
          Resource: `${ARN}/*`,
        },
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:GetObject',
          Resource: `${ARN}/a`,
          Condition: { StringEquals: { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/banned` } },
        },
      ),
    )
    const guest = t.as('guest', [])
    const banned = t.as('banned', allow('s3:*', '*'))

    const read = await guest.send(new S.GetObjectCommand({ Bucket, Key: 'a' }))
    const refused = await refusalOf(banned.send(new S.GetObjectCommand({ Bucket, Key: 'a' })))

    expect(read.ContentLength).to.equal(5)
    expect(refused.message).to.contain('with an explicit deny in a resource-based policy')
  })

  it('allow another account what its own policies allow too', async () => {
    const foreign = t.as('foreign', allow('s3:*', '*'), OTHER_ACCOUNT)
    const unallowed = t.as('unallowed', [], OTHER_ACCOUNT)
    const get = new S.GetObjectCommand({ Bucket, Key: 'a' })

    const before = await refusalOf(foreign.send(get))
    await admin.send(
      policy({
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${OTHER_ACCOUNT}:root` },
        Action: 's3:GetObject',
        Resource: `${ARN}/*`,
      }),
    )
    const after = await foreign.send(get)
    const identity = await refusalOf(unallowed.send(get))

    expect(before.name).to.equal('AccessDenied')
    expect(after.ContentLength).to.equal(5)
    expect(identity.name).to.equal('AccessDenied')
  })

  it('let the public in only where nothing blocks it', async () => {
    const stranger = () => fetch(`${t.url}/${Bucket}/a`)

    const refused = await refusalOf(admin.send(policy(everybody)))
    await open({ RestrictPublicBuckets: true })
    await admin.send(policy(everybody))
    const restricted = await stranger()
    const status = await admin.send(new S.GetBucketPolicyStatusCommand({ Bucket }))
    await open({})
    const answered = await stranger()
    const opened = await admin.send(new S.GetBucketPolicyStatusCommand({ Bucket }))
    const another = await fetch(`${t.url}/${Bucket}/none`)

    expect(refused).to.include({ name: 'AccessDenied', status: 403 })
    expect(refused.message).to.contain(
      'because public policies are blocked by the BlockPublicPolicy block public access setting.',
    )
    expect(restricted.status).to.equal(403)
    expect(await restricted.text()).to.contain('<Code>AccessDenied</Code><Message>Access Denied</Message>')
    expect(status.PolicyStatus?.IsPublic).to.equal(false)
    expect(await answered.text()).to.equal('bytes')
    expect(opened.PolicyStatus?.IsPublic).to.equal(true)
    expect(another.status).to.equal(403) // nobody said that strangers may list
  })

  it('leave the owner’s account in where public buckets are restricted', async () => {
    await open({ RestrictPublicBuckets: true })
    await admin.send(policy(everybody))
    const get = new S.GetObjectCommand({ Bucket, Key: 'a' })

    const own = await t.as('own', []).send(get)
    const foreign = await refusalOf(t.as('foreign', allow('s3:*', '*'), OTHER_ACCOUNT).send(get))

    expect(own.ContentLength).to.equal(5)
    expect(foreign.name).to.equal('AccessDenied')
  })

  it('are not there for strangers until they say so', async () => {
    const paths = [`/${Bucket}/a`, `/${Bucket}`, '/', `/${Bucket}?policy`]

    for (const path of paths) expect((await fetch(t.url + path)).status, path).to.equal(403)
    const written = await fetch(`${t.url}/${Bucket}/b`, { method: 'PUT', body: 'x' })
    expect(written.status).to.equal(403)
    const unknown = await fetch(`${t.url}/not-there/a`)
    expect(unknown.status).to.equal(404)
  })

  it('are kept without their spaces, with the oldest version where they name none, and forgotten', async () => {
    const Statement = [{ ...everybody, Effect: 'Deny' }]
    const spaced = JSON.stringify({ Version: '2012-10-17', Statement }, null, 1)
    await admin.send(new S.PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Statement }) }))
    const { Policy: oldest } = await admin.send(new S.GetBucketPolicyCommand({ Bucket }))
    await admin.send(new S.PutBucketPolicyCommand({ Bucket, Policy: spaced }))

    const { Policy } = await admin.send(new S.GetBucketPolicyCommand({ Bucket }))
    await admin.send(new S.DeleteBucketPolicyCommand({ Bucket }))
    const gone = await refusalOf(admin.send(new S.GetBucketPolicyCommand({ Bucket })))
    const block = await admin.send(new S.GetPublicAccessBlockCommand({ Bucket }))
    await admin.send(new S.DeletePublicAccessBlockCommand({ Bucket }))
    const noBlock = await refusalOf(admin.send(new S.GetPublicAccessBlockCommand({ Bucket })))

    expect(oldest).to.equal(JSON.stringify({ Version: '2008-10-17', Statement }))
    expect(Policy).to.equal(JSON.stringify({ Version: '2012-10-17', Statement }))
    expect(gone).to.deep.equal({ name: 'NoSuchBucketPolicy', message: 'The bucket policy does not exist', status: 404 })
    expect(Object.values(block.PublicAccessBlockConfiguration ?? {})).to.deep.equal([true, true, true, true])
    expect(noBlock).to.include({ name: 'NoSuchPublicAccessBlockConfiguration', status: 404 })
  })
})
