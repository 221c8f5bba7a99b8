import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { APIGatewayClient, CreateDeploymentCommand, ImportRestApiCommand } from '@aws-sdk/client-api-gateway'
import { expect } from 'chai'
import { withCloud } from '../../tests/cloud.ts'
import { sign } from './signing.ts'

const echo = {
  type: 'mock',
  requestTemplates: { 'application/json': '{"statusCode": 200}' },
  responses: {
    default: {
      statusCode: '200',
      responseTemplates: {
        'application/json':
          '$context.httpMethod $context.path $context.identity.caller $input.params("q") $input.params().header.get("X-Spelling")',
      },
    },
  },
}
const method = (more: object = {}) => ({ responses: { '200': {} }, 'x-amazon-apigateway-integration': echo, ...more })
const definition = {
  openapi: '3.0.1',
  info: { title: 'doors' },
  paths: {
    '/': { get: method() },
    '/items/{id}': { 'x-amazon-apigateway-any-method': method() },
    '/signed': { get: method({ 'x-amazon-apigateway-auth': { type: 'AWS_IAM' } }) },
  },
}

interface Asked {
  method?: string
  path: string
  headers?: Record<string, string>
  body?: string
}
interface Answer {
  status: number | undefined
  headers: IncomingHttpHeaders
  body: string
}

