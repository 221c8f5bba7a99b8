import { expect } from 'chai'
import { LOCAL, openTestDoor, ROLE, type TestDoor } from './fixture.ts'
import { type Answered, presign, type SignedRequest, type Signer, send, sign } from './signing.ts'

const MINUTE = 60_000
const NOT_LOCAL: Signer = { accessKeyId: 'AKIANOBODYKNOWSTHIS1', secretAccessKey: 'secret' }
const MATCH_S3 =
  'The request signature we calculated does not match the signature you provided. Check your key and signing method.'
const MATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'
const INVALID_TOKEN = 'The security token included in the request is invalid.'

/** One request of each kind of service, right as it is. */
const REQUESTS = {
  s3: { method: 'PUT', path: '/pictures/a.txt', headers: { 'content-type': 'text/plain' }, body: 'hello' },
  dynamodb: {
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.GetItem' },
    body: '{"TableName":"t","Key":{"id":{"S":"1"}}}',
  },
  lambda: {
    method: 'POST',
    path: '/2015-03-31/functions/f/invocations',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  },
  sts: {
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
  },
} as const
type Name = keyof typeof REQUESTS

/** What of a signed request is changed before it is sent. */
type Change = (request: SignedRequest) => Partial<SignedRequest>
const header =
  (name: string, value: string | ((before: string) => string) | undefined): Change =>
  ({ headers }) => {
    const { [name]: before = '', ...rest } = headers
    return {
      headers: value === undefined ? rest : { ...rest, [name]: typeof value === 'string' ? value : value(before) },
    }
  }
const authorization = (from: string | RegExp, to: string) =>
  header('authorization', (before) => before.replace(from, to))

interface Case {
  what: string
  change?: Change
  signer?: Signer
  service?: string
  region?: string
  /** ms the signer's clock is ahead of the door's. */
  ahead?: number
  /** status, code, message of each service, in the order s3, dynamodb, lambda, sts. */
  expected: Partial<Record<Name, readonly [status: number, code: string, message: string | RegExp]>>
}

/** The refusal that all but S3 share, with the code and status of each protocol. */
const others = (code: string, message: string | RegExp, queryCode = code, incomplete = false) => ({
  dynamodb: [400, `${code}Exception`, message] as const,
  lambda: [incomplete ? 400 : 403, `${code}Exception`, message] as const,
  sts: [incomplete ? 400 : 403, queryCode, message] as const,
})
const signature = (message: string | RegExp) => others('InvalidSignature', message, 'SignatureDoesNotMatch')
const incomplete = (message: string | RegExp) => others('IncompleteSignature', message, 'IncompleteSignature', true)
const unknownKey = others('UnrecognizedClient', INVALID_TOKEN, 'InvalidClientTokenId')

