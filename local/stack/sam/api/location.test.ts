import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { APIGatewayClient, GetResourcesCommand, GetRestApisCommand } from '@aws-sdk/client-api-gateway'
import { ApiGatewayV2Client, GetApisCommand, GetRoutesCommand } from '@aws-sdk/client-apigatewayv2'
import { expect } from 'chai'
import { withCloud } from '../../../../tests/cloud.ts'

const REST = `
openapi: 3.0.1
info: { title: from a file, version: "1" }
paths:
  /hello:
    get:
      responses: { "200": { description: ok } }
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: { application/json: '{"statusCode": 200}' }
        responses:
          default: { statusCode: "200", responseTemplates: { application/json: '"hello"' } }
`
const HTTP = JSON.stringify({
  openapi: '3.0.1',
  info: { title: 'http from a file', version: '1' },
  paths: {
    '/away': {
      get: {
        'x-amazon-apigateway-integration': {
          type: 'http_proxy',
          httpMethod: 'GET',
          payloadFormatVersion: '1.0',
          uri: 'https://a.example',
        },
      },
    },
  },
})
const template = (rest: string) => `
Transform: AWS::Serverless-2016-10-31
Resources:
  Rest:
    Type: AWS::Serverless::Api
    Properties: { StageName: prod, DefinitionUri: ${rest} }
  Http:
    Type: AWS::Serverless::HttpApi
    Properties: { DefinitionUri: ./http.json }
`

describe('the definition of an API, in a file beside the template', () => {
  const cloud = withCloud()
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'definition-'))
    writeFileSync(join(folder, 'rest.yaml'), REST)
    writeFileSync(join(folder, 'http.json'), HTTP)
  })
  after(() => rmSync(folder, { recursive: true }))
  const deploy = (rest: string) =>
    cloud.cloud.deploy({
      name: 'local',
      template: template(rest),
      file: join(folder, 'template.yaml'),
      parameters: {},
    })

  it('says so where there is no such file', async () => {
    const failed = await deploy('missing.yaml').then(
      () => undefined,
      (error: Error) => error.message,
    )

    expect(failed).to.contain(`there is no file ${join(folder, 'missing.yaml')}`)
  })

  it('is deployed', async () => {
    await deploy('rest.yaml')

    const rest = new APIGatewayClient(cloud.config())
    const { items: [api] = [] } = await rest.send(new GetRestApisCommand({}))
    const { items = [] } = await rest.send(new GetResourcesCommand({ restApiId: api?.id }))
    expect(items.map(({ path }) => path)).to.have.members(['/', '/hello'])
    const answer = await fetch(`${cloud.cloud.url}/restapis/${api?.id}/prod/_user_request_/hello`)
    expect([answer.status, await answer.text()]).to.deep.equal([200, '"hello"'])
    const http = new ApiGatewayV2Client(cloud.config())
    const { Items: [other] = [] } = await http.send(new GetApisCommand({}))
    const { Items: routes = [] } = await http.send(new GetRoutesCommand({ ApiId: other?.ApiId }))
    expect(routes.map(({ RouteKey }) => RouteKey)).to.deep.equal(['GET /away'])
  })
})