describe('stages of APIs, behind the door', () => {
  const cloud = withCloud()
  let id = ''
  const ask = (host: string, { method = 'GET', path, headers = {}, body = '' }: Asked): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { port } = cloud.cloud
      const sent = httpRequest(
        { host: '127.0.0.1', port, method, path, headers: { Host: `${host}:${port}`, ...headers } },
        (response) => {
          const parts: Buffer[] = []
          response.on('data', (part) => parts.push(part))
          response.on('end', () =>
            resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts).toString() }),
          )
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
  const byPath = (asked: Asked) =>
    ask('127.0.0.1', { ...asked, path: `/restapis/${id}/prod/_user_request_${asked.path}` })
  const byHost = (asked: Asked) => ask(`${id}.execute-api.localhost`, { ...asked, path: `/prod${asked.path}` })
  /** What differs from request to request. */
  const steady = ({ status, headers, body }: Answer) => ({
    status,
    body,
    headers: Object.fromEntries(
      Object.entries(headers).filter(
        ([name]) => !/^(date|x-amz-apigw-id|x-amzn-requestid|x-amzn-trace-id)$/.test(name),
      ),
    ),
  })
  const signed = async (host: string, path: string, secretAccessKey = 'local') => {
    const url = `http://${host}:${cloud.cloud.port}`
    const credentials = { accessKeyId: 'local', secretAccessKey }
    const { headers } = await sign(url, { path }, credentials, { service: 'execute-api' })
    return headers
  }

  before(async () => {
    const api = new APIGatewayClient(cloud.config())
    const made = await api.send(new ImportRestApiCommand({ body: Buffer.from(JSON.stringify(definition)) }))
    id = made.id ?? ''
    await api.send(new CreateDeploymentCommand({ restApiId: id, stageName: 'prod' }))
  })

  const CASES: Record<string, Asked> = {
    'the root': { path: '/' },
    'the root without its slash': { path: '' },
    'a path with percent signs, and a query': { path: '/items/a%20b%2Fc?q=1&q=2' },
    'a body, another method and a header as it was spelled': {
      method: 'POST',
      path: '/items/1',
      body: '{"a": 1}',
      headers: { 'X-Spelling': 'As Sent', 'Content-Type': 'application/json' },
    },
    HEAD: { method: 'HEAD', path: '/items/1' },
    'a path that is not there': { path: '/none' },
    'a page of elsewhere': {
      path: '/items/1',
      headers: { Origin: 'https://elsewhere.example', 'Sec-Fetch-Site': 'cross-site' },
    },
    'nobody who asks for what is signed': { path: '/signed' },
    'a bearer token': { path: '/items/1', headers: { Authorization: 'Bearer x' } },
    'the header of another service': {
      path: '/items/1',
      headers: { 'X-Amz-Target': 'Logs_20140328.DescribeLogGroups' },
    },
  }
  for (const [name, asked] of Object.entries(CASES))
    it(`answers alike by path and by host: ${name}`, async () => {
      const [one, other] = [await byPath(asked), await byHost(asked)]

      expect(steady(one)).to.deep.equal(steady(other))
      expect(one.status).to.be.oneOf([200, 403])
    })

  it('answers alike who signs', async () => {
    const path = `/restapis/${id}/prod/_user_request_/signed`
    const one = await byPath({ path: '/signed', headers: await signed('127.0.0.1', path) })
    const other = await byHost({
      path: '/signed',
      headers: await signed(`${id}.execute-api.localhost`, '/prod/signed'),
    })

    expect(one.status).to.equal(200)
    expect(steady(one)).to.deep.equal(steady(other))
  })

  it('refuses a wrong signature only where one is asked for', async () => {
    const host = `${id}.execute-api.localhost`
    const wrong = await byHost({ path: '/signed', headers: await signed(host, '/prod/signed', 'wrong') })
    const unneeded = await byHost({ path: '/items/1', headers: await signed(host, '/prod/items/1', 'wrong') })

    expect(wrong.status).to.equal(403)
    expect(wrong.headers['x-amzn-errortype']).to.equal('InvalidSignatureException')
    expect(unneeded.status).to.equal(200)
  })

  it('takes the public key from no page', async () => {
    const host = `${id}.execute-api.localhost`
    const headers = await signed(host, '/prod/signed')

    const answer = await byHost({ path: '/signed', headers: { ...headers, Origin: 'https://elsewhere.example' } })

    expect(answer.status).to.equal(403)
    expect(answer.body).to.contain('web pages may not use it')
  })

  it('says no more than Forbidden of a stage or an API that is not there', async () => {
    const answers = [
      await ask('127.0.0.1', { path: `/restapis/${id}/none/_user_request_/` }),
      await ask('none.execute-api.localhost', { path: '/prod/' }),
    ]

    for (const { status, body, headers } of answers) {
      expect([status, body]).to.deep.equal([403, '{"message":"Forbidden"}'])
      expect(headers['x-amzn-errortype']).to.equal('ForbiddenException')
    }
  })

  it('refuses a name that leads here from elsewhere, and more than 10 MB', async () => {
    const rebound = await ask(`${id}.execute-api.evil.example`, { path: '/prod/' })
    const large = await byPath({
      method: 'POST',
      path: '/items/1',
      headers: { 'Content-Length': String(10 * 1024 ** 2 + 1) },
    })

    expect(rebound.status).to.equal(403)
    expect([large.status, large.body]).to.deep.equal([413, '{"message":"Request Too Long"}'])
  })

  it('are told to the console: who asked, for what, and how it ended', async () => {
    const { url } = cloud.cloud
    const page = await (await fetch(`${url}/_console/`)).text()
    const [, token = ''] = /name="console-token" content="([^"]+)"/.exec(page) ?? []
    const traces = async () => {
      const answer = await fetch(`${url}/_console/api/traces`, { headers: { 'x-console-token': token } })
      return (await answer.json()) as { title: string; hops: Record<string, unknown>[] }[]
    }
    const before = (await traces()).length
    await byPath({ path: '/items/told?q=secret' })
    await byPath({ path: '/signed' })
    await byPath({ method: 'OPTIONS', path: '/items/told' })

    const [denied, told, ...rest] = await traces()
    // What was asked before, and refused the same way, is the same trace.
    expect(rest.length).to.be.within(before - 1, before)
    expect(told?.title).to.equal(`GET /items/told on ${id}`)
    expect(told?.hops).to.have.length(1)
    expect(told?.hops[0]).to.include({ from: 'client', to: id, label: 'GET /items/told', outcome: 'ok' })
    expect(told?.hops[0]?.durationMs).to.be.a('number')
    expect(denied?.hops[0]).to.include({ label: 'GET /signed', outcome: 'denied', reason: '403 Forbidden' })
  })
})
