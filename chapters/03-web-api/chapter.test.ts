import {
  APIGatewayClient,
  GetResourcesCommand,
  GetRestApisCommand,
  TestInvokeMethodCommand,
} from '@aws-sdk/client-api-gateway'
import { expect } from 'chai'
import fc from 'fast-check'
import { addressOf, ask } from '../../tests/apis.ts'
import { chain } from '../../tests/chains/03.ts'
import { takeSteps } from '../../tests/chains/local.ts'
import { told, withCloud } from '../../tests/cloud.ts'

/** A text for a path or query. */
const sent = encodeURIComponent

describe('My Utilities on the local cloud', () => {
  const cloud = withCloud({ chapter: '03' })
  const get = (path: string, headers: Record<string, string> = {}) =>
    ask(`${addressOf(cloud, 'MyUtilitiesUrl')}${path}`, { headers })

  for (const [path, body] of [
    ['/greeting?name=John', { greeting: 'Hello John!' }],
    ['/greeting?name=', { greeting: 'Hello World!' }],
    ['/greeting', { greeting: 'Hello World!' }],
    ['/user/John/greet', { greeting: 'Hello John!' }],
    ['/my-ip', { myip: '127.0.0.1' }],
    ['/say?greet=Hi&name=John', { greeting: 'Hi John!' }],
    ['/say?greet=Hi', { greeting: 'Hi World!' }],
    ['/say?name=John', { greeting: 'Hello John!' }],
    ['/say', { greeting: 'Hello World!' }],
    ['/say?greet=&name=', { greeting: 'Hello World!' }],
    ['/users/John/say/Hi', { greeting: 'Hi John!' }],
    ['/user/John/say/Hi', { greeting: 'Hi John!' }],
    ['/proxy/greeting?name=John', { greeting: 'Hello John!' }],
    ['/proxy/greeting', { greeting: 'Hello World!' }],
    ['/proxy/my-ip', { myip: '127.0.0.1' }],
    ['/steps/2/greeting?name=John', { greeting: 'Hello John!' }],
    ['/steps/2/greeting?name=', { greeting: 'Hello !' }],
    ['/steps/2/greeting', { greeting: 'Hello !' }],
    ['/steps/4/greeting?name=', { greeting: 'Hello World!' }],
    ['/steps/4/greeting?name=John', { greeting: 'Hello John!' }],
  ] as const)
    it(`answers ${path} with ${JSON.stringify(body)} (tables 3.3 and 3.4, section 3.5)`, async () => {
      const answer = await get(path)

      expect(answer.text, told(cloud)).to.satisfy((text: string) => text.startsWith('{'))
      expect(answer.json()).to.deep.equal(body)
      expect(answer.status).to.equal(200)
      expect(answer.type).to.equal('application/json')
    })

  takeSteps(chain, cloud)

  it('answers the first step with a bare string that says it is JSON', async () => {
    const { status, type, text } = await get('/steps/1/greeting?name=John')

    expect({ status, type, text }).to.deep.equal({ status: 200, type: 'application/json', text: '"Hello John!"' })
  })

  for (const path of ['/my-ip', '/proxy/my-ip'])
    it(`answers ${path} with the bare address to who accepts text`, async () => {
      const { status, type, text } = await get(path, { Accept: 'text/plain' })

      expect({ status, text }).to.deep.equal({ status: 200, text: '127.0.0.1' })
      expect(type).to.match(/^text\/plain\b/)
    })

  describe('whatever a name is', () => {
    const names: string[] = [
      '"John"',
      "O'Neill",
      'back\\slash',
      '\\\'\\"',
      'two\nlines\r\n\tand a tab',
      '</script>',
      'Zoë 🎉 張偉 \u2028',
      '\u0001\u007f',
      '$input.params("x") #set($a = 1) $!{name} #end',
      'a&b=c+d%20e',
      'x'.repeat(9_900),
      '"'.repeat(3_000),
    ]
    const post = (name: string) =>
      ask(`${addressOf(cloud, 'MyUtilitiesUrl')}/greeting`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ name }),
      })

    for (const name of names)
      it(`${JSON.stringify(name).slice(0, 40)} comes back unharmed`, async () => {
        const greeting = { greeting: `Hello ${name}!` }

        expect((await get(`/greeting?name=${sent(name)}`)).json()).to.deep.equal(greeting)
        expect((await get(`/user/${sent(name)}/greet`)).json()).to.deep.equal(greeting)
        expect((await get(`/users/${sent(name)}/say/Hello`)).json()).to.deep.equal(greeting)
        expect((await get(`/say?name=${sent(name)}`)).json()).to.deep.equal(greeting)
        expect((await get(`/say?greet=Hello&name=${sent(name)}`)).json()).to.deep.equal(greeting)
        expect((await get(`/proxy/greeting?name=${sent(name)}`)).json()).to.deep.equal(greeting)
        expect((await post(name)).json()).to.deep.equal(greeting)
      })

    it('10 KB of quotation marks, emoji and line breaks come back in a body', async () => {
      const name = '"🎉\\\n'.repeat(2_000)

      expect((await post(name)).json()).to.deep.equal({ greeting: `Hello ${name}!` })
    })

    it('any text comes back unharmed, by template and by proxy', async function () {
      this.timeout(60_000)
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), async (name) => {
          fc.pre(name.trim() !== '')
          const greeting = { greeting: `Hello ${name}!` }
          expect((await get(`/greeting?name=${sent(name)}`)).json()).to.deep.equal(greeting)
          expect((await get(`/proxy/greeting?name=${sent(name)}`)).json()).to.deep.equal(greeting)
          expect((await post(name)).json()).to.deep.equal(greeting)
        }),
        { numRuns: process.env.TEST_FULL ? 1000 : 60, seed: 3 },
      )
    })
  })

  it('says with 400 what the function refused', async () => {
    const answer = await ask(`${addressOf(cloud, 'MyUtilitiesUrl')}/greeting`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"name":42}',
    })

    expect(answer.status).to.equal(400)
    expect(answer.type).to.equal('application/json')
    expect(answer.json()).to.deep.equal({ message: 'name must be a string, but is 42' })
  })

  it('has another address in the test call of the gateway (listing 3.1)', async () => {
    const client = new APIGatewayClient(cloud.config())
    const { items: apis = [] } = await client.send(new GetRestApisCommand({}))
    const restApiId = apis.find(({ name }) => name === 'My Utilities')?.id
    const { items = [] } = await client.send(new GetResourcesCommand({ restApiId, limit: 500 }))
    const resourceId = items.find(({ path }) => path === '/my-ip')?.id

    const { status, body } = await client.send(
      new TestInvokeMethodCommand({ restApiId, resourceId, httpMethod: 'GET' }),
    )

    expect({ status, body }).to.deep.equal({ status: 200, body: '{ "myip": "test-invoke-source-ip" }' })
  })

  it('takes no body that no template is for', async () => {
    const answer = await ask(`${addressOf(cloud, 'MyUtilitiesUrl')}/greeting`, {
      method: 'POST',
      headers: { 'Content-Type': 'text/plain' },
      body: 'John',
    })

    expect(answer.status).to.equal(415)
    expect(answer.json()).to.deep.equal({ message: 'Unsupported Media Type' })
  })

  for (const method of ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'])
    it(`shows a ${method} below the greedy path`, async () => {
      const body = method === 'GET' ? undefined : 'some “text”'

      const answer = await ask(`${addressOf(cloud, 'MyUtilitiesUrl')}/proxy/any/path?a=1&a=2`, {
        method,
        ...(body ? { body } : {}),
      })

      expect(answer.json()).to.deep.equal({
        method,
        path: '/proxy/any/path',
        proxy: 'any/path',
        query: { a: ['1', '2'] },
        body: body ?? '',
      })
    })

  for (const path of ['', '/', '/nothing', '/greeting/more'])
    it(`knows nothing at "${path}"`, async () => {
      const answer = await get(path)

      expect(answer.status).to.equal(403)
      expect(answer.headers.get('x-amzn-errortype')).to.equal('MissingAuthenticationTokenException')
      expect(answer.json()).to.deep.equal({ message: 'Missing Authentication Token' })
    })
})

