import { expect } from 'chai'
import fc from 'fast-check'
import { head, RawServer } from '../../../tests/rawServer.ts'
import { type DownloadOptions, download } from './download.ts'

const LIMITS = { bytes: 1000, ms: 5000, redirects: 5 }

describe('download, asked for what is not public', () => {
  const server = new RawServer((path, socket) => {
    if (path.startsWith('/to/')) socket.end(head('302 Found', `Location: ${decodeURIComponent(path.slice(4))}`))
    else socket.end(`${head('200 OK', 'Content-Length: 7')}picture`)
  })
  before(() => server.listen())
  beforeEach(() => server.requests.splice(0))
  after(() => server.close())

  /** From the server as if it were on the internet. */
  const from = (path: string, options: Partial<DownloadOptions> = {}) =>
    download(`http://${server.host}${path}`, { limits: LIMITS, isPublic: () => true, ...options })
  const redirectTo = (url: string) => `/to/${encodeURIComponent(url)}`
  const refusal = async (promise: Promise<unknown>) => {
    const { name, message } = (await promise.catch((error: Error) => error)) as Error
    return `${name}: ${message}`
  }

  describe('refuses, and does not connect to', () => {
    const FORBIDDEN = 'ForbiddenAddress: the address does not lead to the public internet'
    for (const host of [
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f000001',
      '0x7f.0.0.1',
      '017700000001',
      '0177.0.0.1',
      '127.0.0.1.',
      '１２７.０.０.１',
      'localhost',
      'LOCALHOST',
      'ⓛocalhost',
      '0',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[0:0:0:0:0:ffff:127.0.0.1]',
      '[64:ff9b::7f00:1]',
    ])
      it(host, async () => {
        expect(await refusal(download(`http://${host}:${server.port}/picture`, { limits: LIMITS }))).to.equal(FORBIDDEN)
        expect(server.requests).to.deep.equal([])
      })

    it('in any of the ways to write one', async () => {
      /** A part as decimal, octal or hexadecimal, which the URL standard all takes. */
      const written = (radix: number) => (part: number) =>
        radix === 8 ? `0${part.toString(8)}` : radix === 16 ? `0x${part.toString(16)}` : String(part)
      const networks = fc.constantFrom([10], [127], [169, 254], [172, 16], [192, 168], [100, 64], [0], [224])
      const byte = fc.nat(255)
      const radices = fc.array(fc.constantFrom(8, 10, 16), { minLength: 4, maxLength: 4 })
      await fc.assert(
        fc.asyncProperty(
          networks,
          byte,
          byte,
          byte,
          radices,
          fc.integer({ min: 1, max: 4 }),
          async (network, ...given) => {
            const [a, b, c, forms, count] = given
            const bytes = [...network, a, b, c].slice(0, 4)
            // The last of fewer than four parts stands for all the bytes that are left.
            const last = bytes.slice(count - 1).reduce((sum, one) => sum * 256 + one, 0)
            const host = [...bytes.slice(0, count - 1), last].map((part, i) => written(forms[i] ?? 10)(part)).join('.')

            expect(await refusal(download(`http://${host}:${server.port}/`, { limits: LIMITS })), host).to.equal(
              FORBIDDEN,
            )
          },
        ),
        { seed: 5, numRuns: 300 },
      )
      expect(server.requests).to.deep.equal([])
    })

    for (const host of ['169.254.169.254', '[fd00:ec2::254]', '10.0.0.1', '2852039166'])
      it(`${host}, port 80`, async () => {
        expect(await refusal(download(`http://${host}/latest/meta-data/`, { limits: LIMITS }))).to.equal(FORBIDDEN)
      })

    it('a name that leads there, with or without a dot at its end', async () => {
      const resolve = async () => [{ address: '127.0.0.1', family: 4 }]
      for (const name of ['rebind.example', 'localhost.', 'localtest.me'])
        expect(await refusal(download(`http://${name}:${server.port}/picture`, { limits: LIMITS, resolve }))).to.equal(
          FORBIDDEN,
        )
      expect(server.requests).to.deep.equal([])
    })

    it('a name of which one address of several leads there', async () => {
      const resolve = async () => [
        { address: '8.8.8.8', family: 4 },
        { address: '::1', family: 6 },
      ]

      expect(await refusal(download('http://both.example/', { limits: LIMITS, resolve }))).to.equal(FORBIDDEN)
    })

    it('a redirect to it', async () => {
      const isPublic = (address: string) => address === '127.0.0.1' // so that the first address can be asked
      for (const target of ['http://169.254.169.254/latest/', 'http://[::1]/', '//10.0.0.1/', 'http://2852039166/'])
        expect(await refusal(from(redirectTo(target), { isPublic })), target).to.equal(FORBIDDEN)
    })

    it('a redirect from an address that is trusted', async () => {
      const isTrusted = (url: URL) => url.pathname.startsWith('/to/')
      const target = `http://${server.host}/picture`

      const refused = refusal(download(`http://${server.host}${redirectTo(target)}`, { limits: LIMITS, isTrusted }))

      expect(await refused).to.equal(FORBIDDEN)
      expect(server.requests).to.have.length(1)
    })
  })

  it('connects to the address that was checked, though the name has another a moment later', async () => {
    const answers = ['127.0.0.1', '10.0.0.1', '10.0.0.1']
    let asked = 0
    const resolve = async () => [{ address: answers[asked++] ?? '', family: 4 }]

    const body = await download(`http://rebind.example:${server.port}/picture`, {
      limits: LIMITS,
      resolve,
      isPublic: (address) => address === '127.0.0.1',
    })

    expect(body.toString()).to.equal('picture')
    expect(asked).to.equal(1)
    expect(server.requests[0]).to.contain(`\r\nHost: rebind.example:${server.port}\r\n`)
  })

  it('looks a name up anew for each redirect, and checks it again', async () => {
    const answers = ['127.0.0.1', '10.0.0.1']
    let asked = 0
    const resolve = async () => [{ address: answers[asked++] ?? '', family: 4 }]

    const refused = download(`http://rebind.example:${server.port}${redirectTo('/picture')}`, {
      limits: LIMITS,
      resolve,
      isPublic: (address) => address === '127.0.0.1',
    })

    expect(await refusal(refused)).to.match(/^ForbiddenAddress/)
    expect(server.requests).to.have.length(1)
  })

  it('takes an address that is trusted, and its redirects only where they are too', async () => {
    const isTrusted = ({ host }: URL) => host === server.host

    const body = await download(`http://${server.host}${redirectTo('/picture')}`, { limits: LIMITS, isTrusted })

    expect(body.toString()).to.equal('picture')
  })
})
