import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import type { ServiceError } from '../base/errors.ts'
import { createLive, type Live } from './live.ts'

describe('the stream of what happens', () => {
  let live: Live
  let server: Server
  let refused: ServiceError[]
  let joined: ServerResponse[]
  beforeEach(async () => {
    live = createLive()
    ;[refused, joined] = [[], []]
    server = createServer((_, response) => {
      try {
        live.join(response)
        joined.push(response)
      } catch (error) {
        refused.push(error as ServiceError)
        response.writeHead(503).end()
      }
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterEach(() => {
    server.close()
    server.closeAllConnections()
  })
  const listen = async (): Promise<IncomingMessage> => {
    const { port } = server.address() as AddressInfo
    const [response] = await once(get({ host: '127.0.0.1', port, agent: false }), 'response')
    return response
  }
  const text = async (response: IncomingMessage, end: string): Promise<string> => {
    let all = ''
    for await (const part of response) {
      all += part
      if (all.includes(end)) break
    }
    return all
  }

  it('tells everybody the same, on one line whatever it holds', async () => {
    const [one, other] = [await listen(), await listen()]

    live.tell('log', { text: 'a\n\nevent: forged' })

    const wanted = 'event: log\ndata: {"text":"a\\n\\nevent: forged"}\n\n'
    expect(await text(one, 'forged"}')).to.equal(`: open\n\n${wanted}`)
    expect(await text(other, 'forged"}')).to.contain(wanted)
  })

  it('takes 32 listeners, and another when one of them has gone', async () => {
    const all = []
    for (let i = 0; i < 32; i++) all.push(await listen())

    const late = await listen()
    const gone = once(joined[0] as ServerResponse, 'close')
    all[0]?.destroy()
    await gone
    const next = await listen()

    expect([late.statusCode, next.statusCode]).to.deep.equal([503, 200])
    expect(refused.map(({ message }) => message)).to.deep.equal(['Too many pages of the console are open.'])
    for (const response of [...all, next]) response.destroy()
  })

  it('cuts off who reads nothing, and keeps nothing for them', async () => {
    const slow = await listen()
    slow.pause()
    const [response] = joined as [ServerResponse]
    const closed = once(response, 'close')

    // More than the kernel takes for a client: the rest waits in this process.
    for (let i = 0; i < 64 && !response.destroyed; i++) live.tell('log', 'x'.repeat(512 * 1024))
    await closed

    expect(response.destroyed).to.equal(true)
    const next = await listen()
    live.tell('log', 'still there')
    expect(await text(next, 'there')).to.contain('still there')
  })
})
