import { DynamoDB } from '@aws-sdk/client-dynamodb'
import { SES } from '@aws-sdk/client-ses'
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import { startCloud } from '../../../tests/cloud.ts'

const TABLE = 'UsersOfTheExercise'
const SENDER = 'sender@example.com'
const where = (point: number) => `look at README.md beside your file, point ${point}`

describe('createUser', () => {
  let cloud: Awaited<ReturnType<typeof startCloud>>
  let handler: (event: unknown) => Promise<unknown>
  const { error } = console

  before(async () => {
    cloud = await startCloud()
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: cloud.cloud.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      DDB_TABLE: TABLE,
      IDENTITY_POOL_ID: 'us-east-1:none',
      DEVELOPER_PROVIDER_NAME: 'login.example.com',
      EXTERNAL_NAME: 'Exercise',
      EMAIL_SOURCE: SENDER,
      VERIFICATION_PAGE: 'http://example.com/verify.html',
      RESET_PAGE: 'http://example.com/resetPassword.html',
      SCRYPT_COST: '4',
    })
    await new SES().verifyEmailIdentity({ EmailAddress: SENDER })
    await new DynamoDB().createTable({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'email', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'email', KeyType: 'HASH' }],
    })
    ;({ handler } = await import(process.env.EXERCISE ?? './starter.ts'))
  })
  beforeEach(() => {
    console.error = () => {}
  })
  afterEach(() => Object.assign(console, { error }))
  after(() => cloud?.stop())

  let number = 0
  /** Signs a new user up. */
  const signUp = async (name?: unknown) => {
    const email = `user${number++}@example.com`
    const refusal = await handler({ email, password: 'open sesame', name }).then(
      () => undefined,
      (error: Error) => error,
    )
    const { Item } = await DynamoDBDocument.from(new DynamoDB()).get({ TableName: TABLE, Key: { email } })
    return { refusal, user: Item, mail: cloud.cloud.mails().find(({ to }) => to.includes(email)) }
  }
  const firstLine = (text: string | undefined) => text?.split('\n')[0]

  it('stores the name', async () => {
    expect((await signUp('John')).user?.name, where(1)).to.equal('John')
    expect((await signUp('  Zoë O’Neill ')).user?.name, where(1)).to.equal('Zoë O’Neill')
  })

  for (const [kind, name] of [
    ['an absent', undefined],
    ['an empty', ''],
    ['a blank', '   '],
  ])
    it(`stores nothing for ${kind} name`, async () => {
      const { user, mail } = await signUp(name)

      expect(user, where(2)).to.be.an('object').and.not.to.have.property('name')
      expect(firstLine(mail?.text), where(3)).to.equal('Hello,')
    })

  it('greets with the name', async () => {
    expect(firstLine((await signUp('John')).mail?.text), where(3)).to.equal('Hello John,')
  })

  it('shows a name as text', async () => {
    expect((await signUp('<b>John</b>')).mail?.html, where(4)).to.contain('<p>Hello &lt;b&gt;John&lt;/b&gt;,</p>')
  })

  for (const [kind, name] of [
    ['too long', 'x'.repeat(101)],
    ['of two lines', 'John\r\nBcc: everybody@example.com'],
    ['a number', 42],
  ])
    it(`refuses a name that is ${kind}, and stores nothing`, async () => {
      const { refusal, user, mail } = await signUp(name)

      expect(refusal?.name, where(4)).to.equal('InvalidInput')
      expect([user, mail], where(4)).to.deep.equal([undefined, undefined])
    })
})
