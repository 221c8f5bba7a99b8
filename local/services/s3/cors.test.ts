import * as S from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { refusalOf } from '../../../tests/refusal.ts'
import { allow, withS3 } from '../../../tests/s3.ts'
import { send } from '../../door/signing.ts'

const Bucket = 'shared'
const RULES: S.CORSRule[] = [
  {
    ID: 'pages',
    AllowedOrigins: ['http://pages.s3-website.*'],
    AllowedMethods: ['GET', 'PUT'],
    AllowedHeaders: ['x-AMZ-*', 'content-type'],
    ExposeHeaders: ['ETag', 'x-amz-request-id'],
    MaxAgeSeconds: 3000,
  },
  { AllowedOrigins: ['*'], AllowedMethods: ['DELETE'] },
]
const NOT_ALLOWED =
  "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec."
const VARY = 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method'

describe('CORS of buckets', () => {
  const t = withS3()
  let admin: S.S3Client
  before(async () => {
    admin = t.client()
    await admin.send(new S.CreateBucketCommand({ Bucket }))
  })
  const put = (CORSRules: S.CORSRule[] | undefined) =>
    admin.send(new S.PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }))
  const port = () => new URL(t.url).port
  const page = () => `http://pages.s3-website.localhost:${port()}`
  const ask = (method: string, path: string, headers: Record<string, string> = {}) =>
    send(t.url, { method, path, headers, body: Buffer.alloc(0) })
  const corsOf = ({ headers }: { headers: Record<string, unknown> }) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => /^(access-control|vary)/.test(name)))

  describe('their configuration', () => {
    it('is there once it is put, as it was put, until it is deleted', async () => {
      const before = await refusalOf(admin.send(new S.GetBucketCorsCommand({ Bucket })))
      await put(RULES)
      const { CORSRules } = await admin.send(new S.GetBucketCorsCommand({ Bucket }))
      await admin.send(new S.DeleteBucketCorsCommand({ Bucket }))
      await admin.send(new S.DeleteBucketCorsCommand({ Bucket }))
      const after = await refusalOf(admin.send(new S.GetBucketCorsCommand({ Bucket })))

      const none = { name: 'NoSuchCORSConfiguration', message: 'The CORS configuration does not exist', status: 404 }
      expect(CORSRules).to.deep.equal(RULES)
      expect([before, after]).to.deep.equal([none, none])
    })

    const rule = (more: Partial<S.CORSRule>): S.CORSRule[] => [
      { AllowedOrigins: ['*'], AllowedMethods: ['GET'], ...more },
    ]
    const malformed = [
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    ]
    for (const [what, rules, [name, message]] of [
      ['no rules', [], malformed],
      ['no origin', rule({ AllowedOrigins: [] }), malformed],
      ['no method', rule({ AllowedMethods: [] }), malformed],
      [
        'another method',
        rule({ AllowedMethods: ['PATCH'] }),
        ['InvalidRequest', 'Found unsupported HTTP method in CORS config. Unsupported method is PATCH'],
      ],
      [
        'two wildcards',
        rule({ AllowedOrigins: ['*example*.com'] }),
        ['InvalidRequest', 'AllowedOrigin "*example*.com" can not have more than one wildcard.'],
      ],
      [
        'two wildcards in a header',
        rule({ AllowedHeaders: ['x-*-*'] }),
        ['InvalidRequest', 'AllowedHeader "x-*-*" can not have more than one wildcard.'],
      ],
      [
        'a wildcard in an exposed header',
        rule({ ExposeHeaders: ['*'] }),
        [
          'InvalidRequest',
          'ExposeHeader "*" contains wildcard. We currently do not support wildcard for ExposeHeader.',
        ],
      ],
      [
        'too many rules',
        Array.from({ length: 101 }, () => rule({})).flat(),
        ['InvalidRequest', 'The number of CORS rules should not exceed allowed limit of 100 rules.'],
      ],
    ] as [string, S.CORSRule[], [string, string]][])
      it(`is refused with ${what}`, async () => {
        expect(await refusalOf(put(rules))).to.deep.equal({ name, message, status: 400 })
      })

    it('wants its own permissions', async () => {
      const reader = t.as('corsReader', allow('s3:GetBucketCORS', `arn:aws:s3:::${Bucket}`))
      await put(RULES)

      const read = await reader.send(new S.GetBucketCorsCommand({ Bucket }))
      const refused = await refusalOf(reader.send(new S.DeleteBucketCorsCommand({ Bucket })))

      expect(read.CORSRules).to.have.length(2)
      expect(refused.message).to.contain('is not authorized to perform: s3:PutBucketCORS on resource: ')
    })
  })

  describe('a preflight', () => {
    before(() => put(RULES))

    it('is answered with what its rule says, path style and host style', async () => {
      const headers = {
        origin: page(),
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'X-Amz-Date,content-type',
      }
      const path = await ask('OPTIONS', `/${Bucket}/a/b`, headers)
      const host = await ask('OPTIONS', '/a/b', { ...headers, host: `${Bucket}.s3.localhost:${port()}` })

      const allowed = {
        'access-control-allow-origin': page(),
        'access-control-allow-methods': 'GET, PUT',
        'access-control-allow-headers': 'x-amz-date, content-type',
        'access-control-expose-headers': 'ETag, x-amz-request-id',
        'access-control-max-age': '3000',
        'access-control-allow-credentials': 'true',
        vary: VARY,
      }
      expect([path.status, corsOf(path), path.body]).to.deep.equal([200, allowed, ''])
      expect([host.status, corsOf(host), host.body]).to.deep.equal([200, allowed, ''])
    })

    it('of any origin gets a star, and no credentials', async () => {
      const answer = await ask('OPTIONS', `/${Bucket}/a`, { origin: page(), 'access-control-request-method': 'DELETE' })

      expect(corsOf(answer)).to.deep.equal({
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'DELETE',
        vary: VARY,
      })
    })

    for (const [what, path, headers, status, code, message, method, resource] of [
      [
        'a method that no rule has',
        `/${Bucket}/a`,
        { 'access-control-request-method': 'POST' },
        403,
        'AccessForbidden',
        NOT_ALLOWED,
        'POST',
        'OBJECT',
      ],
      [
        'a header that its rule has not',
        `/${Bucket}`,
        { 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
        403,
        'AccessForbidden',
        NOT_ALLOWED,
        'GET',
        'BUCKET',
      ],
      [
        'a bucket without rules',
        '/unshared/a',
        { 'access-control-request-method': 'PUT' },
        403,
        'AccessForbidden',
        'CORSResponse: CORS is not enabled for this bucket.',
        'PUT',
        'BUCKET',
      ],
      ['no bucket', '/nowhere/a', {}, 403, 'AccessForbidden', 'CORSResponse: Bucket not found', 'OPTIONS', 'BUCKET'],
    ] as const)
      it(`is refused for ${what}`, async () => {
        if (path.startsWith('/unshared')) await admin.send(new S.CreateBucketCommand({ Bucket: 'unshared' }))

        const answer = await ask('OPTIONS', path, { origin: page(), ...headers })

        expect([answer.status, answer.code, answer.message]).to.deep.equal([status, code, message])
        expect([answer.element('Method'), answer.element('ResourceType')]).to.deep.equal([method, resource])
        expect(corsOf(answer)).to.deep.equal({})
      })

    it('without an Origin says too little', async () => {
      const answer = await ask('OPTIONS', `/${Bucket}/a`)

      expect([answer.status, answer.code, answer.message]).to.deep.equal([
        400,
        'BadRequest',
        'Insufficient information. Origin request header needed.',
      ])
    })
  })

  describe('an answer', () => {
    before(() => put(RULES))

    it('carries what its rule says, a refusal too', async () => {
      const answer = await ask('GET', `/${Bucket}/a`, { origin: page() })

      expect([answer.status, answer.code]).to.deep.equal([403, 'AccessDenied'])
      expect(corsOf(answer)).to.deep.equal({
        'access-control-allow-origin': page(),
        'access-control-allow-methods': 'GET, PUT',
        'access-control-expose-headers': 'ETag, x-amz-request-id',
        'access-control-max-age': '3000',
        'access-control-allow-credentials': 'true',
        vary: VARY,
      })
    })

    it('to another origin, to another method, and to no page says nothing', async () => {
      const other = await ask('GET', `/${Bucket}/a`, { origin: `http://127.0.0.1:${port()}` })
      const method = await ask('POST', `/${Bucket}/a`, { origin: page() })
      const asked = await ask('GET', `/${Bucket}/a`, { origin: page(), 'access-control-request-method': 'POST' })
      const none = await ask('GET', `/${Bucket}/a`)

      expect([other, method, asked, none].map(corsOf)).to.deep.equal([{}, {}, {}, {}])
    })
  })

  describe('of other services', () => {
    it('lets every page ask that the door lets in', async () => {
      const headers = { origin: page(), 'access-control-request-method': 'POST' }
      const wanted = { ...headers, 'access-control-request-headers': 'authorization,x-amz-target' }

      const root = await ask('OPTIONS', '/', wanted)
      const path = await ask('OPTIONS', '/2015-03-31/functions/f/invocations', wanted)
      const answer = await ask('POST', '/2015-03-31/functions/f/invocations', { ...headers, 'x-amz-target': 'x' })
      const foreign = await ask('OPTIONS', '/', { ...wanted, origin: 'https://elsewhere.example' })

      for (const one of [root, path]) {
        expect(one.status).to.equal(200)
        expect(corsOf(one)).to.include({
          'access-control-allow-origin': '*',
          'access-control-allow-methods': 'POST',
          'access-control-allow-headers': 'authorization,x-amz-target',
        })
      }
      expect(answer.status).to.equal(501)
      expect([foreign.status, corsOf(foreign)]).to.deep.equal([403, {}])
    })
  })
})
