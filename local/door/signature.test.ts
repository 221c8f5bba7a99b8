import { createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { expect } from 'chai'
import fc from 'fast-check'
import { movableClock } from '../base/clock.ts'
import { canonicalQuery, createSigningKeys, encode, sha256 } from './canonical.ts'
import { readClaim } from './claim.ts'
import { decode, readHead, type SiteRequest } from './request.ts'
import { checkClaim } from './signature.ts'
import { presign, type SignedRequest, type Signer, sign } from './signing.ts'

const EXAMPLE: Signer = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}

const queryOf = (search: string) => {
  const query = new URLSearchParams()
  for (const part of search === '' ? [] : search.split('&')) {
    const [name = '', value = ''] = part.split('=')
    query.append(decode(name.replaceAll('+', ' ')), decode(value.replaceAll('+', ' ')))
  }
  return query
}

const headOf = ({ method, path, headers }: Omit<SignedRequest, 'body'>): SiteRequest => {
  const [pathname = '', search = ''] = path.split('?')
  const lower = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.trim()] as const),
  )
  return {
    method,
    path: pathname,
    search,
    query: queryOf(search),
    headers: lower,
    host: lower.host ?? '',
    sourceIp: '127.0.0.1',
  }
}

/** Checks at the time of the request, or at `at`. */
const check = (head: SiteRequest, service: string, payloadHash: string, at: number, signer = EXAMPLE) => {
  const claim = readClaim(head)
  if (!claim) throw new Error('not signed')
  return checkClaim(head, claim, service, service === 's3' ? 's3' : 'json', {
    clock: { ...movableClock(), now: () => at },
    sessions: {
      begin: () => {
        throw new Error('no session begins here')
      },
      find: (id) =>
        id === signer.accessKeyId
          ? { ...signer, caller: { kind: 'user', arn: 'arn', account: '123456789012', userId: 'A' } }
          : undefined,
    },
    keys: createSigningKeys(),
  })(payloadHash)
}

describe('checkClaim, with the examples of AWS’s documentation', () => {
  const at = Date.parse('2013-05-24T00:00:00Z')
  const host = 'examplebucket.s3.amazonaws.com'
  const credential = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request'
  const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
  const TEXT = '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072'

  const cases: { what: string; request: Omit<SignedRequest, 'body'>; payloadHash: string }[] = [
    {
      what: 'GET object (S3 API reference, "Examples: signature calculations")',
      payloadHash: EMPTY,
      request: {
        method: 'GET',
        path: '/test.txt',
        headers: {
          host,
          range: 'bytes=0-9',
          'x-amz-content-sha256': EMPTY,
          'x-amz-date': '20130524T000000Z',
          authorization: `AWS4-HMAC-SHA256 Credential=${credential},SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41`,
        },
      },
    },
    {
      what: 'PUT object, with a date of HTTP and a dollar sign in the key',
      payloadHash: TEXT,
      request: {
        method: 'PUT',
        path: '/test$file.text',
        headers: {
          host,
          date: 'Fri, 24 May 2013 00:00:00 GMT',
          'x-amz-content-sha256': TEXT,
          'x-amz-date': '20130524T000000Z',
          'x-amz-storage-class': 'REDUCED_REDUNDANCY',
          authorization: `AWS4-HMAC-SHA256 Credential=${credential},SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd`,
        },
      },
    },
    {
      what: 'GET bucket lifecycle: a parameter without a value',
      payloadHash: EMPTY,
      request: {
        method: 'GET',
        path: '/?lifecycle',
        headers: {
          host,
          'x-amz-content-sha256': EMPTY,
          'x-amz-date': '20130524T000000Z',
          authorization: `AWS4-HMAC-SHA256 Credential=${credential},SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543`,
        },
      },
    },
    {
      what: 'list objects: two parameters',
      payloadHash: EMPTY,
      request: {
        method: 'GET',
        path: '/?max-keys=2&prefix=J',
        headers: {
          host,
          'x-amz-content-sha256': EMPTY,
          'x-amz-date': '20130524T000000Z',
          authorization: `AWS4-HMAC-SHA256 Credential=${credential},SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7`,
        },
      },
    },
    {
      what: 'a presigned URL ("Authenticating requests: using query parameters")',
      payloadHash: 'UNSIGNED-PAYLOAD',
      request: {
        method: 'GET',
        path: `/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(credential)}&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404`,
        headers: { host },
      },
    },
  ]
  for (const { what, request, payloadHash } of cases)
    it(`accepts ${what}`, () => {
      const { caller, scope } = check(headOf(request), 's3', payloadHash, at)

      expect(caller.kind).to.equal('user')
      expect(scope).to.equal('20130524/us-east-1/s3/aws4_request')
    })

  it('sorts parameters by encoded name, then by encoded value', () => {
    const query = new URLSearchParams('b=2&a=z&a=%C3%A9&a=~&A=1&a-b=c d&%21=*')

    expect(canonicalQuery(query)).to.equal('%21=%2A&A=1&a=%C3%A9&a=z&a=~&a-b=c%20d&b=2')
  })
})

