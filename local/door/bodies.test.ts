import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { type ChecksumAlgorithm, DeleteObjectsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { expect } from 'chai'
import { hmac, sha256 } from './canonical.ts'
import { LOCAL, openTestDoor, ROLE, type TestDoor } from './fixture.ts'
import { send, sign } from './signing.ts'

const EMPTY = sha256('')
const digest = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('base64')
const crc = (text: string) => Buffer.from(crc32(text).toString(16).padStart(8, '0'), 'hex').toString('base64')

describe('the bodies of S3', () => {
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

  /** Sends a PUT with these headers and this body; they are signed unless `afterwards` changes them. */
  const put = async (
    key: string,
    headers: Record<string, string>,
    body: string,
    afterwards: { headers?: Record<string, string>; body?: string | Uint8Array } = {},
  ) => {
    const request = await sign(door.url, { method: 'PUT', path: `/pictures/${key}`, headers, body }, LOCAL)
    return send(door.url, {
      ...request,
      headers: { ...request.headers, ...afterwards.headers },
      body: afterwards.body === undefined ? request.body : Buffer.from(afterwards.body),
    })
  }

  // Test values of the string "123456789": the algorithms' own "check" values.
  const checks: [name: string, value: string][] = [
    ['CRC32', 'y/Q5Jg=='],
    ['CRC32C', '4waSgw=='],
    ['CRC64NVME', 'rosUhgp5mIg='],
    ['SHA1', digest('sha1', '123456789')],
    ['SHA256', digest('sha256', '123456789')],
    ['SHA512', digest('sha512', '123456789')],
    ['MD5', digest('md5', '123456789')],
  ]
  for (const [name, value] of checks) {
    const header = `x-amz-checksum-${name.toLowerCase()}`
    const wrong = `${value.startsWith('A') ? 'B' : 'A'}${value.slice(1)}`

    it(`checks a ${name} in the head, and hands it on`, async () => {
      const right = await put(`${name}.right`, { [header]: value }, '123456789')
      const refused = await put(`${name}.wrong`, { [header]: wrong }, '123456789')

      expect(right.status).to.equal(200)
      expect(door.objects.get(`pictures/${name}.right`)?.checksums).to.deep.equal({ [`Checksum${name}`]: value })
      expect(right.headers[header]).to.equal(value)
      expect([refused.status, refused.code, refused.message]).to.deep.equal([
        400,
        'BadDigest',
        `The ${name} you specified did not match the calculated checksum.`,
      ])
      expect(door.objects.has(`pictures/${name}.wrong`)).to.equal(false)
    })

    it(`checks a ${name} in a trailer, and hands it on`, async () => {
      const trailing = (given: string) => ({
        headers: {
          'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
          'content-encoding': 'aws-chunked',
          'x-amz-decoded-content-length': '9',
          'x-amz-trailer': header,
          'x-amz-sdk-checksum-algorithm': name,
        },
        body: `9\r\n123456789\r\n0\r\n${header}:${given}\r\n\r\n`,
      })
      const right = trailing(value)
      const other = trailing(wrong)

      const taken = await put(`${name}.trailer`, right.headers, right.body)
      const refused = await put(`${name}.trailer.wrong`, other.headers, other.body)

      expect(taken.status).to.equal(200)
      const stored = door.objects.get(`pictures/${name}.trailer`)
      expect(stored?.bytes.toString()).to.equal('123456789')
      expect(stored?.checksums).to.deep.equal({ [`Checksum${name}`]: value })
      expect(stored?.input).to.include({ ContentLength: 9 })
      expect(stored?.input).not.to.have.property('ContentEncoding')
      expect(refused.code).to.equal('BadDigest')
      expect(door.objects.has(`pictures/${name}.trailer.wrong`)).to.equal(false)
    })
  }

  for (const ChecksumAlgorithm of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] satisfies ChecksumAlgorithm[])
    it(`takes the SDK's ${ChecksumAlgorithm}, of a buffer and of a stream`, async () => {
      const bytes = Buffer.alloc(100_000, 'x')

      await s3.send(new PutObjectCommand({ Bucket: 'pictures', Key: 'buffer', Body: bytes, ChecksumAlgorithm }))
      await s3.send(
        new PutObjectCommand({
          Bucket: 'pictures',
          Key: 'stream',
          Body: Readable.from([bytes.subarray(0, 65_536), bytes.subarray(65_536)]),
          ContentLength: bytes.length,
          ChecksumAlgorithm,
        }),
      )

      const [buffer, stream] = ['buffer', 'stream'].map((key) => door.objects.get(`pictures/${key}`))
      expect(stream?.bytes.equals(bytes)).to.equal(true)
      expect(buffer?.checksums).to.have.all.keys(`Checksum${ChecksumAlgorithm}`)
      expect(stream?.checksums).to.deep.equal(buffer?.checksums)
    })

  it('keeps the encoding that is the object’s own', async () => {
    const body = `3\r\nabc\r\n0\r\nx-amz-checksum-crc32:${crc('abc')}\r\n\r\n`

    await put(
      'encoded',
      {
        'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'content-encoding': 'gzip, aws-chunked',
        'x-amz-decoded-content-length': '3',
        'x-amz-trailer': 'x-amz-checksum-crc32',
      },
      body,
    )

    expect(door.objects.get('pictures/encoded')?.input).to.include({ ContentEncoding: 'gzip', ContentLength: 3 })
  })

  it('takes chunks that are signed one by one, by sessions too', async () => {
    for (const signer of [LOCAL, ROLE]) {
      const chunks = [Buffer.alloc(8192, 'a'), Buffer.from('end')]
      const request = await sign(
        door.url,
        {
          method: 'PUT',
          path: '/pictures/signed',
          headers: {
            'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
            'content-encoding': 'aws-chunked',
            'x-amz-decoded-content-length': '8195',
          },
        },
        signer,
      )
      const { headers } = request
      const [, scope = '', signature = ''] =
        /Credential=[^/]+\/(\S+), .*Signature=(\w+)/.exec(headers.authorization ?? '') ?? []
      const key = scope
        .split('/')
        .reduce<Buffer>((one, part) => hmac(one, part), Buffer.from(`AWS4${signer.secretAccessKey}`))
      let before = signature
      const body = Buffer.concat(
        [...chunks, Buffer.alloc(0)].flatMap((chunk) => {
          const text = `AWS4-HMAC-SHA256-PAYLOAD\n${headers['x-amz-date']}\n${scope}\n${before}\n${EMPTY}\n${sha256(chunk)}`
          before = hmac(key, text).toString('hex')
          return [Buffer.from(`${chunk.length.toString(16)};chunk-signature=${before}\r\n`), chunk, Buffer.from('\r\n')]
        }),
      )
      const changed = Buffer.from(body)
      changed[body.indexOf('end')] = 0x45

      const taken = await send(door.url, { ...request, body })
      door.objects.set('pictures/signed', { bytes: Buffer.from('before'), checksums: {}, input: {} })
      const refused = await send(door.url, { ...request, body: changed })

      expect(taken.status).to.equal(200)
      expect([refused.status, refused.code]).to.deep.equal([403, 'SignatureDoesNotMatch'])
      expect(door.objects.get('pictures/signed')?.bytes.toString()).to.equal('before')
    }
  })

  const CHUNKED = {
    'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'content-encoding': 'aws-chunked',
    'x-amz-decoded-content-length': '3',
    'x-amz-trailer': 'x-amz-checksum-crc32',
  }
  const BODY = `3\r\nabc\r\n0\r\nx-amz-checksum-crc32:${crc('abc')}\r\n\r\n`
  const without = (name: keyof typeof CHUNKED) => {
    const { [name]: _, ...rest } = CHUNKED
    return rest as Record<string, string>
  }
  const refusals: [what: string, headers: Record<string, string>, body: string, expected: [number, string, string]][] =
    [
      [
        'a Content-MD5 that is none',
        { 'content-md5': 'abc' },
        'hello',
        [400, 'InvalidDigest', 'The Content-MD5 you specified was invalid.'],
      ],
      [
        'another body’s Content-MD5',
        { 'content-md5': digest('md5', 'other') },
        'hello',
        [400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.'],
      ],
      [
        'a checksum that is too short',
        { 'x-amz-checksum-crc32': 'AAAA' },
        'hello',
        [400, 'InvalidRequest', 'Value for x-amz-checksum-crc32 header is invalid.'],
      ],
      [
        'a checksum that is not base64',
        { 'x-amz-checksum-sha256': '%'.repeat(44) },
        'hello',
        [400, 'InvalidRequest', 'Value for x-amz-checksum-sha256 header is invalid.'],
      ],
      [
        'two checksums',
        { 'x-amz-checksum-crc32': crc('hello'), 'x-amz-checksum-sha1': digest('sha1', 'hello') },
        'hello',
        [400, 'InvalidRequest', 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.'],
      ],
      [
        'an algorithm that S3 does not have',
        { 'x-amz-checksum-md4': 'AAAA' },
        'hello',
        [400, 'InvalidRequest', 'The algorithm type you specified in x-amz-checksum- header is invalid.'],
      ],
      [
        'an algorithm without a checksum',
        { 'x-amz-sdk-checksum-algorithm': 'CRC32' },
        'hello',
        [
          400,
          'InvalidRequest',
          'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
        ],
      ],
      [
        'chunks without their decoded length',
        without('x-amz-decoded-content-length'),
        BODY,
        [411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.'],
      ],
      [
        'fewer bytes than the decoded length',
        { ...CHUNKED, 'x-amz-decoded-content-length': '4' },
        BODY,
        [400, 'IncompleteBody', 'You did not provide the number of bytes specified by the Content-Length HTTP header'],
      ],
      [
        'more bytes than the decoded length',
        { ...CHUNKED, 'x-amz-decoded-content-length': '2' },
        BODY,
        [400, 'IncompleteBody', 'You did not provide the number of bytes specified by the Content-Length HTTP header'],
      ],
      [
        'a trailer that was not announced',
        without('x-amz-trailer'),
        BODY,
        [
          400,
          'MalformedTrailerError',
          'The request contained trailing data that was not well-formed or did not conform to our published schema.',
        ],
      ],
      [
        'a trailer that S3 does not know',
        { ...CHUNKED, 'x-amz-trailer': 'x-other' },
        BODY,
        [400, 'InvalidRequest', 'The value specified in the x-amz-trailer header is not supported'],
      ],
      [
        'a checksum in head and trailer',
        { ...CHUNKED, 'x-amz-checksum-sha1': digest('sha1', 'abc') },
        BODY,
        [400, 'InvalidRequest', 'Expecting a single x-amz-checksum- header'],
      ],
      [
        'a trailer without chunks',
        { 'x-amz-trailer': 'x-amz-checksum-crc32', 'x-amz-sdk-checksum-algorithm': 'CRC32' },
        'hello',
        [
          400,
          'MalformedTrailerError',
          'The request contained trailing data that was not well-formed or did not conform to our published schema.',
        ],
      ],
      [
        'a comma before a trailer',
        { ...CHUNKED, 'x-amz-trailer': ',x-amz-checksum-crc32' },
        BODY,
        [400, 'InvalidRequest', 'The value specified in the x-amz-trailer header is not supported'],
      ],
      [
        'two trailers',
        { ...CHUNKED, 'x-amz-trailer': 'x-amz-checksum-crc32, x-amz-checksum-sha1' },
        BODY,
        [400, 'InvalidRequest', 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.'],
      ],
      [
        'a trailer whose value is no checksum',
        CHUNKED,
        BODY.replace(crc('abc'), 'abc'),
        [400, 'InvalidRequest', 'Value for x-amz-checksum-crc32 trailing header is invalid.'],
      ],
      [
        'chunks that are no chunks',
        CHUNKED,
        'abc',
        [400, 'IncompleteBody', 'The request body terminated unexpectedly'],
      ],
      [
        'an object of more than 5 GB',
        { ...CHUNKED, 'x-amz-decoded-content-length': '5368709121' },
        BODY,
        [400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size'],
      ],
    ]
  for (const [what, headers, body, expected] of refusals)
    it(`refuses ${what}, and keeps nothing`, async () => {
      const { status, code, message } = await put('refused', headers, body)

      expect([status, code, message]).to.deep.equal(expected)
      expect(door.objects.has('pictures/refused')).to.equal(false)
    })

  for (const [what, announced, body, provided] of [
    ['too few', '4', BODY, '3'],
    ['too many', '2', BODY, '3'],
    ['too many, in several chunks', '8193', `2000\r\n${'a'.repeat(8192)}\r\n${BODY}`, '8195'],
    ['too few, as the last chunk came early', '6', '3\r\nabc\r\n0\r\n\r\n3\r\nabc\r\n0\r\n\r\n', '3'],
  ] as const)
    it(`says how many bytes were expected, and how many came: ${what}`, async () => {
      const answer = await put('counted', { ...CHUNKED, 'x-amz-decoded-content-length': announced }, body)

      expect([answer.status, answer.code]).to.deep.equal([400, 'IncompleteBody'])
      expect(answer.element('NumberBytesExpected')).to.equal(announced)
      expect(answer.element('NumberBytesProvided')).to.equal(provided)
      expect(door.objects.has('pictures/counted')).to.equal(false)
    })

  it('forgives commas behind a trailer', async () => {
    const { status } = await put('commas', { ...CHUNKED, 'x-amz-trailer': 'x-amz-checksum-crc32,,' }, BODY)

    expect(status).to.equal(200)
  })

  it('names no number where the chunks themselves are broken', async () => {
    const answer = await put('counted', CHUNKED, 'abc')

    expect(answer.message).to.equal('The request body terminated unexpectedly')
    expect(answer.body).not.to.contain('NumberBytes')
  })

  it('says which Content-MD5 it has computed, and, in hexadecimal digits, which was given', async () => {
    const answer = await put('counted', { 'content-md5': '1B2M2Y8AsgTpgAmY7PhCfg==' }, 'hello')

    expect(answer.element('ExpectedDigest')).to.equal('d41d8cd98f00b204e9800998ecf8427e')
    expect(answer.element('CalculatedDigest')).to.equal('XUFAKrxLKna5cZ2REBfFkg==')
  })

  it('takes the hash of a body in capital letters, and names it so where it is wrong', async () => {
    const hash = sha256('hello').toUpperCase()
    const taken = await put('capitals', { 'x-amz-content-sha256': hash }, 'hello')
    const refused = await put('capitals.wrong', { 'x-amz-content-sha256': hash }, 'other')

    expect(taken.status).to.equal(200)
    expect(refused.code).to.equal('XAmzContentSHA256Mismatch')
    expect(refused.element('ClientComputedContentSHA256')).to.equal(hash)
    expect(refused.element('S3ComputedContentSHA256')).to.equal(sha256('other'))
  })

  it('refuses HTTP chunks of unknown length', async () => {
    const { headers, ...request } = await sign(
      door.url,
      { method: 'PUT', path: '/pictures/refused', headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } },
      LOCAL,
    )
    const { status, code } = await send(door.url, {
      ...request,
      headers: { ...headers, 'transfer-encoding': 'chunked' },
      body: Buffer.from('hello'),
    })

    expect([status, code]).to.deep.equal([411, 'MissingContentLength'])
  })

  it('takes what is not signed as UNSIGNED-PAYLOAD', async () => {
    const { status } = await put('unsigned', { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }, 'hello', { body: 'other' })

    expect(status).to.equal(200)
    expect(door.objects.get('pictures/unsigned')?.bytes.toString()).to.equal('other')
  })

  it('takes any body by a presigned URL, though the SDK signs the checksum of an empty one', async () => {
    const url = await getSignedUrl(
      s3,
      new PutObjectCommand({ Bucket: 'pictures', Key: 'presigned', Metadata: { by: 'me' }, ContentType: 'text/plain' }),
    )

    const { status } = await fetch(url, { method: 'PUT', body: 'hello', headers: { 'content-type': 'text/plain' } })

    expect(url).to.contain('x-amz-checksum-crc32=AAAAAA')
    expect(status).to.equal(200)
    const stored = door.objects.get('pictures/presigned')
    expect(stored?.bytes.toString()).to.equal('hello')
    expect(stored?.input.Metadata).to.deep.equal({ by: 'me' })
    expect(stored?.checksums).to.deep.equal({})
  })

  it('checks the body of an operation that takes it whole', async () => {
    const command = () =>
      new DeleteObjectsCommand({ Bucket: 'pictures', Delete: { Objects: [{ Key: 'a' }, { Key: 'ü&<' }] } })
    const { Deleted } = await s3.send(command())
    const seen = door.seen.length
    const request = await sign(
      door.url,
      {
        method: 'POST',
        path: '/pictures?delete',
        headers: { 'x-amz-checksum-crc32': 'AAAAAA==' },
        body: '<Delete><Object><Key>a</Key></Object></Delete>',
      },
      LOCAL,
    )

    const refused = await send(door.url, request)

    expect(Deleted?.map(({ Key }) => Key)).to.deep.equal(['a', 'ü&<'])
    expect(refused.code).to.equal('BadDigest')
    expect(door.seen.length).to.equal(seen)
  })
})
