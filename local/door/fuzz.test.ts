import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as S from '@aws-sdk/client-s3'
import { expect } from 'chai'
import fc from 'fast-check'
import { openTestS3, type TestS3 } from '../../tests/s3.ts'
import type { LogLine } from '../base/log.ts'
import { LOCAL, openTestDoor, sendRaw, type TestDoor } from './fixture.ts'
import { presign, sign } from './signing.ts'

/** How many requests in all; the long runs ask for all of the issue's. */
const RUNS = process.env.TEST_FULL === '1' ? 50_000 : 400
/** So many are under way at once. */
const AT_ONCE = 10
/** The same requests each time, but for the long runs: those print theirs when one fails. */
const SEED = process.env.TEST_FULL === '1' ? {} : { seed: 20_261_121 }

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

/**
 * Sends so many requests that a generator makes, several at once, and looks after each lot that all were answered in time
 * and that nothing went wrong inside. Gives how many were answered, and with which statuses.
 */
const storm = async <One>(
  port: number,
  requests: fc.Arbitrary<One>,
  bytesOf: (one: One) => Buffer | Promise<Buffer>,
  faults: () => LogLine[],
) => {
  const statuses = new Set<string>()
  const heaps: number[] = []
  let answered = 0
  let lots = 0
  const lot = fc.array(requests, { minLength: AT_ONCE, maxLength: AT_ONCE })
  const property = fc.asyncProperty(lot, async (all) => {
    const started = Date.now()
    const answers = await Promise.all(all.map(async (one) => sendRaw(port, await bytesOf(one), 5000)))

    expect(Date.now() - started).to.be.below(4500)
    for (const answer of answers) {
      if (answer !== '') answered++
      for (const [, status = ''] of answer.matchAll(/^HTTP\/1\.1 (\d+)/gm)) statuses.add(status)
    }
    expect(faults().map(({ text, cause }) => `${text}: ${(cause as Error)?.stack}`)).to.deep.equal([])
    if (++lots % Math.ceil(RUNS / AT_ONCE / 10) === 0) heaps.push(heap())
  })
  await fc.assert(property, { ...SEED, numRuns: RUNS / AT_ONCE, endOnFailure: true })
  // The first half warms up; from then on it needs no more than it did.
  const [middle = 0, last = 0] = [heaps[Math.floor(heaps.length / 2)], heaps.at(-1)]
  expect(last - middle).to.be.below(12 * 1024 ** 2)
  return { answered, statuses }
}

/** Bytes that are in use, once what is not has been collected. */
const heap = (): number => {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

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
    await put({
      method: 'POST',
      path: '/pictures?delete',
      headers: { 'content-md5': 'aFPqFnlCon58cZ4Qt7zwvQ==' },
      body: '<Delete><Object><Key>a</Key></Object></Delete>',
    })
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
    // The models load with the first of each: one that waits meanwhile for its own body would be given up.
    await Promise.all(requests.map((bytes) => sendRaw(door.port, bytes)))
    const answers: string[] = []
    for (const bytes of requests) answers.push(await sendRaw(door.port, bytes))

    const statuses = answers.map((answer) => answer.slice(9, 12))
    expect(statuses).to.deep.equal(['200', '200', '200', '200', '200', '200', '200', '200', '404'])
  })

  it('answers every changed request in time, and never with a fault of its own', async () => {
    const changed = fc.tuple(fc.nat(), fc.array(mutation, { minLength: 1, maxLength: 5 }))
    const bytesOf = ([which, mutations]: [number, Mutation[]]) =>
      mutate(requests[which % requests.length] as Buffer, mutations)

    const { answered, statuses } = await storm(door.port, changed, bytesOf, () => {
      door.seen.length = 0
      return door.lines.splice(0).filter(isFault)
    })

    expect(answered).to.be.above(RUNS * 0.9)
    expect(statuses.has('500')).to.equal(false)
  }).timeout(1_800_000)
})

