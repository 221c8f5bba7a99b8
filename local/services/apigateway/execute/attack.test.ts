// biome-ignore-all lint/suspicious/noTemplateCurlyInString: strangers may write what looks like a variable
import { expect } from 'chai'
import fc from 'fast-check'
import { deployedApi, mockOf, openServices, requestOf, type Services, textOf } from './fixture.ts'

describe('whatever strangers send', () => {
  let services: Services
  before(async () => {
    services = await openServices()
  })
  after(() => services.stop())

  const everything = `{"statusCode": 200, "b": $input.json('$'), "a": "$util.escapeJavaScript($input.params('id'))",
    #set($all = $input.params())#foreach($place in $all.keySet())#foreach($n in $all.get($place).keySet())
    "$util.escapeJavaScript($n).replaceAll("\\\\'", "'")": "$util.escapeJavaScript($all.get($place).get($n)).replaceAll("\\\\'", "'")",#end#end
    "end": 1}`
  const api = deployedApi({
    methods: {
      'ANY /a/{id}': mockOf('{}', {
        requestValidatorId: 'all',
        requestModels: { 'application/json': 'Thing' },
        methodIntegration: {
          ...mockOf('{}').methodIntegration,
          requestTemplates: { 'application/json': everything },
          requestParameters: {
            'integration.request.header.X': 'method.request.body.a',
            'integration.request.querystring.y': 'method.request.querystring.y',
          },
        },
      }),
      'GET /{proxy+}': mockOf('{"p": "$util.escapeJavaScript($input.params(\'proxy\'))"}'),
      'POST /raw': { methodIntegration: { ...mockOf('{}').methodIntegration, contentHandling: 'CONVERT_TO_BINARY' } },
    },
    restApi: { binaryMediaTypes: ['image/*', 'application/octet-stream'], minimumCompressionSize: 20 },
    requestValidators: [{ id: 'all', validateRequestBody: true, validateRequestParameters: true }],
    models: [
      {
        name: 'Thing',
        contentType: 'application/json',
        schema: '{"type":["object","array","string","number","null","boolean"],"properties":{"a":{"type":"string"}}}',
      },
    ],
    gatewayResponses: [
      {
        responseType: 'DEFAULT_4XX',
        responseParameters: {
          'gatewayresponse.header.X-A': 'method.request.header.x',
          'gatewayresponse.header.X-B': 'method.request.querystring.y',
        },
      },
    ],
  })

  it('is answered, without a fault of ours', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '%',
        '%zz',
        '%00',
        '%ff',
        '..',
        '__proto__',
        'constructor',
        '$input',
        '#end',
        '\r\nX: y',
        '${stageVariables.a}',
        '\u0000',
        '😀',
        '"',
        "\\'",
      ),
    )
    const name = fc.oneof(
      fc.constantFrom(
        'Content-Type',
        'Accept',
        'Cache-Control',
        'X-Api-Key',
        'x',
        'Accept-Encoding',
        '__proto__',
        'Authorization',
      ),
      text,
    )
    const value = fc.oneof(
      text,
      fc.constantFrom('application/json', 'image/png', '*/*', 'gzip', 'max-age=0', 'text/plain; q'),
    )
    const asked = fc.record({
      method: fc.constantFrom('GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'DELETE', 'constructor'),
      path: fc.oneof(
        fc.constantFrom('/raw', '/', '//', '/a/', ''),
        text.map((id) => `/a/${id}`),
        text.map((rest) => `/${rest}`),
      ),
      rawQuery: fc.oneof(
        text,
        text.map((y) => `y=${y}&y`),
      ),
      headers: fc.array(fc.tuple(name, value), { maxLength: 6 }),
      body: fc.oneof(text, fc.json()),
    })
    await fc.assert(
      fc.asyncProperty(asked, async ({ body, ...more }) => {
        const response = await services.executor.execute(api, {
          ...requestOf('GET /'),
          ...more,
          body: Buffer.from(body),
        })

        expect(response.status).to.be.within(200, 504)
        for (const [header, line] of response.headers) {
          expect(header).to.match(/^[\w!#$%&'*+.^`|~-]+$/)
          expect(line).to.match(/^[\t\x20-\x7e\x80-\xff]*$/)
        }
      }),
      { numRuns: 1500 },
    )
    expect(services.log.filter(({ level }) => level === 'error')).to.deep.equal([])
  }).timeout(30_000)

  const loop = (times: number, body: string) => `#foreach($i in [1..${times}])${body}#end`
  const long = (doublings: number) => `#set($a='"aaaaaaaaa')${loop(doublings, '#set($a=$a+$a)')}`
  for (const [what, template] of [
    ['adds a text to itself', long(60)],
    ['puts a text into itself', `#set($a="aaaaaaaaaa")${loop(60, '#set($a="$a$a")')}`],
    ['escapes what is escaped', `#set($a='"""')${loop(60, '#set($a=$util.escapeJavaScript($a))')}`],
    ['encodes what is encoded', `#set($a='%%%%%%')${loop(200, '#set($a=$util.base64Encode($a))')}`],
    ['replaces each letter by ten', `#set($a="aa")${loop(60, '#set($a=$a.replace("a","aaaaaaaaaa"))')}`],
    ['replaces nothing by much', `${long(18)}#set($a=$a.replace("",$a))`],
    ['splits into letters, again and again', `${long(12)}${loop(1000, '#set($x=$a.split(""))')}`],
    ['shows a list that holds itself', '#set($a=[1])#set($x=$a.add($a))$a'],
    ['asks for a parameter by such a list', '#set($a=[1])#set($x=$a.add($a))$input.params($a)'],
    ['shows a list of lists of lists', `#set($a=[1,1])${loop(60, '#set($b=[$a,$a])#set($a=$b)')}$a`],
    ['asks for a parameter by such lists', `#set($a=[1,1])${loop(60, '#set($b=[$a,$a])#set($a=$b)')}$input.params($a)`],
    ['loops in loops', `${'#foreach($i in [1..1000])'.repeat(4)}x${'#end'.repeat(4)}`],
    ['counts far', '#foreach($i in [1..2000000000])x#end'],
    ['calls itself', '#macro(m)#m()#m()#end#m()'],
    ['nests deeply', `#set($a=${'('.repeat(20_000)}1${')'.repeat(20_000)})`],
    ['prints the body again and again', loop(1000, "#set($x=$input.json('$'))")],
    ['looks for everything again and again', loop(1000, "#set($x=$input.path('$..a'))")],
  ])
    it(`ends a template that ${what}`, async () => {
      const requestTemplates = { 'application/json': `${template}` }
      const { methodIntegration } = mockOf('')
      const method = { methodIntegration: { ...methodIntegration, requestTemplates } }
      const bomb = deployedApi({ methods: { 'POST /a': method } })
      const body = JSON.stringify({ a: 'b'.repeat(200_000) })

      const response = await services.executor.execute(bomb, requestOf('POST /a', { body }))

      expect([response.status, textOf(response)]).to.deep.equal([500, '{"message": "Internal server error"}'])
      expect(services.log.filter(({ level }) => level === 'error')).to.deep.equal([])
    }).timeout(60_000)

  it('does not reach another place through a path parameter', async () => {
    const response = await services.executor.execute(api, requestOf('GET /..%2F..%2Fa%22%27%24context.apiId'))

    expect(textOf(response)).to.contain('..\\/..\\/a\\"\\\'$context.apiId')
  })
})
