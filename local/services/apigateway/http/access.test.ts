import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  CreateApiCommand,
  CreateAuthorizerCommand,
  type CreateAuthorizerCommandInput,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
} from '@aws-sdk/client-apigatewayv2'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { expect } from 'chai'
import { withFunctionForApis } from '../../../../tests/echoApi.ts'
import { LOCAL } from '../../../door/fixture.ts'
import { type Signer, send, sign } from '../../../door/signing.ts'
import { createRole, trust } from '../../lambda/fixture.ts'

const SOURCE = `
let calls = 0
exports.handler = async (event) => {
  if (event.type === 'REQUEST') {
    calls++
    const Resource = event.methodArn.replace(/GET.*/, 'GET/*')
    const Deny = event.methodArn.replace(/GET.*/, '*/secret/*')
    return {
      principalId: 'me',
      policyDocument: { Version: '2012-10-17', Statement: [
        { Effect: 'Allow', Action: 'execute-api:Invoke', Resource },
        { Effect: 'Deny', Action: 'execute-api:Invoke', Resource: Deny },
      ] },
      context: { calls: String(calls), version: event.version, token: event.authorizationToken },
    }
  }
  if (event.queryStringParameters?.header) return { statusCode: 200, headers: { 'X-Name': event.queryStringParameters.header } }
  return event
}
`

