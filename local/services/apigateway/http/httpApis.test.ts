import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  CreateApiCommand,
  CreateAuthorizerCommand,
  CreateRouteCommand,
  CreateStageCommand,
  GetApiCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
  ImportApiCommand,
} from '@aws-sdk/client-apigatewayv2'
import { expect } from 'chai'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { withFunctionForApis } from '../../../../tests/echoApi.ts'
import { refusalOf } from '../../../../tests/refusal.ts'

const SOURCE = `
exports.handler = async (event) => {
  if (event.type === 'REQUEST') return { isAuthorized: event.headers['x-pass'] === 'yes', context: { who: 'Ada' } }
  if (event.rawPath === '/whole') return { statusCode: 201, headers: { 'X-Own': 'a' }, cookies: ['a=1', 'b=2'], body: 'made' }
  if (event.rawPath === '/fails') throw new Error('no')
  return event
}
`

describe('HTTP APIs, through the SDK', () => {
  const { cloud, client, functionArn, permit } = withFunctionForApis(SOURCE)
  let Target = ''
  let ApiId = ''
  const ask = (path: string, init: RequestInit = {}, stage = '$default') =>
    fetch(`${cloud.cloud.url}/restapis/${ApiId}/${stage}/_user_request_${path}`, init)

  before(async () => {
    Target = functionArn()
    const made = await client().send(
      new CreateApiCommand({
        Name: 'quick',
        ProtocolType: 'HTTP',
        Target,
        CorsConfiguration: { AllowOrigins: ['https://page.example'], AllowMethods: ['GET', 'POST'], MaxAge: 60 },
      }),
    )
    ApiId = made.ApiId ?? ''
    await permit(ApiId)
  })

  it('gives a function payload 2.0, and takes its answer', async () => {
    const response = await ask('/a%20b?x=1&x=2', {
      method: 'POST',
      body: '{"n": 1}',
      headers: { 'Content-Type': 'application/json', Cookie: 'a=1; b=2', 'X-Name': 'Ada' },
    })
    const event = (await response.json()) as Record<string, never>

    expect(response.headers.get('content-type')).to.equal('application/json')
    expect(event).to.deep.include({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/a%20b',
      rawQueryString: 'x=1&x=2',
      cookies: ['a=1', 'b=2'],
      queryStringParameters: { x: '1,2' },
      body: '{"n": 1}',
      isBase64Encoded: false,
    })
    expect(event.headers).to.include({ 'x-name': 'Ada' })
    expect(event.headers).not.to.have.property('cookie')
    const whole = await ask('/whole')
    expect([whole.status, await whole.text(), whole.headers.get('x-own')]).to.deep.equal([201, 'made', 'a'])
    expect(whole.headers.getSetCookie()).to.deep.equal(['a=1', 'b=2'])
    const fails = await ask('/fails')
    expect([fails.status, await fails.text()]).to.deep.equal([500, '{"message":"Internal Server Error"}'])
  })

  it('answers preflights by its CORS configuration', async () => {
    const preflight = (Origin: string) =>
      ask('/a', { method: 'OPTIONS', headers: { Origin, 'Access-Control-Request-Method': 'POST' } })

    const allowed = await preflight('https://page.example')
    const refused = await preflight('https://other.example')
    const read = await ask('/a', { headers: { Origin: 'https://page.example' } })

    expect(allowed.status).to.equal(204)
    expect(allowed.headers.get('access-control-allow-origin')).to.equal('https://page.example')
    expect(allowed.headers.get('access-control-allow-methods')).to.equal('GET,POST')
    expect(refused.headers.get('access-control-allow-origin')).to.equal(null)
    expect(read.headers.get('access-control-allow-origin')).to.equal('https://page.example')
  })

  it('finds the narrowest route, in the stage that is named', async () => {
    const api = client()
    const { Items: [integration] = [] } = await api.send(new GetIntegrationsCommand({ ApiId }))
    const target = `integrations/${integration?.IntegrationId}`
    for (const RouteKey of ['GET /books/{id}', 'ANY /books/{proxy+}', 'GET /books/new'])
      await api.send(new CreateRouteCommand({ ApiId, RouteKey, Target: target }))
    await api.send(new CreateStageCommand({ ApiId, StageName: 'v1', AutoDeploy: true, StageVariables: { a: 'b' } }))
    const keyOf = async (path: string, init: RequestInit = {}, stage?: string) =>
      ((await (await ask(path, init, stage)).json()) as { routeKey: string }).routeKey

    expect(await keyOf('/books/new')).to.equal('GET /books/new')
    expect(await keyOf('/books/7')).to.equal('GET /books/{id}')
    expect(await keyOf('/books/7', { method: 'PUT' })).to.equal('ANY /books/{proxy+}')
    expect(await keyOf('/books/7/pages')).to.equal('ANY /books/{proxy+}')
    expect(await keyOf('/else')).to.equal('$default')
    const event = (await (await ask('/books/a%2Fb', {}, 'v1')).json()) as Record<string, unknown>
    expect(event).to.deep.include({
      rawPath: '/v1/books/a%2Fb',
      pathParameters: { id: 'a/b' },
      stageVariables: { a: 'b' },
    })
    expect(await refusalOf(api.send(new CreateRouteCommand({ ApiId, RouteKey: 'GET books' })))).to.deep.include({
      name: 'BadRequestException',
    })
    expect((await api.send(new GetRoutesCommand({ ApiId }))).Items).to.have.length(4)
  })

  it('asks a function who may', async () => {
    const api = client()
    const { AuthorizerId } = await api.send(
      new CreateAuthorizerCommand({
        ApiId,
        Name: 'guard',
        AuthorizerType: 'REQUEST',
        AuthorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Target}/invocations`,
        AuthorizerPayloadFormatVersion: '2.0',
        EnableSimpleResponses: true,
        IdentitySource: ['$request.header.X-Pass'],
      }),
    )
    const { Items: [integration] = [] } = await api.send(new GetIntegrationsCommand({ ApiId }))
    await api.send(
      new CreateRouteCommand({
        ApiId,
        RouteKey: 'GET /guarded',
        Target: `integrations/${integration?.IntegrationId}`,
        AuthorizationType: 'CUSTOM',
        AuthorizerId,
      }),
    )

    const nobody = await ask('/guarded')
    const wrong = await ask('/guarded', { headers: { 'X-Pass': 'no' } })
    const right = await ask('/guarded', { headers: { 'X-Pass': 'yes' } })
    expect([nobody.status, await nobody.text()]).to.deep.equal([401, '{"message":"Unauthorized"}'])
    expect([wrong.status, await wrong.text()]).to.deep.equal([403, '{"message":"Forbidden"}'])
    const event = (await right.json()) as { requestContext: { authorizer: unknown } }
    expect(event.requestContext.authorizer).to.deep.equal({ lambda: { who: 'Ada' } })
  })

  describe('with tokens', () => {
    let server: Server
    let issuer = ''
    let sign: (claims: Record<string, unknown>, seconds?: number) => Promise<string>
    before(async () => {
      const { privateKey, publicKey } = await generateKeyPair('RS256')
      const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }
      server = createServer((request, response) =>
        response.end(
          JSON.stringify(request.url === '/keys' ? { keys: [jwk] } : { issuer, jwks_uri: `${issuer}/keys` }),
        ),
      )
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      sign = (claims, seconds = 60) =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: 'RS256', kid: 'one' })
          .setIssuer(issuer)
          .setExpirationTime(Math.floor(cloud.clock.now() / 1000) + seconds)
          .sign(privateKey)
    })
    after(() => void server.close())

    it('takes those of its issuer, for its audience, with a scope', async () => {
      const api = client()
      const { AuthorizerId } = await api.send(
        new CreateAuthorizerCommand({
          ApiId,
          Name: 'tokens',
          AuthorizerType: 'JWT',
          IdentitySource: ['$request.header.Authorization'],
          JwtConfiguration: { Issuer: issuer, Audience: ['shop'] },
        }),
      )
      const { Items: [integration] = [] } = await api.send(new GetIntegrationsCommand({ ApiId }))
      await api.send(
        new CreateRouteCommand({
          ApiId,
          RouteKey: 'GET /token',
          Target: `integrations/${integration?.IntegrationId}`,
          AuthorizationType: 'JWT',
          AuthorizerId,
          AuthorizationScopes: ['read'],
        }),
      )
      const statusOf = async (claims: Record<string, unknown>, seconds?: number) =>
        (await ask('/token', { headers: { Authorization: `Bearer ${await sign(claims, seconds)}` } })).status

      expect((await ask('/token')).status).to.equal(401)
      expect(await statusOf({ aud: 'shop', scope: 'read write' })).to.equal(200)
      expect(await statusOf({ aud: 'other', scope: 'read' })).to.equal(401)
      expect(await statusOf({ aud: 'shop', scope: 'read' }, -60)).to.equal(401)
      expect(await statusOf({ aud: 'shop', scope: 'write' })).to.equal(403)
      expect((await ask('/token', { headers: { Authorization: 'Bearer a.b.c' } })).status).to.equal(401)
    })
  })

  it('reads OpenAPI', async () => {
    const api = client()
    const definition = {
      openapi: '3.0.1',
      info: { title: 'imported', version: '1' },
      'x-amazon-apigateway-cors': { allowOrigins: ['*'] },
      paths: {
        '/x': {
          get: {
            'x-amazon-apigateway-integration': {
              type: 'aws_proxy',
              httpMethod: 'POST',
              payloadFormatVersion: '2.0',
              uri: Target,
            },
          },
        },
        $default: { 'x-amazon-apigateway-any-method': { isDefaultRoute: true } },
      },
    }

    const { ApiId: id } = await api.send(new ImportApiCommand({ Body: JSON.stringify(definition) }))
    expect(await api.send(new GetApiCommand({ ApiId: id }))).to.deep.include({
      Name: 'imported',
      CorsConfiguration: { AllowOrigins: ['*'] },
    })
    const { Items } = await api.send(new GetRoutesCommand({ ApiId: id }))
    expect(Items?.map(({ RouteKey }) => RouteKey)).to.have.members(['GET /x', '$default'])
    expect(await refusalOf(api.send(new GetApiCommand({ ApiId: 'none' })))).to.deep.include({
      name: 'NotFoundException',
      message: 'Invalid API identifier specified',
    })
  })
})