describe('checkClaim, with what @smithy/signature-v4 signs', () => {
  const date = new Date('2026-01-31T12:00:00Z')
  const url = 'http://127.0.0.1:4566'
  // What can be sent: no lone surrogates, which have no UTF-8.
  const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((one) => one.isWellFormed() && one !== '__proto__')
  const name = fc.string({ unit: fc.constantFrom(...'abcdefxyz-'), minLength: 1, maxLength: 10 })
  const value = fc.string({ unit: fc.constantFrom(...'abc XYZ019,;=/"+%'), maxLength: 20 })
  const wanted = fc.record({
    method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE'),
    segments: fc.array(text, { minLength: 1, maxLength: 4 }),
    query: fc.array(fc.tuple(text, text), { maxLength: 5 }),
    headers: fc.dictionary(
      name.map((one) => `x-amz-meta-${one}`),
      value,
    ),
    body: fc.uint8Array({ maxLength: 100 }),
  })
  const pathOf = (segments: string[], query: [string, string][]) => {
    const search = query.map(([key, one]) => `${encode(key)}=${encode(one)}`).join('&')
    return `/${segments.map(encode).join('/')}${search && `?${search}`}`
  }

  for (const service of ['s3', 'lambda'])
    it(`accepts any request to ${service}, and none that was changed`, async () => {
      await fc.assert(
        fc.asyncProperty(wanted, async ({ method, segments, query, headers, body }) => {
          const request = await sign(url, { method, path: pathOf(segments, query), headers, body }, EXAMPLE, {
            service,
            date,
          })
          const head = headOf(request)

          expect(check(head, service, sha256(body), date.getTime()).caller.kind).to.equal('user')
          const changed = [
            { ...head, method: `${method}X` },
            { ...head, path: `${head.path}x` },
            { ...head, query: queryOf(`${head.search}&more`) },
            { ...head, headers: { ...head.headers, host: `${head.headers.host}0` } },
          ]
          for (const one of changed)
            expect(() => check(one, service, sha256(body), date.getTime())).to.throw(/does not match/)
          expect(() => check(head, service, sha256(`${body}.`), date.getTime())).to.throw(/does not match/)
        }),
        { numRuns: 60 },
      )
    })

  it('accepts any presigned URL until it expires', async () => {
    await fc.assert(
      fc.asyncProperty(wanted, fc.integer({ min: 1, max: 604_800 }), async (one, expires) => {
        const path = await presign(url, { method: one.method, path: pathOf(one.segments, one.query) }, EXAMPLE, {
          date,
          expires,
        })
        const head = headOf({ method: one.method, path, headers: { host: '127.0.0.1:4566' } })
        const end = date.getTime() + expires * 1000

        expect(check(head, 's3', 'UNSIGNED-PAYLOAD', end).caller.kind).to.equal('user')
        expect(() => check(head, 's3', 'UNSIGNED-PAYLOAD', end + 1)).to.throw('Request has expired')
      }),
      { numRuns: 60 },
    )
  })

  it('joins a header that is sent twice, and folds spaces', async () => {
    const signed = await sign(
      url,
      { path: '/', headers: { 'x-amz-meta-a': 'one,two  three', 'x-amz-meta-b': '  b  ' } },
      EXAMPLE,
      { date },
    )
    const rawHeaders = Object.entries(signed.headers).flatMap(([key, one]) =>
      key === 'x-amz-meta-a' ? [key, 'one', key, 'two three'] : [key, one.trim()],
    )
    const head = readHead({ method: 'GET', url: '/', rawHeaders, socket: {} } as IncomingMessage)

    expect(check(head, 's3', sha256(''), date.getTime()).caller.kind).to.equal('user')
  })
})

describe('createSigningKeys', () => {
  it('makes a key once for a day, a region and a service', () => {
    const keys = createSigningKeys()

    const key = keys.of(
      'AKIDEXAMPLE',
      'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
      '20120215/us-east-1/iam/aws4_request',
    )

    // "Deriving the signing key", an example of the general reference.
    const derived = Buffer.from('f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d', 'hex')
    for (const text of ['', 'AWS4-HMAC-SHA256\n', 'ü'.repeat(100)])
      expect(key(text)).to.equal(createHmac('sha256', derived).update(text).digest('hex'))
    expect(
      keys.of('AKIDEXAMPLE', 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', '20120215/us-east-1/iam/aws4_request'),
    ).to.equal(key)
    expect(keys.of('AKIDEXAMPLE', 'another', '20120215/us-east-1/iam/aws4_request')).not.to.equal(key)
  })
})
