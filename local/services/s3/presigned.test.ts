import * as S from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { expect } from 'chai'
import { withS3 } from '../../../tests/s3.ts'

const Bucket = 'presigned'

describe('presigned URLs', () => {
  const t = withS3()
  let s3: S.S3Client
  before(async () => {
    s3 = t.client()
    await s3.send(new S.CreateBucketCommand({ Bucket }))
  })

  it('put and get an object', async () => {
    const key = { Bucket, Key: 'a b/ü+.txt' }
    const put = await getSignedUrl(s3, new S.PutObjectCommand(key), { expiresIn: 60 })
    const get = await getSignedUrl(s3, new S.GetObjectCommand(key), { expiresIn: 60 })

    const written = await fetch(put, { method: 'PUT', body: new Uint8Array(Buffer.from('bytes')) })
    const read = await fetch(get)

    expect(written.status).to.equal(200)
    expect(read.status).to.equal(200)
    expect(await read.text()).to.equal('bytes')
    expect(read.headers.get('content-type')).to.equal('binary/octet-stream')
    expect(read.headers.get('x-amz-server-side-encryption')).to.equal('AES256')
    expect(read.headers.get('accept-ranges')).to.equal('bytes')
  })

  it('compute CRC64NVME where the client sends no checksum', async () => {
    const key = { Bucket, Key: 'unchecked' }
    const put = await getSignedUrl(s3, new S.PutObjectCommand(key))

    await fetch(put, { method: 'PUT', body: '123456789' })
    const head = await s3.send(new S.HeadObjectCommand({ ...key, ChecksumMode: 'ENABLED' }))

    // "Catalogue of parametrised CRC algorithms": the check value of CRC-64/NVME
    expect(head.ChecksumCRC64NVME).to.equal(Buffer.from('ae8b14860a799888', 'hex').toString('base64'))
    expect(head.ChecksumType).to.equal('FULL_OBJECT')
  })

  it('say what headers the answer is to have', async () => {
    const key = { Bucket, Key: 'overridden' }
    await s3.send(new S.PutObjectCommand({ ...key, Body: 'x', ContentType: 'text/plain', CacheControl: 'no-cache' }))
    const get = await getSignedUrl(
      s3,
      new S.GetObjectCommand({
        ...key,
        ResponseContentType: 'text/html',
        ResponseContentDisposition: 'attachment; filename="x.html"',
        ResponseContentLanguage: 'de',
        ResponseContentEncoding: 'identity',
        ResponseCacheControl: 'max-age=1',
        ResponseExpires: new Date('2030-01-01T00:00:00Z'),
      }),
    )

    const { headers } = await fetch(get)

    expect(headers.get('content-type')).to.equal('text/html')
    expect(headers.get('content-disposition')).to.equal('attachment; filename="x.html"')
    expect(headers.get('content-language')).to.equal('de')
    expect(headers.get('content-encoding')).to.equal('identity')
    expect(headers.get('cache-control')).to.equal('max-age=1')
    expect(headers.get('expires')).to.equal('Tue, 01 Jan 2030 00:00:00 GMT')
  })

  it('are needed to say so', async () => {
    await s3.send(new S.PutObjectCommand({ Bucket, Key: 'open', Body: 'x' }))
    const PublicAccessBlockConfiguration = {}
    await s3.send(new S.PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }))
    const Statement = {
      Effect: 'Allow',
      Principal: '*',
      Action: 's3:GetObject',
      Resource: `arn:aws:s3:::${Bucket}/open`,
    }
    await s3.send(new S.PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Statement }) }))

    const plain = await fetch(`${t.url}/${Bucket}/open`)
    const overridden = await fetch(`${t.url}/${Bucket}/open?response-content-type=text/html`)

    expect(plain.status).to.equal(200)
    expect(overridden.status).to.equal(400)
    expect(await overridden.text()).to.contain(
      'Request specific response headers cannot be used for anonymous GET requests.',
    )
  })

  it('answer HEAD and ranges', async () => {
    const key = { Bucket, Key: 'range' }
    await s3.send(new S.PutObjectCommand({ ...key, Body: '0123456789' }))
    const head = await getSignedUrl(s3, new S.HeadObjectCommand(key))
    const get = await getSignedUrl(s3, new S.GetObjectCommand(key))

    const headed = await fetch(head, { method: 'HEAD' })
    const part = await fetch(get, { headers: { range: 'bytes=4-' } })
    const same = await fetch(get, { headers: { 'if-none-match': headed.headers.get('etag') ?? '' } })

    expect(headed.headers.get('content-length')).to.equal('10')
    expect(part.status).to.equal(206)
    expect(part.headers.get('content-range')).to.equal('bytes 4-9/10')
    expect(await part.text()).to.equal('456789')
    expect(same.status).to.equal(304)
    expect(await same.text()).to.equal('')
  })
})
