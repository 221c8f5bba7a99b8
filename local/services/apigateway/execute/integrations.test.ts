import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { APIGatewayClient, CreateDeploymentCommand, ImportRestApiCommand } from '@aws-sdk/client-api-gateway'
import { CreateTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { withCloud } from '../../../../tests/cloud.ts'
import { LOCAL } from '../../../door/fixture.ts'
import { presign } from '../../../door/signing.ts'
import { createRole, trust } from '../../lambda/fixture.ts'
import { ACCOUNT } from './fixture.ts'

const gatewayTrust = trust({ Service: 'apigateway.amazonaws.com' })

describe('integrations through the door', () => {
  const cloud = withCloud()
  let backend: Server
  let port: number
  let api: string
  let client: APIGatewayClient

  const integration = (more: object) => ({
    responses: { 200: { description: 'ok' } },
    'x-amazon-apigateway-integration': { httpMethod: 'POST', responses: { default: { statusCode: '200' } }, ...more },
  })
  const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`
  const dynamodb = (action: string, credentials: string, template: string, responses = {}) =>
    integration({
      type: 'aws',
      uri: `arn:aws:apigateway:us-east-1:dynamodb:action/${action}`,
      credentials: role(credentials),
      requestTemplates: { 'application/json': template },
      responses: { default: { statusCode: '200' }, ...responses },
    })

  before(async () => {
    backend = createServer((request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        const { method, url, headers } = request
        response.statusCode = url?.startsWith('/missing') ? 404 : 200
        response.setHeader('X-Backend', 'yes')
        response.setHeader('Content-Type', 'application/json')
        response.end(
          JSON.stringify({
            method,
            url,
            one: headers['x-one'],
            api: headers['x-amzn-apigateway-api-id'],
            fixed: headers['x-fixed'],
            body: Buffer.concat(parts).toString(),
          }),
        )
      })
    })
    await new Promise<void>((done) => backend.listen(0, '127.0.0.1', done))
    port = (backend.address() as AddressInfo).port
    const config = cloud.config()
    await createRole(
      config,
      'writer',
      [
        { Effect: 'Allow', Action: 'events:PutEvents', Resource: '*' },
        {
          Effect: 'Allow',
          Action: ['dynamodb:PutItem', 'dynamodb:GetItem'],
          Resource: `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/books`,
        },
      ],
      gatewayTrust,
    )
    await createRole(
      config,
      'reader',
      [
        { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: '*' },
        { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::api-*/*' },
      ],
      gatewayTrust,
    )
    await createRole(config, 'stranger', [])
    await createRole(config, 'basic')
    const database = new DynamoDBClient(config)
    await database.send(
      new CreateTableCommand({
        TableName: 'books',
        KeySchema: [{ AttributeName: 'isbn', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'isbn', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    )
    const s3 = new S3Client({ ...config, forcePathStyle: true })
    await s3.send(new CreateBucketCommand({ Bucket: 'api-pictures' }))
    await s3.send(new PutObjectCommand({ Bucket: 'api-pictures', Key: 'images/a b.txt', Body: 'a picture' }))
    await s3.send(new CreateBucketCommand({ Bucket: 'api-secrets' }))
    await s3.send(new PutObjectCommand({ Bucket: 'api-secrets', Key: 'a.txt', Body: 'a secret' }))
    client = new APIGatewayClient(config)
    const put = `{"TableName": "books", "Item": {"isbn": {"S": "$input.params('isbn')"}, "title": {"S": $input.json('$.title')}}}`
    const get = `{"TableName": "books", "Key": {"isbn": {"S": "$input.params('isbn')"}}}`
    const definition = {
      swagger: '2.0',
      info: { title: 'integrations', version: '1' },
      paths: {
        '/books/{isbn}': {
          put: dynamodb('PutItem', 'writer', put),
          post: dynamodb('PutItem', 'reader', put, {
            '4\\d\\d': {
              statusCode: '403',
              responseTemplates: { 'application/json': '{"told": $input.json(\'$.__type\')}' },
            },
          }),
          delete: dynamodb('DeleteItem', 'stranger', get),
          get: dynamodb('GetItem', 'reader', get, {
            default: {
              statusCode: '200',
              responseTemplates: { 'application/json': '{"title": $input.json(\'$.Item.title.S\')}' },
            },
          }),
        },
        '/files/{key+}': {
          get: integration({
            type: 'aws',
            httpMethod: 'GET',
            uri: 'arn:aws:apigateway:us-east-1:s3:path/api-pictures/{key}',
            credentials: role('reader'),
            requestParameters: { 'integration.request.path.key': 'method.request.path.key' },
            responses: { default: { statusCode: '200' }, '4\\d\\d': { statusCode: '404' } },
          }),
        },
        '/http/{path}': {
          post: integration({
            type: 'http',
            uri: `http://127.0.0.1:${port}/{where}`,
            requestParameters: {
              'integration.request.path.where': 'method.request.path.path',
              'integration.request.querystring.q': 'method.request.querystring.question',
              'integration.request.header.X-Fixed': "'fixed'",
            },
            requestTemplates: { 'application/json': '{"made": true}' },
            responses: {
              default: {
                statusCode: '200',
                responseParameters: { 'method.response.header.X-From': 'integration.response.header.X-Backend' },
              },
              404: { statusCode: '410' },
            },
          }),
          get: integration({ type: 'http', uri: 'http://127.0.0.1:1/' }),
        },
        '/proxy/{proxy+}': {
          'x-amazon-apigateway-any-method': integration({
            type: 'http_proxy',
            httpMethod: 'ANY',
            uri: `http://127.0.0.1:${port}/{proxy}`,
            requestParameters: { 'integration.request.path.proxy': 'method.request.path.proxy' },
          }),
        },
        '/based/{proxy+}': {
          get: integration({
            type: 'http_proxy',
            httpMethod: 'GET',
            uri: `http://127.0.0.1:${port}/base/{proxy}`,
            requestParameters: { 'integration.request.path.proxy': 'method.request.path.proxy' },
          }),
        },
        '/cloud/{proxy+}': {
          'x-amazon-apigateway-any-method': integration({
            type: 'http_proxy',
            httpMethod: 'ANY',
            uri: `${cloud.cloud.url}/{proxy}`,
            requestParameters: { 'integration.request.path.proxy': 'method.request.path.proxy' },
          }),
        },
        '/page': { get: integration({ type: 'http', httpMethod: 'GET', uri: `${cloud.cloud.url}/_console/` }) },
        '/events': {
          post: integration({
            type: 'aws',
            uri: 'arn:aws:apigateway:us-east-1:events:action/PutEvents',
            credentials: role('writer'),
            requestTemplates: {
              'application/json':
                '{"Entries": [{"Source": "api", "DetailType": "test", "Detail": "$util.escapeJavaScript($input.body).replaceAll("\\\\\'", "\'")"}]}',
            },
            responses: { default: { statusCode: '200' } },
          }),
        },
        '/plain': {
          get: integration({ type: 'mock', requestTemplates: { 'application/json': '{"statusCode": 200}' } }),
        },
      },
    }
    const body = Buffer.from(JSON.stringify(definition))
    const { id = '' } = await client.send(new ImportRestApiCommand({ body }))
    api = id
    await client.send(new CreateDeploymentCommand({ restApiId: api, stageName: 'prod' }))
  })
  after(() => new Promise((done) => backend.close(done)))

  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${cloud.cloud.url}/restapis/${api}/prod/_user_request_${path}`, init)
  const json = { 'Content-Type': 'application/json' }

  it('calls DynamoDB as the role of the integration', async () => {
    const title = 'Émma "1815" \\ 😀\n'
    const put = await ask('/books/1-2', { method: 'PUT', headers: json, body: JSON.stringify({ title }) })
    const got = await ask('/books/1-2')
    const { Item } = await new DynamoDBClient(cloud.config()).send(
      new GetItemCommand({ TableName: 'books', Key: { isbn: { S: '1-2' } } }),
    )

    expect([put.status, await put.text()]).to.deep.equal([200, '{}'])
    expect(await got.json()).to.deep.equal({ title })
    expect(Item?.title).to.deep.equal({ S: title })
  })

  it('answers what the service refuses by its response for 4xx', async () => {
    const response = await ask('/books/1', { method: 'POST', headers: json, body: '{"title":"x"}' })

    expect([response.status, await response.json()]).to.deep.equal([
      403,
      { told: 'com.amazon.coral.service#AccessDeniedException' },
    ])
  })

  it('answers 500 when API Gateway may not take the role on', async () => {
    const response = await ask('/books/1', { method: 'DELETE' })

    expect([response.status, await response.text()]).to.deep.equal([500, '{"message": "Internal server error"}'])
  })

  it('puts events on the bus as the role of the integration', async () => {
    const response = await ask('/events', { method: 'POST', headers: json, body: '{"who":"it\'s \\"me\\""}' })

    expect(response.status).to.equal(200)
    expect(await response.json()).to.include({ FailedEntryCount: 0 })
  })

  it('reads objects of S3 by path', async () => {
    const response = await ask('/files/images/a%20b.txt')

    expect([response.status, await response.text()]).to.deep.equal([200, 'a picture'])
    expect((await ask('/files/none')).status).to.equal(404)
  })

  it('asks an HTTP backend with what is mapped', async () => {
    const response = await ask('/http/a%20b?question=why', { method: 'POST', headers: json, body: '{}' })

    expect(response.headers.get('x-from')).to.equal('yes')
    expect(await response.json()).to.deep.equal({
      method: 'POST',
      url: '/a%20b?q=why',
      fixed: 'fixed',
      api,
      body: '{"made": true}',
    })
    expect((await ask('/http/missing', { method: 'POST', headers: json, body: '{}' })).status).to.equal(410)
  })

  it('hands a request on to an HTTP backend as it is', async () => {
    const response = await ask('/proxy/a/b%20c?x=1&x=2', {
      method: 'PATCH',
      headers: { ...json, 'X-One': '1', 'X-Amzn-Apigateway-Api-Id': 'forged' },
      body: '{"a":1}',
    })

    expect(await response.json()).to.deep.equal({
      method: 'PATCH',
      url: '/a/b%20c?x=1&x=2',
      one: '1',
      api,
      body: '{"a":1}',
    })
    expect(response.headers.get('x-backend')).to.equal('yes')
    expect((await ask('/proxy/missing')).status).to.equal(404)
  })

  it('goes no way upwards that a path parameter would lead', async () => {
    const web = await ask('/based/..%2Fadmin/%2E%2E%2F')
    const file = await ask('/files/..%2Fapi-secrets%2Fa.txt')

    expect(await web.json()).to.include({ url: '/base/../admin/../' })
    expect([file.status, await file.text()]).to.have.nested.property('[0]', 404)
  })

  it('does not lead to the console, nor to services by the public key', async () => {
    const path = '/?Action=GetCallerIdentity&Version=2011-06-15'
    const date = new Date(cloud.clock.now())
    const presigned = await presign(cloud.cloud.url, { path }, LOCAL, { service: 'sts', date })

    expect((await fetch(`${cloud.cloud.url}${presigned}`)).status).to.equal(200)
    expect((await ask(`/cloud/${presigned}`)).status).to.equal(403)
    expect((await ask('/page')).status).to.equal(200)
    expect(await (await ask('/page')).text()).to.contain('APIs may not use the console')
    expect(await (await ask('/cloud/_console/')).text()).to.contain('APIs may not use the console')
  })

  it('answers 504 when there is no backend', async () => {
    const response = await ask('/http/x')

    expect([response.status, await response.text()]).to.deep.equal([
      504,
      '{"message": "Network error communicating with endpoint"}',
    ])
  })
})
