import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { head, RawServer } from '../../../tests/rawServer.ts'
import { type DownloadOptions, download } from './download.ts'

const LIMITS = { bytes: 1000, ms: 5000, redirects: 5 }
/** Far less than the limit of a test, far more than an answer of this machine takes. */
const SHORT = { ...LIMITS, ms: 300 }

describe('download', () => {
  let server: RawServer
  const timers = new Set<NodeJS.Timeout>()
  /** Sends something again and again until the socket is gone. */
  const endlessly = (socket: Socket, what: string, ms: number) => {
    const timer = setInterval(() => socket.writable && socket.write(what), ms)
    timers.add(timer)
  }

  const ANSWERS: Record<string, (socket: Socket) => void> = {
    '/picture': (socket) => socket.end(`${head('200 OK', 'Content-Length: 7')}picture`),
    '/unmeasured': (socket) => socket.end(`${head('200 OK')}picture`),
    '/exact': (socket) => socket.end(`${head('200 OK')}${'x'.repeat(1000)}`),
    '/silent': () => {},
    '/slow-head': (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      endlessly(socket, 'X-More: 1\r\n', 20)
    },
    '/slow-body': (socket) => {
      socket.write(head('200 OK'))
      endlessly(socket, 'x', 20)
    },
    '/endless': (socket) => {
      socket.write(head('200 OK', 'Transfer-Encoding: chunked'))
      endlessly(socket, `64\r\n${'x'.repeat(100)}\r\n`, 1)
    },
    '/continue': (socket) => endlessly(socket, head('103 Early Hints'), 5),
    '/announced': (socket) => socket.write(head('200 OK', 'Content-Length: 1001')),
    '/short': (socket) => socket.end(`${head('200 OK', 'Content-Length: 500')}cut`),
    '/cut-chunk': (socket) => socket.end(`${head('200 OK', 'Transfer-Encoding: chunked')}64\r\ncut`),
    '/long': (socket) => socket.end(`${head('200 OK', 'Content-Length: 3')}one, and more than was announced`),
    '/negative': (socket) => socket.end(`${head('200 OK', 'Content-Length: -1')}x`),
    '/gzip': (socket) => {
      const bomb = gzipSync(Buffer.alloc(500_000))
      socket.write(head('200 OK', 'Content-Encoding: gzip', `Content-Length: ${bomb.length}`))
      socket.end(bomb)
    },
    '/headers': (socket) => socket.end(head('200 OK', `X-Large: ${'x'.repeat(100_000)}`)),
    '/no-http': (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'),
    '/upgrade': (socket) => socket.end(head('101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade')),
    '/nothing': (socket) => socket.end(),
    '/reset': (socket) => socket.resetAndDestroy(),
    '/missing': (socket) => socket.end(head('404 Not Found', 'Content-Length: 0')),
    '/not-modified': (socket) => socket.end(head('304 Not Modified')),
    '/nowhere': (socket) => socket.end(head('302 Found', 'Content-Length: 0')),
  }

  before(async () => {
    server = new RawServer((path, socket, { host }) => {
      const redirects = /^\/redirects\/(\d+)\/(\d+)$/.exec(path)
      const [left, status] = [Number(redirects?.[1]), redirects?.[2]]
      if (redirects)
        return socket.end(
          head(`${status} Moved`, `Location: ${left > 1 ? `/redirects/${left - 1}/${status}` : '/picture'}`),
        )
      if (path.startsWith('/to/'))
        return socket.end(head('302 Found', `Location: ${decodeURIComponent(path.slice(4))}`))
      if (path === '/loop') return socket.end(head('301 Moved', `Location: http://${host}/loop`))
      ANSWERS[path]?.(socket)
    })
    await server.listen()
  })
  beforeEach(() => server.requests.splice(0))
  after(() => {
    for (const timer of timers) clearInterval(timer)
    server.close()
  })

  /** From the server as if it were on the internet. */
  const from = (path: string, options: Partial<DownloadOptions> = {}) =>
    download(`http://${server.host}${path}`, { limits: LIMITS, isPublic: () => true, ...options })
  /** `Name: message` of the refusal, which has nothing of the cause. */
  const refusal = async (promise: Promise<unknown>) => {
    const error = await promise.catch((error: Error) => error)
    expect(error).to.be.instanceOf(Error)
    const { name, message } = error as Error
    return `${name}: ${message}`
  }

  it('gives the bytes, with a length announced or without', async () => {
    expect((await from('/picture')).toString()).to.equal('picture')
    expect((await from('/unmeasured')).toString()).to.equal('picture')
    expect(await from('/exact')).to.have.length(1000)
  })

  it('tells the server nothing but the address and that a picture is wanted', async () => {
    await from('/picture')

    const [line, ...lines] = (server.requests[0] ?? '').trim().split('\r\n')
    expect(line).to.equal('GET /picture HTTP/1.1')
    expect(lines.map((one) => one.split(':')[0]?.toLowerCase()).sort()).to.deep.equal([
      'accept',
      'accept-encoding',
      'connection',
      'host',
      'user-agent',
    ])
  })

  describe('refuses what is no address of the web', () => {
    const NOT_A_URL = 'InvalidAddress: the address must be a URL of at most 2048 characters'
    const NOT_HTTP = 'InvalidAddress: the address must begin with http:// or https://'
    const CREDENTIALS = 'InvalidAddress: the address must hold neither a user name nor a password'
    for (const [address, message] of [
      ['', NOT_A_URL],
      ['photo.jpg', NOT_A_URL],
      ['http://', NOT_A_URL],
      ['http://[fe80::1%25eth0]/', NOT_A_URL],
      ['http://a b/', NOT_A_URL],
      [`http://example.com/${'x'.repeat(2030)}`, NOT_A_URL],
      ['file:///etc/passwd', NOT_HTTP],
      ['ftp://example.com/photo.jpg', NOT_HTTP],
      ['data:image/png;base64,iVBORw0KGgo=', NOT_HTTP],
      ['javascript:alert(1)', NOT_HTTP],
      ['gopher://127.0.0.1:6379/_INFO', NOT_HTTP],
      ['http://user:password@example.com/', CREDENTIALS],
      ['http://example.com@127.0.0.1/', CREDENTIALS],
    ] as const)
      it(address.slice(0, 60) || 'nothing', async () => {
        expect(await refusal(download(address, { limits: LIMITS }))).to.equal(message)
      })
  })

  for (const status of [301, 302, 303, 307, 308])
    it(`follows five redirects of ${status}, but not six`, async () => {
      expect((await from(`/redirects/5/${status}`)).toString()).to.equal('picture')
      expect(await refusal(from(`/redirects/6/${status}`))).to.equal(
        'TooManyRedirects: the address leads through more than 5 redirects',
      )
      expect(await refusal(from('/loop'))).to.match(/^TooManyRedirects/)
    })

  it('refuses redirects to what is no address of the web', async () => {
    for (const target of ['file:///etc/passwd', 'ftp://example.com/', 'http://user@example.com/', 'http://'])
      expect(await refusal(from(`/to/${encodeURIComponent(target)}`)), target).to.match(/^InvalidAddress/)
  })

  for (const path of ['/silent', '/slow-head', '/slow-body', '/continue'])
    it(`gives up ${path} when the time is over`, async () => {
      const before = performance.now()

      expect(await refusal(from(path, { limits: SHORT }))).to.equal('TooSlow: the address took longer than 300 ms')
      expect(performance.now() - before).to.be.lessThan(3000)
    })

  it('counts the time of all redirects and of the look-up together', async () => {
    const resolve = () => new Promise<never>(() => {})

    expect(await refusal(download('http://slow.example/', { limits: SHORT, resolve }))).to.match(/^TooSlow/)
    expect(await refusal(from(`/to/${encodeURIComponent('/silent')}`, { limits: SHORT }))).to.match(/^TooSlow/)
  })

  for (const path of ['/endless', '/announced'])
    it(`gives up ${path} as soon as it is too large`, async () => {
      expect(await refusal(from(path))).to.equal('TooLarge: the file has more than 1000 bytes')
    })

  it('does not inflate: a compressed body is given as it came', async () => {
    const body = await from('/gzip')

    expect([...body.subarray(0, 2)]).to.deep.equal([0x1f, 0x8b])
    expect(body.length).to.be.lessThan(1000)
  })

  for (const path of ['/short', '/cut-chunk', '/negative', '/headers', '/no-http', '/upgrade', '/nothing', '/reset'])
    it(`cannot use ${path}`, async () => {
      expect(await refusal(from(path))).to.equal('NotReachable: the address cannot be reached')
    })

  it('takes what was announced where more comes', async () => {
    expect((await from('/long')).toString()).to.equal('one')
  })

  for (const [path, status] of [
    ['/missing', 404],
    ['/not-modified', 304],
    ['/nowhere', 302],
  ] as const)
    it(`says that ${path} was answered with ${status}`, async () => {
      expect(await refusal(from(path))).to.equal(`BadStatus: the address was answered with the status ${status}`)
    })

  it('says nothing of names and addresses inside', async () => {
    const resolve = async () => {
      throw new Error('getaddrinfo ENOTFOUND db.internal at 10.0.0.2')
    }

    expect(await refusal(download('http://db.internal/', { limits: LIMITS, resolve }))).to.equal(
      'NotReachable: the address cannot be reached',
    )
    expect(await refusal(download('http://empty.example/', { limits: LIMITS, resolve: async () => [] }))).to.equal(
      'NotReachable: the address cannot be reached',
    )
  })

  it('leaves no connection open', async () => {
    const open = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
    const before = open()

    for (const path of ['/slow-body', '/endless', '/announced', '/missing', '/long', '/picture'])
      await from(path, { limits: SHORT }).catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 200))

    // The server's ends are in this process too, and closed as the other side is.
    expect(open()).to.be.at.most(before)
  })
})