describe('a function behind My Utilities that fails', () => {
  /** The greeting is asked from functions of these texts. */
  const failing = (template: string) =>
    template.replace(
      /( {2}GreetingsOnDemand:\n)[\s\S]*?(?=\n {2}# The exercise)/,
      `$1    Type: AWS::Serverless::Function
    Condition: Chapter02
    Properties:
      Timeout: 1
      Handler: index.handler
      InlineCode: |
        exports.handler = async ({ name }) => {
          if (name === 'slow') await new Promise((resolve) => setTimeout(resolve, 5000))
          throw new Error(name + '\\nof two lines')
        }
`,
    )
  const cloud = withCloud({ chapter: '03', change: failing })
  const get = (name: string) => ask(`${addressOf(cloud, 'MyUtilitiesUrl')}/user/${name}/greet`)

  it('is 500 and a fixed sentence', async () => {
    const answer = await get('secret')

    expect(answer.status).to.equal(500)
    expect(answer.json()).to.deep.equal({ message: 'Internal server error' })
  })

  it('is 504 when it takes too long', async () => {
    const answer = await get('slow')

    expect(answer.status).to.equal(504)
    expect(answer.json()).to.deep.equal({ message: 'The function took too long' })
  })

  it('is 400 where its message says what must be', async () => {
    const answer = await get('this%20must%20be%20so')

    expect(answer.status).to.equal(400)
    expect(answer.json()).to.deep.equal({ message: 'this must be so\nof two lines' })
  })
})
