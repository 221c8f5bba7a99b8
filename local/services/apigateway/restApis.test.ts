import {
  APIGatewayClient,
  CreateApiKeyCommand,
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  CreateStageCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  DeleteDeploymentCommand,
  DeleteStageCommand,
  GetApiKeyCommand,
  GetApiKeysCommand,
  GetExportCommand,
  GetGatewayResponseCommand,
  GetModelTemplateCommand,
  GetResourcesCommand,
  GetRestApiCommand,
  GetRestApisCommand,
  GetStageCommand,
  GetTagsCommand,
  GetUsageCommand,
  ImportRestApiCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  PutRestApiCommand,
  TagResourceCommand,
  TestInvokeMethodCommand,
  UpdateRestApiCommand,
  UpdateStageCommand,
  UpdateUsageCommand,
} from '@aws-sdk/client-api-gateway'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'

const definition = {
  openapi: '3.0.1',
  info: { title: 'books', description: 'The bookstore', version: '7' },
  paths: {
    '/books/{id}': {
      get: {
        operationId: 'getBook',
        security: [{ api_key: [] }],
        responses: {
          '200': {
            description: 'ok',
            headers: { 'X-Id': { schema: { type: 'string' } } },
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Book' } } },
          },
        },
        'x-amazon-apigateway-integration': {
          type: 'mock',
          requestTemplates: { 'application/json': '{"statusCode": 200}' },
          responses: {
            default: {
              statusCode: '200',
              responseParameters: { 'method.response.header.X-Id': "'one'" },
              responseTemplates: { 'application/json': '{"id": "$input.params(\'id\')"}' },
            },
          },
        },
      },
    },
  },
  components: {
    schemas: {
      Book: {
        type: 'object',
        properties: { title: { type: 'string' }, author: { $ref: '#/components/schemas/Author' } },
      },
      Author: { type: 'object', properties: { name: { type: 'string' } } },
    },
    securitySchemes: { api_key: { type: 'apiKey', name: 'x-api-key', in: 'header' } },
  },
  'x-amazon-apigateway-request-validators': { all: { validateRequestBody: true, validateRequestParameters: true } },
  'x-amazon-apigateway-request-validator': 'all',
  'x-amazon-apigateway-gateway-responses': { INVALID_API_KEY: { statusCode: 401 } },
}
const bodyOf = (value: unknown) => Buffer.from(JSON.stringify(value))

