import { join } from 'node:path'
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda'
import { expect } from 'chai'
import { startCloud } from '../../../tests/cloud.ts'
import { type Caller, connect } from '../lib/client.ts'
import { guestOf } from '../lib/identity.ts'

interface Exercise {
  guestPolicy(arns: { greetingsOnDemand: string; customGreetingsOnDemand: string }): object
  greet(fields: { greet: string; name: string }, caller: Caller): Promise<{ colour: string; text: string }>
}

const { guestPolicy, greet } = (await import(process.env.EXERCISE ?? './starter.ts')) as Exercise
const where = (points: string) => `look at README.md beside your file, ${points}`

const arn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`
const COGNITO = 'cognito-identity.amazonaws.com'
const functionOf = (folder: string, name: string) => ({
  Type: 'AWS::Serverless::Function',
  Metadata: {
    BuildMethod: 'esbuild',
    BuildProperties: { Format: 'esm', OutExtension: ['.js=.mjs'], Target: 'node24' },
  },
  Properties: { Runtime: 'nodejs24.x', CodeUri: `../../${folder}`, Handler: `${name}.handler` },
})

/** Both functions of chapter 2 and another one, a pool, and what its guests may do. */
const application = () => ({
  Transform: 'AWS::Serverless-2016-10-31',
  Resources: {
    GreetingsOnDemand: functionOf('02-first-function', 'greetingsOnDemand'),
    CustomGreetingsOnDemand: functionOf('02-first-function', 'customGreetingsOnDemand'),
    Sum: functionOf('01-running-functions', 'sum'),
    Pool: {
      Type: 'AWS::Cognito::IdentityPool',
      Properties: { IdentityPoolName: 'exercise', AllowUnauthenticatedIdentities: true },
    },
    Guest: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: { Federated: COGNITO },
            Action: 'sts:AssumeRoleWithWebIdentity',
            Condition: {
              StringEquals: { [`${COGNITO}:aud`]: { Ref: 'Pool' } },
              'ForAnyValue:StringLike': { [`${COGNITO}:amr`]: 'unauthenticated' },
            },
          },
        },
        Policies: [
          {
            PolicyName: 'Guest',
            PolicyDocument: guestPolicy({
              greetingsOnDemand: arn('GreetingsOnDemand'),
              customGreetingsOnDemand: arn('CustomGreetingsOnDemand'),
            }),
          },
        ],
      },
    },
    Roles: {
      Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
      Properties: { IdentityPoolId: { Ref: 'Pool' }, Roles: { unauthenticated: { 'Fn::GetAtt': ['Guest', 'Arn'] } } },
    },
  },
  Outputs: { PoolId: { Value: { Ref: 'Pool' } } },
})

describe('custom greetings from a page', () => {
  let cloud: Awaited<ReturnType<typeof startCloud>>
  let guest: Caller
  let credentials: ReturnType<typeof guestOf>
  /** What the form sent: the function and its event. */
  let sent: [string, unknown][]

  before(async () => {
    cloud = await startCloud()
    const { outputs } = await cloud.cloud.deploy({
      name: 'local',
      template: JSON.stringify(application()),
      file: join(import.meta.dirname, 'template.json'),
      parameters: {},
    })
    const place = { region: 'us-east-1', endpoint: cloud.cloud.url }
    credentials = guestOf(String(outputs.PoolId?.value), place)
    guest = connect({ ...place, credentials })
  })
  beforeEach(() => {
    sent = []
  })
  after(() => cloud?.stop())

  /** A caller that notes what is sent, and answers as it is told. */
  const caller = (answer: (name: string, event: unknown) => Promise<unknown>): Caller => {
    const invoke = (name: string, event: unknown) => {
      sent.push([name, JSON.parse(JSON.stringify(event))])
      return answer(name, event)
    }
    return { invoke, lambdaFunction: (name: string) => (event: unknown) => invoke(name, event) } as Caller
  }
  const noted = caller(async () => 'a greeting')

  it('calls customGreetingsOnDemand with both fields', async () => {
    await greet({ greet: 'Hi', name: 'John' }, noted)

    expect(sent, where('point 1')).to.deep.equal([['CustomGreetingsOnDemand', { greet: 'Hi', name: 'John' }]])
  })

  it('leaves out what is empty or blank', async () => {
    await greet({ greet: 'Hi', name: '' }, noted)
    await greet({ greet: ' ', name: 'John' }, noted)

    const events = sent.map(([, event]) => event)
    expect(events, where('point 2')).to.deep.equal([{ greet: 'Hi' }, { name: 'John' }])
  })

  it('shows what fails on red', async () => {
    const failure = Object.assign(new Error('greet must be a string'), { name: 'TypeError' })
    const failing = caller(async () => {
      throw failure
    })

    const shown = await greet({ greet: 'Hi', name: '' }, failing).catch((error: Error) => ({
      colour: 'no colour: it throws',
      text: String(error),
    }))

    expect(shown.colour, where('point 3')).to.equal('red')
    expect(shown.text, where('point 3')).to.contain('TypeError').and.to.contain('greet must be a string')
  })

  it('greets a guest', async () => {
    for (const [fields, text] of [
      [{ greet: 'Hi', name: 'John' }, 'Hi John!'],
      [{ greet: 'Hi', name: '' }, 'Hi World!'],
      [{ greet: '', name: 'John' }, 'Hello John!'],
      [{ greet: '', name: '' }, 'Hello World!'],
    ] as const) {
      const shown = await greet(fields, guest)

      expect(shown, where('point 4')).to.deep.equal({ colour: 'green', text })
    }
  })

  it('still lets a guest call the first function, and nothing else', async () => {
    expect(await guest.invoke('GreetingsOnDemand', {}), where('point 5')).to.equal('Hello World!')

    const refused = (call: Promise<unknown>) =>
      call.then(
        () => 'allowed',
        (error: Error) => error.name,
      )
    const other = await refused(guest.invoke('Sum', { a: 1, b: 2 }))
    const lambda = new LambdaClient({ region: 'us-east-1', endpoint: cloud.cloud.url, credentials })
    const list = await refused(lambda.send(new ListFunctionsCommand({})))
    expect(other, where('point 5')).to.equal('AccessDeniedException')
    expect(list, where('point 5')).to.equal('AccessDeniedException')
  })
})
