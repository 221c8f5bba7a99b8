// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are templates of Velocity
import type { Integration, Method } from '@aws-sdk/client-api-gateway'
import { expect } from 'chai'
import fc from 'fast-check'
import { deployedApi, headerOf, jsonOf, openServices, requestOf, type Services, textOf, uriOf } from './fixture.ts'
import { createBudget } from './vtl/budget.ts'
import { inputOf } from './vtl/input.ts'

describe('mapping', () => {
  let services: Services
  before(async () => {
    services = await openServices()
    await services.addFunction('echo', 'export const handler = async (event) => event')
    await services.addFunction('greet', 'export const handler = async ({ name }) => `Hello ${name}!`')
    await services.addFunction('fail', 'export const handler = async ({ message }) => { throw new Error(message) }')
  })
  after(() => services.stop())

  const ask = (method: Method, line = 'POST /pets/5', more: Parameters<typeof requestOf>[1] = {}, sketch = {}) => {
    const api = deployedApi({
      methods: { 'ANY /pets/{id}': method },
      stage: { variables: { color: 'blue' } },
      ...sketch,
    })
    return services.executor.execute(api, requestOf(line, more))
  }
  const lambda = (name: string, more: Partial<Integration> = {}): Method => ({
    methodIntegration: {
      type: 'AWS',
      httpMethod: 'POST',
      uri: uriOf(name),
      integrationResponses: { 200: { statusCode: '200' } },
      ...more,
    },
  })
  /** The text that a request template makes: an echo of JSON. */
  const mapped = async (template: string, body: string, line = 'POST /pets/5?q=1&q=2', headers = {}) =>
    textOf(await ask(lambda('echo', { requestTemplates: { 'application/json': template } }), line, { body, headers }))

  // API Gateway developer guide, "Mapping template examples" and "Variables for data transformations".
  for (const [template, body, wanted] of [
    [
      '#set($inputRoot = $input.path(\'$\'))\n{"first": "$inputRoot.bin[0].name"}',
      '{"bin":[{"name":"a"}]}',
      '{"first":"a"}',
    ],
    [
      "$input.json('$')",
      '{"b":1,"10":[true,null,1.50],"a":"x\\n\\"y\\""}',
      '{"10":[true,null,1.5],"b":1,"a":"x\\n\\"y\\""}',
    ],
    [
      '{"body": $input.json(\'$.mykey\')}',
      '{"mykey":"a \\"quote\\" \\\\ \\n 😀"}',
      '{"body":"a \\"quote\\" \\\\ \\n 😀"}',
    ],
    ['{"body": $input.json(\'$.missing\')}', '{}', '{"body":""}'],
    [
      "{\"name\": \"$input.params('id')-$input.params('q')-$input.params('x-one')-$input.params('none')\"}",
      '',
      '{"name":"5-2-1-"}',
    ],
    ["$input.json('$')", '', '{}'],
    ['{"body": "$util.escapeJavaScript($input.body)"}', '{"a":"x"}', '{"body":"{\\"a\\":\\"x\\"}"}'],
    [
      '{"e": "$util.base64Encode($input.path(\'$.a\'))", "d": "$util.base64Decode(\'aMOp\')"}',
      '{"a":"hé"}',
      '{"e":"aMOp","d":"hé"}',
    ],
    [
      '{"e": "$util.urlEncode($input.path(\'$.a\'))", "d": "$util.urlDecode(\'a%20b+c\')"}',
      '{"a":"a b&ü*~"}',
      '{"e":"a+b%26%C3%BC*%7E","d":"a b c"}',
    ],
    [
      '#set($errorMessageObj = $util.parseJson($input.path(\'$.errorMessage\')))\n{"id": $errorMessageObj.key1.list[1]}',
      '{"errorMessage":"{\\"key1\\":{\\"list\\":[1,2]}}"}',
      '{"id":2}',
    ],
    [
      '#set($all = $input.params())\n{#foreach($type in $all.keySet())#set($p = $all.get($type))"$type":{#foreach($n in $p.keySet())"$n":"$util.escapeJavaScript($p.get($n))"#if($foreach.hasNext),#end#end}#if($foreach.hasNext),#end#end}',
      '',
      '{"path":{"id":"5"},"querystring":{"q":"2"},"header":{"X-One":"1"}}',
    ],
    [
      "#set($body = $input.path('$'))#set($body.url = \"https://example.com/$body.id\")$input.json('$')",
      '{"id":3}',
      '{"id":3,"url":"https://example.com/3"}',
    ],
    [
      '{"n": [#foreach($e in $input.path(\'$.list\'))$e.size#if($foreach.hasNext), #end#end], "count": $input.path(\'$.list\').size()}',
      '{"list":[{"size":1},{"size":2}]}',
      '{"n":[1,2],"count":2}',
    ],
    [
      '{"all": $input.json(\'$..name\'), "slice": $input.json(\'$.l[0:2]\'), "last": $input.path(\'$.l[-1]\')}',
      '{"l":[1,2,3],"a":{"name":"x"},"name":"y"}',
      '{"all":["y","x"],"slice":[1,2],"last":3}',
    ],
    [
      '{"stage": "$stageVariables.color", "none": "$stageVariables.none$context.none"}',
      '',
      '{"stage":"blue","none":""}',
    ],
    [
      '{"c": "$context.httpMethod $context.resourcePath $context.path $context.stage $context.identity.sourceIp $context.apiId $context.accountId"}',
      '',
      '{"c":"POST /pets/{id} /prod/pets/5 prod 192.0.2.1 a1b2c3 123456789012"}',
    ],
  ] as const)
    it(`renders ${template.slice(0, 60)}`, async () => {
      expect(JSON.parse(await mapped(template, body, undefined, { 'X-One': '1' }))).to.deep.equal(JSON.parse(wanted))
    })

  it('keeps the order of keys and every digit of numbers', () => {
    const body = '{"b":1,"2":12345678901234567890,"1":1.50,"e":1e3}'

    expect(inputOf(body, new Map()).call('json', ['$'], createBudget())).to.equal(body)
  })

  it('brings any text unharmed through $input.json and escapeJavaScript', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (name) => {
        const made = await mapped(`{"a": $input.json('$.name')}`, JSON.stringify({ name }))
        expect(JSON.parse(made)).to.deep.equal({ a: name })
      }),
      { numRuns: 25 },
    )
    const long = '😀"\\\n\''.repeat(2000)
    expect(JSON.parse(await mapped(`{"a": $input.json('$.name')}`, JSON.stringify({ name: long })))).to.deep.equal({
      a: long,
    })
  })

  it('answers 400 when the body is no JSON, or the template makes none', async () => {
    const notJson = await ask(
      lambda('echo', { requestTemplates: { 'application/json': "$input.json('$')" } }),
      undefined,
      { body: 'hello' },
    )
    const madeNone = await ask(lambda('echo', { requestTemplates: { 'application/json': '{"a": }' } }))

    for (const response of [notJson, madeNone]) {
      expect(response.status).to.equal(400)
      expect((jsonOf(response) as { message: string }).message).to.match(/^Could not parse request body into json: /)
    }
  })

  it('answers 500 when the template fails', async () => {
    const response = await ask(lambda('echo', { requestTemplates: { 'application/json': '#if($x)' } }))

    expect([response.status, textOf(response)]).to.deep.equal([500, '{"message": "Internal server error"}'])
  })

  for (const [behaviour, type, status] of [
    ['WHEN_NO_MATCH', 'text/plain', 200],
    ['when_no_match', 'text/plain', 200],
    ['WHEN_NO_TEMPLATES', 'text/plain', 415],
    ['NEVER', 'text/plain', 415],
    ['NEVER', 'application/json; charset=utf-8', 200],
  ] as const)
    it(`answers ${status} to ${type} when ${behaviour}`, async () => {
      const method = lambda('echo', {
        passthroughBehavior: behaviour,
        requestTemplates: { 'application/json': '{"a":1}' },
      })
      const response = await ask(method, undefined, { body: '{"b":2}', headers: { 'Content-Type': type } })

      expect(response.status).to.equal(status)
      if (status === 415) expect(textOf(response)).to.equal('{"message": "Unsupported Media Type"}')
      else expect(jsonOf(response)).to.deep.equal(type === 'text/plain' ? { b: 2 } : { a: 1 })
    })

  it('passes a body on WHEN_NO_TEMPLATES when there are none', async () => {
    const response = await ask(lambda('echo', { passthroughBehavior: 'WHEN_NO_TEMPLATES' }), undefined, {
      body: '{"b":2}',
    })

    expect(jsonOf(response)).to.deep.equal({ b: 2 })
  })

  const errors = lambda('fail', {
    integrationResponses: {
      200: { statusCode: '200' },
      404: {
        statusCode: '404',
        selectionPattern: '.*404.*',
        responseTemplates: { 'application/json': '{"error": $input.json(\'$.errorMessage\')}' },
      },
      409: { statusCode: '409', selectionPattern: 'Conflict' },
    },
  })
  for (const [message, status] of [
    ['Book 404 not found', 404],
    ['Conflict', 409],
    ['A Conflict', 200],
    ['line one\n404', 200],
  ] as const)
    it(`selects ${status} for the error ${JSON.stringify(message)}`, async () => {
      const response = await ask(errors, undefined, { body: JSON.stringify({ message }) })

      expect(response.status).to.equal(status)
      expect(jsonOf(response)).to.include(status === 404 ? { error: message } : { errorMessage: message })
    })

  it('answers 500 when no response fits and there is no default', async () => {
    const method = lambda('fail', { integrationResponses: { 404: { statusCode: '404', selectionPattern: 'x' } } })

    expect((await ask(method, undefined, { body: '{"message":"y"}' })).status).to.equal(500)
  })

  it('maps headers of the response, and what templates override', async () => {
    const method = lambda('greet', {
      integrationResponses: {
        200: {
          statusCode: '200',
          responseParameters: {
            'method.response.header.X-Fixed': "'one, two'",
            'method.response.header.X-Type': 'integration.response.header.Content-Type',
            'method.response.header.X-Stage': 'stageVariables.color',
            'method.response.header.X-Id': 'context.requestId',
            'method.response.header.X-Body': 'integration.response.body.none',
          },
          responseTemplates: {
            'application/json':
              '#set($context.responseOverride.status = 201)#set($context.responseOverride.header.X-Fixed = "three"){"greeting": $input.json(\'$\')}',
            'text/plain': "$input.path('$')",
          },
        },
      },
    })
    const response = await ask(method, undefined, { body: '{"name":"\\"Zoë\\""}' })
    const plain = await ask(method, undefined, { body: '{"name":"Zoë"}', headers: { Accept: 'text/plain' } })

    expect([response.status, textOf(response)]).to.deep.equal([201, '{"greeting": "Hello \\"Zoë\\"!"}'])
    expect(headerOf(response, 'x-fixed')).to.equal('three')
    expect(headerOf(response, 'x-type')).to.equal('application/json')
    expect(headerOf(response, 'x-stage')).to.equal('blue')
    expect(headerOf(response, 'x-id')).to.equal('11111111-2222-4333-8444-555555555555')
    expect(headerOf(response, 'x-body')).to.equal(undefined)
    expect([plain.status, textOf(plain), headerOf(plain, 'content-type')]).to.deep.equal([
      200,
      'Hello Zoë!',
      'text/plain',
    ])
  })

  it('invokes with X-Amz-Invocation-Type Event and answers at once', async () => {
    const method = lambda('greet', {
      requestParameters: { 'integration.request.header.X-Amz-Invocation-Type': "'Event'" },
    })
    const response = await ask(method, undefined, { body: '{}' })

    expect([response.status, textOf(response)]).to.deep.equal([200, ''])
  })

  it('serves CORS from a mock', async () => {
    const method: Method = {
      methodIntegration: {
        type: 'MOCK',
        requestTemplates: { 'application/json': '{"statusCode": 204}' },
        integrationResponses: {
          204: {
            statusCode: '204',
            responseParameters: { 'method.response.header.Access-Control-Allow-Origin': "'*'" },
          },
        },
      },
    }
    const response = await ask(method, 'OPTIONS /pets/1')

    expect(response.status).to.equal(204)
    expect(headerOf(response, 'access-control-allow-origin')).to.equal('*')
  })

  it('answers 500 to a mock that names no status', async () => {
    expect((await ask({ methodIntegration: { type: 'MOCK' } }, 'GET /pets/1')).status).to.equal(500)
  })
})
