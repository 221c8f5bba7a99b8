import { expect } from 'chai'
import fc from 'fast-check'
import { LOCAL, openTestDoor, sendRaw, type TestDoor } from './fixture.ts'
import { presign, sign } from './signing.ts'

/** How many requests; the long runs ask for more. */
const RUNS = process.env.TEST_FULL === '1' ? 20_000 : 300

/** What a mutation does to a request: at a place between 0 and 1 of its bytes. */
type Mutation =
  | { kind: 'set'; at: number; byte: number }
  | { kind: 'cut'; at: number; length: number }
  | { kind: 'insert'; at: number; text: string }
  | { kind: 'repeat'; at: number; length: number }

const place = fc.double({ min: 0, max: 1, noNaN: true })
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), at: place, byte: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ kind: fc.constant('cut' as const), at: place, length: fc.integer({ min: 1, max: 40 }) }),
  fc.record({
    kind: fc.constant('insert' as const),
    at: place,
    text: fc.constantFrom(
      ...[
        '\r\n',
        '\r\n\r\n',
        '%',
        '%00',
        '/',
        '?',
        '&',
        '=',
        ':',
        ';',
        ',',
        ' ',
        '\0',
        '"',
        '<',
        '{',
        '}',
        '..',
        '../',
      ],
      ...['AWS4-HMAC-SHA256 ', 'X-Amz-Signature=', 'x-amz-trailer: x\r\n', 'transfer-encoding: chunked\r\n', 'é'],
      ...[
        'expect: 100-continue\r\n',
        'content-length: 5\r\n',
        'x-amz-target: a.b\r\n',
        '__proto__: 1\r\n',
        '&Version=1',
      ],
      ...[
        'aws-chunked',
        'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
        'sec-fetch-site: cross-site\r\n',
        '99999999999999999999',
      ],
    ),
  }),
  fc.record({ kind: fc.constant('repeat' as const), at: place, length: fc.integer({ min: 1, max: 200 }) }),
)

const mutate = (bytes: Buffer, mutations: Mutation[]): Buffer => {
  for (const one of mutations) {
    const at = Math.floor(one.at * bytes.length)
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
    if (one.kind === 'set') {
      bytes = Buffer.from(bytes)
      bytes[Math.min(at, bytes.length - 1)] = one.byte
    } else if (one.kind === 'cut') bytes = Buffer.concat([before, after.subarray(one.length)])
    else if (one.kind === 'insert') bytes = Buffer.concat([before, Buffer.from(one.text), after])
    else bytes = Buffer.concat([before, after.subarray(0, one.length), after])
  }
  return bytes
}

describe('the door, whatever is sent', () => {
  let door: TestDoor
  const requests: Buffer[] = []
  before(async () => {
    door = await openTestDoor({ limits: { head: 200, idle: 100 } })
    const put = async (wanted: Parameters<typeof sign>[1], service = 's3', change = (head: string) => head) => {
      const { method, path, headers, body } = await sign(door.url, wanted, LOCAL, { service })
      const all: Record<string, string> = { connection: 'close', 'content-length': String(body.length), ...headers }
      const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
      requests.push(Buffer.concat([Buffer.from(change(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)), body]))
    }
    await put({
      method: 'PUT',
      path: '/pictures/a%20b',
      body: 'hello',
      headers: { 'x-amz-checksum-crc32': 'NhCmhg==' },
    })
    await put({
      method: 'PUT',
      path: '/pictures/chunks',
      headers: {
        'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'x-amz-decoded-content-length': '5',
        'x-amz-trailer': 'x-amz-checksum-crc32',
      },
      body: '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n',
    })
    await put({ method: 'POST', path: '/pictures?delete', body: '<Delete><Object><Key>a</Key></Object></Delete>' })
    await put({ path: '/pictures?list-type=2&prefix=a%2Fb&max-keys=2' })
    await put({ method: 'POST', path: '/', body: 'Action=GetCallerIdentity&Version=2011-06-15' }, 'sts')
    await put(
      {
        method: 'POST',
        path: '/',
        headers: { 'x-amz-target': 'DynamoDB_20120810.GetItem' },
        body: '{"TableName":"t","Key":{"id":{"S":"1"}}}',
      },
      'dynamodb',
    )
    await put({ method: 'POST', path: '/2015-03-31/functions/f/invocations', body: '{}' }, 'lambda')
    await put(
      {
        method: 'POST',
        path: '/',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=a&RoleSessionName=b&WebIdentityToken=c',
      },
      'sts',
      (head) => head.replace(/authorization: .*\r\n/, ''),
    )
    const path = await presign(door.url, { path: '/pictures/a' }, LOCAL)
    requests.push(Buffer.from(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${door.port}\r\nconnection: close\r\n\r\n`))
  })
  after(() => door.close())

  it('takes each request as it is', async () => {
    const answers = await Promise.all(requests.map((bytes) => sendRaw(door.port, bytes)))

    const statuses = answers.map((answer) => answer.slice(9, 12))
    expect(statuses).to.deep.equal(['200', '200', '200', '200', '200', '200', '200', '200', '404'])
  })

  it('answers every changed request in time, and never with a fault of its own', async () => {
    let answered = 0
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.array(mutation, { minLength: 1, maxLength: 5 }), async (which, mutations) => {
        const bytes = mutate(requests[which % requests.length] as Buffer, mutations)

        const started = Date.now()
        const answer = await sendRaw(door.port, bytes, 5000)

        expect(Date.now() - started).to.be.below(4500)
        if (answer !== '') answered++
        for (const [status] of answer.matchAll(/^HTTP\/1\.1 \d+/gm)) expect(status).not.to.equal('HTTP/1.1 500')
        expect(door.lines.filter(({ level }) => level === 'error').map(({ cause }) => String(cause))).to.deep.equal([])
      }),
      { numRuns: RUNS },
    )
    expect(answered).to.be.above(RUNS * 0.9)
  }).timeout(300_000)
})
