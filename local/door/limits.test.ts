import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect, type Socket } from 'node:net'
import { expect } from 'chai'
import { Mistake } from '../base/errors.ts'
import { encode } from './canonical.ts'
import { LOCAL, openTestDoor, sendRaw, type TestDoor } from './fixture.ts'
import { presign, type SignedRequest, send, sign } from './signing.ts'

const until = async (met: () => boolean) => {
  for (let i = 0; i < 200 && !met(); i++) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(met()).to.equal(true)
}
const statusOf = (answer: string) => answer.slice(9, 12)
const codeOf = (answer: string) => /<Code>(\w+)<\/Code>/.exec(answer)?.[1]

/** The head of a signed request, as it goes over the line. */
const headOf = ({ method, path, headers }: SignedRequest, more: Record<string, string> = {}) => {
  const lines = Object.entries({ ...headers, ...more }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
}

describe('the limits of the door', () => {
  let door: TestDoor
  let host: string
  before(async () => {
    door = await openTestDoor({ limits: { head: 300, idle: 300 } })
    host = `host: 127.0.0.1:${door.port}\r\n`
  })
  after(() => door.close())

  const unsigned = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }
  const upload = (key: string, headers: Record<string, string> = {}) =>
    sign(door.url, { method: 'PUT', path: `/pictures/${key}`, headers: { ...unsigned, ...headers } }, LOCAL)
  const open = async (bytes: string): Promise<Socket> => {
    const socket = connect(door.port, '127.0.0.1')
    await once(socket, 'connect')
    socket.on('error', () => {})
    socket.write(bytes)
    return socket
  }

  describe('what is no request of AWS', () => {
    const many = Array.from({ length: 201 }, (_, i) => `x-${i}: 1\r\n`).join('')
    const cases: [what: string, bytes: () => string, status: string, code: string][] = [
      [
        'a head of more than 16 KB',
        () => `GET / HTTP/1.1\r\n${host}x: ${'x'.repeat(17_000)}\r\n\r\n`,
        '400',
        'RequestHeaderSectionTooLarge',
      ],
      [
        'a URL of more than 16 KB',
        () => `GET /${'x'.repeat(17_000)} HTTP/1.1\r\n${host}\r\n`,
        '400',
        'RequestHeaderSectionTooLarge',
      ],
      ['201 headers', () => `GET / HTTP/1.1\r\n${host}${many}\r\n`, '400', 'InvalidRequest'],
      ['a percent sign alone', () => `GET /pictures/100% HTTP/1.1\r\n${host}\r\n`, '400', 'InvalidURI'],
      ['half a character', () => `GET /pictures/%C3 HTTP/1.1\r\n${host}\r\n`, '400', 'InvalidURI'],
      ['half a character in the query', () => `GET /pictures?prefix=%FF HTTP/1.1\r\n${host}\r\n`, '400', 'InvalidURI'],
      ['a character beyond ASCII', () => `GET /pictures/\xfc HTTP/1.1\r\n${host}\r\n`, '400', 'BadRequest'],
      ['a fragment', () => `GET /pictures/a#b HTTP/1.1\r\n${host}\r\n`, '400', 'InvalidURI'],
      ['an asterisk', () => `OPTIONS * HTTP/1.1\r\n${host}\r\n`, '400', 'InvalidURI'],
      ['two dates', () => `GET / HTTP/1.1\r\n${host}x-amz-date: 1\r\nx-amz-date: 2\r\n\r\n`, '400', 'InvalidRequest'],
      [
        'two lengths',
        () => `PUT /a/b HTTP/1.1\r\n${host}content-length: 1\r\ncontent-length: 2\r\n\r\nab`,
        '400',
        'BadRequest',
      ],
      [
        'a length and chunks',
        () => `PUT /a/b HTTP/1.1\r\n${host}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
        '400',
        'BadRequest',
      ],
      ['a negative length', () => `PUT /a/b HTTP/1.1\r\n${host}content-length: -1\r\n\r\n`, '400', 'BadRequest'],
      ['a header with a control character', () => `GET / HTTP/1.1\r\n${host}x: \x01\r\n\r\n`, '400', 'BadRequest'],
      ['a method that HTTP does not have', () => `HELLO / HTTP/1.1\r\n${host}\r\n`, '400', 'BadRequest'],
      ['another protocol', () => 'SSH-2.0-OpenSSH_9.2\r\n\r\n', '400', 'BadRequest'],
      ['TLS', () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', '400', 'BadRequest'],
    ]
    for (const [what, bytes, status, code] of cases)
      it(`refuses ${what}`, async () => {
        const answer = await sendRaw(door.port, Buffer.from(bytes(), 'latin1'))

        expect([statusOf(answer), codeOf(answer)]).to.deep.equal([status, code])
      })
  })

  it('takes keys exactly as they are', async () => {
    const keys = [
      'a+b',
      'a b',
      '..',
      '../../etc/passwd',
      './a',
      'a//b',
      '/a',
      'a/',
      "it's (1)!*.txt",
      'ü€😀',
      '%41',
      'a?b&c=d#e',
    ]
    for (const key of keys) {
      const encoded = encode(key)
      for (const path of [`/pictures/${encoded}`, `/pictures/${encoded.replaceAll('%2F', '/')}`]) {
        door.objects.clear()
        const request = await sign(door.url, { method: 'PUT', path, headers: unsigned }, LOCAL)
        const { status } = await send(door.url, request)

        expect([status, ...door.objects.keys()]).to.deep.equal([200, `pictures/${key}`])
      }
    }
  })

  it('finds the bucket in path and host', async () => {
    const cases: [host: string, path: string, found: string][] = [
      ['127.0.0.1', '/pictures/a/b', 'pictures/a/b'],
      ['s3.localhost', '/pictures/a/b', 'pictures/a/b'],
      ['s3.eu-west-1.localhost', '/pictures/a/b', 'pictures/a/b'],
      ['pictures.s3.localhost', '/a/b', 'pictures/a/b'],
      ['pictures.s3.us-east-1.localhost', '/a/b', 'pictures/a/b'],
      ['pictures.s3-us-west-2.localhost', '/a/b', 'pictures/a/b'],
      ['my.pictures.s3.localhost', '/a', 'my.pictures/a'],
      ['pictures.localhost', '/a', 'pictures/a'],
    ]
    for (const [name, path, found] of cases) {
      door.objects.clear()
      const url = `http://${name}:${door.port}`
      const request = await sign(url, { method: 'PUT', path, headers: unsigned }, LOCAL)
      await send(door.url, request)

      expect([...door.objects.keys()]).to.deep.equal([found])
    }
    expect(door.seen.at(-1)?.context.facts.origin).to.equal(`http://localhost:${door.port}`)
  })

  it('tells the operation what it needs to know of the request', async () => {
    const request = await sign(
      `http://pictures.s3.localhost:${door.port}`,
      { path: '/a', headers: { 'user-agent': 'me/1.0', referer: 'http://x', 'x-amz-meta-a': '1' } },
      LOCAL,
      { region: 'eu-central-1' },
    )

    const { headers } = await send(door.url, request)

    const { caller, account, region, facts } = door.seen.at(-1)?.context ?? expect.fail()
    expect(caller).to.include({ kind: 'user', arn: 'arn:aws:iam::123456789012:user/local' })
    expect([account, region]).to.deep.equal(['123456789012', 'eu-central-1'])
    const { requestId, headers: own, signature, ...rest } = facts
    expect(signature).to.deep.equal({ from: 'header', timestamp: request.headers['x-amz-date'] })
    expect(rest).to.deep.equal({
      sourceIp: '127.0.0.1',
      userAgent: 'me/1.0',
      referer: 'http://x',
      secure: true,
      origin: `http://s3.localhost:${door.port}`,
    })
    expect(own['x-amz-meta-a']).to.equal('1')
    expect(headers['x-amz-request-id']).to.equal(requestId)
    expect(requestId).to.match(/^[A-Z0-9]{16}$/)
    expect(headers['x-amz-id-2']).to.be.a('string')
    expect(headers.date).to.be.a('string')
    expect(headers).not.to.have.any.keys('server', 'x-powered-by')
  })

  it('gives up on a head that does not come', async () => {
    const answer = await sendRaw(door.port, `GET / HTTP/1.1\r\n${host}`, 3000)

    expect([statusOf(answer), codeOf(answer)]).to.deep.equal(['400', 'RequestTimeout'])
  })

  it('gives up on a body that does not come, and keeps nothing', async () => {
    const started = Date.now()
    const answer = await sendRaw(door.port, `${headOf(await upload('slow'), { 'content-length': '10' })}hello`, 3000)

    expect([statusOf(answer), codeOf(answer)]).to.deep.equal(['400', 'RequestTimeout'])
    expect(answer.toLowerCase()).to.contain('connection: close')
    expect(Date.now() - started).to.be.within(250, 2500)
    expect(door.objects.has('pictures/slow')).to.equal(false)
  })

  it('waits as long as bytes come', async () => {
    const socket = await open(headOf(await upload('drip'), { 'content-length': '8' }))
    for (const letter of 'dripping') {
      socket.write(letter)
      await new Promise((resolve) => setTimeout(resolve, 60))
    }

    await until(() => door.objects.has('pictures/drip'))
    socket.destroy()
  })

  it('keeps nothing of a client that goes away', async () => {
    const socket = await open(`${headOf(await upload('gone'), { 'content-length': '100000' })}hello`)
    await until(() => door.seen.at(-1)?.input.Key === 'gone')

    socket.destroy()

    await until(() => door.closed.includes('gone: IncompleteBody'))
    expect(door.objects.has('pictures/gone')).to.equal(false)
  })

  it('refuses a body that is too large, before it has come', async () => {
    const call = (path: string, service: string, length: number, headers = {}) =>
      sign(door.url, { method: 'POST', path, headers, body: 'x' }, LOCAL, { service }).then((request) =>
        sendRaw(door.port, headOf(request, { 'content-length': String(length) })),
      )

    const sts = await call('/', 'sts', 1024 ** 2 + 1)
    const lambda = await call('/2015-03-31/functions/f/invocations', 'lambda', 6 * 1024 ** 2 + 4097)
    const dynamodb = await call('/', 'dynamodb', 16 * 1024 ** 2 + 1, { 'x-amz-target': 'DynamoDB_20120810.GetItem' })
    const s3 = await call('/pictures?delete', 's3', 1024 ** 2 + 1, { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' })

    expect([sts, lambda, dynamodb, s3].map(statusOf)).to.deep.equal(['413', '413', '413', '400'])
    expect([codeOf(sts), codeOf(s3)]).to.deep.equal(['RequestEntityTooLarge', 'MaxMessageLengthExceeded'])
    expect(lambda).to.contain('RequestEntityTooLargeException')
    expect(dynamodb).to.contain('RequestEntityTooLargeException')
  })

  it('takes no body of a client whose key it does not know', async () => {
    const request = await sign(
      door.url,
      { method: 'POST', path: '/2015-03-31/functions/f/invocations', body: 'x' },
      { accessKeyId: 'AKIANOBODYKNOWSTHIS1', secretAccessKey: 'x' },
      { service: 'lambda' },
    )

    const answer = await sendRaw(door.port, headOf(request, { 'content-length': '1000000' }))

    expect(statusOf(answer)).to.equal('403')
    expect(answer).to.contain('UnrecognizedClientException')
  })

  it('refuses a body that turns out too large', async () => {
    const request = await sign(
      door.url,
      { method: 'POST', path: '/', headers: { 'transfer-encoding': 'chunked' } },
      LOCAL,
      { service: 'sts' },
    )
    const socket = await open(headOf(request))
    let answer = ''
    socket.on('data', (part) => {
      answer += part
    })
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`
    for (let i = 0; i < 20; i++) socket.write(chunk)

    await until(() => answer.includes('RequestEntityTooLarge'))
    expect(statusOf(answer)).to.equal('413')
    socket.destroy()
  })

  it('lets a client read its refusal while it still sends', async () => {
    const { headers, ...request } = await upload('large')
    const body = Buffer.alloc(20 * 1024 ** 2)

    const { status, code } = await send(door.url, {
      ...request,
      headers: { ...headers, 'content-length': String(body.length), 'x-amz-acl': 'not signed' },
      body,
    })

    expect([status, code]).to.deep.equal([403, 'AccessDenied'])
  })

  it('asks for a body only when it wants it', async () => {
    const right = headOf(await upload('expected'), { 'content-length': '5', expect: '100-continue' })
    const wrong = right.replace(/Signature=./, 'Signature=z')

    const socket = await open(right)
    let answer = ''
    socket.on('data', (part) => {
      answer += part
      if (answer === 'HTTP/1.1 100 Continue\r\n\r\n') socket.write('hello')
    })
    await until(() => answer.includes('HTTP/1.1 200'))
    socket.destroy()
    const refused = await sendRaw(door.port, wrong)

    expect(door.objects.get('pictures/expected')?.bytes.toString()).to.equal('hello')
    expect(statusOf(refused)).to.equal('403')
  })

  it('serves many requests of one connection, one after the other', async () => {
    const one = headOf(await sign(door.url, { path: '/' }, LOCAL))
    const socket = await open(one.repeat(5))
    let answer = ''
    socket.on('data', (part) => {
      answer += part
    })

    await until(() => answer.split('HTTP/1.1 200 OK').length === 6)
    socket.destroy()
  })

  it('cuts an answer that breaks, so that it never looks whole', async () => {
    const request = await sign(door.url, { path: '/pictures/breaks' }, LOCAL)

    const error = await send(door.url, request).catch((one) => one)

    expect(error).to.include({ code: 'ECONNRESET' })
    expect(door.lines.at(-1)?.cause).to.include({ message: 'the disk is gone' })
  })

  it('sends no faster than the client reads, and closes the source when it goes away', async () => {
    const path = await presign(door.url, { path: '/pictures/endless' }, LOCAL)
    const socket = await open(`GET ${path} HTTP/1.1\r\n${host}\r\n`)
    socket.pause()
    await until(() => door.seen.at(-1)?.input.Key === 'endless')
    const before = process.memoryUsage().arrayBuffers
    await new Promise((resolve) => setTimeout(resolve, 300))
    const held = process.memoryUsage().arrayBuffers - before

    socket.destroy()

    await until(() => door.closed.includes('endless'))
    expect(held).to.be.below(20 * 1024 ** 2)
  })

  it('takes a body with backpressure: what nobody reads does not come in', async () => {
    const length = 400 * 1024 ** 2
    const { method, path, headers } = await upload('never-read')
    const request = httpRequest({
      host: '127.0.0.1',
      port: door.port,
      method,
      path,
      headers: { ...headers, 'content-length': String(length) },
    })
    request.on('error', () => {})
    const part = Buffer.alloc(1024 ** 2)
    let taken = 0
    const push = () => {
      while (taken < length / part.length && request.write(part)) taken++
    }
    request.on('drain', push)
    push()
    await until(() => door.seen.at(-1)?.input.Key === 'never-read')
    await new Promise((resolve) => setTimeout(resolve, 200))

    expect(taken).to.be.below(60)
    request.destroy()
  })

  it('ends every connection when it is closed', async () => {
    const own = await openTestDoor()
    const idle = connect(own.port, '127.0.0.1')
    const busy = connect(own.port, '127.0.0.1')
    busy.write(`PUT /pictures/a HTTP/1.1\r\nhost: 127.0.0.1:${own.port}\r\ncontent-length: 10\r\n\r\nhello`)
    for (const socket of [idle, busy]) socket.on('error', () => {})
    await until(() => own.seen.length > 0)

    const ended = Promise.all([once(idle, 'close'), once(busy, 'close')])
    await own.close()

    await ended
  })

  it('says so when an address is not this machine’s', async () => {
    const error = await openTestDoor({ addresses: ['192.0.2.1'] }).catch((one) => one)

    expect(error).to.be.instanceOf(Mistake)
    expect(error.message).to.equal('192.0.2.1 is no address of this machine.')
  })

  it('says so when its port is taken', async () => {
    const own = await openTestDoor()

    const error = await own.listenAgain(door.port).catch((one) => one)
    await own.close()

    expect(error).to.be.instanceOf(Mistake)
    expect(error.message).to.equal(
      `Port ${door.port} of 127.0.0.1 is taken by another program: choose one with --port.`,
    )
  })
})
