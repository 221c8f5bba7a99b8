import * as S from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { refusalOf } from '../../tests/refusal.ts'
import { withS3 } from '../../tests/s3.ts'
import { send } from './signing.ts'

const Bucket = 'my-site'
const HTML = 'text/html; charset=utf-8'

describe('websites of buckets', () => {
  const t = withS3()
  let admin: S.S3Client
  const port = () => new URL(t.url).port
  const host = (bucket = Bucket, kind = 's3-website') => `${bucket}.${kind}.localhost:${port()}`
  const visit = (path: string, { method = 'GET', bucket = Bucket, headers = {} as Record<string, string> } = {}) =>
    send(t.url, { method, path, headers: { host: host(bucket), ...headers }, body: Buffer.alloc(0) })
  const configure = (WebsiteConfiguration: S.WebsiteConfiguration) =>
    admin.send(new S.PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration }))
  const put = (Key: string, Body: string, more: Partial<S.PutObjectCommandInput> = {}) =>
    admin.send(new S.PutObjectCommand({ Bucket, Key, Body, ContentType: HTML, ...more }))
  /** Everybody may read the bucket's objects, and list them where `lists`. */
  const open = async (lists: boolean) => {
    const Statement = [
      { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/*` },
      ...(lists
        ? [{ Effect: 'Allow', Principal: '*', Action: 's3:ListBucket', Resource: `arn:aws:s3:::${Bucket}` }]
        : []),
    ]
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement })
    await admin.send(new S.DeletePublicAccessBlockCommand({ Bucket }))
    await admin.send(new S.PutBucketPolicyCommand({ Bucket, Policy }))
  }
  const plain = { IndexDocument: { Suffix: 'index.html' } }

  before(async () => {
    admin = t.client()
    await admin.send(new S.CreateBucketCommand({ Bucket }))
    await put('index.html', '<p>home</p>', { CacheControl: 'no-cache', Metadata: { author: 'Ann' } })
    await put('docs/index.html', '<p>docs</p>')
    await put('a b/ü.txt', 'spaces', { ContentType: 'text/plain' })
    await put('oops.html', '<p>oops</p>')
    await put('old.html', '', { WebsiteRedirectLocation: '/docs/' })
    await put('out.html', '', { WebsiteRedirectLocation: 'https://aws.amazon.com/' })
  })
  beforeEach(async () => {
    await configure(plain)
    await open(false)
  })

  describe('their configuration', () => {
    it('is there once it is put, as it was put, until it is deleted', async () => {
      const full = {
        ...plain,
        ErrorDocument: { Key: 'oops.html' },
        RoutingRules: [
          { Condition: { KeyPrefixEquals: 'a/' }, Redirect: { ReplaceKeyPrefixWith: 'b/', HttpRedirectCode: '302' } },
        ],
      }
      await configure(full)
      const { $metadata: _, ...read } = await admin.send(new S.GetBucketWebsiteCommand({ Bucket }))
      await admin.send(new S.DeleteBucketWebsiteCommand({ Bucket }))
      const gone = await refusalOf(admin.send(new S.GetBucketWebsiteCommand({ Bucket })))
      const page = await visit('/')

      const message = 'The specified bucket does not have a website configuration'
      expect(read).to.deep.equal(full)
      expect(gone).to.deep.equal({ name: 'NoSuchWebsiteConfiguration', message, status: 404 })
      expect(page.status).to.equal(404)
      expect(page.body).to.contain(`<li>Code: NoSuchWebsiteConfiguration</li>\n<li>Message: ${message}</li>`)
    })

    const PROTOCOL =
      'Invalid protocol, protocol can be http or https. If not defined the protocol will be selected automatically.'
    const rule = (RoutingRule: S.RoutingRule) => ({ ...plain, RoutingRules: [RoutingRule] })
    for (const [what, configuration, name, message] of [
      [
        'nothing',
        {},
        'InvalidArgument',
        'A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty',
      ],
      [
        'a suffix with a slash',
        { IndexDocument: { Suffix: 'a/b' } },
        'InvalidArgument',
        'The IndexDocument Suffix is not well formed',
      ],
      [
        'a redirect of all and an index',
        { ...plain, RedirectAllRequestsTo: { HostName: 'a.example' } },
        'InvalidArgument',
        'RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.',
      ],
      [
        'another protocol',
        { RedirectAllRequestsTo: { HostName: 'a.example', Protocol: 'ftp' as 'http' } },
        'InvalidRequest',
        PROTOCOL,
      ],
      [
        'a rule with two new keys',
        rule({ Redirect: { ReplaceKeyWith: 'a', ReplaceKeyPrefixWith: 'b' } }),
        'InvalidRequest',
        'You can only define ReplaceKeyPrefix or ReplaceKey but not both.',
      ],
      [
        'a rule for a code that is no error',
        rule({ Condition: { HttpErrorCodeReturnedEquals: '200' }, Redirect: { HostName: 'a' } }),
        'InvalidRequest',
        'The provided HTTP error code (200) is not valid. Valid codes are 4XX or 5XX.',
      ],
      [
        'a redirect that is none',
        rule({ Redirect: { HttpRedirectCode: '404' } }),
        'InvalidRequest',
        'The provided HTTP redirect code (404) is not valid. Valid codes are 3XX except 300.',
      ],
      ...['a.example\r\nX-Evil: y', 'é.example', 'a b'].flatMap((HostName) =>
        [rule({ Redirect: { HostName } }), { RedirectAllRequestsTo: { HostName } }].map(
          (configuration): [string, S.WebsiteConfiguration, string, string] => [
            `a host ${JSON.stringify(HostName)} in ${Object.keys(configuration).at(-1)}`,
            configuration,
            'MalformedXML',
            'The XML you provided was not well-formed or did not validate against our published schema',
          ],
        ),
      ),
    ] as [string, S.WebsiteConfiguration, string, string][])
      it(`is refused with ${what}`, async () => {
        expect(await refusalOf(configure(configuration))).to.deep.equal({ name, message, status: 400 })
      })
  })

  it('give the index of a folder, and objects with their headers', async () => {
    const home = await visit('/?any=query')
    const folder = await visit('/docs/')
    const spaces = await visit('/a%20b/%C3%BC.txt')
    const regional = await visit('/', { headers: { host: host(Bucket, 's3-website-us-east-1') } })

    expect([home.status, home.body]).to.deep.equal([200, '<p>home</p>'])
    expect(home.headers).to.include({ 'content-type': HTML, 'cache-control': 'no-cache', 'x-amz-meta-author': 'Ann' })
    expect(folder.body).to.equal('<p>docs</p>')
    expect([spaces.body, spaces.headers['content-type']]).to.deep.equal(['spaces', 'text/plain'])
    expect(regional.body).to.equal('<p>home</p>')
  })

  it('answer HEAD without a body, ranges, and what the browser has already', async () => {
    const { etag, 'last-modified': modified } = (await visit('/')).headers as Record<string, string>

    const head = await visit('/', { method: 'HEAD' })
    const range = await visit('/', { headers: { range: 'bytes=3-6' } })
    const beyond = await visit('/', { headers: { range: 'bytes=99-' } })
    const byTag = await visit('/', { headers: { 'if-none-match': etag as string } })
    const byDate = await visit('/', { headers: { 'if-modified-since': modified as string } })
    const other = await visit('/', { headers: { 'if-match': '"other"' } })

    expect([head.status, head.body, head.headers['content-length']]).to.deep.equal([200, '', '11'])
    expect([range.status, range.body, range.headers['content-range']]).to.deep.equal([206, 'home', 'bytes 3-6/11'])
    expect([beyond.status, beyond.headers['x-amz-error-code']]).to.deep.equal([416, 'InvalidRange'])
    for (const one of [byTag, byDate]) {
      expect([one.status, one.body, one.headers.etag]).to.deep.equal([304, '', etag])
      expect(one.headers['cache-control']).to.equal('no-cache')
    }
    expect(other.status).to.equal(412)
  })

  it('lead from a folder without its slash to the folder', async () => {
    const { status, headers, body } = await visit('/docs')

    expect([status, headers.location]).to.deep.equal([302, '/docs/'])
    expect(body).to.contain('<h1>302 Found</h1>')
  })

  it('lead to no other host by a path of two slashes', async () => {
    await put('/evil.example/index.html', 'not a host')
    await put('\\evil.example/index.html', 'not a host')

    const slash = await visit('//evil.example')
    const backslash = await visit('/\\evil.example')
    const followed = await visit(`${slash.headers.location}`)

    expect([slash.status, slash.headers.location]).to.deep.equal([302, '/%2Fevil.example/'])
    expect([backslash.status, backslash.headers.location]).to.deep.equal([302, '/%5Cevil.example/'])
    expect(followed.body).to.equal('not a host')
  })

  it('lead where an object says', async () => {
    const old = await visit('/old.html')
    const out = await visit('/out.html')

    expect([old.status, old.headers.location, old.body]).to.deep.equal([301, '/docs/', ''])
    expect(out.headers.location).to.equal('https://aws.amazon.com/')
  })

  it('lead all requests elsewhere', async () => {
    await configure({ RedirectAllRequestsTo: { HostName: 'www.example.com', Protocol: 'https' } })

    const { status, headers } = await visit('/a%20b/c?d=e')

    expect([status, headers.location]).to.deep.equal([301, 'https://www.example.com/a%20b/c?d=e'])
  })

  it('lead by rules: of a prefix before, of an error after', async () => {
    await open(true)
    await configure({
      ...plain,
      RoutingRules: [
        { Condition: { KeyPrefixEquals: 'docs/' }, Redirect: { ReplaceKeyPrefixWith: 'documents/' } },
        {
          Condition: { HttpErrorCodeReturnedEquals: '404', KeyPrefixEquals: 'app/' },
          Redirect: { ReplaceKeyWith: 'index.html', HttpRedirectCode: '302' },
        },
        { Condition: { HttpErrorCodeReturnedEquals: '404' }, Redirect: { HostName: 'b.example', Protocol: 'https' } },
      ],
    })

    const before = await visit('/docs/a.html')
    const app = await visit('/app/route')
    const other = await visit('/nowhere')
    const there = await visit('/oops.html')

    expect([before.status, before.headers.location]).to.deep.equal([301, `http://${host()}/documents/a.html`])
    expect([app.status, app.headers.location]).to.deep.equal([302, `http://${host()}/index.html`])
    expect([other.status, other.headers.location]).to.deep.equal([301, 'https://b.example/nowhere'])
    expect(there.status).to.equal(200)
  })

  it('tell what is missing to those only who may list', async () => {
    const hidden = await visit('/nowhere')
    await open(true)
    const told = await visit('/no%3Cwhere')

    expect([hidden.status, hidden.headers['content-type']]).to.deep.equal([403, HTML])
    expect(hidden.body).to.contain('<h1>403 Forbidden</h1>\n<ul>\n<li>Code: AccessDenied</li>\n')
    expect(told.status).to.equal(404)
    expect(told.headers).to.include({ 'x-amz-error-code': 'NoSuchKey', 'x-amz-error-detail-key': 'no<where' })
    expect(told.body).to.contain(
      '<h1>404 Not Found</h1>\n<ul>\n<li>Code: NoSuchKey</li>\n<li>Message: The specified key does not exist.</li>\n<li>Key: no&lt;where</li>\n<li>RequestId: ',
    )
  })

  it('show their own page of errors, and say so when it is missing', async () => {
    await configure({ ...plain, ErrorDocument: { Key: 'oops.html' } })
    const own = await visit('/nowhere')
    await configure({ ...plain, ErrorDocument: { Key: 'none.html' } })
    const none = await visit('/nowhere')

    expect([own.status, own.body, own.headers['content-type']]).to.deep.equal([403, '<p>oops</p>', HTML])
    expect(own.headers['x-amz-error-code']).to.equal('AccessDenied')
    expect(none.status).to.equal(403)
    expect(none.body).to.contain(
      '<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>\n<ul>\n<li>Code: AccessDenied</li>',
    )
  })

  it('show nothing of a bucket that is not public', async () => {
    await admin.send(
      new S.PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: { RestrictPublicBuckets: true } }),
    )
    const restricted = await visit('/')
    await admin.send(new S.DeleteBucketPolicyCommand({ Bucket }))
    await admin.send(new S.DeletePublicAccessBlockCommand({ Bucket }))
    const without = await visit('/')
    const nowhere = await visit('/', { bucket: 'nowhere' })

    expect([restricted.status, without.status, nowhere.status]).to.deep.equal([403, 403, 404])
    expect(nowhere.body).to.contain('<li>Code: NoSuchBucket</li>').and.to.contain('<li>BucketName: nowhere</li>')
  })

  for (const method of ['PUT', 'POST', 'DELETE', 'PATCH'])
    it(`take no ${method}`, async () => {
      const { status, headers, body } = await visit('/index.html', { method })

      expect([status, headers.allow]).to.deep.equal([405, 'GET, HEAD'])
      expect(body).to.contain(`<li>Code: MethodNotAllowed</li>`).and.to.contain(`<li>Method: ${method}</li>`)
    })

  it('answer pages of other origins as the bucket’s CORS says', async () => {
    const origin = `http://other.s3-website.localhost:${port()}`
    const before = await visit('/', { headers: { origin } })
    await admin.send(
      new S.PutBucketCorsCommand({
        Bucket,
        CORSConfiguration: { CORSRules: [{ AllowedOrigins: [origin], AllowedMethods: ['GET'] }] },
      }),
    )
    const after = await visit('/', { headers: { origin } })
    const asked = await visit('/', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'GET' },
    })
    const foreign = await visit('/', { headers: { origin: 'https://elsewhere.example' } })

    expect(before.headers['access-control-allow-origin']).to.equal(undefined)
    expect(after.headers['access-control-allow-origin']).to.equal(origin)
    expect([asked.status, asked.headers['access-control-allow-origin']]).to.deep.equal([200, origin])
    expect(foreign.status).to.equal(403)
  })
})