describe('who may reach a route of an HTTP API', () => {
  const { cloud, client, functionArn, permit } = withFunctionForApis(SOURCE)
  let Target = ''
  let ApiId = ''
  let functionTarget = ''
  let backend: Server
  let seen: { url: string | undefined; headers: IncomingHttpHeaders; body: string } | undefined

  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${cloud.cloud.url}/restapis/${ApiId}/$default/_user_request_${path}`, init)
  const route = (RouteKey: string, target = functionTarget, more = {}) =>
    client().send(new CreateRouteCommand({ ApiId, RouteKey, Target: target, ...more }))
  const authorizer = async (more: Partial<CreateAuthorizerCommandInput>) =>
    (
      await client().send(
        new CreateAuthorizerCommand({
          ApiId,
          Name: `guard ${JSON.stringify(more)}`.slice(0, 100),
          AuthorizerType: 'REQUEST',
          AuthorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Target}/invocations`,
          AuthorizerPayloadFormatVersion: '1.0',
          IdentitySource: ['$request.header.X-Pass'],
          ...more,
        }),
      )
    ).AuthorizerId
  const forward = async (IntegrationUri: string) => {
    const { IntegrationId } = await client().send(
      new CreateIntegrationCommand({
        ApiId,
        IntegrationType: 'HTTP_PROXY',
        IntegrationMethod: 'ANY',
        PayloadFormatVersion: '1.0',
        IntegrationUri,
      }),
    )
    return `integrations/${IntegrationId}`
  }

  before(async () => {
    backend = createServer((asked, response) => {
      let body = ''
      asked.on('data', (part) => {
        body += part
      })
      asked.on('end', () => {
        seen = { url: asked.url, headers: asked.headers, body }
        response.writeHead(207, { 'X-Backend': 'yes', 'Content-Type': 'text/plain' }).end('the backend')
      })
    })
    await new Promise<void>((done) => backend.listen(0, '127.0.0.1', done))
    Target = functionArn()
    ApiId = (await client().send(new CreateApiCommand({ Name: 'access', ProtocolType: 'HTTP' }))).ApiId ?? ''
    const { IntegrationId } = await client().send(
      new CreateIntegrationCommand({
        ApiId,
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: Target,
        PayloadFormatVersion: '2.0',
      }),
    )
    functionTarget = `integrations/${IntegrationId}`
    await client().send(
      new CreateStageCommand({
        ApiId,
        StageName: '$default',
        AutoDeploy: true,
        RouteSettings: { 'GET /slow': { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 2 } },
      }),
    )
    await permit(ApiId)
  })
  after(() => void backend.close())

  it('holds a remembered policy against each request, and not its first answer', async () => {
    const AuthorizerId = await authorizer({ AuthorizerResultTtlInSeconds: 300 })
    const guarded = { AuthorizationType: 'CUSTOM' as const, AuthorizerId }
    await route('ANY /guarded', functionTarget, guarded)
    await route('GET /secret/{id}', functionTarget, guarded)
    await route('GET /{any}/other', functionTarget, guarded)
    const headers = { 'X-Pass': 'a token' }

    const first = await ask('/guarded', { headers })
    const second = await ask('/guarded', { headers })
    const write = await ask('/guarded', { method: 'DELETE', headers })
    const denied = await ask('/secret/5', { headers })
    const spelt = await ask('/%73ecret/5', { headers })
    const parameter = await ask('/secre%74/other', { headers })

    const { requestContext } = (await first.json()) as { requestContext: { authorizer: unknown } }
    const own = { calls: '1', version: '1.0', token: 'a token', principalId: 'me' }
    expect(requestContext.authorizer).to.deep.equal({ lambda: own })
    expect(((await second.json()) as { requestContext: object }).requestContext).to.deep.include({
      authorizer: { lambda: own },
    })
    for (const refused of [write, denied, spelt, parameter])
      expect([refused.status, await refused.text()]).to.deep.equal([403, '{"message":"Forbidden"}'])
  })

  it('asks for a signature where IAM decides, and for the permission', async () => {
    await route('GET /iam/{id}', functionTarget, { AuthorizationType: 'AWS_IAM' })
    const arn = `arn:aws:execute-api:us-east-1:123456789012:${ApiId}/$default/GET/iam`
    const Statement = [
      { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: `${arn}/*` },
      { Effect: 'Deny', Action: 'execute-api:Invoke', Resource: `${arn}/secret` },
    ]
    const RoleArn = await createRole(cloud.config(), 'reader', Statement, trust({ AWS: '123456789012' }))
    const { Credentials } = await new STSClient(cloud.config()).send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: 'me' }),
    )
    const reader = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    }
    const asked = async (id: string, credentials: Signer = reader, service = 'execute-api') => {
      const path = `/restapis/${ApiId}/$default/_user_request_/iam/${id}`
      const date = new Date(cloud.clock.now())
      const signed = await sign(cloud.cloud.url, { path }, credentials, { service, date })
      const { status, body } = await send(cloud.cloud.url, signed)
      return [status, status === 200 ? (JSON.parse(body) as { requestContext: object }).requestContext : body] as const
    }

    const [status, context] = await asked('5')
    expect(status).to.equal(200)
    expect(context).to.have.nested.property(
      'authorizer.iam.userArn',
      'arn:aws:sts::123456789012:assumed-role/reader/me',
    )
    expect((await asked('secret'))[0]).to.equal(403)
    expect((await asked('%73ecret'))[0]).to.equal(403)
    expect((await asked('5', { ...reader, secretAccessKey: 'wrong' }))[0]).to.equal(403)
    expect((await asked('5', LOCAL, 's3'))[0]).to.be.within(400, 405)
    const anonymous = await ask('/iam/5')
    expect([anonymous.status, await anonymous.text()]).to.deep.equal([403, '{"message":"Forbidden"}'])
  })

  it('hands a request on to a server, and says which API asks', async () => {
    const { port } = backend.address() as AddressInfo
    await route('ANY /web/{proxy+}', await forward(`http://127.0.0.1:${port}/base/{proxy}`))

    const response = await ask('/web/a/b%20c?x=1', {
      method: 'POST',
      body: 'hello',
      headers: { 'X-Own': 'mine', 'X-Amzn-Apigateway-Api-Id': 'forged' },
    })

    expect([response.status, response.headers.get('x-backend'), await response.text()]).to.deep.equal([
      207,
      'yes',
      'the backend',
    ])
    expect(seen).to.deep.include({ url: '/base/a/b%20c?x=1', body: 'hello' })
    expect(seen?.headers).to.include({ 'x-own': 'mine', 'x-amzn-apigateway-api-id': ApiId })
  })

  it('does not lead to the console, nor to services by the public key', async () => {
    await route('ANY /cloud/{proxy+}', await forward(`${cloud.cloud.url}/{proxy}`))
    const path = '/?Action=GetCallerIdentity&Version=2011-06-15'
    const date = new Date(cloud.clock.now())
    const signed = await sign(cloud.cloud.url, { path }, LOCAL, { service: 'sts', date })
    const { host: _, ...headers } = signed.headers
    await route('GET /sts', await forward(`${cloud.cloud.url}/`))

    const page = await ask('/cloud/_console/')
    const direct = await send(cloud.cloud.url, signed)
    const through = await ask('/sts?Action=GetCallerIdentity&Version=2011-06-15', { headers })

    expect([page.status, await page.text()]).to.have.nested.property('[0]', 403)
    expect(direct.status).to.equal(200)
    expect([through.status, await through.text()]).to.have.nested.property('[0]', 403)
  })

  it('slows down by the settings of a route', async () => {
    await route('GET /slow')
    const statuses = []
    for (let i = 0; i < 3; i++) statuses.push((await ask('/slow')).status)
    const late = await ask('/slow')
    cloud.clock.advance(1000)

    expect(statuses).to.deep.equal([200, 200, 429])
    expect(await late.text()).to.equal('{"message":"Too Many Requests"}')
    expect((await ask('/slow')).status).to.equal(200)
  })

  it('answers by its host name as by its path', async () => {
    await route('GET /by-host')
    const { port } = new URL(cloud.cloud.url)
    const byHost = (path: string) =>
      new Promise<[number | undefined, string]>((resolve, reject) => {
        const host = `${ApiId}.execute-api.localhost:${port}`
        request({ host: '127.0.0.1', port, path, headers: { host } }, (response) => {
          let text = ''
          response.on('data', (part) => {
            text += part
          })
          response.on('end', () => resolve([response.statusCode, text]))
        })
          .on('error', reject)
          .end()
      })
    for (const path of ['/by-host?a=1', '/nothing', '/iam/5', '//by-host']) {
      const response = await ask(path)
      const [status, text] = await byHost(path)
      expect([path, status]).to.deep.equal([path, response.status])
      if (status !== 200) expect(text).to.equal(await response.text())
      else expect(JSON.parse(text)).to.deep.include({ routeKey: 'GET /by-host', rawPath: '/by-host' })
    }
  })

  it('writes no header that a function may not write', async () => {
    await route('GET /header')
    for (const value of ['a%0d%0aX-Evil:%20b', '%00', '%F0%9F%8E%89', '%7f', '%E2%80%A8']) {
      const response = await ask(`/header?header=${value}`)

      expect(response.headers.get('x-evil')).to.equal(null)
      expect([value, response.status]).to.satisfy(([, status]: [string, number]) => [200, 500].includes(status))
    }
    expect(cloud.log.filter(({ level }) => level === 'error')).to.deep.equal([])
  })
})
