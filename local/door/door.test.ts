import { Agent } from 'node:http'
import { Readable } from 'node:stream'
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { GetObjectCommand, ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { expect } from 'chai'
import type { Site } from './door.ts'
import { LOCAL, openTestDoor, ROLE, type TestDoor } from './fixture.ts'
import { type SignedRequest, send, sign } from './signing.ts'

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

  it('keeps one connection for what is small', async () => {
    const sockets = new Set<unknown>()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    agent.on('free', (socket) => sockets.add(socket))
    const client = { ...door.client, requestHandler: { httpAgent: agent } }
    const [dynamodb, small] = [new DynamoDBClient(client), new S3Client({ ...client, forcePathStyle: true })]

    for (let i = 0; i < 3; i++) {
      await dynamodb.send(new GetItemCommand({ TableName: 't', Key: { id: { S: 'a' } } }))
      await small.send(new PutObjectCommand({ Bucket: 'pictures', Key: 'small', Body: 'small' }))
      await small.send(new ListBucketsCommand({}))
    }
    agent.destroy()

    expect(sockets.size).to.equal(1)
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

describe('the door and what stands behind it', () => {
  let door: TestDoor
  const visited: string[] = []
  const site = (name: string, matches: Site['matches'], answer = true): Site => ({
    matches,
    async handle(request, response, { path, query, host }) {
      visited.push(`${name} ${host} ${path} ${query.get('a')}`)
      if (!answer) throw new Error('secret cause')
      for await (const part of request) response.write(part)
      response.end('.')
    },
  })
  before(async () => {
    door = await openTestDoor({
      sites: [
        site('api', ({ host }) => host.endsWith('.execute-api.localhost')),
        site('console', ({ path }) => path.startsWith('/_console/')),
        site('broken', ({ path }) => path === '/broken', false),
        site('never', () => false),
      ],
    })
  })
  after(() => door.close())
  beforeEach(() => {
    visited.length = 0
    door.seen.length = 0
  })

  const ask = (path: string, more: Partial<SignedRequest> = {}) =>
    send(door.url, { method: 'GET', path, headers: {}, body: Buffer.alloc(0), ...more })

  it('leads to a site by host, by path, and by a signature for it', async () => {
    const host = `abc.execute-api.localhost:${door.port}`
    const signed = await sign(`http://${host}`, { path: '/prod/x?a=2' }, LOCAL, { service: 'execute-api' })

    const byHost = await ask('/prod/x?a=1', { headers: { host } })
    await ask('/_console/x')
    await send(door.url, signed)

    expect(byHost).to.include({ status: 200, body: '.' })
    expect(visited).to.deep.equal([
      'api abc.execute-api.localhost /prod/x 1',
      'console 127.0.0.1 /_console/x null',
      'api abc.execute-api.localhost /prod/x 2',
    ])
    expect(door.seen).to.deep.equal([])
  })

  it('gives a site the body, also of a client that waits to be asked for it', async () => {
    const { body } = await ask('/_console/x', {
      method: 'POST',
      headers: { expect: '100-continue', 'content-length': '5' },
      body: Buffer.from('hello'),
    })

    expect(body).to.equal('hello.')
  })

  it('leads past a site what is signed or meant for a service', async () => {
    await send(door.url, await sign(door.url, { path: '/_console/x' }, LOCAL))
    await ask('/_console/x', { headers: { host: `pictures.s3.localhost:${door.port}` } })

    expect(visited).to.deep.equal([])
    expect(door.seen.map(({ input }) => `${input.Bucket}/${input.Key}`)).to.deep.equal([
      '_console/x',
      'pictures/_console/x',
    ])
  })

  it('says nothing of the cause when a site fails', async () => {
    const { status, body } = await ask('/broken')

    expect(status).to.equal(500)
    expect(body).not.to.contain('secret')
    expect(door.lines.at(-1)?.cause).to.include({ message: 'secret cause' })
  })

  it('takes what is left for S3, and whoever did not sign as nobody', async () => {
    const { code } = await ask('/pictures/a')

    expect(code).to.equal('NoSuchKey')
    expect(door.seen.at(-1)?.context).to.deep.include({
      caller: { kind: 'anonymous', account: '123456789012' },
      region: 'us-east-1',
    })
  })

  it('knows a service by target or version where nothing is signed', async () => {
    const json = await ask('/', { method: 'POST', headers: { 'x-amz-target': 'DynamoDB_20120810.GetItem' } })
    const unknown = await ask('/', { method: 'POST', headers: { 'x-amz-target': 'Kinesis_20131202.PutRecord' } })
    const query = await ask('/?Action=GetCallerIdentity&Version=2011-06-15')

    expect([json, unknown, query].map(({ status, code }) => `${status} ${code}`)).to.deep.equal([
      '400 MissingAuthenticationTokenException',
      '501 NotImplemented',
      '403 MissingAuthenticationToken',
    ])
  })

  it('answers HEAD without a body, also when it refuses', async () => {
    door.objects.set('pictures/a', { bytes: Buffer.from('hello'), checksums: {}, input: {} })

    const there = await ask('/pictures/a', { method: 'HEAD' })
    const wrong = await ask('/pictures/a', { method: 'HEAD', headers: { host: 'evil.example' } })

    expect([there.status, wrong.status, there.body, wrong.body]).to.deep.equal([501, 403, '', ''])
  })
})
