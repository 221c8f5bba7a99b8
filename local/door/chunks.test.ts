import { expect } from 'chai'
import fc from 'fast-check'
import { createSigningKeys } from './canonical.ts'
import { type Chunking, unchunk } from './chunks.ts'
import type { Signed } from './signature.ts'

/** The examples of the S3 API reference, "Signature calculations: transferring payload in multiple chunks". */
const signed = (signature: string): Signed => ({
  caller: { kind: 'anonymous', account: '123456789012' },
  claim: {
    from: 'header',
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    date: '20130524',
    region: 'us-east-1',
    service: 's3',
    terminal: 'aws4_request',
    signedHeaders: ['host'],
    signature,
  },
  signingKey: createSigningKeys().of(
    'AKIAIOSFODNN7EXAMPLE',
    'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    '20130524/us-east-1/s3/aws4_request',
  ),
  timestamp: '20130524T000000Z',
  scope: '20130524/us-east-1/s3/aws4_request',
})

const PLAIN = signed('4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9')
const WITH_TRAILER = signed('106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e')

const PLAIN_BODY = [
  `10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n${'a'.repeat(65_536)}\r\n`,
  `400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n${'a'.repeat(1024)}\r\n`,
  '0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n',
].join('')

const TRAILER_BODY = [
  `10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2\r\n${'a'.repeat(65_536)}\r\n`,
  `400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7\r\n${'a'.repeat(1024)}\r\n`,
  '0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n',
  'x-amz-checksum-crc32c:sOO8/Q==\r\n',
  'x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n',
].join('')

/** Decodes a body that comes in pieces of `size` bytes. */
const decoded = async (body: string | Uint8Array, size: number, chunking: Partial<Chunking> = {}) => {
  const bytes = Buffer.from(body)
  const trailers: Record<string, string> = {}
  async function* source() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
  const parts: Buffer[] = []
  const all: Chunking = {
    signed: undefined,
    trailers: undefined,
    onEnd: () => {},
    onTrailer: (name, value) => {
      trailers[name] = value
    },
    ...chunking,
  }
  for await (const part of unchunk(source(), all)) parts.push(part)
  return { bytes: Buffer.concat(parts), trailers }
}

const failure = (run: Promise<unknown>): Promise<string> =>
  run.then(
    () => 'nothing was thrown',
    (error) => `${error.code}: ${error.message}`,
  )

const INCOMPLETE = 'IncompleteBody: The request body terminated unexpectedly'
const MALFORMED =
  'MalformedTrailerError: The request contained trailing data that was not well-formed or did not conform to our published schema.'
const WRONG =
  'SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your key and signing method.'

