import { Readable } from 'node:stream'
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { GetObjectCommand, ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { expect } from 'chai'
import { openTestDoor, ROLE, type TestDoor } from './fixture.ts'

describe('the door, by the SDK’s clients', () => {
  let door: TestDoor
  let s3: S3Client
  before(async () => {
    door = await openTestDoor()
    s3 = new S3Client({ ...door.client, forcePathStyle: true })
  })
  after(async () => {
    s3.destroy()
    await door.close()
  })

  it('takes an object by path and gives it back', async () => {
    const body = Buffer.from('hello')

    await s3.send(new PutObjectCommand({ Bucket: 'pictures', Key: 'a b+c/ü.txt', Body: body }))
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'pictures', Key: 'a b+c/ü.txt' }))

    expect(await Body?.transformToString()).to.equal('hello')
    expect([...door.objects.keys()]).to.deep.equal(['pictures/a b+c/ü.txt'])
  })

  it('takes a stream of unknown checksum, chunk by chunk, with its trailer', async () => {
    const parts = Array.from({ length: 20 }, (_, i) => Buffer.alloc(65_536, i))

    await s3.send(
      new PutObjectCommand({
        Bucket: 'pictures',
        Key: 'stream',
        Body: Readable.from(parts),
        ContentLength: 20 * 65_536,
      }),
    )

    const stored = door.objects.get('pictures/stream')
    expect(stored?.bytes.equals(Buffer.concat(parts))).to.equal(true)
    expect(stored?.checksums).to.have.all.keys('ChecksumCRC32')
  })

  it('serves the query, JSON and REST JSON protocols', async () => {
    const sts = new STSClient(door.client)
    const dynamodb = new DynamoDBClient(door.client)
    const lambda = new LambdaClient({ ...door.client, credentials: ROLE })

    const who = await sts.send(new GetCallerIdentityCommand({}))
    const item = await dynamodb.send(new GetItemCommand({ TableName: 't', Key: { id: { S: 'é' } } }))
    const invoked = await lambda.send(
      new InvokeCommand({ FunctionName: 'arn:aws:lambda:us-east-1:123456789012:function:f', Payload: '{"a":1}' }),
    )

    expect(who.Arn).to.equal('arn:aws:iam::123456789012:user/local')
    expect(item.Item).to.deep.equal({ id: { S: 'é' } })
    expect(invoked.Payload?.transformToString()).to.equal('{"a":1}')
    expect(door.seen.at(-1)?.context.caller).to.include({ kind: 'role' })
  })

  it('takes an unsigned call where AWS does', async () => {
    const sts = new STSClient({ ...door.client, credentials: { accessKeyId: '', secretAccessKey: '' } })

    const { SubjectFromWebIdentityToken } = await sts.send(
      new AssumeRoleWithWebIdentityCommand({ RoleArn: 'arn', RoleSessionName: 'me', WebIdentityToken: 'token' }),
    )

    expect(SubjectFromWebIdentityToken).to.equal('somebody')
  })

  it('refuses a wrong secret', async () => {
    const wrong = new S3Client({
      ...door.client,
      credentials: { accessKeyId: 'local', secretAccessKey: 'wrong' },
      forcePathStyle: true,
    })

    const error = await wrong.send(new ListBucketsCommand({})).catch((one) => one)

    expect(error).to.include({ name: 'SignatureDoesNotMatch' })
  })
})
