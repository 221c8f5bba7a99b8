import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  createReadStream,
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { withS3 } from '../../../tests/s3.ts'
import { pythonTools } from '../../../tests/tools/python.ts'

const run = promisify(execFile)
const bin = pythonTools()

const MB = 1024 ** 2
/** What `aws s3 cp` carries both ways. */
const LARGE = process.env.TEST_FULL === '1' ? 1024 * MB : 96 * MB

/** Writes a file of which no two megabytes are alike. */
const writeLarge = (file: string, size: number) => {
  function* blocks() {
    for (let at = 0; at < size; at += MB) yield Buffer.alloc(Math.min(MB, size - at), `megabyte ${at / MB} `)
  }
  return pipeline(Readable.from(blocks()), createWriteStream(file))
}

const digestOf = async (file: string): Promise<string> => {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

describe('S3 with tools written in Python', function () {
  this.timeout(600_000)
  before(function () {
    if (!bin) this.skip()
  })
  const t = withS3()
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 's3-tools-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const environment = () => ({
    ...process.env,
    AWS_ENDPOINT_URL: t.url,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'no-credentials'),
    PYTHONUTF8: '1',
  })
  const aws = async (...words: string[]) =>
    (await run(join(bin ?? '', 'aws'), words, { cwd: folder, env: environment() })).stdout
  const python = async (script: string) =>
    JSON.parse((await run(join(bin ?? '', 'python'), ['-c', script], { cwd: folder, env: environment() })).stdout)

  it('aws s3 copies, lists, syncs and removes', async () => {
    const large = Buffer.alloc(20 * 1024 ** 2, 'large') // above the size from which the CLI uploads in parts
    mkdirSync(join(folder, 'from', 'deep'), { recursive: true })
    writeFileSync(join(folder, 'from', 'a b+ü.txt'), 'text')
    writeFileSync(join(folder, 'from', 'deep', 'large.bin'), large)

    await aws('s3', 'mb', 's3://cli')
    await aws('s3', 'cp', 'from', 's3://cli/up/', '--recursive')
    const listed = await aws('s3', 'ls', 's3://cli/up/', '--recursive')
    const folders = await aws('s3', 'ls', 's3://cli/up/')
    await aws('s3', 'cp', 's3://cli/up/deep/large.bin', 's3://cli/copy.bin')
    await aws('s3', 'sync', 's3://cli/up', 'to')
    const again = await aws('s3', 'sync', 's3://cli/up', 'to')
    await aws('s3', 'mv', 's3://cli/copy.bin', 's3://cli/moved.bin')
    const head = JSON.parse(await aws('s3api', 'head-object', '--bucket', 'cli', '--key', 'moved.bin'))
    await aws('s3', 'rm', 's3://cli', '--recursive')
    const nothing = await aws('s3api', 'list-objects-v2', '--bucket', 'cli')
    await aws('s3', 'rb', 's3://cli')

    expect(listed).to.match(/ 4 up\/a b\+ü\.txt\n.* 20971520 up\/deep\/large\.bin\n/)
    expect(folders).to.match(/PRE deep\/\n.* 4 a b\+ü\.txt\n/)
    expect(readFileSync(join(folder, 'to', 'a b+ü.txt'), 'utf8')).to.equal('text')
    expect(readFileSync(join(folder, 'to', 'deep', 'large.bin')).equals(large)).to.equal(true)
    expect(again).to.equal('')
    expect(head.ContentLength).to.equal(large.length)
    expect(nothing).not.to.contain('Contents')
    expect(readdirSync(join(folder, 'to'))).to.have.length(2)
    expect(statSync(join(folder, 'to', 'deep', 'large.bin')).size).to.equal(large.length)
  })

  it(`aws s3 cp carries ${LARGE / MB} MB up and down`, async () => {
    await writeLarge(join(folder, 'large.bin'), LARGE)
    await aws('s3', 'mb', 's3://large')

    await aws('s3', 'cp', 'large.bin', 's3://large/large.bin', '--no-progress')
    const head = JSON.parse(await aws('s3api', 'head-object', '--bucket', 'large', '--key', 'large.bin'))
    await aws('s3', 'cp', 's3://large/large.bin', 'back.bin', '--no-progress')

    expect(head.ContentLength).to.equal(LARGE)
    expect(head.ETag).to.equal(`"${head.ETag.slice(1, 33)}-${LARGE / (8 * MB)}"`) // the CLI's parts have 8 MB
    expect(await digestOf(join(folder, 'back.bin'))).to.equal(await digestOf(join(folder, 'large.bin')))
    expect(await aws('s3api', 'list-multipart-uploads', '--bucket', 'large')).not.to.contain('UploadId')
  })

  it('aws s3 presign lends one object, for as long as it says', async () => {
    await aws('s3', 'mb', 's3://lent')
    await aws('s3api', 'put-object', '--bucket', 'lent', '--key', 'a b+ü.txt', '--body', import.meta.filename)
    const presigned = async () => (await aws('s3', 'presign', 's3://lent/a b+ü.txt', '--expires-in', '60')).trim()
    // Left alone, version 1 of the CLI signs as it did in 2006, which S3 takes for buckets from before June 2020 only.
    const old = await presigned()
    writeFileSync(join(folder, 'config'), '[default]\ns3 =\n  signature_version = s3v4\n')
    const address = await presigned()

    const refused = await fetch(old)
    const lent = await fetch(address)
    const other = await fetch(address.replace('.txt', '.text'))
    const written = await fetch(address, { method: 'PUT', body: 'other' })
    t.clock.advance(61_000)
    const late = await fetch(address)

    expect([refused.status, await refused.text()]).to.satisfy(
      ([status, text]: [number, string]) =>
        status === 400 && text.includes('<Message>The authorization mechanism you have provided is not supported.'),
    )
    expect([lent.status, await lent.text()]).to.deep.equal([200, readFileSync(import.meta.filename, 'utf8')])
    expect([other.status, await other.text()]).to.satisfy(
      ([status, text]: [number, string]) => status === 403 && text.includes('<Code>SignatureDoesNotMatch</Code>'),
    )
    expect([written.status, await written.text()]).to.satisfy(
      ([status, text]: [number, string]) => status === 403 && text.includes('<Code>SignatureDoesNotMatch</Code>'),
    )
    expect([late.status, await late.text()]).to.satisfy(
      ([status, text]: [number, string]) => status === 403 && text.includes('<Message>Request has expired</Message>'),
    )
  })

  it("boto3's transfer manager uploads, copies and downloads in parts", async () => {
    const size = 30 * MB + 1
    await writeLarge(join(folder, 'picture.bin'), size)

    const answer = await python(`
import boto3, io, json
from boto3.s3.transfer import TransferConfig
config = TransferConfig(multipart_threshold=5 * 1024**2, multipart_chunksize=5 * 1024**2, max_concurrency=8)
s3 = boto3.client('s3')
s3.create_bucket(Bucket='transfer')
sent = []
s3.upload_file('picture.bin', 'transfer', 'up', Config=config, Callback=sent.append,
  ExtraArgs={'Metadata': {'title': 'Mona Lisa'}, 'ContentType': 'image/png', 'ChecksumAlgorithm': 'SHA256', 'Tagging': 'a=b'})
up = s3.head_object(Bucket='transfer', Key='up', ChecksumMode='ENABLED')
s3.copy({'Bucket': 'transfer', 'Key': 'up'}, 'transfer', 'copy', Config=config)
copied = s3.head_object(Bucket='transfer', Key='copy')
s3.download_file('transfer', 'copy', 'down.bin', Config=config)
s3.upload_fileobj(io.BytesIO(b'small'), 'transfer', 'small', Config=config)
into = io.BytesIO()
s3.download_fileobj('transfer', 'small', into)
failed = None
try:
    s3.download_file('transfer', 'none', 'none.bin', Config=config)
except Exception as e:
    failed = e.response['Error']['Code']
print(json.dumps({'sent': sum(sent), 'type': up['ContentType'], 'metadata': up['Metadata'], 'checksum': up['ChecksumType'],
  'parts': [up['ETag'].split('-')[1], copied['ETag'].split('-')[1]], 'copied': copied['ContentLength'],
  'tags': s3.get_object_tagging(Bucket='transfer', Key='up')['TagSet'], 'small': into.getvalue().decode(), 'failed': failed,
  'open': len(s3.list_multipart_uploads(Bucket='transfer').get('Uploads', []))}))
`)

    expect(answer).to.deep.equal({
      sent: size,
      type: 'image/png',
      metadata: { title: 'Mona Lisa' },
      checksum: 'COMPOSITE',
      parts: ['7"', '7"'],
      copied: size,
      tags: [{ Key: 'a', Value: 'b' }],
      small: 'small',
      failed: '404',
      open: 0,
    })
    expect(await digestOf(join(folder, 'down.bin'))).to.equal(await digestOf(join(folder, 'picture.bin')))
  })

  it('boto3 reads and writes, and finds the errors that it knows', async () => {
    const answer = await python(`
import boto3, json, botocore
s3 = boto3.client('s3')
s3.create_bucket(Bucket='boto')
s3.put_object(Bucket='boto', Key='a b+ü\\x01', Body=b'0123456789', Metadata={'a': 'b'}, ContentType='text/plain')
got = s3.get_object(Bucket='boto', Key='a b+ü\\x01', Range='bytes=2-4')
keys = [o['Key'] for page in s3.get_paginator('list_objects_v2').paginate(Bucket='boto', PaginationConfig={'PageSize': 1}) for o in page['Contents']]
errors = []
def refused(call, **kw):
    try:
        call(**kw)
    except botocore.exceptions.ClientError as e:
        errors.append([e.response['Error']['Code'], e.response['ResponseMetadata']['HTTPStatusCode']])
refused(s3.get_object, Bucket='boto', Key='none')
refused(s3.head_object, Bucket='boto', Key='none')
refused(s3.get_object, Bucket='none-such', Key='none')
refused(s3.delete_bucket, Bucket='boto')
refused(s3.get_bucket_policy, Bucket='boto')
refused(s3.put_object, Bucket='boto', Key='a b+ü\\x01', Body=b'', IfNoneMatch='*')
refused(s3.get_object, Bucket='boto', Key='a b+ü\\x01', IfNoneMatch=got['ETag'])
try:
    s3.get_object(Bucket='boto', Key='none')
except s3.exceptions.NoSuchKey as e:
    errors.append(['class', 'NoSuchKey'])
s3.put_object(Bucket='boto', Key='c d+ü', Body=b'')
deleted = s3.delete_objects(Bucket='boto', Delete={'Objects': [{'Key': 'c d+ü'}]})
s3.delete_object(Bucket='boto', Key='a b+ü\\x01')
location = s3.get_bucket_location(Bucket='boto')['LocationConstraint']
print(json.dumps({'body': got['Body'].read().decode(), 'range': got['ContentRange'], 'metadata': got['Metadata'], 'keys': keys,
  'errors': errors, 'deleted': [d['Key'] for d in deleted['Deleted']], 'location': location, 'waited': s3.get_waiter('object_not_exists').wait(Bucket='boto', Key='a b+ü\\x01')}))
`)

    expect(answer).to.deep.equal({
      body: '234',
      range: 'bytes 2-4/10',
      metadata: { a: 'b' },
      keys: ['a b+ü\u0001'],
      errors: [
        ['NoSuchKey', 404],
        ['404', 404],
        ['NoSuchBucket', 404],
        ['BucketNotEmpty', 409],
        ['NoSuchBucketPolicy', 404],
        ['PreconditionFailed', 412],
        ['304', 304],
        ['class', 'NoSuchKey'],
      ],
      deleted: ['c d+ü'],
      location: null,
      waited: null,
    })
  })
})
