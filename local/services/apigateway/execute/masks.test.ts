import {
  APIGatewayClient,
  GetResourcesCommand,
  ImportRestApiCommand,
  TestInvokeMethodCommand,
} from '@aws-sdk/client-api-gateway'
import { AddPermissionCommand } from '@aws-sdk/client-lambda'
import { expect } from 'chai'
import { withLambda } from '../../../../tests/lambda.ts'
import { uriOf } from './fixture.ts'
import { maskedEvent } from './masks.ts'

describe('the execution log of a REST API', () => {
  const { cloud, lambda, create } = withLambda()

  it('shows of what says who asks the end alone', async () => {
    await create('proxied', `export const handler = async () => ({ statusCode: 200, body: '' })`)
    const permission = { StatementId: 'api', Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' }
    await lambda.send(new AddPermissionCommand({ FunctionName: 'proxied', ...permission }))
    const client = new APIGatewayClient(cloud.config())
    const integration = { type: 'aws_proxy', httpMethod: 'POST', uri: uriOf('proxied') }
    const body = JSON.stringify({
      swagger: '2.0',
      info: { title: 'tests', version: '1' },
      paths: { '/': { get: { responses: {}, 'x-amazon-apigateway-integration': integration } } },
    })
    const { id: restApiId } = await client.send(new ImportRestApiCommand({ body: Buffer.from(body) }))
    const { items = [] } = await client.send(new GetResourcesCommand({ restApiId }))
    const headers = {
      Authorization: 'Bearer very"secret-123456',
      'X-API-Key': 'hidden-key-abcdef',
      Accept: 'text/plain',
    }

    const { log, status } = await client.send(
      new TestInvokeMethodCommand({ restApiId, resourceId: items[0]?.id, httpMethod: 'GET', headers }),
    )

    expect(status).to.equal(200)
    expect(log).to.contain('Endpoint request body after transformations: {').and.contain('"Accept":"text/plain"')
    expect(log)
      .to.match(/"Authorization":"\*+123456"/)
      .and.match(/"X-API-Key":"\*+abcdef"/i)
    expect(log).to.match(/"Authorization":\["\*+123456"\]/)
    expect(log).to.not.contain('secret').and.not.contain('hidden')
  })

  it('shows no beginning of a secret that the line cuts off', () => {
    const event = (secret: string) => Buffer.from(`{"a":"${'x'.repeat(1000)}","authorization":"${secret}`)

    expect(maskedEvent(event('tell-nobody'))).to.match(/"authorization":"\*{5}nobody$/)
    expect(maskedEvent(event('s'.repeat(4000)))).to.match(/"authorization":"\*{1000,}s{6}$/)
  })
})
