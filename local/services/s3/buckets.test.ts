import * as S from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { refusalOf } from '../../../tests/refusal.ts'
import { ACCOUNT, OTHER_ACCOUNT, withS3 } from '../../../tests/s3.ts'
import { localUser } from '../../iam/sessions.ts'
import { background } from '../background.ts'

describe('buckets', () => {
  const t = withS3()
  const everything = { Effect: 'Allow' as const, Action: 's3:*', Resource: '*' }
  const inRegion = (region: string) => t.client({ region })

  it('creates, finds and deletes', async () => {
    const s3 = t.client()

    const created = await s3.send(new S.CreateBucketCommand({ Bucket: 'first' }))
    const head = await s3.send(new S.HeadBucketCommand({ Bucket: 'first' }))
    const location = await s3.send(new S.GetBucketLocationCommand({ Bucket: 'first' }))
    await s3.send(new S.DeleteBucketCommand({ Bucket: 'first' }))
    const gone = await refusalOf(s3.send(new S.HeadBucketCommand({ Bucket: 'first' })))

    expect(created.Location).to.equal('/first')
    expect(head.BucketRegion).to.equal('us-east-1')
    expect(location.LocationConstraint).to.equal(undefined)
    expect(gone).to.include({ name: 'NotFound', status: 404 })
  })

  // "General purpose bucket naming rules"
  for (const name of ['abc', 'a-1', 'my.example.bucket', '123', 'a'.repeat(63), '1.2.3.4a', 'a--b'])
    it(`takes the name ${name}`, async () => {
      const created = await t.client().send(new S.CreateBucketCommand({ Bucket: name }))

      expect(created.$metadata.httpStatusCode).to.equal(200)
    })
  for (const name of [
    'ab',
    'a'.repeat(64),
    'Abc',
    'a_b',
    '-abc',
    'abc-',
    '.abc',
    'abc.',
    'a..b',
    '192.168.5.4',
    'xn--abc',
    'sthree-abc',
    'abc-s3alias',
    'abc--ol-s3',
    'übung',
    'a b',
  ])
    it(`refuses the name ${name}`, async () => {
      const refused = await refusalOf(t.client().send(new S.CreateBucketCommand({ Bucket: name })))

      expect(refused).to.include({
        name: 'InvalidBucketName',
        status: 400,
        message: 'The specified bucket is not valid.',
      })
    })

  it('gives the owner in us-east-1 a bucket once more, and nowhere else', async () => {
    await t.client().send(new S.CreateBucketCommand({ Bucket: 'again' }))
    const frankfurt = inRegion('eu-central-1')
    const there = { Bucket: 'again-there', CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' as const } }
    await frankfurt.send(new S.CreateBucketCommand(there))

    const again = await t.client().send(new S.CreateBucketCommand({ Bucket: 'again' }))
    const taken = await refusalOf(frankfurt.send(new S.CreateBucketCommand(there)))
    const stranger = t.as('stranger', everything, OTHER_ACCOUNT)
    const foreign = await refusalOf(stranger.send(new S.CreateBucketCommand({ Bucket: 'again' })))

    expect(again.Location).to.equal('/again')
    expect(taken).to.include({ name: 'BucketAlreadyOwnedByYou', status: 409 })
    expect(foreign).to.include({ name: 'BucketAlreadyExists', status: 409 })
  })

  // CreateBucket, "LocationConstraint"
  const places: [asked: string, constraint: string, code: string][] = [
    ['eu-west-1', 'eu-west-1', ''],
    ['eu-west-1', 'EU', ''],
    ['us-east-1', 'ap-south-1', ''],
    ['eu-west-1', 'eu-central-1', 'IllegalLocationConstraintException'],
    ['us-east-1', 'us-east-1', 'InvalidLocationConstraint'],
    ['us-east-1', 'nowhere', 'InvalidLocationConstraint'],
    ['us-east-1', '', 'InvalidLocationConstraint'],
  ]
  for (const [index, [asked, constraint, code]] of places.entries())
    it(`${code ? `refuses (${code})` : 'takes'} the constraint ${constraint} in ${asked}`, async () => {
      const Bucket = `place-${index}`
      const CreateBucketConfiguration = { LocationConstraint: constraint as 'EU' }
      const s3 = inRegion(asked)

      const created = s3.send(new S.CreateBucketCommand({ Bucket, CreateBucketConfiguration }))

      if (code) {
        expect(await refusalOf(created)).to.include({ name: code, status: 400 })
        return
      }
      await created
      const location = await s3.send(new S.GetBucketLocationCommand({ Bucket }))
      expect(location.LocationConstraint).to.equal(constraint)
    })

  // The SDK would add the constraint by itself.
  it('refuses no constraint in a region that needs one', async () => {
    const context = background(t.ground, localUser(ACCOUNT), 'eu-west-1')

    const refused = await t.dispatch.run('s3', 'CreateBucket', { Bucket: 'nowhere' }, context).catch((error) => error)

    expect(refused).to.include({ code: 'IllegalLocationConstraintException', status: 400 })
  })

  it('sends callers of another region to the bucket’s own', async () => {
    await t.client().send(new S.CreateBucketCommand({ Bucket: 'home' }))

    const redirected = await refusalOf(inRegion('eu-west-1').send(new S.ListObjectsV2Command({ Bucket: 'home' })))
    const found = await t
      .client({ region: 'eu-west-1' })
      .send(new S.HeadBucketCommand({ Bucket: 'home' }))
      .catch((error) => error.$response.headers['x-amz-bucket-region'])
    const location = await inRegion('eu-west-1').send(new S.GetBucketLocationCommand({ Bucket: 'home' }))

    expect(redirected).to.include({ name: 'PermanentRedirect', status: 301 })
    expect(found).to.equal('us-east-1')
    expect(location.LocationConstraint).to.equal(undefined)
  })

  it('deletes no bucket that holds an object, but ends its uploads', async () => {
    const s3 = t.client()
    await s3.send(new S.CreateBucketCommand({ Bucket: 'full' }))
    await s3.send(new S.PutObjectCommand({ Bucket: 'full', Key: 'a', Body: 'a' }))
    await s3.send(new S.CreateMultipartUploadCommand({ Bucket: 'full', Key: 'b' }))

    const refused = await refusalOf(s3.send(new S.DeleteBucketCommand({ Bucket: 'full' })))
    await s3.send(new S.DeleteObjectCommand({ Bucket: 'full', Key: 'a' }))
    const deleted = await s3.send(new S.DeleteBucketCommand({ Bucket: 'full' }))

    expect(refused).to.deep.equal({
      name: 'BucketNotEmpty',
      message: 'The bucket you tried to delete is not empty',
      status: 409,
    })
    expect(deleted.$metadata.httpStatusCode).to.equal(204)
  })

  it('lists an account’s buckets, by name, prefix and region, in pages', async () => {
    const owner = t.as('lister', everything, OTHER_ACCOUNT)
    for (const Bucket of ['z-one', 'a-one', 'a-two', 'a-three']) await owner.send(new S.CreateBucketCommand({ Bucket }))
    await owner.send(
      new S.CreateBucketCommand({ Bucket: 'a-far', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }),
    )
    const names = (output: S.ListBucketsCommandOutput) => output.Buckets?.map(({ Name }) => Name)

    const all = await owner.send(new S.ListBucketsCommand({}))
    const near = await owner.send(new S.ListBucketsCommand({ Prefix: 'a-', BucketRegion: 'us-east-1' }))
    const first = await owner.send(new S.ListBucketsCommand({ MaxBuckets: 2 }))
    const second = await owner.send(
      new S.ListBucketsCommand({ MaxBuckets: 2, ContinuationToken: first.ContinuationToken }),
    )
    const wrong = await refusalOf(owner.send(new S.ListBucketsCommand({ ContinuationToken: '!' })))

    expect(names(all)).to.deep.equal(['a-far', 'a-one', 'a-three', 'a-two', 'z-one'])
    expect(names(near)).to.deep.equal(['a-one', 'a-three', 'a-two'])
    expect(names(first)).to.deep.equal(['a-far', 'a-one'])
    expect(names(second)).to.deep.equal(['a-three', 'a-two'])
    expect(wrong).to.include({ name: 'InvalidArgument', status: 400 })
  })

  it('refuses lists of access that a bucket of its owner cannot have', async () => {
    const s3 = t.client()
    await s3.send(new S.CreateBucketCommand({ Bucket: 'private-list', ACL: 'private' }))

    const open = await refusalOf(s3.send(new S.CreateBucketCommand({ Bucket: 'open-list', ACL: 'public-read' })))
    const put = await refusalOf(s3.send(new S.PutBucketAclCommand({ Bucket: 'private-list', ACL: 'public-read' })))
    const { Grants, Owner } = await s3.send(new S.GetBucketAclCommand({ Bucket: 'private-list' }))

    expect(open).to.include({ name: 'InvalidBucketAclWithObjectOwnership', status: 400 })
    expect(put).to.include({ name: 'AccessControlListNotSupported', status: 400 })
    expect(Grants).to.deep.equal([{ Grantee: { Type: 'CanonicalUser', ID: Owner?.ID }, Permission: 'FULL_CONTROL' }])
    expect(Owner?.ID).to.match(/^[0-9a-f]{64}$/)
  })

  it('denies a request that expects another owner', async () => {
    const s3 = t.client()
    await s3.send(new S.CreateBucketCommand({ Bucket: 'mine' }))

    const right = await s3.send(new S.HeadBucketCommand({ Bucket: 'mine', ExpectedBucketOwner: '123456789012' }))
    const wrong = await refusalOf(
      s3.send(new S.ListObjectsV2Command({ Bucket: 'mine', ExpectedBucketOwner: OTHER_ACCOUNT })),
    )

    const none = await refusalOf(s3.send(new S.ListObjectsV2Command({ Bucket: 'mine', ExpectedBucketOwner: 'me' })))

    expect(right.$metadata.httpStatusCode).to.equal(200)
    expect(wrong).to.include({ name: 'AccessDenied', status: 403 })
    expect(none).to.deep.equal({
      name: 'InvalidBucketOwnerAWSAccountID',
      message: 'The value of the expected bucket owner parameter must be an AWS Account ID... [me]',
      status: 400,
    })
  })

  it('says which operation it does not have', async () => {
    const refused = await refusalOf(t.client().send(new S.GetObjectTorrentCommand({ Bucket: 'any', Key: 'a' })))

    expect(refused).to.include({ name: 'NotImplemented', status: 501 })
    expect(refused.message).to.contain('GetObjectTorrent')
  })
})