describe('API Gateway, through the SDK', () => {
  const cloud = withCloud()
  const client = () => new APIGatewayClient(cloud.config())
  const imported = async () => {
    const { id = '' } = await client().send(new ImportRestApiCommand({ body: bodyOf(definition) }))
    return id
  }

  it('makes an API by hand', async () => {
    const api = client()
    const { id: restApiId = '', rootResourceId: parentId } = await api.send(
      new CreateRestApiCommand({ name: 'by hand' }),
    )
    const { id: resourceId, path } = await api.send(
      new CreateResourceCommand({ restApiId, parentId, pathPart: 'hello' }),
    )
    const method = { restApiId, resourceId, httpMethod: 'GET' }
    await api.send(new PutMethodCommand({ ...method, authorizationType: 'NONE' }))
    await api.send(
      new PutMethodResponseCommand({
        ...method,
        statusCode: '200',
        responseParameters: { 'method.response.header.X-A': false },
      }),
    )
    await api.send(
      new PutIntegrationCommand({
        ...method,
        type: 'MOCK',
        requestTemplates: { 'application/json': '{"statusCode": 200}' },
      }),
    )
    await api.send(
      new PutIntegrationResponseCommand({
        ...method,
        statusCode: '200',
        responseParameters: { 'method.response.header.X-A': "'a'" },
        responseTemplates: { 'application/json': 'Hello from $context.stage!' },
      }),
    )
    const { id: deploymentId } = await api.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }))

    const byPath = await fetch(`${cloud.cloud.url}/restapis/${restApiId}/prod/_user_request_/hello`)
    expect(path).to.equal('/hello')
    expect(await byPath.text()).to.equal('Hello from prod!')
    expect(byPath.headers.get('x-a')).to.equal('a')
    expect(await refusalOf(api.send(new DeleteDeploymentCommand({ restApiId, deploymentId })))).to.deep.include({
      name: 'BadRequestException',
      message: 'Active stages pointing to this deployment must be moved or deleted',
    })
  })

  it('reads OpenAPI, and writes it again', async () => {
    const api = client()
    const restApiId = await imported()
    await api.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }))

    const { items = [] } = await api.send(new GetResourcesCommand({ restApiId, embed: ['methods'] }))
    const method = items.find(({ path }) => path === '/books/{id}')?.resourceMethods?.GET
    expect(method).to.include({ apiKeyRequired: true, authorizationType: 'NONE', operationName: 'getBook' })
    expect(method?.methodResponses?.['200']?.responseModels).to.deep.equal({ 'application/json': 'Book' })
    expect(items.map(({ path }) => path)).to.have.members(['/', '/books', '/books/{id}'])
    const oas30 = await api.send(
      new GetExportCommand({
        restApiId,
        stageName: 'prod',
        exportType: 'oas30',
        parameters: { extensions: 'apigateway' },
      }),
    )
    const written = JSON.parse(Buffer.from(oas30.body ?? []).toString())
    expect(written.paths['/books/{id}'].get['x-amazon-apigateway-integration'].type).to.equal('mock')
    expect(written.components.schemas.Book.properties.author.$ref).to.equal('#/components/schemas/Author')
    expect(oas30.contentType).to.equal('application/json')
    const swagger = await api.send(
      new GetExportCommand({ restApiId, stageName: 'prod', exportType: 'swagger', accepts: 'application/yaml' }),
    )
    expect(Buffer.from(swagger.body ?? []).toString()).to.match(/^swagger: "2\.0"$/m)
    const { id: again = '' } = await api.send(new ImportRestApiCommand({ body: oas30.body ?? Buffer.of() }))
    const { items: copies = [] } = await api.send(new GetResourcesCommand({ restApiId: again, embed: ['methods'] }))
    expect(copies.find(({ path }) => path === '/books/{id}')?.resourceMethods?.GET?.methodIntegration).to.deep.include({
      type: 'MOCK',
      requestTemplates: { 'application/json': '{"statusCode": 200}' },
    })
    const { value } = await api.send(new GetModelTemplateCommand({ restApiId, modelName: 'Book' }))
    expect(value).to.contain('"title" : "foo"')
  })

  it('counts the uses of a key', async () => {
    const api = client()
    const restApiId = await imported()
    await api.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }))
    const { id: keyId = '', value = '' } = await api.send(new CreateApiKeyCommand({ name: 'reader', enabled: true }))
    const { id: usagePlanId = '' } = await api.send(
      new CreateUsagePlanCommand({
        name: 'readers',
        apiStages: [{ apiId: restApiId, stage: 'prod' }],
        quota: { limit: 2, period: 'DAY' },
      }),
    )
    await api.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: 'API_KEY' }))
    const ask = async (headers: Record<string, string>) => {
      const response = await fetch(`${cloud.cloud.url}/restapis/${restApiId}/prod/_user_request_/books/7`, { headers })
      return [response.status, await response.text()]
    }

    expect(await ask({})).to.deep.equal([401, '{"message":"Forbidden"}'])
    expect(await ask({ 'x-api-key': value })).to.deep.equal([200, '{"id": "7"}'])
    expect(await ask({ 'x-api-key': value })).to.deep.equal([200, '{"id": "7"}'])
    expect(await ask({ 'x-api-key': value })).to.deep.equal([429, '{"message":"Limit Exceeded"}'])
    const today = new Date(cloud.clock.now()).toISOString().slice(0, 10)
    const { items } = await api.send(new GetUsageCommand({ usagePlanId, startDate: today, endDate: today }))
    expect(items).to.deep.equal({ [keyId]: [[2, 0]] })
    await api.send(
      new UpdateUsageCommand({
        usagePlanId,
        keyId,
        patchOperations: [{ op: 'replace', path: '/remaining', value: '1' }],
      }),
    )
    expect((await ask({ 'x-api-key': value }))[0]).to.equal(200)
    expect(await api.send(new GetApiKeyCommand({ apiKey: keyId }))).not.to.have.property('value')
    const { items: [shown] = [] } = await api.send(new GetApiKeysCommand({ includeValues: true, nameQuery: 'read' }))
    expect(shown?.value).to.equal(value)
    expect((await refusalOf(api.send(new DeleteStageCommand({ restApiId, stageName: 'prod' })))).message).to.contain(
      'Active stage in usage plan cannot be deleted.',
    )
  })

  it('changes by PATCH', async () => {
    const api = client()
    const restApiId = await imported()
    const { id: deploymentId } = await api.send(new CreateDeploymentCommand({ restApiId }))
    await api.send(new CreateStageCommand({ restApiId, stageName: 'v1', deploymentId, variables: { a: '1', b: '2' } }))

    await api.send(
      new UpdateStageCommand({
        restApiId,
        stageName: 'v1',
        patchOperations: [
          { op: 'replace', path: '/variables/a', value: '3' },
          { op: 'remove', path: '/variables/b' },
          { op: 'replace', path: '/*/*/throttling/rateLimit', value: '10' },
          { op: 'replace', path: '/~1books~1{id}/GET/logging/loglevel', value: 'INFO' },
        ],
      }),
    )
    const { variables, methodSettings } = await api.send(new GetStageCommand({ restApiId, stageName: 'v1' }))
    expect(variables).to.deep.equal({ a: '3' })
    expect(methodSettings?.['*/*']?.throttlingRateLimit).to.equal(10)
    expect(methodSettings?.['~1books~1{id}/GET']?.loggingLevel).to.equal('INFO')
    const renamed = await api.send(
      new UpdateRestApiCommand({
        restApiId,
        patchOperations: [
          { op: 'replace', path: '/name', value: 'renamed' },
          { op: 'add', path: '/binaryMediaTypes/image~1png' },
        ],
      }),
    )
    expect(renamed).to.deep.include({ name: 'renamed', binaryMediaTypes: ['image/png'] })
    expect(
      await refusalOf(
        api.send(
          new UpdateRestApiCommand({ restApiId, patchOperations: [{ op: 'replace', path: '/nam', value: 'x' }] }),
        ),
      ),
    ).to.deep.include({ name: 'BadRequestException' })
  })

  it('tags, tests a method, and knows its own answers', async () => {
    const api = client()
    const restApiId = await imported()
    const resourceArn = `arn:aws:apigateway:us-east-1::/restapis/${restApiId}`
    await api.send(new TagResourceCommand({ resourceArn, tags: { team: 'books' } }))
    const { items = [] } = await api.send(new GetResourcesCommand({ restApiId }))
    const resourceId = items.find(({ path }) => path === '/books/{id}')?.id

    const test = await api.send(
      new TestInvokeMethodCommand({ restApiId, resourceId, httpMethod: 'GET', pathWithQueryString: '/books/9' }),
    )
    expect((await api.send(new GetTagsCommand({ resourceArn }))).tags).to.deep.equal({ team: 'books' })
    expect(test).to.include({ status: 200, body: '{"id": "9"}' })
    const own = await api.send(new GetGatewayResponseCommand({ restApiId, responseType: 'INVALID_API_KEY' }))
    expect(own).to.deep.include({ statusCode: '401', defaultResponse: false })
    const standard = await api.send(new GetGatewayResponseCommand({ restApiId, responseType: 'THROTTLED' }))
    expect(standard).to.deep.include({ statusCode: '429', defaultResponse: true })
  })

  it('refuses in the words of API Gateway', async () => {
    const api = client()
    const restApiId = await imported()

    expect(await refusalOf(api.send(new GetRestApiCommand({ restApiId: 'none' })))).to.deep.include({
      name: 'NotFoundException',
      message: 'Invalid API identifier specified 123456789012:none',
    })
    const { rootResourceId: parentId } = await api.send(new GetRestApiCommand({ restApiId }))
    expect(
      await refusalOf(api.send(new CreateResourceCommand({ restApiId, parentId, pathPart: 'books' }))),
    ).to.deep.include({
      name: 'ConflictException',
      message: 'Another resource with the same parent already has this name: books',
    })
    expect((await refusalOf(api.send(new ImportRestApiCommand({ body: Buffer.from('{"a":') })))).name).to.equal(
      'BadRequestException',
    )
    expect(
      (
        await refusalOf(
          api.send(new PutRestApiCommand({ restApiId, mode: 'overwrite', body: bodyOf({ openapi: '4', paths: {} }) })),
        )
      ).message,
    ).to.contain('Unsupported OpenAPI version')
    const { id: empty = '' } = await api.send(new CreateRestApiCommand({ name: 'empty' }))
    expect(await refusalOf(api.send(new CreateDeploymentCommand({ restApiId: empty })))).to.deep.include({
      name: 'BadRequestException',
      message: "The REST API doesn't contain any methods",
    })
    expect(await refusalOf(api.send(new GetRestApisCommand({ position: 'x' })))).to.deep.include({
      name: 'BadRequestException',
    })
  })
})
