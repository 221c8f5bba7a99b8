import { expect } from 'chai'
import { deployedApi, headerOf, jsonOf, openServices, proxyTo, requestOf, type Services, textOf } from './fixture.ts'

describe('Lambda proxy integration', () => {
  let services: Services
  before(async () => {
    services = await openServices()
    await services.addFunction(
      'echo',
      'export const handler = async (event) => ({ statusCode: 201, headers: { "X-One": "1" }, multiValueHeaders: { "Set-Cookie": ["a=1", "b=2"] }, body: JSON.stringify(event) })',
    )
    await services.addFunction('given', 'export const handler = async (event) => JSON.parse(event.body)')
    await services.addFunction('broken', 'export const handler = async () => { throw new Error("no such book") }')
    await services.addFunction('closed', 'export const handler = async () => ({})', true)
    await services.addFunction('slow', 'export const handler = () => new Promise((done) => setTimeout(done, 300_000))')
  })
  after(() => services.stop())

  const api = deployedApi({
    methods: {
      'ANY /books/{id}': proxyTo('echo'),
      'POST /given': proxyTo('given'),
      'GET /broken': proxyTo('broken'),
      'GET /closed': proxyTo('closed'),
      'GET /none': proxyTo('nobody'),
      'GET /slow': proxyTo('slow', { methodIntegration: { timeoutInMillis: 500 } }),
    },
    stage: { variables: { table: 'books' } },
    restApi: { binaryMediaTypes: ['image/png'] },
  })
  const ask = (...args: Parameters<typeof requestOf>) => services.executor.execute(api, requestOf(...args))

  it('gives the function the event of payload 1.0', async () => {
    const response = await ask('PUT /books/a%20b?tag=x&tag=y&empty=', {
      headers: { Host: 'a1b2c3.execute-api.localhost:4566', 'X-Twice': ['1', '2'], 'Content-Type': 'application/json' },
      body: '{"title":"Ünï \\"q\\""}',
    })
    const event = jsonOf(response) as Record<string, never>

    expect(response.status).to.equal(201)
    expect(headerOf(response, 'x-one')).to.equal('1')
    expect(response.headers.filter(([name]) => name === 'Set-Cookie').map(([, value]) => value)).to.deep.equal([
      'a=1',
      'b=2',
    ])
    expect(headerOf(response, 'x-amzn-requestid')).to.equal('11111111-2222-4333-8444-555555555555')
    expect(event).to.deep.include({
      resource: '/books/{id}',
      path: '/books/a%20b',
      httpMethod: 'PUT',
      queryStringParameters: { tag: 'y', empty: '' },
      multiValueQueryStringParameters: { tag: ['x', 'y'], empty: [''] },
      pathParameters: { id: 'a b' },
      stageVariables: { table: 'books' },
      body: '{"title":"Ünï \\"q\\""}',
      isBase64Encoded: false,
    })
    expect(event.headers).to.include({ 'X-Twice': '2', 'X-Forwarded-For': '192.0.2.1', 'X-Forwarded-Proto': 'http' })
    expect(event.multiValueHeaders).to.deep.include({ 'X-Twice': ['1', '2'] })
    expect(event.requestContext).to.deep.include({
      resourceId: 'res0',
      resourcePath: '/books/{id}',
      httpMethod: 'PUT',
      path: '/prod/books/a%20b',
      accountId: '123456789012',
      protocol: 'HTTP/1.1',
      stage: 'prod',
      domainPrefix: 'a1b2c3',
      requestId: '11111111-2222-4333-8444-555555555555',
      domainName: 'a1b2c3.execute-api.localhost',
      deploymentId: 'd1',
      apiId: 'a1b2c3',
    })
  })

  it('says null for what is not there', async () => {
    const event = jsonOf(await ask('GET /books/5'))

    expect(event).to.deep.include({
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      body: null,
      isBase64Encoded: false,
    })
  })

  it('gives binary media types as base64 and takes base64 back for a client that accepts them', async () => {
    const png = Buffer.from([0x89, 0x50, 0, 255])
    const event = jsonOf(await ask('PUT /books/1', { headers: { 'Content-Type': 'image/png' }, body: png }))
    const given = { body: png.toString('base64'), isBase64Encoded: true, headers: { 'Content-Type': 'image/png' } }
    const accepted = await ask('POST /given', { body: JSON.stringify(given), headers: { Accept: 'image/png,*/*' } })
    const other = await ask('POST /given', { body: JSON.stringify(given), headers: { Accept: '*/*' } })

    expect(event).to.include({ body: png.toString('base64'), isBase64Encoded: true })
    expect(accepted.body).to.deep.equal(png)
    expect(textOf(other)).to.equal(png.toString('base64'))
  })

  for (const [name, given, status, body] of [
    ['nothing but a body', { body: 'hello' }, 200, 'hello'],
    ['nothing at all', {}, 200, ''],
    ['a status as text', { statusCode: '404', body: '' }, 404, ''],
    ['a number as body', { body: 12.5 }, 200, '12.5'],
    ['another member', { message: 'hello' }, 502, '{"message": "Internal server error"}'],
    ['an object as body', { body: {} }, 502, '{"message": "Internal server error"}'],
    ['a status that is none', { statusCode: 'ok' }, 502, '{"message": "Internal server error"}'],
    ['headers that are a list', { headers: [] }, 502, '{"message": "Internal server error"}'],
    ['a nested header', { headers: { a: {} } }, 502, '{"message": "Internal server error"}'],
    ['text', 'hello', 502, '{"message": "Internal server error"}'],
    ['null', null, 502, '{"message": "Internal server error"}'],
  ] as const)
    it(`answers ${status} to ${name}`, async () => {
      const response = await ask('POST /given', { body: JSON.stringify(given) })

      expect([response.status, textOf(response)]).to.deep.equal([status, body])
      expect(headerOf(response, 'content-type')).to.equal('application/json')
    })

  it('keeps headers from ending a line', async () => {
    const response = await ask('POST /given', {
      body: JSON.stringify({ headers: { 'X-A': 'one\r\nX-B: two', 'bad name': '1' } }),
    })

    expect(headerOf(response, 'x-a')).to.equal('one X-B: two')
    expect(response.headers.map(([name]) => name)).not.to.include('bad name')
  })

  it('answers 502 when the function fails, 500 when it may not be invoked or is not there', async () => {
    const answers = await Promise.all(['broken', 'closed', 'none'].map((path) => ask(`GET /${path}`)))

    expect(answers.map(({ status }) => status)).to.deep.equal([502, 500, 500])
    for (const answer of answers) {
      expect(textOf(answer)).to.equal('{"message": "Internal server error"}')
      expect(headerOf(answer, 'x-amzn-errortype')).to.equal('InternalServerErrorException')
    }
  })

  it('answers 504 after the time of the integration', async () => {
    const asked = ask('GET /slow')
    services.clock.advance(501)
    const response = await asked

    expect(response.status).to.equal(504)
    expect(textOf(response)).to.equal('{"message": "Endpoint request timed out"}')
  })

  it('answers a missing route as a missing token', async () => {
    for (const line of ['GET /', 'GET /nothing', 'GET /given', 'GET /books/1/2']) {
      const response = await ask(line)

      expect(response.status).to.equal(403)
      expect(textOf(response)).to.equal('{"message":"Missing Authentication Token"}')
      expect(headerOf(response, 'x-amzn-errortype')).to.equal('MissingAuthenticationTokenException')
      expect(headerOf(response, 'x-amz-apigw-id')).to.match(/^[\w-]{15}=$/)
    }
  })

  it('refuses a body above 10 MB', async () => {
    const response = await ask('POST /given', { body: Buffer.alloc(10 * 1024 * 1024 + 1) })

    expect([response.status, textOf(response)]).to.deep.equal([413, '{"message":"Request Too Long"}'])
  })
})
