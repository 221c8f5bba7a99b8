import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { APIGatewayClient, CreateDeploymentCommand, ImportRestApiCommand } from '@aws-sdk/client-api-gateway'
import { ApiGatewayV2Client, CreateApiCommand } from '@aws-sdk/client-apigatewayv2'
import { expect } from 'chai'
import { withCloud } from '../../../../tests/cloud.ts'

/** As Node writes and reads headers: each byte a character. */
const bytes = (text: string) => Buffer.from(text).toString('latin1')
const TITLE = 'Ünïcödé 写真 🎉'

describe('headers of HTTP backends', () => {
  const cloud = withCloud()
  let backend: Server
  let rest: string
  let http: string
  /** `x-title` and `x-fixed` as the backend has read them. */
  let seen: unknown[]

  before(async () => {
    backend = createServer(({ headers }, response) => {
      seen = [headers['x-title'], headers['x-fixed']]
      response.writeHead(200, { 'X-Title': bytes(TITLE), 'X-Old': 'caf\xe9' }).end()
    })
    await new Promise<void>((done) => backend.listen(0, '127.0.0.1', done))
    const uri = `http://127.0.0.1:${(backend.address() as AddressInfo).port}/`
    const integration = { httpMethod: 'GET', uri }
    const fixed = { 'integration.request.header.X-Fixed': `'${TITLE}'` }
    const mapped = { 'method.response.header.X-Mapped': 'integration.response.header.X-Title' }
    const definition = {
      swagger: '2.0',
      info: { title: 'headers', version: '1' },
      paths: {
        '/proxy': { get: { 'x-amazon-apigateway-integration': { ...integration, type: 'http_proxy' } } },
        '/mapped': {
          get: {
            responses: { 200: { description: 'ok', headers: { 'X-Mapped': { type: 'string' } } } },
            'x-amazon-apigateway-integration': {
              ...{ ...integration, type: 'http', requestParameters: fixed },
              responses: { default: { statusCode: '200', responseParameters: mapped } },
            },
          },
        },
      },
    }
    const client = new APIGatewayClient(cloud.config())
    const { id = '' } = await client.send(new ImportRestApiCommand({ body: Buffer.from(JSON.stringify(definition)) }))
    await client.send(new CreateDeploymentCommand({ restApiId: id, stageName: 'prod' }))
    rest = `${cloud.cloud.url}/restapis/${id}/prod/_user_request_`
    const second = new ApiGatewayV2Client(cloud.config())
    const { ApiId } = await second.send(new CreateApiCommand({ Name: 'headers', ProtocolType: 'HTTP', Target: uri }))
    http = `${cloud.cloud.url}/restapis/${ApiId}/$default/_user_request_/`
  })
  after(() => {
    backend.close()
    backend.closeAllConnections()
  })

  it('reach the client as they are, from a REST API', async () => {
    const { status, headers } = await fetch(`${rest}/proxy`, { headers: { 'x-title': bytes(TITLE) } })

    expect([status, headers.get('x-title'), headers.get('x-old')]).to.deep.equal([200, bytes(TITLE), bytes('café')])
    expect(seen).to.deep.equal([bytes(TITLE), undefined])
  })

  it('reach the client as they are where they are mapped, and the backend gets what is mapped', async () => {
    const { status, headers } = await fetch(`${rest}/mapped`)

    expect([status, headers.get('x-mapped')]).to.deep.equal([200, bytes(TITLE)])
    expect(seen).to.deep.equal([undefined, bytes(TITLE)])
  })

  it('reach the client as they are, from an HTTP API', async () => {
    const { status, headers } = await fetch(http, { headers: { 'x-title': bytes(TITLE) } })

    expect([status, headers.get('x-title'), headers.get('x-old')]).to.deep.equal([200, bytes(TITLE), bytes('café')])
    expect(seen).to.deep.equal([bytes(TITLE), undefined])
  })
})
