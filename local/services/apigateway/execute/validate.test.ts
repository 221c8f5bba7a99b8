import { expect } from 'chai'
import type { DeployedApi } from '../types.ts'
import { deployedApi, headerOf, jsonOf, mockOf, openServices, requestOf, type Services, textOf } from './fixture.ts'

describe('request validation', () => {
  let services: Services
  before(async () => {
    services = await openServices()
  })
  after(() => services.stop())

  const author = {
    $schema: 'http://json-schema.org/draft-04/schema#',
    type: 'object',
    required: ['name'],
    properties: { name: { type: 'string', minLength: 2 } },
  }
  const book = {
    $schema: 'http://json-schema.org/draft-04/schema#',
    type: 'object',
    required: ['title', 'isbn'],
    additionalProperties: false,
    properties: {
      title: { type: 'string', maxLength: 5 },
      isbn: { type: 'string', pattern: '^[0-9-]+$' },
      year: { type: 'integer', minimum: 1450, exclusiveMinimum: true },
      kind: { enum: ['novel', 'poem'] },
      tags: { type: 'array', uniqueItems: true, maxItems: 2 },
      author: { $ref: 'https://apigateway.amazonaws.com/restapis/a1b2c3/models/Author' },
      slow: { type: 'string', pattern: '^(a+)+$' },
      part: { $ref: '#/definitions/part' },
    },
    definitions: { part: { type: 'number' } },
  }
  const api = deployedApi({
    methods: {
      'POST /books': mockOf('{}', {
        requestValidatorId: 'body',
        requestModels: { 'application/json': 'Book' },
        requestParameters: { 'method.request.header.X-None': true },
      }),
      'GET /books/{id}': mockOf('{}', {
        requestValidatorId: 'parameters',
        requestParameters: {
          'method.request.querystring.page': true,
          'method.request.header.X-One': true,
          'method.request.path.id': true,
          'method.request.querystring.size': false,
        },
      }),
      'POST /wrong': mockOf('{}', { requestValidatorId: 'body', requestModels: { $default: 'Wrong' } }),
      'POST /free': mockOf('{}', { requestModels: { 'application/json': 'Book' } }),
    },
    models: [
      { name: 'Author', contentType: 'application/json', schema: JSON.stringify(author) },
      { name: 'Book', contentType: 'application/json', schema: JSON.stringify(book) },
      {
        name: 'Wrong',
        contentType: 'application/json',
        schema: '{"$ref": "https://apigateway.amazonaws.com/restapis/a1b2c3/models/None"}',
      },
    ],
    requestValidators: [
      { id: 'body', name: 'body', validateRequestBody: true, validateRequestParameters: false },
      { id: 'parameters', name: 'parameters', validateRequestBody: false, validateRequestParameters: true },
    ],
    gatewayResponses: [
      {
        responseType: 'BAD_REQUEST_BODY',
        statusCode: '400',
        responseTemplates: {
          'application/json': '{"message":$context.error.messageString,"why":"$context.error.validationErrorString"}',
        },
      },
    ],
  })
  const plain = { ...api, gatewayResponses: [] }
  const ask = (line: string, body: unknown = '', headers = {}, deployed: DeployedApi = plain) =>
    services.executor.execute(
      deployed,
      requestOf(line, { body: typeof body === 'string' ? body : JSON.stringify(body), headers }),
    )
  const right = { title: 'Emma', isbn: '1-2' }

  it('takes what fits the model', async () => {
    for (const more of [
      {},
      { year: 1815 },
      { kind: 'novel', tags: ['a', 'b'] },
      { author: { name: 'Jane' } },
      { part: 1 },
    ])
      expect((await ask('POST /books', { ...right, ...more })).status).to.equal(200)
  })

  it('answers 400 to what does not', async () => {
    const response = await ask('POST /books', { title: 'Emma' })

    expect([response.status, textOf(response)]).to.deep.equal([400, '{"message": "Invalid request body"}'])
    expect(headerOf(response, 'x-amzn-errortype')).to.equal('BadRequestException')
  })

  // The words of the validator that AWS uses.
  for (const [given, why] of [
    [{}, 'object has missing required properties (["isbn","title"])'],
    [{ ...right, title: 5 }, 'instance type (integer) does not match any allowed primitive type (allowed: ["string"])'],
    [{ ...right, title: 'too long' }, 'string "too long" is too long (length: 8, maximum allowed: 5)'],
    [{ ...right, isbn: 'x' }, 'ECMA 262 regex "^[0-9-]+$" does not match input string "x"'],
    [{ ...right, slow: 'b' }, 'ECMA 262 regex "^(a+)+$" does not match input string "b"'],
    [{ ...right, year: 1449 }, 'numeric instance is lower than the required minimum (minimum: 1450, found: 1449)'],
    [
      { ...right, year: '1' },
      'instance type (string) does not match any allowed primitive type (allowed: ["integer"])',
    ],
    [{ ...right, kind: 'x' }, 'instance value ("x") not found in enum (possible values: ["novel","poem"])'],
    [{ ...right, tags: ['a', 'a'] }, 'array must not contain duplicate elements'],
    [{ ...right, tags: [1, 2, 3] }, 'array is too long: must have at most 2 elements but instance has 3 elements'],
    [{ ...right, none: 1 }, 'object instance has properties which are not allowed by the schema: ["none"]'],
    [{ ...right, author: { name: 'J' } }, 'string "J" is too short (length: 1, required minimum: 2)'],
    [
      { ...right, part: 'x' },
      'instance type (string) does not match any allowed primitive type (allowed: ["integer","number"])',
    ],
  ] as const)
    it(`says: ${why}`, async () => {
      const response = await ask('POST /books', given, {}, api)
      const text = textOf(response)

      expect(text).to.equal(`{"message":"Invalid request body","why":"[${why}]"}`)
    })

  it('refuses what is no JSON, nothing, and what takes too long', async () => {
    for (const body of ['{', '', '[1]', 'null', `${'['.repeat(50_000)}`, { ...right, slow: `${'a'.repeat(50)}!` }])
      expect((await ask('POST /books', body)).status).to.equal(400)
  })

  it('gives up what would hold up the whole cloud', async () => {
    const bombs = (schema: object) =>
      deployedApi({
        methods: {
          'POST /a': mockOf('{}', { requestValidatorId: 'v', requestModels: { 'application/json': 'Bomb' } }),
        },
        requestValidators: [{ id: 'v', validateRequestBody: true }],
        models: [{ name: 'Bomb', contentType: 'application/json', schema: JSON.stringify(schema) }],
        gatewayResponses: [
          {
            responseType: 'BAD_REQUEST_BODY',
            responseTemplates: { 'application/json': '$context.error.validationErrorString' },
          },
        ],
      })
    const answer = async (schema: object, body: string) => {
      const response = await services.executor.execute(bombs(schema), requestOf('POST /a', { body }))
      return [response.status, textOf(response)]
    }
    const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
    const twice = { type: 'array', items: { $ref: '#/definitions/a' } }
    const growing = { definitions: { a: { anyOf: [twice, { ...twice }] } }, $ref: '#/definitions/a' }
    const late = [400, '[The body takes too long to check]']

    expect(await answer(growing, deep(40).replace('[]', '[1]'))).to.deep.equal(late)
    expect(await answer({ allOf: [{ $ref: '#' }] }, '{}')).to.deep.equal(late)
    expect((await answer({ enum: [1] }, deep(50_000)))[0]).to.equal(400)
    const [status, text] = await answer({ items: { type: 'string' } }, `[${'1,'.repeat(500)}1]`)
    expect([status, `${text}`.split('instance type')]).to.have.nested.property('[1].length', 51)
    expect(services.log.filter(({ level }) => level === 'error')).to.deep.equal([])
  })

  it('does not look at what has no model, or no validator', async () => {
    expect((await ask('POST /books', { statusCode: 200 }, { 'Content-Type': 'text/plain' })).status).to.equal(200)
    expect((await ask('POST /free', 'x')).status).to.equal(200)
  })

  it('answers 500 where the model names one that is not there', async () => {
    expect((await ask('POST /wrong', {})).status).to.equal(500)
  })

  it('names the parameters that are missing', async () => {
    const response = await ask('GET /books/5?page=&size=1')

    expect(response.status).to.equal(400)
    expect(jsonOf(response)).to.deep.equal({ message: 'Missing required request parameters: [page, X-One]' })
    expect((await ask('GET /books/5?page=1', '', { 'x-one': '1' })).status).to.equal(200)
  })
})