/** Requests to S3 that are signed as they are, whatever they ask: they come as far as its operations. */
describe('S3 behind the door, whatever is sent', () => {
  /** Folders above the state, in which nothing may appear. */
  const ABOVE = 8
  let home: string
  let t: TestS3
  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'fuzz-'))
    const folder = join(home, ...Array.from({ length: ABOVE }, (_, n) => `d${n}`), 'state')
    mkdirSync(folder, { recursive: true })
    t = await openTestS3({ folder, limits: { head: 200, idle: 100 } })
    const admin = t.client()
    await admin.send(new S.CreateBucketCommand({ Bucket: 'pictures' }))
    await admin.send(
      new S.PutBucketWebsiteCommand({
        Bucket: 'pictures',
        WebsiteConfiguration: { IndexDocument: { Suffix: 'i.html' }, ErrorDocument: { Key: 'a' } },
      }),
    )
    await admin.send(
      new S.PutBucketCorsCommand({
        Bucket: 'pictures',
        CORSConfiguration: { CORSRules: [{ AllowedOrigins: ['http://*'], AllowedMethods: ['GET', 'PUT'] }] },
      }),
    )
    await admin.send(new S.DeletePublicAccessBlockCommand({ Bucket: 'pictures' }))
    const Statement = { Effect: 'Allow', Principal: '*', Action: 's3:*Object', Resource: 'arn:aws:s3:::pictures/*' }
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement })
    await admin.send(new S.PutBucketPolicyCommand({ Bucket: 'pictures', Policy }))
  })
  after(async () => {
    await t?.close()
    rmSync(home, { recursive: true, force: true })
  })

  const key = fc.oneof(
    fc.constantFrom(
      'a',
      'i.html',
      '..',
      '../../../../x',
      '%2e%2e/%2e%2e/x',
      '%2F..%2F..%2Fx',
      '..%5C..%5Cx',
      '%00',
      '.',
    ),
    fc.constantFrom('s3/state.db', 'a//b', '%F0%9F%98%80', `${'k'.repeat(1025)}`, '//etc/passwd', 'a/../../../b', '+'),
    fc.stringMatching(/^[a-z/._-]{1,12}$/),
  )
  const path = fc.oneof(
    key.map((one) => `/pictures/${one}`),
    fc.constantFrom('/', '/pictures', '/pictures/', '/nowhere', '/nowhere/a', '/..', '/%2e%2e/a', '/Pictures/x'),
  )
  const query = fc.array(
    fc.tuple(
      fc.constantFrom(
        ...`acl cors website lifecycle versioning policy policyStatus tagging uploads uploadId partNumber delete location
          notification publicAccessBlock ownershipControls encryption attributes versions versionId list-type prefix
          delimiter max-keys marker start-after continuation-token encoding-type key-marker fetch-owner restore select
          torrent legal-hold retention logging replication x-id Version Action`.split(/\s+/),
      ),
      fc.oneof(
        fc.constantFrom('', '0', '1', '2', '-1', '1001', '99999999999', 'null', 'url', '%00', '..%2F'),
        fc.nat(),
      ),
    ),
    { maxLength: 3 },
  )
  const header = fc.constantFrom<[string, string]>(
    ['range', 'bytes=0-0'],
    ['range', 'bytes=9-1'],
    ['if-match', '*'],
    ['if-none-match', '*'],
    ['if-modified-since', 'yesterday'],
    ['x-amz-copy-source', '/pictures/a'],
    ['x-amz-copy-source', '../../a'],
    ['x-amz-copy-source-range', 'bytes=0-99'],
    ['x-amz-metadata-directive', 'REPLACE'],
    ['x-amz-tagging', 'a=b&a=c'],
    ['x-amz-acl', 'public-read'],
    ['x-amz-storage-class', 'GLACIER'],
    ['x-amz-object-attributes', 'ETag,ObjectParts'],
    ['x-amz-checksum-crc32', 'AAAAAA=='],
    ['x-amz-checksum-mode', 'ENABLED'],
    ['x-amz-expected-bucket-owner', '1'],
    ['x-amz-website-redirect-location', '/x'],
    ['x-amz-meta-a', 'b'],
    ['content-md5', 'x'],
    ['content-type', 'multipart/form-data; boundary=b'],
    ['origin', 'http://a.s3-website.localhost:PORT'],
    ['access-control-request-method', 'PUT'],
    ['access-control-request-headers', 'x-amz-date'],
    ['transfer-encoding', 'chunked'],
  )
  const body = fc.oneof(
    fc.constant(''),
    fc.string({ maxLength: 200 }),
    fc.constantFrom(
      '<Delete><Object><Key>a</Key></Object></Delete>',
      '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>',
      '<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>',
      '<WebsiteConfiguration><IndexDocument><Suffix>i.html</Suffix></IndexDocument></WebsiteConfiguration>',
      '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>',
      '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>',
      `${'<a>'.repeat(3000)}`,
      '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
      '{"Version":"2012-10-17","Statement":[]}',
      '--b\r\nContent-Disposition: form-data; name="key"\r\n\r\n../../x\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="../../y"\r\n\r\nbytes\r\n--b--\r\n',
    ),
  )
  /** Those of a website carry no signature; a request may have several headers of one name. */
  const request = fc.record({
    method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'),
    path,
    query,
    headers: fc.array(header, { maxLength: 4 }),
    body,
    host: fc.constantFrom('', '', '', 'pictures.s3-website', 'pictures.s3', 'nowhere.s3-website-us-east-1'),
    signed: fc.boolean(),
    mutations: fc.oneof({ weight: 3, arbitrary: fc.constant<Mutation[]>([]) }, fc.array(mutation, { maxLength: 2 })),
  })

  it('keeps to its folder and its memory, and never fails by a fault of its own', async () => {
    const { port } = new URL(t.url)
    const bytesOf = async (one: typeof request extends fc.Arbitrary<infer T> ? T : never): Promise<Buffer> => {
      const search = one.query.map(([name, value]) => `${name}=${value}`).join('&')
      const target = search ? `${one.path}?${search}` : one.path
      const host = one.host ? `${one.host}.localhost:${port}` : `127.0.0.1:${port}`
      const given = Object.fromEntries(one.headers.map(([name, value]) => [name, value.replace('PORT', port)]))
      const { method, body } = one
      const wanted = { method, path: target, headers: { ...given, host }, body }
      const signs = one.signed && !one.host.includes('website')
      const { headers } = signs ? await sign(`http://${host}`, wanted, LOCAL) : wanted
      const lines = Object.entries({
        'content-length': String(Buffer.byteLength(body)),
        ...headers,
        connection: 'close',
      })
      const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
      return mutate(Buffer.from(`${method} ${target} HTTP/1.1\r\n${head}\r\n${body}`), one.mutations)
    }
    const { answered, statuses } = await storm(Number(port), request, bytesOf, () => t.log.splice(0).filter(isFault))

    const found = readdirSync(home, { recursive: true, encoding: 'utf8' })
    const outside = found.filter(
      (file) => !/^(d\d\/)*(d\d|state(\/(state\.db(-\w+)?|s3(\/[0-9a-f-]{36})?))?)$/.test(file),
    )
    expect(outside).to.deep.equal([])
    expect(answered).to.be.above(RUNS * 0.9)
    expect(statuses.has('500')).to.equal(false)
    expect([...statuses]).to.include.members(['200', '204', '400', '403', '404', '405'])
  }).timeout(1_800_000)
})

const isFault = ({ level }: LogLine) => level === 'error'