const cases: Case[] = [
  {
    what: 'a wrong secret',
    signer: { ...LOCAL, secretAccessKey: 'wrong' },
    expected: { s3: [403, 'SignatureDoesNotMatch', MATCH_S3], ...signature(MATCH) },
  },
  {
    what: 'an unknown key',
    signer: NOT_LOCAL,
    expected: {
      s3: [403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.'],
      ...unknownKey,
    },
  },
  {
    what: 'a session without its token',
    signer: { accessKeyId: ROLE.accessKeyId, secretAccessKey: ROLE.secretAccessKey },
    expected: {
      s3: [403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.'],
      ...unknownKey,
    },
  },
  {
    what: 'another session’s token',
    signer: { ...ROLE, sessionToken: 'another' },
    expected: { s3: [400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.'], ...unknownKey },
  },
  {
    what: 'a token with a long-term key',
    signer: { ...LOCAL, sessionToken: 'any' },
    expected: { s3: [400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.'], ...unknownKey },
  },
  {
    what: 'a changed method',
    change: () => ({ method: 'DELETE' }),
    expected: { s3: [403, 'SignatureDoesNotMatch', MATCH_S3], ...signature(MATCH) },
  },
  {
    what: 'a changed path',
    change: ({ path }) => ({ path: `${path}x` }),
    expected: { s3: [403, 'SignatureDoesNotMatch', MATCH_S3], ...signature(MATCH) },
  },
  {
    what: 'a changed query',
    change: ({ path }) => ({ path: `${path}?acl` }),
    expected: { s3: [403, 'SignatureDoesNotMatch', MATCH_S3], ...signature(MATCH) },
  },
  {
    what: 'a changed header',
    change: header('content-type', 'application/x-amz-json-1.1'),
    expected: { s3: [403, 'SignatureDoesNotMatch', MATCH_S3], dynamodb: signature(MATCH).dynamodb },
  },
  {
    what: 'a changed body',
    change: () => ({ body: Buffer.from('HELLO') }),
    expected: {
      s3: [
        400,
        'XAmzContentSHA256Mismatch',
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
      ],
      dynamodb: signature(MATCH).dynamodb,
      lambda: signature(MATCH).lambda,
    },
  },
  {
    what: 'a changed signature',
    change: authorization(/Signature=./, 'Signature=z'),
    expected: { s3: [403, 'SignatureDoesNotMatch', MATCH_S3], ...signature(MATCH) },
  },
  {
    what: 'a clock 16 minutes behind',
    ahead: -16 * MINUTE,
    expected: {
      s3: [403, 'RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.'],
      ...signature(/^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 15 min\.\)$/),
    },
  },
  {
    what: 'a clock 16 minutes ahead',
    ahead: 16 * MINUTE,
    expected: {
      s3: [403, 'RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.'],
      ...signature(
        /^Signature not yet current: \d{8}T\d{6}Z is still later than \d{8}T\d{6}Z \(\d{8}T\d{6}Z \+ 15 min\.\)$/,
      ),
    },
  },
  {
    what: 'no date at all',
    change: header('x-amz-date', undefined),
    expected: {
      s3: [403, 'AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header'],
      ...incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."),
    },
  },
  {
    what: 'a date of another form',
    change: header('x-amz-date', '2026-01-31T12:00:00Z'),
    expected: {
      s3: [403, 'AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header'],
      ...incomplete(
        "Date must be in ISO-8601 'basic format'. Got '2026-01-31T12:00:00Z'. See http://en.wikipedia.org/wiki/ISO_8601",
      ),
    },
  },
  {
    what: 'a date that no calendar has',
    change: header('x-amz-date', '20260231T126199Z'),
    expected: {
      s3: [403, 'AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header'],
      ...incomplete(/^Date must be in ISO-8601 'basic format'/),
    },
  },
  {
    what: 'a scope of another day',
    change: authorization(/Credential=local\/\d{8}/, 'Credential=local/20200101'),
    expected: {
      s3: [
        400,
        'AuthorizationHeaderMalformed',
        /^The authorization header is malformed; Invalid credential date "20200101"\. This date is not the same as X-Amz-Date: "\d{8}"\.$/,
      ],
      ...signature(
        /^Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20200101' != '\d{8}', from '\d{8}T\d{6}Z'\.$/,
      ),
    },
  },
  {
    what: 'a scope without a date',
    change: authorization(/Credential=local\/\d{8}/, 'Credential=local/today'),
    expected: {
      s3: [400, 'AuthorizationHeaderMalformed', /incorrect date format "today"/],
      ...signature(/^Date in Credential scope does not match YYYYMMDD/),
    },
  },
  {
    what: 'a scope of no region',
    change: authorization('us-east-1', 'here'),
    expected: {
      s3: [
        400,
        'AuthorizationHeaderMalformed',
        "The authorization header is malformed; the region 'here' is wrong; expecting 'us-east-1'",
      ],
      ...signature("Credential should be scoped to a valid region, not 'here'. "),
    },
  },
  {
    what: 'a scope with another end',
    change: authorization('aws4_request', 'aws3_request'),
    expected: {
      s3: [
        400,
        'AuthorizationHeaderMalformed',
        'The authorization header is malformed; incorrect terminal "aws3_request". This endpoint uses "aws4_request".',
      ],
      ...signature("Credential should be scoped with a valid terminator: 'aws4_request', not 'aws3_request'. "),
    },
  },
  {
    what: 'a credential of four parts',
    change: authorization('/aws4_request', ''),
    expected: {
      s3: [
        400,
        'AuthorizationHeaderMalformed',
        'The authorization header is malformed; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
      ],
      dynamodb: [
        400,
        'IncompleteSignatureException',
        /^Credential must have exactly 5 slash-delimited elements, e\.g\. keyid\/date\/region\/service\/term, got 'local\/\d{8}\/us-east-1\/dynamodb'$/,
      ],
    },
  },
  {
    what: 'no Credential',
    change: authorization(/Credential=\S+ /, ''),
    expected: {
      s3: [
        400,
        'AuthorizationHeaderMalformed',
        'The authorization header is malformed; the authorization header requires three components: Credential, SignedHeaders, and Signature.',
      ],
      dynamodb: [400, 'IncompleteSignatureException', "Authorization header requires 'Credential' parameter."],
    },
  },
  {
    what: 'neither Signature nor SignedHeaders',
    change: authorization(/, SignedHeaders.*/, ''),
    expected: {
      s3: [400, 'AuthorizationHeaderMalformed', /requires three components/],
      dynamodb: [
        400,
        'IncompleteSignatureException',
        "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter.",
      ],
    },
  },
  {
    what: 'a component without an equals sign',
    change: authorization('SignedHeaders=', 'SignedHeaders'),
    expected: {
      s3: [
        400,
        'AuthorizationHeaderMalformed',
        /^The authorization header is malformed; the authorization component "SignedHeaders\S+" is malformed\.$/,
      ],
      dynamodb: [
        400,
        'IncompleteSignatureException',
        /^'SignedHeaders\S+' not a valid key=value pair \(missing equal-sign\) in Authorization header \(hashed with SHA-256 and encoded with Base64\): '[A-Za-z0-9+/]{43}='\.$/,
      ],
    },
  },
  {
    what: 'an algorithm that nobody knows',
    change: authorization('AWS4-HMAC-SHA256', 'AWS4-HMAC-MD5'),
    expected: {
      s3: [400, 'InvalidArgument', 'Unsupported Authorization Type'],
      dynamodb: [
        400,
        'IncompleteSignatureException',
        "Unsupported AWS 'algorithm': 'AWS4-HMAC-MD5'. Authorization=AWS4-HMAC-MD5",
      ],
    },
  },
  {
    what: 'version 2 of the signature',
    change: header('authorization', 'AWS local:signature'),
    expected: {
      s3: [
        400,
        'InvalidRequest',
        'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
      ],
    },
  },
  {
    what: 'a bearer token',
    change: header('authorization', 'Bearer abc'),
    expected: {
      s3: [400, 'InvalidArgument', 'Unsupported Authorization Type'],
      dynamodb: [400, 'IncompleteSignatureException', "Unsupported AWS 'algorithm': 'Bearer'. Authorization=Bearer"],
    },
  },
  {
    what: 'a host that is not signed',
    change: authorization(/host;/, ''),
    expected: {
      s3: [403, 'AccessDenied', 'There were headers present in the request which were not signed'],
      ...signature("'Host' must be a 'SignedHeader' in the AWS Authorization."),
    },
  },
  {
    what: 'a header of S3 that is not signed',
    change: header('x-amz-acl', 'public-read'),
    expected: { s3: [403, 'AccessDenied', 'There were headers present in the request which were not signed'] },
  },
  {
    what: 'a signed header that is not there',
    change: authorization('host;', 'host;range;'),
    expected: { s3: [403, 'SignatureDoesNotMatch', MATCH_S3], ...signature(MATCH) },
  },
  {
    what: 'no x-amz-content-sha256',
    change: header('x-amz-content-sha256', undefined),
    expected: { s3: [400, 'InvalidRequest', 'Missing required header for this request: x-amz-content-sha256'] },
  },
  {
    what: 'an x-amz-content-sha256 that is none',
    change: header('x-amz-content-sha256', 'toString'),
    expected: {
      s3: [400, 'InvalidArgument', /^x-amz-content-sha256 must be UNSIGNED-PAYLOAD, .* or a valid sha256 value\.$/],
    },
  },
  {
    what: 'a signature in header and query',
    change: ({ path }) => ({ path: `${path}?X-Amz-Algorithm=AWS4-HMAC-SHA256` }),
    expected: { s3: [400, 'InvalidArgument', /^Only one auth mechanism allowed; /] },
  },
  {
    what: 'a service that is not here',
    service: 'ec2',
    expected: {
      s3: [501, 'NotImplemented', 'The service ec2 is not part of the local cloud.'],
      dynamodb: [501, 'NotImplemented', 'The service ec2 is not part of the local cloud.'],
    },
  },
  {
    what: 'a service that is not here, in JSON or in the XML of the query protocol',
    service: 'kinesis',
    expected: {
      dynamodb: [501, 'NotImplemented', 'The service kinesis is not part of the local cloud.'],
      lambda: [501, 'NotImplemented', 'The service kinesis is not part of the local cloud.'],
      sts: [501, 'NotImplemented', 'The service kinesis is not part of the local cloud.'],
    },
  },
  {
    what: 'a JSON call signed for another service',
    service: 'logs',
    expected: { dynamodb: [501, 'NotImplemented', 'The service logs is not part of the local cloud.'] },
  },
  {
    what: 'no signature',
    change: ({ headers: { authorization: _, ...headers } }) => ({ headers }),
    expected: {
      dynamodb: [400, 'MissingAuthenticationTokenException', 'Missing Authentication Token'],
      sts: [403, 'MissingAuthenticationToken', 'Missing Authentication Token'],
    },
  },
]

describe('the door refuses, as AWS words it', () => {
  let door: TestDoor
  before(async () => {
    door = await openTestDoor()
  })
  after(() => door.close())

  const ask = async (name: Name, one: Case): Promise<Answered> => {
    const { change = () => ({}), signer = LOCAL, service = name, region = 'us-east-1', ahead = 0 } = one
    const date = new Date(door.clock.now() + ahead)
    const request = await sign(door.url, REQUESTS[name], signer, { service, region, date })
    return send(door.url, fitted({ ...request, ...change(request) }))
  }
  const fitted = (request: SignedRequest): SignedRequest => ({
    ...request,
    headers: { ...request.headers, 'content-length': String(request.body.length) },
  })

  for (const name of Object.keys(REQUESTS) as Name[]) {
    it(`takes what is right: ${name}`, async () => {
      const { status } = await ask(name, { what: '', expected: {} })

      expect(status).to.equal(200)
    })

    for (const one of cases) {
      const expected = one.expected[name]
      if (expected)
        it(`${one.what}: ${name}`, async () => {
          const seen = door.seen.length
          const stored = door.objects.size
          const [status, code, message] = expected

          const answered = await ask(name, one)

          expect([answered.status, answered.code]).to.deep.equal([status, code])
          if (message instanceof RegExp) expect(answered.message).to.match(message)
          else expect(answered.message).to.equal(message)
          expect(door.objects.size).to.equal(stored)
          if (code !== 'XAmzContentSHA256Mismatch') expect(door.seen.length).to.equal(seen)
          expect(answered.headers).to.include.keys(name === 's3' || status === 501 ? 'date' : 'x-amzn-requestid')
        })
    }
  }

  it('an expired token', async () => {
    const later = 3_600_001
    const own = await openTestDoor()
    own.clock.advance(later)
    const date = new Date(own.clock.now())
    const answers: Answered[] = []
    for (const name of Object.keys(REQUESTS) as Name[])
      answers.push(await send(own.url, await sign(own.url, REQUESTS[name], ROLE, { service: name, date })))
    await own.close()

    expect(answers.map(({ status, code, message }) => [status, code, message])).to.deep.equal([
      [400, 'ExpiredToken', 'The provided token has expired.'],
      [400, 'ExpiredTokenException', 'The security token included in the request is expired'],
      [403, 'ExpiredTokenException', 'The security token included in the request is expired'],
      [403, 'ExpiredToken', 'The security token included in the request is expired'],
    ])
  })

  it('a JSON call whose target is of another service than its signature', async () => {
    const own = { ...REQUESTS.dynamodb, headers: { ...REQUESTS.dynamodb.headers } }
    const wrong = await sign(
      door.url,
      { ...own, headers: { ...own.headers, 'x-amz-target': 'Other.GetItem' } },
      LOCAL,
      {
        service: 'dynamodb',
      },
    )
    const unknown = await sign(
      door.url,
      { ...own, headers: { ...own.headers, 'x-amz-target': 'DynamoDB_20120810.Nothing' } },
      LOCAL,
      { service: 'dynamodb' },
    )

    for (const request of [wrong, unknown]) {
      const { status, code, message } = await send(door.url, request)

      expect([status, code, message]).to.deep.equal([
        404,
        'UnknownOperationException',
        'The requested operation is not recognized by the service.',
      ])
    }
  })

  it('an action that the query service does not have, and none', async () => {
    const ask = async (body: string) => {
      const { status, code, message } = await send(
        door.url,
        await sign(door.url, { ...REQUESTS.sts, body }, LOCAL, { service: 'sts' }),
      )
      return [status, code, message]
    }

    expect(await ask('Action=Nothing&Version=2011-06-15')).to.deep.equal([
      400,
      'InvalidAction',
      'Could not find operation Nothing for version 2011-06-15',
    ])
    expect(await ask('Version=2011-06-15')).to.deep.equal([
      400,
      'MissingAction',
      'The request is missing an action or a required parameter.',
    ])
  })

  it('a path that the REST service does not have', async () => {
    const request = await sign(door.url, { path: '/2015-03-31/nothing' }, LOCAL, { service: 'lambda' })

    const { status, code } = await send(door.url, request)

    expect([status, code]).to.deep.equal([404, 'UnknownOperationException'])
  })

  it('a method that S3 does not have', async () => {
    const request = await sign(door.url, { method: 'PATCH', path: '/pictures/a' }, LOCAL)

    const { status, code, message, element, headers } = await send(door.url, request)

    expect([status, code, message]).to.deep.equal([
      405,
      'MethodNotAllowed',
      'The specified method is not allowed against this resource.',
    ])
    expect([element('Method'), element('ResourceType')]).to.deep.equal(['PATCH', 'OBJECT'])
    expect(headers.allow).to.equal('GET, HEAD, PUT, POST, DELETE')
  })

  it('an operation that is not part of the local cloud', async () => {
    const s3 = await send(door.url, await sign(door.url, { path: '/pictures?acl' }, LOCAL))
    const lambda = await send(
      door.url,
      await sign(door.url, { path: '/2015-03-31/functions/f' }, LOCAL, { service: 'lambda' }),
    )

    for (const { status, code } of [s3, lambda]) expect([status, code]).to.deep.equal([501, 'NotImplemented'])
  })

  it('a fault of ours, without a word about its cause', async () => {
    const request = await sign(door.url, { path: '/pictures/throws' }, LOCAL)

    const answered = await send(door.url, request)

    expect([answered.status, answered.code, answered.message]).to.deep.equal([
      500,
      'InternalError',
      'We encountered an internal error. Please try again.',
    ])
    expect(answered.body).not.to.contain('secret cause')
    expect(door.lines.at(-1)?.cause).to.include({ message: 'secret cause' })
  })

  it('shows S3’s clients what it signed, but neither key nor secret', async () => {
    const wrong = { ...LOCAL, secretAccessKey: 'wrong' }
    const request = await sign(door.url, { path: '/pictures/a?b=c' }, wrong)

    const { element, body } = await send(door.url, request)

    expect(element('CanonicalRequest')).to.match(/^GET\n\/pictures\/a\nb=c\nhost:127\.0\.0\.1:\d+\n/)
    expect(element('StringToSign')).to.match(
      /^AWS4-HMAC-SHA256\n\d{8}T\d{6}Z\n\d{8}\/us-east-1\/s3\/aws4_request\n[0-9a-f]{64}$/,
    )
    expect(element('SignatureProvided')).to.match(/^[0-9a-f]{64}$/)
    expect(element('AWSAccessKeyId')).to.equal('local')
    expect(element('StringToSignBytes')).to.match(/^41 57 53 34 /)
    expect(body).not.to.contain('wrong')
  })
})

describe('the door refuses presigned URLs, as AWS words it', () => {
  let door: TestDoor
  before(async () => {
    door = await openTestDoor()
  })
  after(() => door.close())

  const get = (path: string, headers: Record<string, string> = {}) =>
    send(door.url, { method: 'GET', path, headers, body: Buffer.alloc(0) })
  const QUERY = 'AuthorizationQueryParametersError'

  const cases: [
    what: string,
    options: { change?: (path: string) => string; ahead?: number; expires?: number; headers?: Record<string, string> },
    expected: [number, string | undefined, string | RegExp | undefined],
  ][] = [
    ['nothing about what is right', {}, [404, 'NoSuchKey', 'The specified key does not exist.']],
    ['one that expired', { ahead: -901_000 }, [403, 'AccessDenied', 'Request has expired']],
    ['one of the future', { ahead: 16 * MINUTE }, [403, 'AccessDenied', 'Request is not yet valid']],
    [
      'one that lives longer than a week',
      { change: (path) => path.replace('X-Amz-Expires=900', 'X-Amz-Expires=604801') },
      [
        400,
        QUERY,
        'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
      ],
    ],
    [
      'one that expires before it begins',
      { change: (path) => path.replace('X-Amz-Expires=900', 'X-Amz-Expires=-1') },
      [400, QUERY, 'X-Amz-Expires must be non-negative'],
    ],
    [
      'one that expires sometime',
      { change: (path) => path.replace('X-Amz-Expires=900', 'X-Amz-Expires=soon') },
      [400, QUERY, 'X-Amz-Expires should be a number'],
    ],
    [
      'one that lives longer than it was signed for',
      { change: (path) => path.replace('X-Amz-Expires=900', 'X-Amz-Expires=901') },
      [403, 'SignatureDoesNotMatch', MATCH_S3],
    ],
    ...[
      'X-Amz-Expires',
      'X-Amz-Algorithm',
      'X-Amz-Date',
      'X-Amz-SignedHeaders',
      'X-Amz-Signature',
      'X-Amz-Credential',
    ].map(
      (name) =>
        [
          `one without ${name}`,
          { change: (path: string) => path.replace(new RegExp(`${name}=[^&]*`), '') },
          [400, QUERY, /^Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, /],
        ] as (typeof cases)[number],
    ),
    [
      'another algorithm',
      { change: (path) => path.replace('AWS4-HMAC-SHA256', 'AWS4-HMAC-MD5') },
      [400, QUERY, 'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"'],
    ],
    [
      'a date of another form',
      { change: (path) => path.replace(/X-Amz-Date=[^&]*/, 'X-Amz-Date=yesterday') },
      [400, QUERY, "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""],
    ],
    [
      'a credential of four parts',
      { change: (path) => path.replace('%2Faws4_request', '') },
      [
        400,
        QUERY,
        'Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
      ],
    ],
    [
      'no region',
      { change: (path) => path.replace('us-east-1', 'here') },
      [400, QUERY, "Error parsing the X-Amz-Credential parameter; the region 'here' is wrong; expecting 'us-east-1'"],
    ],
    [
      'another key',
      { change: (path) => path.replace('local%2F', 'AKIANOBODY%2F') },
      [403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.'],
    ],
    ['another object', { change: (path) => path.replace('/a?', '/b?') }, [403, 'SignatureDoesNotMatch', MATCH_S3]],
    [
      'a header of S3 that was not signed',
      { headers: { 'x-amz-acl': 'public-read' } },
      [403, 'AccessDenied', 'There were headers present in the request which were not signed'],
    ],
    [
      'version 2 of the signature',
      { change: () => '/pictures/a?AWSAccessKeyId=local&Signature=abc&Expires=1' },
      [
        400,
        'InvalidRequest',
        'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
      ],
    ],
  ]
  for (const [what, { change = (path: string) => path, ahead = 0, expires, headers }, [status, code, message]] of cases)
    it(`${what}`, async () => {
      const date = new Date(door.clock.now() + ahead)
      const path = await presign(door.url, { path: '/pictures/a' }, LOCAL, { date, ...(expires ? { expires } : {}) })

      const answered = await get(change(path), headers)

      expect([answered.status, answered.code]).to.deep.equal([status, code])
      if (message instanceof RegExp) expect(answered.message).to.match(message)
      else expect(answered.message).to.equal(message)
    })

  it('the token of a session in the query is checked, too', async () => {
    const path = await presign(door.url, { path: '/pictures/a' }, ROLE)
    const right = await get(path)
    const wrong = await get(path.replace(/X-Amz-Security-Token=[^&]*/, 'X-Amz-Security-Token=x'))
    const none = await get(path.replace(/&?X-Amz-Security-Token=[^&]*/, ''))

    expect([right.code, wrong.code, none.code]).to.deep.equal(['NoSuchKey', 'InvalidToken', 'InvalidAccessKeyId'])
  })

  it('tells when a URL expired', async () => {
    const date = new Date(door.clock.now() - 901_000)
    const path = await presign(door.url, { path: '/pictures/a' }, LOCAL, { date })

    const { element } = await get(path)

    const end = new Date(Math.floor(date.getTime() / 1000) * 1000 + 900_000).toISOString().replace('.000', '')
    expect([element('X-Amz-Expires'), element('Expires')]).to.deep.equal(['900', end])
  })

  it('a presigned call of a query service expires, too', async () => {
    const path = '/?Action=GetCallerIdentity&Version=2011-06-15'
    const right = await get(await presign(door.url, { path }, LOCAL, { service: 'sts' }))
    const late = await get(
      await presign(door.url, { path }, LOCAL, { service: 'sts', date: new Date(door.clock.now() - 901_000) }),
    )

    expect(right.element('Arn')).to.equal('arn:aws:iam::123456789012:user/local')
    expect([late.status, late.code]).to.deep.equal([403, 'SignatureDoesNotMatch'])
    expect(late.message).to.match(/^Signature expired: /)
  })
})