describe('unchunk', () => {
  for (const size of [1000, 4096, 100_000]) {
    it(`decodes AWS's example of signed chunks, in pieces of ${size} bytes`, async () => {
      const { bytes } = await decoded(PLAIN_BODY, size, { signed: PLAIN })

      expect(bytes.equals(Buffer.alloc(66_560, 'a'))).to.equal(true)
    })

    it(`decodes AWS's example of a signed trailer, in pieces of ${size} bytes`, async () => {
      const { bytes, trailers } = await decoded(TRAILER_BODY, size, {
        signed: WITH_TRAILER,
        trailers: ['x-amz-checksum-crc32c'],
      })

      expect(bytes.equals(Buffer.alloc(66_560, 'a'))).to.equal(true)
      expect(trailers).to.deep.equal({ 'x-amz-checksum-crc32c': 'sOO8/Q==' })
    })
  }

  it('gives any bytes back, however they were cut into chunks and pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 8192, max: 20_000 }), { maxLength: 4 }),
        fc.uint8Array({ maxLength: 500 }),
        fc.integer({ min: 1, max: 9000 }),
        async (sizes, end, size) => {
          const chunks = [
            ...sizes.map((length, i) => Buffer.alloc(length, i)),
            ...(end.length ? [Buffer.from(end)] : []),
          ]
          const body = Buffer.concat([
            ...chunks.flatMap((chunk) => [Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]),
            Buffer.from('0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n'),
          ])

          const { bytes } = await decoded(body, size, { trailers: ['x-amz-checksum-crc32'] })

          expect(bytes.equals(Buffer.concat(chunks))).to.equal(true)
        },
      ),
      { numRuns: 30 },
    )
  })

  const cases: [what: string, body: string, chunking: Partial<Chunking>, expected: string][] = [
    ['a changed byte', PLAIN_BODY.replace('a\r\n400', 'b\r\n400'), { signed: PLAIN }, WRONG],
    ['a changed byte of the last chunk', PLAIN_BODY.replace('a\r\n0;', 'b\r\n0;'), { signed: PLAIN }, WRONG],
    ['a chunk taken out', PLAIN_BODY.replace(/400;.*?\r\na*\r\n/s, ''), { signed: PLAIN }, WRONG],
    ['the last chunk’s signature changed', PLAIN_BODY.replace('d449df9', 'd449df8'), { signed: PLAIN }, WRONG],
    ['another request’s chunks', PLAIN_BODY, { signed: WITH_TRAILER }, WRONG],
    ['chunks without signatures', '3\r\nabc\r\n0\r\n\r\n', { signed: PLAIN }, INCOMPLETE],
    [
      'a changed trailer',
      TRAILER_BODY.replace('sOO8', 'sOO9'),
      { signed: WITH_TRAILER, trailers: ['x-amz-checksum-crc32c'] },
      WRONG,
    ],
    [
      'a trailer’s signature missing',
      TRAILER_BODY.replace(/x-amz-trailer-signature:.*\r\n\r\n/, '\r\n'),
      { signed: WITH_TRAILER, trailers: ['x-amz-checksum-crc32c'] },
      INCOMPLETE,
    ],
    ['an end in the middle of a chunk', '5\r\nabc', {}, INCOMPLETE],
    ['an end after a chunk', '3\r\nabc\r\n', {}, INCOMPLETE],
    ['an end in the middle of the empty line', '3\r\nabc\r\n0\r\n\r', {}, INCOMPLETE],
    ['no body at all', '', {}, INCOMPLETE],
    ['a size that is no number', 'x\r\nabc\r\n0\r\n\r\n', {}, INCOMPLETE],
    ['a negative size', '-3\r\nabc\r\n0\r\n\r\n', {}, INCOMPLETE],
    ['a size beyond all numbers', `${'f'.repeat(17)}\r\nabc`, {}, INCOMPLETE],
    ['a chunk longer than it says', '2\r\nabc\r\n0\r\n\r\n', {}, INCOMPLETE],
    ['an endless line', 'f'.repeat(5000), {}, INCOMPLETE],
    ['a trailer that was not announced', '0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n', {}, MALFORMED],
    ['a trailer that does not come', '0\r\n\r\n', { trailers: ['x-amz-checksum-crc32'] }, MALFORMED],
    ['trailers without end', `0\r\n${'x:1\r\n'.repeat(17)}\r\n`, { trailers: ['x'] }, MALFORMED],
    ['an empty signature', PLAIN_BODY.replace(/=ad80\w+/, '='), { signed: PLAIN }, INCOMPLETE],
    ['a signature that is none', PLAIN_BODY.replace(/=ad80\w+/, '=invalid'), { signed: PLAIN }, WRONG],
    ['more than a signature', PLAIN_BODY.replace(/=ad80\w+/, '$&;extra=param'), { signed: PLAIN }, INCOMPLETE],
    ['a trailer without a colon', '0\r\nx\r\n\r\n', { trailers: ['x'] }, MALFORMED],
    ['too many bytes after the end', `0\r\n\r\n${'x'.repeat(65_537)}`, {}, MALFORMED],
    [
      'a small chunk before the last',
      `3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n`,
      {},
      'InvalidChunkSizeError: Only the last chunk is allowed to have a size less than 8192 bytes',
    ],
  ]
  for (const [what, body, chunking, expected] of cases)
    it(`refuses ${what}`, async () => {
      expect(await failure(decoded(body, 1000, chunking))).to.equal(expected)
    })

  for (const [what, body, trailers] of [
    ['no empty line at the end', '3\r\nabc\r\n0\r\n', {}],
    ['no empty line after the trailers', '3\r\nabc\r\n0\r\nx:1\r\n', { x: '1' }],
    ['a trailer twice, of which the last one counts', '3\r\nabc\r\n0\r\nx:2\r\nx:1\r\n\r\n', { x: '1' }],
    ['whatever comes after the end', '3\r\nabc\r\n0\r\nx:1\r\n\r\nbonus: trailer\r\n', { x: '1' }],
  ] as const)
    it(`takes, as S3 does, ${what}`, async () => {
      const found = await decoded(body, 1000, { trailers: Object.keys(trailers) })

      expect(found.bytes.toString()).to.equal('abc')
      expect(found.trailers).to.deep.equal(trailers)
    })

  it('takes spaces around a signature', async () => {
    const spaced = PLAIN_BODY.replace(/;chunk-signature=(\w+)/g, ' ; chunk-signature = $1 ')

    expect((await decoded(spaced, 1000, { signed: PLAIN })).bytes).to.have.length(66_560)
  })

  it('says which chunk was too small', async () => {
    const error = await decoded('3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n', 1000).catch((one) => one)

    expect(error).to.include({ status: 403 })
    expect(error.fields).to.deep.equal({ Chunk: 2, BadChunkSize: 3 })
  })
})
