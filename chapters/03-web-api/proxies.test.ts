import { readFileSync } from 'node:fs'
import type { APIGatewayProxyEvent } from 'aws-lambda'
import { expect } from 'chai'
import { handler as greetingsProxy } from './greetingsProxy.ts'
import { handler as showRequest } from './showRequest.ts'
import { handler as whatIsMyIpProxy } from './whatIsMyIpProxy.ts'

const eventOf = (name: string): APIGatewayProxyEvent =>
  JSON.parse(readFileSync(new URL(`./events/${name}.json`, import.meta.url), 'utf8'))

const JSON_TYPE = { 'Content-Type': 'application/json' }

describe('greetingsProxy', () => {
  for (const [name, greeting] of [
    ['john', 'Hello John!'],
    ['nobody', 'Hello World!'],
    ['quotes', 'Hello "Zoë" O\'Neill \\ 🎉\nof two lines!'],
  ] as const)
    it(`answers the event "${name}" with a JSON body`, async () => {
      const { statusCode, headers, body } = await greetingsProxy(eventOf(`greetingsProxy.${name}`))

      expect(statusCode).to.equal(200)
      expect(headers).to.deep.equal(JSON_TYPE)
      expect(JSON.parse(body)).to.deep.equal({ greeting })
    })
})

describe('whatIsMyIpProxy', () => {
  it('answers with JSON', async () => {
    expect(await whatIsMyIpProxy(eventOf('whatIsMyIpProxy.json'))).to.deep.equal({
      statusCode: 200,
      headers: JSON_TYPE,
      body: '{"myip":"203.0.113.7"}',
    })
  })

  for (const name of ['Accept', 'accept', 'ACCEPT'])
    it(`answers ${name}: text/plain with the bare address`, async () => {
      const event = eventOf('whatIsMyIpProxy.json')
      event.headers = { [name]: 'text/plain; charset=utf-8' }

      const { headers, body } = await whatIsMyIpProxy(event)

      expect(headers).to.deep.equal({ 'Content-Type': 'text/plain' })
      expect(body).to.equal('203.0.113.7')
    })
})

describe('showRequest', () => {
  it('shows what it was told of a request', async () => {
    const { statusCode, body } = await showRequest(eventOf('showRequest.put'))

    expect(statusCode).to.equal(200)
    expect(JSON.parse(body)).to.deep.equal({
      method: 'PUT',
      path: '/proxy/any/path',
      proxy: 'any/path',
      query: { a: ['1'] },
      body: 'a text',
    })
  })

  it('reads a body that comes as base64', async () => {
    const event = { ...eventOf('showRequest.put'), body: Buffer.from('ü').toString('base64'), isBase64Encoded: true }

    expect(JSON.parse((await showRequest(event)).body).body).to.equal('ü')
  })

  it('refuses a method that it does not know', async () => {
    expect(await showRequest(eventOf('showRequest.options'))).to.deep.equal({
      statusCode: 405,
      headers: JSON_TYPE,
      body: '{"message":"There is no OPTIONS here: DELETE, GET, HEAD, PATCH, POST, PUT"}',
    })
  })
})
