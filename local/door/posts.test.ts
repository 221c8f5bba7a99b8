import { createHmac } from 'node:crypto'
import * as S from '@aws-sdk/client-s3'
import { createPresignedPost, type PresignedPostOptions } from '@aws-sdk/s3-presigned-post'
import { expect } from 'chai'
import { ACCOUNT, allow, withS3 } from '../../tests/s3.ts'
import { type Answered, send } from './signing.ts'

const Bucket = 'uploads'
const FUNCTION = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:hears`
type Fields = Record<string, string>

describe('POST Object: forms', () => {
  const t = withS3()
  let admin: S.S3Client
  before(async () => {
    admin = t.client()
    await admin.send(new S.CreateBucketCommand({ Bucket }))
  })

  const presigned = (options: Partial<PresignedPostOptions> = {}, client = admin) =>
    createPresignedPost(client, { Bucket, Key: 'a.txt', Expires: 600, ...options })
  /** Posts a form as a browser would; `file` undefined: without one. */
  const post = async (
    fields: Fields,
    file: string | undefined = 'some bytes',
    { name = 'photo.txt', path = `/${Bucket}`, headers = {} as Record<string, string> } = {},
  ): Promise<Answered> => {
    const form = new FormData()
    for (const [field, value] of Object.entries(fields)) form.append(field, value)
    if (file !== undefined) form.append('file', new Blob([file]), name)
    const whole = new Response(form)
    const body = Buffer.from(await whole.arrayBuffer())
    const type = whole.headers.get('content-type') ?? ''
    const sent = { 'content-type': type, 'content-length': String(body.length), ...headers }
    return send(t.url, { method: 'POST', path, headers: sent, body })
  }
  const said = ({ status, code, message }: Answered) => [status, code, message]
  const stored = async (Key: string) => {
    const { Body, ...rest } = await admin.send(new S.GetObjectCommand({ Bucket, Key }))
    return { ...rest, text: await Body?.transformToString() }
  }
  /** Fields for a policy that is written by hand. */
  const signed = (policy: unknown, more: Fields = {}): Fields => {
    const date = new Date(t.clock.now()).toISOString().replace(/[-:]|\.\d+/g, '')
    const scope = [date.slice(0, 8), 'us-east-1', 's3', 'aws4_request']
    const encoded = typeof policy === 'string' ? policy : Buffer.from(JSON.stringify(policy)).toString('base64')
    const key = scope.reduce<Buffer>(
      (before, part) => createHmac('sha256', before).update(part).digest(),
      Buffer.from('AWS4local'),
    )
    return {
      key: 'a.txt',
      'x-amz-algorithm': 'AWS4-HMAC-SHA256',
      'x-amz-credential': `local/${scope.join('/')}`,
      'x-amz-date': date,
      policy: encoded,
      'x-amz-signature': createHmac('sha256', key).update(encoded).digest('hex'),
      ...more,
    }
  }
  const soon = () => new Date(t.clock.now() + 600_000).toISOString()
  /** Conditions that let through what `signed` adds. */
  const OWN = [
    ['starts-with', '$x-amz-algorithm', ''],
    ['starts-with', '$x-amz-credential', ''],
    ['starts-with', '$x-amz-date', ''],
  ]
  const policyOf = (...conditions: unknown[]) => ({
    expiration: soon(),
    conditions: [...OWN, { bucket: Bucket }, ['starts-with', '$key', ''], ...conditions],
  })

  it('stores what the SDK’s presigned form sends, with its fields as headers', async () => {
    const Fields = {
      'Content-Type': 'text/plain',
      'x-amz-meta-AUTHOR': 'Ann',
      'Cache-Control': 'no-cache',
      tagging: '<Tagging><TagSet><Tag><Key>a b</Key><Value>1+2</Value></Tag></TagSet></Tagging>',
    }
    // biome-ignore lint/suspicious/noTemplateCurlyInString: S3 puts the name of the file there
    const { url, fields } = await presigned({ Key: 'in/${filename}', Fields })

    const answer = await post(fields, 'hello', { name: 'C:\\My Files\\a b.txt' })
    const object = await stored('in/a b.txt')
    const { TagSet } = await admin.send(new S.GetObjectTaggingCommand({ Bucket, Key: 'in/a b.txt' }))

    expect(new URL(url).pathname).to.equal(`/${Bucket}`)
    expect([answer.status, answer.body, answer.headers.etag]).to.deep.equal([204, '', object.ETag])
    expect(answer.headers.location).to.equal(`${t.url}/${Bucket}/in%2Fa%20b.txt`)
    expect(answer.headers).to.have.property('x-amz-checksum-crc64nvme')
    expect(object).to.include({ text: 'hello', ContentType: 'text/plain', CacheControl: 'no-cache' })
    expect(object.Metadata).to.deep.equal({ author: 'Ann' })
    expect(TagSet).to.deep.equal([{ Key: 'a b', Value: '1+2' }])
  })

  it('takes a form at the bucket’s own host, and a large file as a stream', async () => {
    const { fields } = await presigned({ Key: 'large' })
    const large = 'x'.repeat(3_000_000)
    const host = `${Bucket}.s3.localhost:${new URL(t.url).port}`

    const answer = await post({ ...fields, success_action_status: '200' }, large, { path: '/', headers: { host } })
    const allowed = await post((await presigned({ Key: 'large' })).fields, large, { path: '/', headers: { host } })

    expect(said(answer)).to.deep.equal([
      403,
      'AccessDenied',
      'Invalid according to Policy: Extra input fields: success_action_status',
    ])
    expect([allowed.status, allowed.headers.location]).to.deep.equal([204, `http://${host}/large`])
    expect((await stored('large')).ContentLength).to.equal(3_000_000)
  })

  it('answers as the form asks: 200, 201, or a redirect', async () => {
    const asked = async (Fields: Fields) => post((await presigned({ Key: 'é/a&b', Fields })).fields)

    const ok = await asked({ success_action_status: '200' })
    const created = await asked({ success_action_status: '201' })
    const other = await asked({ success_action_status: '302' })
    const redirect = await asked({ success_action_redirect: 'https://example.com/done?x=1' })
    const relative = await asked({ success_action_redirect: '/done' })

    const location = `${t.url}/${Bucket}/%C3%A9%2Fa%26b`
    expect([ok.status, ok.body]).to.deep.equal([200, ''])
    expect([created.status, created.headers['content-type']]).to.deep.equal([201, 'application/xml'])
    expect(created.body).to.contain(
      `<PostResponse><Location>${location}</Location><Bucket>${Bucket}</Bucket><Key>é/a&amp;b</Key><ETag>`,
    )
    expect(other.status).to.equal(204)
    expect([redirect.status, redirect.body]).to.deep.equal([303, ''])
    expect(redirect.headers.location).to.equal(
      `https://example.com/done?x=1&bucket=${Bucket}&key=%C3%A9%2Fa%26b&etag=%22${ok.headers.etag?.slice(1, -1)}%22`,
    )
    expect(relative.status).to.equal(204)
  })

  it('announces ObjectCreated:Post', async () => {
    t.invocable.add(FUNCTION)
    const LambdaFunctionConfigurations = [{ LambdaFunctionArn: FUNCTION, Events: ['s3:ObjectCreated:Post' as const] }]
    await admin.send(
      new S.PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: { LambdaFunctionConfigurations },
      }),
    )

    await post((await presigned({ Key: 'heard' })).fields)
    await admin.send(new S.PutObjectCommand({ Bucket, Key: 'put', Body: 'x' }))

    const events = t.parcels().map(({ record }) => [record.eventName, record.s3.object.key])
    expect(events).to.deep.equal([['ObjectCreated:Post', 'heard']])
  })

  it('asks whether the signer may put the object, by the way it is asked', async () => {
    const client = t.as('poster', [
      allow('s3:PutObject', `arn:aws:s3:::${Bucket}/mine/*`, { StringEquals: { 's3:authType': 'POST' } }),
    ])
    const mine = await post((await presigned({ Key: 'mine/a' }, client)).fields)
    const other = await post((await presigned({ Key: 'theirs/a' }, client)).fields)
    const put = await client.send(new S.PutObjectCommand({ Bucket, Key: 'mine/a', Body: 'x' })).catch((e) => e.name)
    const anonymous = await post({ key: 'mine/a' })

    expect([mine.status, put]).to.deep.equal([204, 'AccessDenied'])
    expect([other.status, other.code]).to.deep.equal([403, 'AccessDenied'])
    expect(other.message).to.contain('is not authorized to perform: s3:PutObject on resource: ')
    expect(said(anonymous)).to.deep.equal([403, 'AccessDenied', 'Access Denied'])
  })

  it('takes a session’s form with its token only', async () => {
    const client = t.as('session', [allow('s3:PutObject', `arn:aws:s3:::${Bucket}/*`)])
    const { fields } = await presigned({}, client)
    const { 'X-Amz-Security-Token': _, ...bare } = fields

    expect((await post(fields)).status).to.equal(204)
    expect((await post(bare)).code).to.equal('InvalidAccessKeyId')
    expect((await post({ ...fields, 'X-Amz-Security-Token': 'other' })).code).to.equal('InvalidToken')
  })

  it('takes no page’s form that is signed with the key that everybody knows', async () => {
    const { fields } = await presigned()
    const origin = `http://pages.s3-website.localhost:${new URL(t.url).port}`
    const client = t.as('page', [allow('s3:PutObject', `arn:aws:s3:::${Bucket}/*`)])

    const known = await post(fields, 'x', { headers: { origin } })
    const session = await post((await presigned({}, client)).fields, 'x', { headers: { origin } })

    expect([known.status, known.code]).to.deep.equal([403, 'AccessDenied'])
    expect(known.message).to.contain('web pages may not use it')
    expect(session.status).to.equal(204)
  })

  it('takes a file as long as the policy says, and leaves nothing of another', async () => {
    const range = (size: number) =>
      presigned({ Key: `size-${size}`, Conditions: [['content-length-range', 5, 10]] }).then(({ fields }) =>
        post(fields, 'x'.repeat(size)),
      )
    const [small, least, most, large] = [await range(1), await range(5), await range(10), await range(12)]

    expect([least.status, most.status]).to.deep.equal([204, 204])
    expect(said(small)).to.deep.equal([
      400,
      'EntityTooSmall',
      'Your proposed upload is smaller than the minimum allowed size',
    ])
    expect([small.element('ProposedSize'), small.element('MinSizeAllowed')]).to.deep.equal(['1', '5'])
    expect(said(large)).to.deep.equal([400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size'])
    expect([large.element('ProposedSize'), large.element('MaxSizeAllowed')]).to.deep.equal(['12', '10'])
    const { KeyCount } = await admin.send(new S.ListObjectsV2Command({ Bucket, Prefix: 'size-' }))
    expect(KeyCount).to.equal(2)
  })

  describe('is refused', () => {
    const MUST = (name: string) =>
      `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`
    const denied = (text: string) => [403, 'AccessDenied', `Invalid according to Policy: ${text}`]
    const invalid = (text: string) => [400, 'InvalidPolicyDocument', `Invalid Policy: ${text}`]
    const without = (name: string, fields: Fields) =>
      Object.fromEntries(Object.entries(fields).filter(([one]) => one !== name))
    const cases: [what: string, fields: () => Fields, expected: unknown[]][] = [
      ['without a key', () => without('key', signed(policyOf())), [400, 'InvalidArgument', MUST('key')]],
      [
        'without its signature',
        () => without('x-amz-signature', signed(policyOf())),
        [400, 'InvalidArgument', MUST('X-Amz-Signature')],
      ],
      [
        'without its algorithm',
        () => without('x-amz-algorithm', signed(policyOf())),
        [400, 'InvalidArgument', MUST('X-Amz-Algorithm')],
      ],
      [
        'with an unknown key',
        () => signed(policyOf(), { 'x-amz-credential': 'AKIDNOBODY/20260101/us-east-1/s3/aws4_request' }),
        [403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.'],
      ],
      [
        'with a credential of four parts',
        () => signed(policyOf(), { 'x-amz-credential': 'local/20260101/us-east-1/s3' }),
        [
          400,
          'InvalidArgument',
          'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
        ],
      ],
      [
        'with another policy than was signed',
        () => signed(policyOf(), { policy: 'eyJ9' }),
        [
          403,
          'SignatureDoesNotMatch',
          'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
        ],
      ],
      ['with a policy that is no JSON', () => signed('bm90IEpTT04='), invalid('Invalid JSON.')],
      ['with a policy that is no base64', () => signed('not*base64'), invalid('invalid Base64 encoding.')],
      ['without an expiration', () => signed({ conditions: [] }), invalid('Policy missing expiration.')],
      ['without conditions', () => signed({ expiration: soon() }), invalid('Policy missing conditions.')],
      [
        'with an expiration that is no date of AWS',
        () => signed({ expiration: '2026-01-01', conditions: [] }),
        invalid("Invalid 'expiration' value: '2026-01-01'"),
      ],
      [
        'with a member that policies have not',
        () => signed({ ...policyOf(), Statement: [] }),
        invalid("Unexpected: 'statement'"),
      ],
      [
        'with two properties in a condition',
        () => signed(policyOf({ a: '1', b: '2' })),
        invalid('Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.'),
      ],
      [
        'with a number in a condition',
        () => signed(policyOf({ a: 1 })),
        invalid('Invalid Simple-Condition: value must be a string.'),
      ],
      [
        'with another operation',
        () => signed(policyOf(['contains', '$key', 'a'])),
        invalid("Invalid Condition: unknown operation 'contains'."),
      ],
      [
        'when its policy expired',
        () => signed({ ...policyOf(), expiration: '2020-01-01T00:00:00Z' }),
        denied('Policy expired.'),
      ],
      [
        'for another bucket',
        () => signed({ expiration: soon(), conditions: [...OWN, { bucket: 'other' }, { key: 'a.txt' }] }),
        denied('Policy Condition failed: ["eq", "$bucket", "other"]'),
      ],
      [
        'when a key begins otherwise',
        () => signed(policyOf(['starts-with', '$KEY', 'images/'])),
        denied('Policy Condition failed: ["starts-with", "$KEY", "images/"]'),
      ],
      [
        'when a field is missing that a condition names',
        () => signed(policyOf(['starts-with', '$Content-Type', ''])),
        denied('Policy Condition failed: ["starts-with", "$Content-Type", ""]'),
      ],
      [
        'with a range of no numbers',
        () => signed(policyOf(['content-length-range', 'test', '10'])),
        denied('Policy Condition failed: ["content-length-range", "test", "10"]'),
      ],
      [
        'with a field that no condition names',
        () => signed(policyOf(), { 'x-amz-meta-note': 'x', 'x-ignore-this': 'y' }),
        denied('Extra input fields: x-amz-meta-note'),
      ],
      [
        'with another storage class',
        () => signed(policyOf(['eq', '$x-amz-storage-class', 'Fake']), { 'x-amz-storage-class': 'Fake' }),
        [400, 'InvalidStorageClass', 'The storage class you specified is not valid'],
      ],
      [
        'with fields of more than 20 KB',
        () => signed(policyOf(), { 'x-ignore-much': 'x'.repeat(20_480) }),
        [400, 'MaxPostPreDataLengthExceeded', 'Your POST request fields preceeding the upload file was too large.'],
      ],
    ]
    for (const [what, fields, expected] of cases)
      it(what, async () => {
        expect(said(await post(fields()))).to.deep.equal(expected)
      })

    it('without a file', async () => {
      const form = '--b\r\nContent-Disposition: form-data; name="key"\r\n\r\na\r\n--b--\r\n'
      const raw = await send(t.url, {
        method: 'POST',
        path: `/${Bucket}`,
        headers: { 'content-type': 'multipart/form-data; boundary=b', 'content-length': String(form.length) },
        body: Buffer.from(form),
      })

      const expected = [400, 'InvalidArgument', 'POST requires exactly one file upload per request.']
      expect(said(raw)).to.deep.equal(expected)
      expect(raw.element('ArgumentName')).to.equal('file')
    })

    it('when its file does not end', async () => {
      const fields = Object.entries(signed(policyOf(), { key: 'cut' }))
      const parts = [...fields, ['file', 'bytes']]
      const form = parts.map(
        ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
      )
      const body = Buffer.from(form.join(''))
      const headers = { 'content-type': 'multipart/form-data; boundary="b"', 'content-length': String(body.length) }

      const answer = await send(t.url, { method: 'POST', path: `/${Bucket}`, headers, body })

      expect([answer.status, answer.code]).to.deep.equal([400, 'MalformedPOSTRequest'])
      const { KeyCount } = await admin.send(new S.ListObjectsV2Command({ Bucket, Prefix: 'cut' }))
      expect(KeyCount).to.equal(0)
    })

    it('when it does not say how long it is', async () => {
      const headers = { 'content-type': 'multipart/form-data; boundary=b', 'transfer-encoding': 'chunked' }

      const answer = await send(t.url, { method: 'POST', path: `/${Bucket}`, headers, body: Buffer.from('--b--') })

      const message = 'You must provide the Content-Length HTTP header.'
      expect(said(answer)).to.deep.equal([411, 'MissingContentLength', message])
    })

    it('when it is no form, or none that can be read', async () => {
      const raw = (type: string, body: string) =>
        send(t.url, {
          method: 'POST',
          path: `/${Bucket}`,
          headers: { 'content-type': type, 'content-length': String(body.length) },
          body: Buffer.from(body),
        })

      const plain = await raw('text/html', 'x')
      const boundless = await raw('multipart/form-data', 'x')
      expect(said(plain)).to.deep.equal([
        412,
        'PreconditionFailed',
        'At least one of the pre-conditions you specified did not hold',
      ])
      expect(plain.element('Condition')).to.equal('Bucket POST must be of the enclosure-type multipart/form-data')
      const malformed = 'The body of your POST request is not well-formed multipart/form-data.'
      expect(said(boundless)).to.deep.equal([400, 'MalformedPOSTRequest', malformed])
    })
  })
})
