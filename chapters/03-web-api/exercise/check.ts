import { basename, dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { startCloud } from '../../../tests/cloud.ts'

const file = resolve(process.env.EXERCISE ?? join(import.meta.dirname, 'starter.ts'))
const { template } = (await import(pathToFileURL(file).href)) as { template: string }

const where = (points: string) => `look at README.md beside your file, ${points}`

/** `Fn::Sub` of a text with <names>. */
const sub = (text: string) => ({ 'Fn::Sub': text.replaceAll('<', '${').replaceAll('>', '}') })

/** An API with the one resource /say, made of the template and the function of the reader's file. */
const application = {
  Transform: 'AWS::Serverless-2016-10-31',
  Resources: {
    Say: {
      Type: 'AWS::Serverless::Function',
      Metadata: {
        BuildMethod: 'esbuild',
        BuildProperties: { Format: 'esm', OutExtension: ['.js=.mjs'], Target: 'node24' },
      },
      Properties: { Runtime: 'nodejs24.x', CodeUri: '.', Handler: `${basename(file, '.ts')}.handler` },
    },
    Api: {
      Type: 'AWS::Serverless::Api',
      Properties: {
        StageName: 'prod',
        OpenApiVersion: '3.0.1',
        DefinitionBody: {
          openapi: '3.0.1',
          info: { title: 'Say', version: '1.0' },
          paths: {
            '/say': {
              get: {
                responses: { 200: { description: 'The greeting' }, 500: { description: 'The function failed' } },
                'x-amazon-apigateway-integration': {
                  type: 'aws',
                  httpMethod: 'POST',
                  uri: sub(
                    'arn:<AWS::Partition>:apigateway:<AWS::Region>:lambda:path/2015-03-31/functions/<Say.Arn>/invocations',
                  ),
                  passthroughBehavior: 'when_no_templates',
                  requestTemplates: { 'application/json': template },
                  responses: {
                    default: {
                      statusCode: '200',
                      responseTemplates: { 'application/json': '{ "greeting": $input.json(\'$\') }' },
                    },
                    '[\\s\\S]+': {
                      statusCode: '500',
                      responseTemplates: { 'application/json': "$input.json('$')" },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
    MayInvoke: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: { Ref: 'Say' },
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
        SourceArn: sub('arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<Api>/*/GET/say'),
      },
    },
  },
  Outputs: { Id: { Value: { Ref: 'Api' } } },
}

describe('/say', () => {
  let cloud: Awaited<ReturnType<typeof startCloud>>
  let address: string

  before(async () => {
    cloud = await startCloud()
    const { outputs } = await cloud.cloud.deploy({
      name: 'local',
      template: JSON.stringify(application),
      file: join(dirname(file), 'template.json'),
      parameters: {},
    })
    address = `${cloud.cloud.url}/restapis/${outputs.Id?.value}/prod/_user_request_/say`
  })
  after(() => cloud?.stop())

  /** What the API answers to the parameters: the greeting where there is one, else status and text. */
  const answer = async (parameters: Record<string, string>): Promise<unknown> => {
    const query = new URLSearchParams(parameters).toString()
    const response = await fetch(query ? `${address}?${query}` : address)
    const text = await response.text()
    try {
      if (response.ok) return JSON.parse(text).greeting ?? text
    } catch {
      // no JSON: the text tells more
    }
    return `${response.status} ${text}`
  }

  it('greets with both parameters', async () => {
    expect(await answer({ greet: 'Hi', name: 'John' }), where('the table')).to.equal('Hi John!')
  })

  it('greets with a greeting only', async () => {
    expect(await answer({ greet: 'Hi' }), where('points 1 and 2')).to.equal('Hi World!')
  })

  it('greets with a name only', async () => {
    expect(await answer({ name: 'John' }), where('points 1 and 2')).to.equal('Hello John!')
  })

  it('greets with nothing', async () => {
    expect(await answer({}), where('points 1 and 2')).to.equal('Hello World!')
  })

  it('takes an empty parameter as none', async () => {
    expect(await answer({ greet: '', name: '' }), where('point 1')).to.equal('Hello World!')
  })

  for (const name of ['"John"', "O'Neill", '\\', "\\'", 'two\nlines', 'Zoë 🎉', '$name #end {}', '"'.repeat(500)])
    it(`gives back ${JSON.stringify(name).slice(0, 20)} unharmed`, async () => {
      expect(await answer({ greet: 'Hi', name }), where('point 3')).to.equal(`Hi ${name}!`)
    })
})
