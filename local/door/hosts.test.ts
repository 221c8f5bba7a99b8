import { expect } from 'chai'
import { LOCAL, openTestDoor, ROLE, sendRaw, type TestDoor } from './fixture.ts'
import { presign, type SignedRequest, type Signer, send, sign } from './signing.ts'

describe('the door and who knocks', () => {
  let door: TestDoor
  before(async () => {
    door = await openTestDoor({ origins: (origin) => origin === 'https://site.example' })
  })
  after(() => door.close())

  const get = (path: string, headers: Record<string, string> = {}) =>
    send(door.url, { method: 'GET', path, headers, body: Buffer.alloc(0) })
  /** What a door on `port` says to a request with these headers, in short. */
  const outcome = async (path: string, headers: Record<string, string>) => {
    const seen = door.seen.length
    const { status, code } = await get(path, headers)
    return door.seen.length > seen ? 'reached' : `${status} ${code}`
  }
  const REFUSED = '403 AccessDenied'

  describe('by the header Host', () => {
    const cases: [host: (port: number) => string, expected: string][] = [
      [(port) => `127.0.0.1:${port}`, 'reached'],
      [(port) => `localhost:${port}`, 'reached'],
      [(port) => `LocalHost:${port}`, 'reached'],
      [(port) => `pictures.localhost:${port}`, 'reached'],
      [(port) => `pictures.s3.localhost:${port}`, 'reached'],
      [(port) => `evil.example:${port}`, REFUSED],
      [() => 'evil.example', REFUSED],
      [() => '127.0.0.1', REFUSED],
      [(port) => `127.0.0.1:${port + 1}`, REFUSED],
      [(port) => `localhost.evil.example:${port}`, REFUSED],
      [(port) => `evillocalhost:${port}`, REFUSED],
      [(port) => `evil.example#.localhost:${port}`, REFUSED],
      [(port) => `evil.example/.localhost:${port}`, REFUSED],
      [(port) => `user@localhost:${port}`, REFUSED],
      [(port) => `.localhost:${port}`, REFUSED],
      [(port) => `0.0.0.0:${port}`, REFUSED],
      [(port) => `10.0.0.1:${port}`, REFUSED],
      [(port) => `[::1]:${port}`, REFUSED],
    ]
    for (const [host, expected] of cases)
      it(`${expected === 'reached' ? 'takes' : 'refuses'} ${host(4566)}`, async () => {
        expect(await outcome('/pictures/a', { host: host(door.port) })).to.equal(expected)
      })

    it('refuses two hosts, none, and one in the request line', async () => {
      const end = 'connection: close\r\n\r\n'
      const answers = await Promise.all([
        sendRaw(door.port, `GET / HTTP/1.1\r\nhost: 127.0.0.1:${door.port}\r\nhost: evil.example\r\n${end}`),
        sendRaw(door.port, `GET / HTTP/1.1\r\n${end}`),
        sendRaw(door.port, `GET / HTTP/1.0\r\n\r\n`),
        sendRaw(door.port, `GET http://evil.example/ HTTP/1.1\r\nhost: 127.0.0.1:${door.port}\r\n${end}`),
        sendRaw(door.port, `GET http://127.0.0.1/ HTTP/1.1\r\nhost: 127.0.0.1:${door.port}\r\n${end}`),
        sendRaw(door.port, `CONNECT evil.example:80 HTTP/1.1\r\nhost: 127.0.0.1:${door.port}\r\n${end}`),
      ])

      const statuses = answers.map((answer) => answer.slice('HTTP/1.1 '.length, 'HTTP/1.1 400'.length))
      expect(statuses).to.deep.equal(['400', '400', '403', '400', '400', ''])
      expect(door.seen.filter(({ context }) => context.facts.headers.host === 'evil.example')).to.deep.equal([])
    })
  })

  describe('by what a browser says about the page', () => {
    const PAGE = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }
    const cases: [what: string, headers: Record<string, string>, expected: string][] = [
      ['fetch from a foreign page', PAGE, REFUSED],
      ['fetch from a file or a sandboxed frame', { ...PAGE, origin: 'null' }, REFUSED],
      ['fetch from another program’s page on this machine', { ...PAGE, origin: 'http://127.0.0.1:3000' }, REFUSED],
      ['fetch from a page at https', { ...PAGE, origin: 'https://localhost' }, REFUSED],
      ['no-cors fetch from a foreign page', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, REFUSED],
      [
        'a picture in a page on this machine',
        { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
        REFUSED,
      ],
      [
        'a picture in a foreign page that says so',
        { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', referer: 'https://evil.example/a' },
        REFUSED,
      ],
      [
        'a frame in a foreign page',
        { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
        REFUSED,
      ],
      [
        'a link in a foreign page',
        { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
        'reached',
      ],
      ['the address bar', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }, 'reached'],
      ['one of the websites', { ...PAGE, origin: 'https://site.example' }, 'reached'],
      [
        'a picture in one of the websites',
        { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', referer: 'https://site.example/a' },
        'reached',
      ],
      ['a program', {}, 'reached'],
    ]
    for (const [what, headers, expected] of cases)
      it(`${expected === 'reached' ? 'takes' : 'refuses'} ${what}`, async () => {
        expect(await outcome('/pictures/a', headers)).to.equal(expected)
      })

    it('takes its own pages, by every name it has', async () => {
      for (const name of ['127.0.0.1', 'localhost', 'my-site.s3-website.localhost'])
        expect(await outcome('/pictures/a', { ...PAGE, origin: `http://${name}:${door.port}` })).to.equal('reached')
    })

    it('answers no preflight of a foreign page', async () => {
      const { status, headers } = await send(door.url, {
        method: 'OPTIONS',
        path: '/pictures/a',
        headers: { ...PAGE, 'access-control-request-method': 'PUT' },
        body: Buffer.alloc(0),
      })

      expect(status).to.equal(403)
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).to.deep.equal([])
    })
  })

  describe('with the key that everybody knows', () => {
    const own = () => `http://127.0.0.1:${door.port}`
    const requests: [what: string, wanted: Parameters<typeof sign>[1], service: string][] = [
      ['an object', { path: '/pictures/a' }, 's3'],
      [
        'an item',
        {
          method: 'POST',
          path: '/',
          headers: { 'x-amz-target': 'DynamoDB_20120810.GetItem' },
          body: '{"TableName":"t","Key":{"id":{"S":"1"}}}',
        },
        'dynamodb',
      ],
      ['an identity', { method: 'POST', path: '/', body: 'Action=GetCallerIdentity&Version=2011-06-15' }, 'sts'],
    ]
    const browser: Record<string, string>[] = [
      { origin: 'http://127.0.0.1:{port}' },
      { origin: 'https://site.example', 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    ]
    const asked = async (request: SignedRequest, more: Record<string, string>) => {
      const headers = Object.fromEntries(
        Object.entries(more).map(([name, value]) => [name, value.replace('{port}', String(door.port))]),
      )
      return send(door.url, { ...request, headers: { ...request.headers, ...headers } })
    }
    const signed = (wanted: Parameters<typeof sign>[1], signer: Signer, service: string) =>
      sign(own(), wanted, signer, { service })

    for (const [what, wanted, service] of requests)
      it(`no page gets ${what}, though a session's key would do`, async () => {
        for (const headers of browser) {
          const seen = door.seen.length

          const refused = await asked(await signed(wanted, LOCAL, service), headers)
          const after = door.seen.length
          await asked(await signed(wanted, ROLE, service), headers)

          expect(refused.status).to.equal(403)
          expect(refused.code).to.match(/^AccessDenied(Exception)?$/)
          expect(after).to.equal(seen)
          // Only a GET is a link that a foreign page may lead to.
          const link = headers['sec-fetch-mode'] === 'navigate' && wanted.method === 'POST'
          expect(door.seen.length).to.equal(link ? seen : seen + 1)
        }
      })

    it('a presigned URL works in the address bar, and in no page', async () => {
      const path = await presign(own(), { path: '/pictures/a' }, LOCAL)

      expect(await outcome(path, { 'sec-fetch-site': 'none' })).to.equal('reached')
      for (const headers of browser.slice(2)) expect(await outcome(path, headers)).to.equal(REFUSED)
    })

    it('the address bar changes nothing', async () => {
      const path = await presign(own(), { path: '/?Action=GetCallerIdentity&Version=2011-06-15' }, LOCAL, {
        service: 'sts',
      })

      expect(await outcome(path, {})).to.equal('reached')
      expect(await outcome(path, { 'sec-fetch-site': 'none' })).to.equal(REFUSED)
    })
  })
})

describe('the door on a second address', () => {
  // Any address of the loopback network stands for the one of a bridge: a browser trusts neither name of it.
  const BRIDGE = '127.0.0.2'
  let door: TestDoor
  before(async () => {
    door = await openTestDoor({ addresses: [BRIDGE] })
  })
  after(() => door.close())

  it('takes what containers sign, but no URL that is presigned with the key that everybody knows', async () => {
    const url = `http://${BRIDGE}:${door.port}`
    const get = async (path: string) =>
      (await send(url, { method: 'GET', path, headers: {}, body: Buffer.alloc(0) })).code

    const header = await send(url, await sign(url, { path: '/pictures/a' }, LOCAL))
    const query = await get(await presign(url, { path: '/pictures/a' }, LOCAL))
    const session = await get(await presign(url, { path: '/pictures/a' }, ROLE))

    expect([header.code, query, session]).to.deep.equal(['NoSuchKey', 'AccessDenied', 'NoSuchKey'])
  })
})
